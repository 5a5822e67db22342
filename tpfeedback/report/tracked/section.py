"""One section of tracking or a closer look in one language: for page, Markdown and workbook."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from tpfeedback.report.records import Facts
from tpfeedback.report.tracked.listing import Listing


@dataclass(frozen=True, eq=False)
class Picture:
    """A chart to be drawn: `draw(table, names, words=..., **options)`; `label` tells it aloud."""

    draw: Callable[..., Any]
    table: pd.DataFrame
    label: str
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Said:
    """What customers said, under a title."""

    title: str
    quotes: tuple[Facts, ...]


@dataclass(frozen=True)
class Card:
    """Something told of on its own, such as one change of the ledger or one alarm."""

    title: str
    lines: tuple[str, ...]
    said: tuple[Said, ...] = ()


@dataclass(frozen=True)
class Section:
    """A section: `lines` answer the manager's question, `sure` tells how sure that is.

    `key` is its anchor, the name of its sheet, and the first part of the names of its figures.
    `notes` are records of what was warned of. Of the `listings` the first are shown, the others
    are folded. `words` is the section of the phrases that holds the name of its sheet.
    """

    key: str
    title: str
    lines: tuple[str, ...]
    sure: tuple[str, ...]
    pictures: tuple[Picture, ...] = ()
    listings: tuple[Listing, ...] = ()
    cards: tuple[Card, ...] = ()
    notes: tuple[Facts, ...] = ()
    shown: int = 1
    words: str = "tracking"
