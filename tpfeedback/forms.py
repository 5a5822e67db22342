"""Every form in which findings are handed on: page, Markdown, workbook, slides, plain values."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, Protocol

import pandas as pd

from tpfeedback import report
from tpfeedback.errors import WriteError
from tpfeedback.masking import mask_personal
from tpfeedback.notebook import in_notebook, show_page
from tpfeedback.priority import quotes_with_texts
from tpfeedback.report.schema import OF_TEXTS

TABLES = ("priorities", "impact")


class Maskable(report.Findings, Protocol):
    """Findings whose texts can be masked."""

    def masked(self) -> Maskable:
        """Return the same with personal data masked in every column of texts."""


class Forms:
    """The forms of the report, for what has the findings that it is made from."""

    def quotes(
        self: report.Findings, touchpoint: str, *, sentiment: str = "negative", n: int = 3
    ) -> pd.DataFrame:
        """Return the `n` clearest mentions of a touchpoint, with `text`, `overall` and `date`.

        Raises `ColumnError` for a touchpoint or a sentiment that does not exist.
        """
        return quotes_with_texts(
            self.feedback, self.mentions, self.taxonomy, touchpoint, sentiment=sentiment, n=n
        )

    def to_html(
        self: report.Findings,
        path: str | Path | None = None,
        *,
        lang: str = "en",
        mask: bool = True,
    ) -> str:
        """Return the report as one HTML page of at most 2 MB, and write it to `path` if given."""
        page = report.render_html(report.report_facts(self, mask=mask), language=lang)
        if path is not None:
            _writable(path).write_text(page, encoding="utf-8", newline="\n")
        return page

    def to_markdown(self: report.Findings, *, lang: str = "en", mask: bool = True) -> str:
        """Return the report as Markdown."""
        return report.render_markdown(report.report_facts(self, mask=mask), language=lang)

    def to_excel(
        self: report.Findings, path: str | Path, *, lang: str = "en", mask: bool = True
    ) -> None:
        """Write a workbook: answer, priorities, touchpoints, quotes, method; and mentions, feedback
        and rejected rows where all of them are at hand."""
        report.write_workbook(self, _writable(path), language=lang, mask=mask)

    def to_pptx(
        self: report.Findings, path: str | Path, *, lang: str = "en", mask: bool = True
    ) -> None:
        """Write the report as slides; `WriteError` where python-pptx is not installed."""
        report.write_slides(self, _writable(path), language=lang, mask=mask)

    def to_dict(self: Maskable, *, mask: bool = True) -> dict[str, Any]:
        """Return all of it as plain values that JSON can hold; missing numbers are None.

        Of a batch, the tables of single texts are left out: they are in its folder.
        """
        facts = report.report_facts(self, mask=mask)
        tables = (*TABLES, *(OF_TEXTS if facts["whole"] else ()))
        found = self.masked() if mask else self
        parts = ("outcome", "names", "rewards", "taxonomy", "columns", "settings",
                 "versions", "tracking", "closer")  # fmt: skip
        told = {"warnings": self.warnings, "notes": self.notes}
        return {
            "answer": report.answer(facts),
            **{part: facts[part] for part in parts},
            **{name: [_shown(one, mask) for one in said] for name, said in told.items()},
            **{name: report.plain_records(getattr(found, name)) for name in tables},
        }

    def show(self: report.Findings, *, lang: str = "en", mask: bool = True) -> None:
        """Show the whole report below the cell of a notebook; elsewhere write the ranked table."""
        facts = report.report_facts(self, mask=mask)
        if in_notebook():
            show_page(report.render_html(facts, language=lang))
        else:
            sys.stdout.write(report.render_table(facts, language=lang))

    def _repr_html_(self: report.Findings) -> str:
        return report.render_summary(report.report_facts(self))


def told_ranking(found: report.Findings) -> str:
    """Return how many touchpoints are ranked, by what, and the first three, a line each."""
    outcome = found.outcome
    head = (
        f"{len(found.priorities)} touchpoints ranked, explaining {outcome.name} "
        f"({outcome.scale or 'scale not known'})"
    )
    ranked = found.priorities.sort_values(["rank", "touchpoint"]).head(3)
    lines = [
        f"  {row.rank}. {row.touchpoint}: prize {row.prize:.3f} "
        f"({row.prize_low:.3f} to {row.prize_high:.3f})"
        for row in ranked.itertuples()
    ]
    return "\n".join([head, *lines])


def _shown(remark: str, mask: bool) -> str:
    return mask_personal(remark).text if mask else str(remark)


def _writable(path: str | Path) -> Path:
    """Return the path, or raise `WriteError` where its folder does not exist."""
    if not Path(path).parent.is_dir():
        raise WriteError(
            f"Cannot write {Path(path).name!r}: there is no folder {str(Path(path).parent)!r}. "
            "Create the folder or name another one."
        )
    return Path(path)
