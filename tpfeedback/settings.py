"""What an analysis has to note down so that it can be run again, and its options read back."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

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

    >>> import pandas as pd
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


def options_again(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the keyword arguments of `analyze` that these settings came from.

    The taxonomy is named by its key. Raises `ReadError` where hand labels went in, which no
    settings hold.

    >>> options_again({"columns": {"text": "q1"}, "model": "nps", "taxonomy": "bank 01ab"})
    {'text': 'q1', 'taxonomy': 'bank', 'model': 'nps'}
    """
    if settings.get("labels"):
        raise ReadError(
            f"This analysis was corrected by hand labels of {settings['labels']} texts, which its "
            "settings do not hold. Run analyze with the same labels in Python and compare by "
            "tpfeedback.verify_report."
        )
    plan = {"taxonomy": str(settings["taxonomy"]).split(" ")[0]} if "taxonomy" in settings else {}
    options = {name: settings[name] for name in OPTIONS if name in settings}
    return {**settings.get("columns", {}), **plan, **options}
