"""What the sheets and exports of annotators hold, before any of it is understood."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Answer:
    """One text as one person left it: what was typed, and where it stands.

    `pieces` are the touchpoints with marks, if they came one by one, else `touchpoints` is the
    cell that holds them all. `facts` are further columns: text, language, question, probability.
    `headers`: what the columns are called in the file.
    """

    file: str
    sheet: str
    row: str
    feedback_id: str
    touchpoints: str
    overall: str
    annotator: str
    pieces: Sequence[str] | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def blank(self) -> bool:
        """Whether nobody typed anything here, nor is there a text to read."""
        told = (self.feedback_id, self.touchpoints, self.overall, self.facts.get("text", ""))
        return self.pieces is None and not any(cell.strip() for cell in told)
