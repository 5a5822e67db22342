"""Reads what Label Studio exports: its JSON with every annotation, or its short JSON-MIN."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from tpfeedback.errors import ReadError
from tpfeedback.ingest.encodings import decode, whole_characters
from tpfeedback.labelling.answers import Answer
from tpfeedback.labelling.marks import SIGNS, parse_sentiment
from tpfeedback.opening import read_file, shown

TOUCHPOINTS, OVERALL, SPANS = "touchpoints", "overall_sentiment", "spans"
"""Names of the controls in the labelling interface."""

Task = dict[str, Any]


def is_label_studio(source: object) -> bool:
    """Tell whether a path holds tasks of Label Studio.

    >>> is_label_studio("nothing.csv")
    False
    """
    if not isinstance(source, (str, os.PathLike)) or Path(source).suffix.lower() != ".json":
        return False
    tasks = _tasks(Path(source))
    return bool(tasks) and any("data" in task or "annotation_id" in task for task in tasks)


def read_label_studio(source: str | os.PathLike[str]) -> list[Answer]:
    """Return every annotation as an answer; a task that nobody annotated gives an empty one.

    Cancelled annotations are passed over. Touchpoints may be chosen for the text or as spans.

    Raises:
        ReadError: a task does not name the text that it is about.
    """
    path = Path(source)
    answers: list[Answer] = []
    for place, task in enumerate(_tasks(path), start=1):
        data = task["data"] if isinstance(task.get("data"), dict) else task
        if not str(data.get("feedback_id", "")).strip():
            raise ReadError(
                f"Task {task.get('id', place)} of {path.name} has no feedback_id in its data. "
                "Given: " + (", ".join(map(str, data)) or "nothing") + ". Allowed: tasks made by "
                "LabellingSample.to_label_studio. Import those into Label Studio and export again."
            )
        where = Answer(path.name, "", f"task {task.get('id', place)}", "", "", "", "")
        readings = list(_annotations(task)) or [("", {})]
        answers += [_answer(where, data, who, said) for who, said in readings]
    return answers


def _tasks(path: Path) -> list[Task]:
    try:
        content, name = read_file(path), shown(path.name)
        text = decode(content, name=name).text
        found = _whole(json.loads(text)) if content.strip() else []
    except (ValueError, RecursionError):  # no JSON: the reader of sheets tells what is wrong
        return []
    return _records(found)


def _whole(value: Any) -> Any:
    """Return what JSON holds without halves of letters, which no table can keep."""
    if isinstance(value, dict):
        return {whole_characters(name): _whole(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_whole(one) for one in value]
    return whole_characters(value) if isinstance(value, str) else value


def _records(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _annotations(task: Task) -> Iterator[tuple[str, dict[str, list[str]]]]:
    """Yield who annotated, and the choices of each control."""
    if "data" not in task:
        if "annotation_id" in task:
            controls = {name: _chosen(task.get(name)) for name in (TOUCHPOINTS, OVERALL, SPANS)}
            yield _who(task.get("annotator")), controls
        return
    for one in _records(task.get("annotations") or task.get("completions")):
        if one.get("was_cancelled"):
            continue
        controls = {}
        for result in _records(one.get("result")):
            name = str(result.get("from_name", ""))
            controls.setdefault(name, []).extend(_chosen(result.get("value")))
        yield _who(one.get("completed_by")), controls


def _chosen(value: Any) -> list[str]:
    """Return what was chosen as "name mark", from any of the shapes that Label Studio gives."""
    if isinstance(value, str):
        return [value] if value.strip() else []
    if isinstance(value, list):
        if value and all(isinstance(one, list) for one in value):
            return [_path(one) for one in value if one]
        return [piece for one in value for piece in _chosen(one)]
    if isinstance(value, dict):
        kinds = ("taxonomy", "choices", "labels")
        return [piece for kind in kinds for piece in _chosen(value.get(kind))]
    return []


def _path(steps: list[Any]) -> str:
    """Return the way through nested choices, its last step a mark.

    >>> _path(["delivery", "negative"]), _path(["none"])
    ('delivery -', 'none')
    """
    names = [str(step) for step in steps]
    sentiment, _ = parse_sentiment(names[-1])
    if len(names) > 1 and sentiment is not None:
        return f"{names[-2]} {SIGNS[sentiment]}"
    return names[-1]


def _answer(where: Answer, data: Task, who: str, said: dict[str, list[str]]) -> Answer:
    pieces = [*said.get(TOUCHPOINTS, []), *said.get(SPANS, [])]
    facts = ("text", "language", "question", "probability")
    return replace(
        where,
        feedback_id=str(data["feedback_id"]).strip(),
        touchpoints=", ".join(pieces),
        overall=" ".join(said.get(OVERALL, [])[:1]),
        annotator=who,
        pieces=pieces or None,
        # A task writes what is not known of its text as "".
        facts={name: str(data[name]) for name in facts if data.get(name) not in (None, "")},
    )


def _who(person: Any) -> str:
    if isinstance(person, dict):
        return str(person.get("email") or person.get("id") or "")
    return "" if person is None else str(person)
