"""Findings become facts, facts become a page, Markdown, a workbook or CSV files."""

from __future__ import annotations

from tpfeedback.report.delimited import write_csv
from tpfeedback.report.facts import Facts, Findings, plain_records, report_facts
from tpfeedback.report.html import render_html, render_summary
from tpfeedback.report.markdown import render_markdown
from tpfeedback.report.passages import readable
from tpfeedback.report.sentences import answer, interval
from tpfeedback.report.wording import number, percent
from tpfeedback.report.workbook import write_workbook

__all__ = [
    "Facts",
    "Findings",
    "answer",
    "interval",
    "number",
    "percent",
    "plain_records",
    "readable",
    "render_html",
    "render_markdown",
    "render_summary",
    "report_facts",
    "write_csv",
    "write_workbook",
]
