"""The analysis as an Excel workbook: the answer first, then sheets to filter."""

from __future__ import annotations

from tpfeedback.report.workbook.book import write_workbook

__all__ = ["write_workbook"]
