"""The report as slides for PowerPoint: a dozen sentences, one native chart, the loudest quotes."""

from __future__ import annotations

from tpfeedback.report.slides.deck import write_slides

__all__ = ["write_slides"]
