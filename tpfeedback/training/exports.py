"""Texts of review exports whose sources are not among the corpora; they come without labels.

A review in which a measured text stands is left out, however the text was cut out of it.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from pathlib import Path

from tpfeedback.training.data import LabelledText

COLUMNS = {  # file → language and column of the texts
    "grocery_survey": ("ru", "text"),
    "ryanair_reviews": ("en", "Comment"),
    "skytrax_lounge": ("en", "content"),
    "trustpilot_travel": ("en", "text"),
}
SOURCE = "export_"  # a corpus may have the same name
SHORT = 24  # letters; what is shorter is measured only where it is the whole text
TELLING = 60  # first letters of a measured text that tell where it stands


def read_exports(folder: Path, measured: Iterable[str]) -> list[LabelledText]:
    """Return the texts of the exports in `folder`, none with a measured text in it; none at all
    where there is no such folder.
    """
    found = [text for name in sorted(COLUMNS) for text in _read(folder, name)]
    letters = [letters_of(text.text) for text in found]
    every = "\n".join(letters)
    whole = {letters_of(text) for text in measured}
    heads = {text[:TELLING] for text in whole if len(text) >= SHORT}
    standing = [head for head in sorted(heads) if head in every]
    return [
        text
        for text, said in zip(found, letters, strict=True)
        if said not in whole and not any(head in said for head in standing)
    ]


def letters_of(text: str) -> str:
    """Return the letters and digits of a text, small.

    >>> letters_of("Late, again! ")
    'lateagain'
    """
    return re.sub(r"\W+", "", text.lower())


def _read(folder: Path, name: str) -> list[LabelledText]:
    path, (language, column) = folder / f"{name}.csv", COLUMNS[name]
    if not path.exists():
        return []
    with path.open(encoding="utf-8-sig", newline="") as lines:
        texts = [" ".join((row[column] or "").split()) for row in csv.DictReader(lines)]
    source = f"{SOURCE}{name}"
    return [
        LabelledText(
            f"{source}-{number:06d}",
            text,
            language,
            source,
            None,
            {},
            frozenset(),
            translated=False,
        )
        for number, text in enumerate(texts, 1)
        if text
    ]
