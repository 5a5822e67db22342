"""Writes tasks and the labelling interface for Label Studio."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element, SubElement, indent, tostring

import pandas as pd

from tpfeedback.labelling.label_studio_answers import OVERALL, TOUCHPOINTS
from tpfeedback.labelling.marks import MARKS, NONE_WORDS
from tpfeedback.labelling.sample import masked
from tpfeedback.labelling.sheet_cells import fit
from tpfeedback.labelling.sheet_columns import header_of
from tpfeedback.labelling.sheet_rows import SUGGESTED, sheet_words

if TYPE_CHECKING:
    from tpfeedback.labelling.sample import LabellingSample

_DATA = ("feedback_id", "text", "question", "language", "probability")
_TAGGER = "tpfeedback"


def write_tasks(sample: LabellingSample, path: Path, *, mask: bool, suggest: bool) -> None:
    """Write one task per text; see `LabellingSample.to_label_studio`."""
    table = masked(sample.table) if mask else sample.table
    tasks = []
    for row in table.to_dict("records"):
        data = {name: row[name] if pd.notna(row[name]) else "" for name in _DATA if name in row}
        task: dict[str, Any] = {"data": data | {"text": fit(str(row["text"]))}}
        if suggest:
            task["predictions"] = [_prediction(str(row[SUGGESTED]))]
        tasks.append(task)
    told = json.dumps(tasks, ensure_ascii=False, indent=1, allow_nan=False)
    path.write_text(f"{told}\n", encoding="utf-8", newline="\n")


def write_interface(sample: LabellingSample, path: Path, *, lang: str | None) -> None:
    """Write the labelling interface: the text, its touchpoints with marks, its mark in all."""
    words, languages = sheet_words(sample, lang)
    view = Element("View")
    if "question" in sample.table.columns:
        SubElement(view, "Header", value="$question", size="5")
    SubElement(view, "Text", name="text", value="$text")
    SubElement(view, "Header", value=words.say("labelling", "choose"), size="5")
    tree = SubElement(view, "Taxonomy", name=TOUCHPOINTS, toName="text", leafsOnly="true",
                      required="true", showFullPath="true")  # fmt: skip
    SubElement(tree, "Choice", value=words.say("labelling", "none"), alias=NONE_WORDS[0])
    for touchpoint in sample.taxonomy:
        name = sample.taxonomy.name_of(touchpoint.key, languages[0])
        hint = touchpoint.descriptions.get(languages[0], "")
        branch = SubElement(tree, "Choice", value=fit(name), alias=touchpoint.key, hint=fit(hint))
        for sentiment in MARKS.values():
            said = words.name("sentiments", sentiment)
            SubElement(branch, "Choice", value=said, alias=sentiment)
    SubElement(view, "Header", value=header_of("overall_sentiment", words), size="5")
    whole = SubElement(view, "Choices", name=OVERALL, toName="text", choice="single-radio",
                       showInline="true")  # fmt: skip
    for sentiment in MARKS.values():
        SubElement(whole, "Choice", value=words.name("sentiments", sentiment), alias=sentiment)
    indent(view)
    path.write_text(f"{tostring(view, encoding='unicode')}\n", encoding="utf-8", newline="\n")


def _prediction(suggested: str) -> dict[str, Any]:
    """Return what the tagger found, as Label Studio shows a model's answer."""
    if suggested == NONE_WORDS[0]:
        paths = [[suggested]]
    else:
        paths = [[piece[:-1], MARKS[piece[-1]]] for piece in suggested.split(", ")]
    value = {"taxonomy": paths}
    result = {"from_name": TOUCHPOINTS, "to_name": "text", "type": "taxonomy", "value": value}
    return {"model_version": _TAGGER, "result": [result]}
