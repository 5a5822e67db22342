"""What to fix first, with intervals of the rank."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tpfeedback.errors import ImpactError
from tpfeedback.impact.gram import Places
from tpfeedback.impact.seeds import check_seed
from tpfeedback.priority.comparisons import Comparisons, compare_prizes, share_letters
from tpfeedback.priority.costs import Amounts, refuse_lacking, returns_of
from tpfeedback.priority.fixes import Fixes, choose_fixes
from tpfeedback.priority.prizes import read_prizes
from tpfeedback.priority.reasons import add_choice, describe_choice, describe_touchpoints
from tpfeedback.tables import PRIORITIES
from tpfeedback.wording import load_wording

if TYPE_CHECKING:
    from tpfeedback.priority.prizes import Impact


def rank_touchpoints(
    impact: Impact,
    *,
    cost: Amounts | None = None,
    effort: Amounts | None = None,
    goal: float | None = None,
    budget: float | None = None,
    value_of: float | None = None,
    random_state: int = 0,
    language: str = "en",
) -> pd.DataFrame:
    """Rank touchpoints by what the mean outcome would gain if nobody complained about them.

    Equal prizes are ranked by name; a touchpoint whose prize is unknown comes last, in the order
    of its share of complaints.

    `rank_low` and `rank_high` bound the rank: with 95 % confidence the true one lies between
    (Mogstad, Romano, Shaikh & Wilhelm 2024, Rev. Econ. Stud. 91:476-518). A touchpoint can be
    overtaken only by those that are not clearly worse, where "clearly" uses the largest of all
    differences to it, so that ties and many touchpoints do not make it too sure of itself; plainly
    counting ranks in draws (Goldstein & Spiegelhalter 1996, JRSS A 159:385-443) does. From the
    result of `fit_impact`, the differences are those of its joint bootstrap replicates, which
    know what the prizes share (the baseline, complaints about both in the same texts). From a
    table alone, prizes are taken as independent and normal with the given intervals (4,000
    draws): rank intervals come out too wide where errors go together, and a little too narrow
    where they go against one another. A touchpoint that has complaints but no prize could be
    anywhere; the others are ranked as if it were not there.

    `tie_group` holds letters: two touchpoints share a letter if, and only if, their prizes are
    not clearly apart, with 95 % confidence for all pairs at once (a compact letter display; Piepho
    2004, J. Comput. Graph. Stat. 13:456-466). Within one letter no two are apart; being not
    apart is no chain, so a touchpoint between two groups holds the letters of both. As all pairs
    have to hold together, letters are a little more careful than rank intervals.

    Args:
        impact: the table of `measure_impact` or the result of `fit_impact`; not changed.
        cost: money that fixing a touchpoint takes, by touchpoint; infinity where it cannot be
            fixed. Adds `cost` and `gain_per_cost` (prize / cost).
        effort: the same in another unit, such as person-days. Adds `effort`, `gain_per_effort`.
        goal: mean outcome to be reached. Adds `chosen`: True for the cheapest set of fixes that
            reaches it (without `cost` that of the least effort, without both the fewest fixes),
            see `choose_fixes`. Needs the result of `fit_impact`, which knows the mean of today.
        budget: what the fixes may cost together. Adds `chosen`: True for the set that gains most.
        value_of: money that one point more of the mean outcome brings in, in the unit of `cost`:
            from all customers together (not from one), over the time that the cost pays for. If a
            point is worth 2 a year from each of 50,000 customers, and a fix lasts a year, it is
            100,000. Adds `roi, roi_low, roi_high` = (value_of x prize - cost) / cost: 0 = the
            money comes back, 1 = it comes back twice. The interval is that of the prize: cost
            and value_of are taken as sure.
        random_state: seed of the draws.
        language: language of the reasons, see `tpfeedback.wording.available_wordings`.

    Returns:
        The priorities table (see `tpfeedback.tables.PRIORITIES`), best first, then `tie_group`
        (missing where the prize is) and the columns asked for. The order is by prize whatever
        the costs. `priority` is the share (0-1) of all positive prizes, which is 0 everywhere
        when there are none. What costs add is missing where the cost is not known.

    Raises:
        ColumnError: `impact` is no impact table, or lacks a column.
        TpfeedbackError: there are no words for the language.
        ImpactError: a touchpoint is repeated, an amount cannot be used, `budget` or `value_of` is
            given without `cost`, or the goal cannot be reached.

    Warns:
        TpfeedbackWarning: a cost or an effort names a touchpoint that the table does not have.

    >>> from tpfeedback.tables import IMPACT
    >>> impact = pd.DataFrame({"touchpoint": ["price", "delivery"], "prize": [0.1, 0.6],
    ...                        "prize_low": [0.0, 0.5], "prize_high": [0.2, 0.7]})
    >>> impact = impact.reindex(columns=[column.name for column in IMPACT])
    >>> table = rank_touchpoints(impact)
    >>> table[["rank", "touchpoint", "rank_high", "priority", "tie_group"]].round(2).values
    array([[1, 'delivery', 1, 0.86, 'a'],
           [2, 'price', 2, 0.14, 'b']], dtype=object)
    """
    words = load_wording(language)
    check_seed(random_state)
    prizes = read_prizes(impact)
    table = _in_order(prizes.table)
    table["rank"] = np.arange(1, len(table) + 1)
    known = int(table["prize"].notna().sum())
    compared = compare_prizes(
        prizes.select(table["touchpoint"].iloc[:known]), random_state=random_state
    )
    table["rank_low"], table["rank_high"] = _rank_bounds(table, compared)
    letters = [*share_letters(compared.apart), *[None] * (len(table) - known)]
    table["tie_group"] = pd.Series(letters, dtype="str")
    gain = table["prize"].clip(lower=0).fillna(0.0)
    table["priority"] = gain / gain.sum() if gain.sum() > 0 else 0.0
    reasons = describe_touchpoints(table, words=words)
    extra = returns_of(table, cost=cost, effort=effort, value_of=value_of)
    if goal is not None or budget is not None:
        fixes = _choose(impact, table, extra, budget=budget, goal=goal)
        extra["chosen"] = table["touchpoint"].isin(fixes.chosen)
        told = describe_choice(len(fixes.chosen), budget=budget, goal=goal, words=words)
        reasons = [
            add_choice(reason, told, words=words) if chosen else reason
            for reason, chosen in zip(reasons, extra["chosen"], strict=True)
        ]
    table["reason"] = pd.Series(reasons, dtype="str")
    return table[[*(column.name for column in PRIORITIES), "tie_group"]].join(extra)


def _in_order(impact: pd.DataFrame) -> pd.DataFrame:
    unknown = impact["negative_share"].where(impact["prize"].isna(), 0.0)
    return (
        impact.assign(_unknown=unknown)
        .sort_values(
            ["prize", "_unknown", "touchpoint"],
            ascending=[False, False, True],
            na_position="last",
            ignore_index=True,
        )
        .drop(columns="_unknown")
    )


def _rank_bounds(table: pd.DataFrame, compared: Comparisons) -> tuple[Places, Places]:
    """Return the lowest and highest rank of every row; the rows without a prize come last."""
    known = len(compared.better)
    low = np.where(table["negative"].fillna(0) > 0, 1, known + 1)
    high = np.full(len(table), len(table))
    low[:known] = 1 + compared.better
    high[:known] = known - compared.worse
    return low, high


def _choose(
    impact: Impact, table: pd.DataFrame, extra: pd.DataFrame, *, budget: float | None,
    goal: float | None,
) -> Fixes:  # fmt: skip
    if budget is not None and "cost" not in extra:
        raise ImpactError(
            f"A budget of {budget!r} is given without cost. Give the cost of each fix too: "
            "cost={'delivery': 1000}."
        )
    spent = extra.get("cost", extra.get("effort", pd.Series(1.0, index=table.index)))
    lacking = table.loc[(table["prize"] > 0) & spent.isna(), "touchpoint"]
    refuse_lacking("effort" if "cost" not in extra else "cost", sorted(lacking))
    pairs = zip(table["touchpoint"], spent, strict=True)
    amounts = {touchpoint: amount for touchpoint, amount in pairs if not np.isnan(amount)}
    return choose_fixes(impact, cost=amounts, budget=budget, goal=goal)
