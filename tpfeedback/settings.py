"""What an analysis has to note down so that it can be run again, and its options read back."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from tpfeedback.errors import ReadError
from tpfeedback.tagger import Tagger
from tpfeedback.taxonomy import Taxonomy

# What `analyze` takes by the same name; columns and sheet are read back on their own.
OPTIONS = ("min_confidence", "precision", "controls", "model", "weights", "cluster", "policy",
           "random_state")  # fmt: skip


def source_settings(source: Any, columns: Mapping[str, Any]) -> dict[str, Any]:
    """Return the name of what is read, the hash of its bytes, and the columns named for it.

    Of a path only the file's own name is kept. An object in memory has no bytes, so no hash.
    A role that was left to be guessed is not among the columns; False left it empty.

    >>> source_settings(pd.DataFrame(), {"text": "comment", "date": None})
    {'source': 'DataFrame', 'source_sha256': None, 'columns': {'text': 'comment'}}
    """
    is_path = isinstance(source, str | Path)
    named = {
        role: list(given) if isinstance(given, list | tuple) else given
        for role, given in columns.items()
        if given is not None
    }
    return {
        "source": Path(source).name if is_path else type(source).__name__,
        "source_sha256": file_digest(source) if is_path and Path(source).is_file() else None,
        "columns": named,
    }


def file_digest(path: str | Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal digits."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def origin(plan: Taxonomy, tagger: Tagger) -> dict[str, str]:
    """Return what has to be the same for the same result: taxonomy and tagger, by their hash."""
    return {
        "taxonomy": f"{plan.key} {plan.digest}",
        "tagger": f"{type(tagger).__name__} {tagger.digest}",
    }


def take_labels(given: Any, taxonomy: Taxonomy, feedback: pd.DataFrame) -> pd.DataFrame:
    """Return hand labels as a table: a table as it is, a filled sheet or several as read.

    Raises `ReadError` or `LabelsError` where a sheet cannot be read.
    """
    if isinstance(given, pd.DataFrame):
        return given.copy()
    from tpfeedback.labelling import read_labels

    return read_labels(given, taxonomy=taxonomy, feedback=feedback)


def labels_record(labels: pd.DataFrame) -> dict[str, Any]:
    """Return how many texts are labelled, and the hash of what was found in them.

    The same labels have the same hash in whatever order they come, and wherever they were kept.

    >>> labels_record(pd.DataFrame({"feedback_id": ["a"], "touchpoint": [None]}))["texts"]
    1
    """
    names = [name for name in ("feedback_id", "touchpoint", "sentiment", "annotator", "probability")
             if name in labels]  # fmt: skip
    rows = sorted("\t".join(map(_cell, row)) for row in labels[names].itertuples(index=False))
    found = hashlib.sha256("\n".join(["\t".join(names), *rows]).encode())
    texts = int(labels["feedback_id"].nunique())
    return {"texts": texts, "digest": found.hexdigest()[:12]}


def _cell(value: Any) -> str:
    if pd.isna(value):
        return ""
    return format(value, ".9g") if isinstance(value, float) else str(value)


def options_again(settings: Mapping[str, Any], labels: Any = None) -> dict[str, Any]:
    """Return the keyword arguments of `analyze` that these settings came from.

    The taxonomy is named by its key. Raises `ReadError` where hand `labels` went in, which no
    settings hold, and lack now.

    >>> options_again({"columns": {"text": "q1"}, "model": "nps", "taxonomy": "bank 01ab"})
    {'text': 'q1', 'taxonomy': 'bank', 'model': 'nps'}
    """
    labelled = settings.get("labels")
    if labelled and labels is None:
        raise ReadError(
            f"This analysis was corrected by hand labels of {labelled} texts, which its settings "
            "do not hold. Give their sheet too: tpfeedback verify report.html --data FILE "
            "--labels SHEET; or run analyze with the same labels in Python and compare by "
            "tpfeedback.verify_report."
        )
    plan = {"taxonomy": str(settings["taxonomy"]).split(" ")[0]} if "taxonomy" in settings else {}
    options = {name: settings[name] for name in OPTIONS if name in settings}
    given = {"labels": labels} if labelled else {}
    return {**settings.get("columns", {}), **plan, **options, **given}
