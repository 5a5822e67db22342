"""Findings become facts, facts become a page, Markdown, a workbook or CSV files."""

from __future__ import annotations

from tpfeedback.report.delimited import write_csv
from tpfeedback.report.facts import Findings, report_facts
from tpfeedback.report.html import render_html, render_summary
from tpfeedback.report.markdown import render_markdown
from tpfeedback.report.masked import masked_columns, masked_texts
from tpfeedback.report.passages import readable
from tpfeedback.report.records import Facts, plain_records
from tpfeedback.report.sentences import answer, interval
from tpfeedback.report.slides import write_slides
from tpfeedback.report.terminal import render_evaluation, render_table
from tpfeedback.report.verification import Discrepancy, read_page, verify_report
from tpfeedback.report.workbook import write_workbook

__all__ = [
    "Discrepancy",
    "Facts",
    "Findings",
    "answer",
    "interval",
    "masked_columns",
    "masked_texts",
    "plain_records",
    "read_page",
    "readable",
    "render_evaluation",
    "render_html",
    "render_markdown",
    "render_summary",
    "render_table",
    "report_facts",
    "verify_report",
    "write_csv",
    "write_slides",
    "write_workbook",
]
