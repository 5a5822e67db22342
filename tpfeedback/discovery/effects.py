"""What each theme does to the overall, all touchpoints and themes measured together."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tpfeedback.impact.measurement import Options, measure

EFFECTS = ("penalty", "reward", "prize")
COLUMNS = tuple(f"{name}{end}" for name in EFFECTS for end in ("", "_low", "_high"))


def measure_effects(
    feedback: pd.DataFrame,
    mentions: pd.DataFrame,
    marks: pd.DataFrame,
    themes: list[str],
    *,
    options: Options,
) -> pd.DataFrame:
    """Return penalty, reward and prize of each theme with 95 % intervals, indexed by theme.

    `mentions` and the `marks` of the themes hold `feedback_id, touchpoint, sentiment`: a theme
    has only what the touchpoints beside it do not explain (see `measure_impact`). All are missing
    where there is no rating to explain.
    """
    nothing = pd.DataFrame(np.nan, index=themes, columns=list(COLUMNS))
    if not themes or not is_rated(feedback, options.outcome):
        return nothing
    names = ["feedback_id", "touchpoint", "sentiment"]
    # No key of a taxonomy has a colon: a theme is never taken for the touchpoint it became.
    apart = marks.assign(touchpoint="theme:" + marks["touchpoint"])
    told = pd.concat([mentions[names].astype({"feedback_id": "str"}), apart[names]])
    found = measure(feedback, told, options).table.set_index("touchpoint")
    return found.reindex([f"theme:{one}" for one in themes])[list(COLUMNS)].set_axis(themes)


def is_rated(feedback: pd.DataFrame, outcome: str) -> bool:
    """Tell whether there is a number to explain in the column `outcome`."""
    if outcome not in feedback:
        return False
    if list(feedback.columns).count(outcome) > 1:
        return True  # which of them is not for us to say: who measures refuses it
    return bool(pd.to_numeric(feedback[outcome], errors="coerce").notna().any())


def share_with_interval(count: pd.Series, total: int) -> pd.DataFrame:
    """Return `share`, `share_low` and `share_high`: the 95 % interval of Wilson (1927).

    J. Am. Stat. Assoc. 22:209-212.

    >>> share_with_interval(pd.Series([10]), 100).round(3).values.tolist()
    [[0.1, 0.055, 0.174]]
    """
    from statsmodels.stats.proportion import proportion_confint

    if not total or not len(count):
        empty = np.full((len(count), 3), np.nan)
        return pd.DataFrame(empty, count.index, ["share", "share_low", "share_high"])
    low, high = proportion_confint(count.to_numpy(), total, method="wilson")
    columns = {"share": count.to_numpy() / total, "share_low": low, "share_high": high}
    return pd.DataFrame(columns, index=count.index)
