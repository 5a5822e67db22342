"""What tracking found, in the report: one file for each thing that can be tracked."""

from __future__ import annotations

from tpfeedback.report.tracked.listing import Column, Listing
from tpfeedback.report.tracked.section import Card, Picture, Said, Section
from tpfeedback.report.tracked.sections import (
    tracked_figures,
    tracked_sections,
    tracking_facts,
)

__all__ = [
    "Card",
    "Column",
    "Listing",
    "Picture",
    "Said",
    "Section",
    "tracked_figures",
    "tracked_sections",
    "tracking_facts",
]
