"""How sure we are: what was read, what was set aside, and how well the tagger reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from itertools import accumulate
from typing import Any

import pandas as pd

from tpfeedback.masking import mask_personal
from tpfeedback.report.passages import readable, shortened
from tpfeedback.report.records import Facts, plain_value
from tpfeedback.tables import LANGUAGES, OTHER_LANGUAGE
from tpfeedback.wording import note_record

LISTED = 20
LONGEST_NOTE = 500
LONGEST_LISTS = 400  # characters of the lists in a note, so that its advice is told too
RATES = ("recall", "precision", "flip")


def count_reading(
    feedback: pd.DataFrame, mentions: pd.DataFrame, rejected: pd.Series, rows: int
) -> Facts:
    """Return the counts of the reading: `rows` were read, `rejected` holds why some were not used.

    `duplicates_within` is for a batch, in each part of which equal texts were looked for alone.
    """
    duplicates = int(feedback["duplicate_of"].notna().sum()) if "duplicate_of" in feedback else 0
    days = feedback["date"].dropna() if "date" in feedback else pd.Series(dtype="datetime64[ns]")
    return {
        "rows": rows,
        "texts": len(feedback),
        "rejected": len(rejected),
        "reasons": count_reasons(Counter(rejected)),
        "duplicates": duplicates,
        "duplicates_within": None,
        "languages": count_languages(Counter(feedback["language"]), len(feedback)),
        "mentions": len(mentions),
        "touchpoints": int(mentions["touchpoint"].nunique()),
        "texts_with_mentions": int(mentions["feedback_id"].nunique()),
        "first_date": str(days.min().date()) if len(days) else None,
        "last_date": str(days.max().date()) if len(days) else None,
    }


def tell_remarks(warnings: tuple[str, ...], notes: tuple[str, ...], *, mask: bool) -> Facts:
    """Return warnings and notes of the reading as records; long lists are cut.

    A note may quote a cell of the source: personal data in it are masked where `mask` says so.
    """
    return {**_listed("warnings", warnings, mask), **_listed("notes", notes, mask)}


def quality_facts(quality: Mapping[str, Any]) -> Facts:
    """Return how well the tagger did on annotated texts, as far as it states that.

    `quality` may hold `touchpoints` (touchpoint or "overall" -> recall, precision, flip) and
    `languages` (code -> texts, f1, f1_low, f1_high); all are shares (0-1).

    >>> quality_facts({"touchpoints": {"overall": {"recall": 0.8, "precision": 0.9}}})["overall"]
    {'recall': 0.8, 'precision': 0.9, 'flip': None}
    """
    touchpoints = {
        str(key): {rate: plain_value(rates.get(rate)) for rate in RATES}
        for key, rates in quality.get("touchpoints", {}).items()
    }
    stated = quality.get("languages", {})
    columns = ("texts", "f1", "f1_low", "f1_high")
    languages = [
        {"language": code, **{name: plain_value(stated[code].get(name)) for name in columns}}
        for code in LANGUAGES
        if code in stated
    ]
    overall = touchpoints.pop("overall", None)
    return {"overall": overall, "languages": languages, "touchpoints": touchpoints}


def count_reasons(counts: Mapping[str, int]) -> list[Facts]:
    """Return why rows were set aside, the most frequent first."""
    counted = sorted(counts.items(), key=lambda pair: (-pair[1], str(pair[0])))
    return [{"reason": remark_record(reason), "count": count} for reason, count in counted[:LISTED]]


def _listed(name: str, told: tuple[str, ...], mask: bool) -> Facts:
    return {
        name: [remark_record(text, mask=mask) for text in told[:LISTED]],
        f"{name}_more": max(0, len(told) - LISTED),
    }


def remark_record(text: str, *, mask: bool = False) -> Facts:
    """Return a note as the record that `Wording.note` tells in any language.

    Its lists are cut to what can be told. One that is too long even so is told as it is.
    """
    record = note_record(text)
    record = {**record, "values": _cut_lists(record["values"])}
    if _length(record["values"]) > 2 * LONGEST_NOTE:
        record = {"key": "", "values": {}}
    told = {**record, "text": shortened_note(text)}
    return masked_record(told) if mask else told


def _cut_lists(values: Mapping[str, Any]) -> Facts:
    """Return the values of a note, lists ending in an ellipsis where all would be too long."""
    lists = {name: one for name, one in values.items() if isinstance(one, list)}
    others = sum(_length(one) for name, one in values.items() if name not in lists)
    room = (LONGEST_LISTS - others) // max(len(lists), 1)
    return {name: _cut_list(one, room) if name in lists else one for name, one in values.items()}


def _cut_list(told: list[Any], room: int) -> list[Any]:
    lengths = accumulate(_length(one) for one in told)
    kept = max(1, sum(length <= room for length in lengths))
    return told if kept >= len(told) else [*told[:kept], "…"]


def _length(value: Any) -> int:
    """Return how many characters a value of a note shows, about."""
    if isinstance(value, Mapping):
        return len(value["text"]) if "key" in value else sum(map(_length, value.values()))
    return sum(map(_length, value)) if isinstance(value, list) else len(str(value))


def masked_record(value: Any) -> Any:
    """Return a record of a note with personal data masked in each of its texts."""
    if isinstance(value, dict):
        return {name: one if name == "key" else masked_record(one) for name, one in value.items()}
    if isinstance(value, list):
        return [masked_record(one) for one in value]
    return mask_personal(value).text if isinstance(value, str) else value


def shortened_note(text: str, longest: int = LONGEST_NOTE) -> str:
    """Return a sentence fit to be shown."""
    return shortened(readable(str(text)), longest)


def count_languages(counts: Mapping[str, int], texts: int) -> list[Facts]:
    """Return how many texts each language has, the most frequent first."""
    known = [*LANGUAGES, OTHER_LANGUAGE]
    found = sorted((key for key in known if key in counts), key=lambda key: -counts[key])
    return [
        {"language": key, "count": int(counts[key]), "share": float(counts[key] / texts)}
        for key in found
    ]
