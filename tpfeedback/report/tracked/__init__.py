"""What tracking found, in the report: one file for each thing that can be tracked.

What a closer look found is told in the same form, see `tpfeedback.report.closer`.
"""

from __future__ import annotations

from tpfeedback.report.tracked.listing import Column, Listing
from tpfeedback.report.tracked.section import Card, Picture, Said, Section
from tpfeedback.report.tracked.sections import (
    closer_facts,
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
    "closer_facts",
    "tracked_figures",
    "tracked_sections",
    "tracking_facts",
]
