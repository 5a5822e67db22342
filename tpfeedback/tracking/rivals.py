"""Who wins where customers compare us with others: touchpoint by win and loss."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from tpfeedback.errors import ColumnError, TpfeedbackWarning, unknown_name
from tpfeedback.impact.discoveries import q_values
from tpfeedback.impact.observations import read_clusters
from tpfeedback.impact.respondents import respondents
from tpfeedback.tables import VERDICTS
from tpfeedback.wording import Note, write_note

FEWEST = 6
"""Of fewer wins and losses even a clean sweep differs from one half by chance (2 / 2^5 > 0.05)."""


@dataclass(frozen=True, eq=False)
class Standing:
    """How we stand against others; see `rivals` for the columns, which all tables have.

    `table`: by `touchpoint`. `named`: by `rival`. `pairs`: by `rival` and `touchpoint`.
    `overall`: one row. `notes`: what was warned of.
    """

    table: pd.DataFrame
    named: pd.DataFrame
    pairs: pd.DataFrame
    overall: pd.DataFrame
    notes: tuple[str, ...]


def rivals(
    comparisons: pd.DataFrame,
    *,
    feedback: pd.DataFrame | None = None,
    cluster: str | None = None,
) -> Standing:
    """Count where customers say that we are better or worse than others.

    These are the few who compare, not all customers; a rival that nobody names is not in it.
    Every respondent counts once for a touchpoint, a rival or a pair of them: as a win if they
    name wins and no losses, as a loss the other way round, as equal if both or neither.

    Args:
        comparisons: one row per comparison in a text, with `feedback_id`, `touchpoint` (may be
            missing), `rival` (may be missing) and `verdict`: "win" (we are better), "loss" or
            "equal"; not changed.
        feedback: the feedback table, so that several answers of one respondent count once.
        cluster: column of `feedback` such as the customer, who then counts once.

    Returns:
        A `Standing`. Columns of its tables, largest number of comparisons first: `comparisons`
        (respondents), `wins`, `losses`, `equal`, `win_share` = wins / (wins + losses) with 95 %
        interval `win_share_low`, `win_share_high` (Wilson 1927, JASA 22:209-212), `p_value` of
        the exact binomial test against one half (Clopper & Pearson 1934; ties left out, as in the
        sign test), and `q_value` (Benjamini & Hochberg 1995) over the rows of the table.
        Comparisons that do not say of what, or with whom, are in rows where `touchpoint` is
        missing, and not in `named` and `pairs`. Nothing won or lost: share and tests are missing.

    Raises:
        ColumnError: a column is lacking, a verdict is none of the three, a text is unknown, or
            `cluster` comes without `feedback`.

    Warns:
        TpfeedbackWarning: no comparisons, or too few wins and losses to tell anything.

    >>> comparisons = pd.DataFrame({"feedback_id": range(12), "touchpoint": "delivery",
    ...                             "rival": None, "verdict": ["loss"] * 10 + ["win", "equal"]})
    >>> standing = rivals(comparisons)
    >>> standing.table[["touchpoint", "wins", "losses", "equal"]].values.tolist()
    [['delivery', 1, 10, 1]]
    >>> standing.table[["win_share", "win_share_high", "q_value"]].round(2).values.tolist()
    [[0.09, 0.38, 0.01]]
    """
    _check(comparisons)
    who = _authors(comparisons, feedback, cluster)
    rows = pd.DataFrame(
        {
            "who": who.to_numpy(),
            "touchpoint": comparisons["touchpoint"].to_numpy(),
            "rival": comparisons["rival"].to_numpy(),
            "verdict": comparisons["verdict"].to_numpy(),
        }
    )
    named = rows[rows["rival"].notna()]
    overall = _count(rows, ())
    notes = _notes(overall)
    for note in notes:
        warnings.warn(note, TpfeedbackWarning, stacklevel=2)
    return Standing(
        table=_count(rows, ("touchpoint",)),
        named=_count(named, ("rival",)),
        pairs=_count(named, ("rival", "touchpoint")),
        overall=overall,
        notes=notes,
    )


def _check(comparisons: pd.DataFrame) -> None:
    lacking = [name for name in ("feedback_id", "touchpoint", "rival", "verdict")
               if name not in comparisons.columns]  # fmt: skip
    if lacking:
        raise ColumnError(
            f"The comparisons table lacks the columns {', '.join(lacking)}. Given: "
            f"{', '.join(map(str, comparisons.columns)) or '(none)'}. Pass the table of "
            "extract_comparisons."
        )
    odd = comparisons.loc[~comparisons["verdict"].isin(VERDICTS), "verdict"]
    if len(odd):
        raise ColumnError(unknown_name("verdict", odd.iloc[0], VERDICTS))


def _authors(
    comparisons: pd.DataFrame, feedback: pd.DataFrame | None, cluster: str | None
) -> pd.Series:
    """Return who made each comparison: the text, its respondent, or the cluster."""
    texts = comparisons["feedback_id"].astype("str")
    if feedback is None:
        if cluster is not None:
            raise ColumnError(
                f"cluster={cluster!r} names a column of the feedback table, which was not given. "
                "Pass it with feedback=."
            )
        return texts
    ids = feedback["feedback_id"].astype("str")
    unknown = texts[~texts.isin(ids)]
    if len(unknown):
        raise ColumnError(
            f"{len(unknown)} comparisons have a feedback_id that the feedback table does not know, "
            f"for example {unknown.iloc[0]!r}. Pass the feedback table they were extracted from."
        )
    label = respondents(feedback) if cluster is None else read_clusters(feedback, cluster)
    return texts.map(dict(zip(ids, label, strict=True)))


def _count(rows: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Return one row per value of the columns `by`, or one row if there are none."""
    keys = [*by, "who"]
    flags = rows.assign(won=rows["verdict"] == "win", lost=rows["verdict"] == "loss")
    each = flags.groupby(keys, dropna=False, sort=True)[["won", "lost"]].any().reset_index()
    each["wins"], each["losses"] = each["won"] & ~each["lost"], each["lost"] & ~each["won"]
    each["equal"] = each["won"] == each["lost"]
    counted = ["wins", "losses", "equal"]
    if by:
        table = each.groupby(list(by), dropna=False, sort=True)[counted].sum().reset_index()
    else:
        table = each[counted].sum().to_frame().T.reset_index(drop=True)
    table[counted] = table[counted].astype("int64")
    table[list(by)] = table[list(by)].astype("str").where(table[list(by)].notna())
    table.insert(len(by), "comparisons", table[counted].sum(axis=1).astype("int64"))
    table = _with_shares(table)
    return table.sort_values(
        ["comparisons", *by], ascending=[False] + [True] * len(by), ignore_index=True
    )


def _with_shares(table: pd.DataFrame) -> pd.DataFrame:
    from scipy.stats import binomtest  # scipy.stats and statsmodels take a second to load
    from statsmodels.stats.proportion import proportion_confint

    wins, decided = table["wins"].to_numpy(), (table["wins"] + table["losses"]).to_numpy()
    known = decided > 0
    values = np.full((4, len(table)), np.nan)
    if known.any():
        low, high = proportion_confint(wins[known], decided[known], method="wilson")
        chances = [
            binomtest(int(w), int(n)).pvalue
            for w, n in zip(wins[known], decided[known], strict=True)
        ]
        values[:, known] = wins[known] / decided[known], low, high, chances
    names = ("win_share", "win_share_low", "win_share_high", "p_value")
    table = table.assign(**dict(zip(names, values, strict=True)))
    return table.assign(q_value=q_values(values[3]))


def _notes(overall: pd.DataFrame) -> tuple[Note, ...]:
    decided = int(overall["wins"].sum() + overall["losses"].sum())
    if overall["comparisons"].sum() == 0:
        return (write_note("rivals_none"),)
    if decided < FEWEST:
        return (write_note("rivals_few", decided=decided, fewest=FEWEST),)
    return ()
