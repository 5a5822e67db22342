"""What the mean outcome would be if some of the bad experiences were fixed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tpfeedback.errors import ImpactError, unknown_name
from tpfeedback.impact.gram import Array
from tpfeedback.priority.costs import read_number, read_share, refuse_no_shares
from tpfeedback.priority.prizes import Prizes, Z, place_of, read_prizes
from tpfeedback.priority.reasons import write_numbers

if TYPE_CHECKING:
    from tpfeedback.priority.prizes import Impact


@dataclass(frozen=True, eq=False, repr=False)
class Scenario:
    """What a change of experiences does to the mean outcome, in units of the outcome.

    `table` has one row per change: `touchpoint`, `sentiment` ("negative": complaints taken away,
    "positive": praise added), `share` (0-1, as given), `respondents` (the share of all respondents
    that this is), `gain, gain_low, gain_high` (95 %); the greatest gain first. `gain` is that of
    all changes together, with its interval. `mean` is the mean before, NaN where it is not known.
    """

    table: pd.DataFrame
    gain: float
    gain_low: float
    gain_high: float
    mean: float

    @property
    def new_mean(self) -> float:
        """The mean outcome after the changes."""
        return self.mean + self.gain

    def __repr__(self) -> str:
        low, gain, high = write_numbers(self.gain_low, self.gain, self.gain_high)
        means = "" if np.isnan(self.mean) else f", from {self.mean:.2f} to {self.new_mean:.2f}"
        columns = (self.table[name] for name in ("touchpoint", "sentiment", "share"))
        changes = " and ".join(map(_change, *columns))
        return f"If {changes or 'nothing changes'}: the mean gains {gain} ({low} to {high}){means}."

    def _repr_html_(self) -> str:
        total = {"touchpoint": "total", "gain": self.gain, "gain_low": self.gain_low,
                 "gain_high": self.gain_high}  # fmt: skip
        shown = pd.concat([self.table, pd.DataFrame([total])], ignore_index=True)
        table = shown.to_html(index=False, na_rep="", float_format="{:.3g}".format)
        return f"<p>{escape(repr(self))}</p>{table}"


def what_if(
    impact: Impact,
    fixed: Mapping[str, float],
    *,
    praised: Mapping[str, float] | None = None,
    current: float | None = None,
) -> Scenario:
    """Work out what the mean outcome gains if these shares of the complaints were gone.

    `what_if(impact, {"delivery": 0.3})`: 30 % of those who complain about delivery have nothing to
    complain about, everything else stays as it is. That gains 0.3 x prize, for the prize is the
    gain if all of them are gone. Several changes add up. This is exact for a linear model of the
    outcome; where the outcome was modelled as a probability, it holds for small changes. It
    answers what fixing would gain only so far as complaints cause the low ratings that go with
    them.

    Args:
        impact: the table of `measure_impact`, or the result of `fit_impact`, whose joint replicates
            give a better interval of the sum; from a table, errors are taken as independent.
        fixed: share (0-1) of the complaints about each touchpoint that is taken away.
        praised: share (0-1) of all respondents that newly praise each touchpoint, at most the
            share that does not yet: each gains the reward. Errors of rewards are taken as
            independent of one another and of those of the prizes.
        current: mean outcome of today; from a fit it is known.

    Returns:
        The change of the mean with its 95 % interval; see `Scenario`.

    Raises:
        ImpactError: a touchpoint is unknown, its prize or reward is missing, or a share is not
            within 0 to 1 (or not within what is left to praise).
        ColumnError: `impact` is no impact table.

    >>> from tpfeedback.tables import IMPACT
    >>> impact = pd.DataFrame({"touchpoint": ["price", "delivery"], "prize": [0.1, 0.6],
    ...                        "prize_low": [0.0, 0.5], "prize_high": [0.2, 0.7]})
    >>> impact = impact.reindex(columns=[column.name for column in IMPACT])
    >>> what_if(impact, {"delivery": 0.3}, current=3.9)
    If 30 % of the complaints about delivery are gone: the mean gains 0.18 (0.15 to 0.21), from
    3.90 to 4.08.
    """
    prizes = read_prizes(impact)
    mean = read_number("current", current)
    taken, parts = _complaints(prizes, fixed)
    added, variance = _praise(prizes.table, praised or {})
    table = pd.concat([taken, added], ignore_index=True) if len(added) else taken
    table = table.sort_values(
        ["gain", "touchpoint", "sentiment"], ascending=[False, True, True], ignore_index=True
    )
    gain, error = prizes.gain(parts)
    gain += float(added["gain"].sum())
    half = Z * float(np.hypot(error, np.sqrt(variance)))
    return Scenario(table, gain, gain - half, gain + half, prizes.mean if mean is None else mean)


def _complaints(prizes: Prizes, fixed: Mapping[str, float]) -> tuple[pd.DataFrame, Array]:
    """Return a row per touchpoint, and the part of each known prize that is won."""
    refuse_no_shares("fixed", fixed)
    parts = np.zeros(len(prizes.touchpoints))
    for touchpoint, share in fixed.items():
        parts[place_of(prizes, touchpoint)] = read_share("fixed", touchpoint, share)
    shares = prizes.table.set_index("touchpoint")["negative_share"]
    errors = np.sqrt(np.diag(prizes.covariance))
    rows = []
    for touchpoint, share in fixed.items():
        place = place_of(prizes, touchpoint)
        gain, half = share * prizes.values[place], Z * share * errors[place]
        rows.append((touchpoint, "negative", share, share * shares[touchpoint], gain, half))
    return _rows(rows), parts


def _praise(table: pd.DataFrame, praised: Mapping[str, float]) -> tuple[pd.DataFrame, float]:
    """Return a row per touchpoint, and the variance of their sum."""
    refuse_no_shares("praised", praised)
    known = table.set_index("touchpoint")
    columns = ["positive_share", "reward", "reward_low", "reward_high"]
    rows, variance = [], 0.0
    for touchpoint, given in praised.items():
        if touchpoint not in known.index:
            raise ImpactError(unknown_name("touchpoint", touchpoint, known.index))
        share = read_share("praised", touchpoint, given)
        praising, reward, low, high = map(float, known.loc[touchpoint, columns])
        if share > 1 - praising:
            raise ImpactError(
                f"praised of {touchpoint!r} is {share:g}, but only {1 - praising:.3f} of the "
                "respondents do not praise it yet. Allowed: at most that."
            )
        if np.isnan(reward):
            raise ImpactError(
                f"What praise of {touchpoint!r} brings is not known (its reward is missing in the "
                "impact table). Leave it out, or collect more feedback about it."
            )
        half = share * (high - low) / 2
        rows.append((touchpoint, "positive", share, share, share * reward, half))
        variance += (half / Z) ** 2
    return _rows(rows), variance


def _rows(rows: list[tuple[str, str, float, float, float, float]]) -> pd.DataFrame:
    names = ["touchpoint", "sentiment", "share", "respondents", "gain", "half"]
    table = pd.DataFrame(rows, columns=names)
    table = table.astype({name: "str" if name in names[:2] else float for name in names})
    table["gain_low"], table["gain_high"] = (table["gain"] + s * table["half"] for s in (-1, 1))
    return table.drop(columns="half")


def _change(touchpoint: str, sentiment: str, share: float) -> str:
    percent = f"{100 * share:g} %"
    if sentiment == "negative":
        return f"{percent} of the complaints about {touchpoint} are gone"
    return f"{percent} more of the respondents praise {touchpoint}"
