"""What hangs on the policy: the measurement once more under every one of them."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd

from tpfeedback.errors import ImpactError, TpfeedbackWarning
from tpfeedback.impact.fit import ImpactFit, complete
from tpfeedback.impact.gram import Array, Flags
from tpfeedback.impact.measurement import Options, measure
from tpfeedback.impact.policies import available_policies


def stress_test(feedback: pd.DataFrame, mentions: pd.DataFrame, **options: Any) -> pd.DataFrame:
    """Rank the touchpoints by prize under every missing-mention policy, and flag what flips.

    What a text says about a touchpoint that it does not mention is an assumption, and the data
    cannot tell which one is right (Little & Rubin 2019, Statistical Analysis with Missing Data,
    3rd ed., section 15.1, advise just such a sensitivity analysis). A rank that is the same
    under all of them does not hang on it.

    Args:
        feedback, mentions: as in `measure_impact`; not changed.
        options: those of `measure_impact`, except `policy`, with a method that measures prizes
            ("penalty_reward") and a linear model.

    Returns:
        One row per touchpoint, in the order of the baseline. `touchpoint`; for every policy
        `rank_<policy>` (1 = highest prize, equal ones by name; missing without a prize),
        `prize_<policy>`, `prize_<policy>_low` and `prize_<policy>_high` (95 %, in units of the
        outcome). Then, over all pairs with another touchpoint and all pairs of policies in which
        both have a prize: `flips`, the order of the two is not the same; `contradicts`, one
        policy is sure of their order (95 % interval of the difference without 0, from joint
        bootstrap replicates) and another reverses it; `flips_with`, the names of the others.
        Neighbours in rank flip easily by chance: a flip that contradicts is a finding.

    Raises:
        ImpactError: `policy`, a method without prizes, labels or a model that is not linear is
            given; and as `measure_impact`.

    Warns:
        TpfeedbackWarning: as `measure_impact`, every note once.

    >>> feedback = pd.DataFrame({"feedback_id": range(400), "overall": [2, 5, 4, 1] * 100})
    >>> mentions = pd.DataFrame({"feedback_id": range(0, 400, 2), "touchpoint": "delivery",
    ...                          "sentiment": ["negative", "positive"] * 100})
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore", TpfeedbackWarning)
    ...     table = stress_test(feedback, mentions)
    >>> table[["prize_baseline", "prize_observed", "flips"]].round(2).values.tolist()
    [[0.25, 0.5, False]]
    """
    method = options.get("method", "penalty_reward")
    if "policy" in options or method != "penalty_reward":
        raise ImpactError(
            f"stress_test takes every policy and compares prizes, given: policy="
            f"{options.get('policy')!r}, method={method!r}. Allowed: no policy, and "
            "method='penalty_reward'. Leave both out."
        )
    _refuse_pairs(options)
    fits = _fit_all(feedback, mentions, options)
    touchpoints = next(iter(fits.values())).touchpoints
    table = pd.DataFrame({"touchpoint": pd.Series(list(touchpoints), dtype="str")})
    prizes = {policy: _prizes(fit) for policy, fit in fits.items()}
    for policy, own in prizes.items():
        table[f"rank_{policy}"] = _ranks(own["prize"])
        for end in ("", "_low", "_high"):
            table[f"prize_{policy}{end}"] = own[f"prize{end}"].to_numpy()
    flips, contradicts = _flips(fits, prizes)
    table["flips"] = np.asarray(flips.any(axis=1))
    table["contradicts"] = np.asarray(contradicts.any(axis=1))
    names = np.array(touchpoints, dtype=object)
    table["flips_with"] = pd.Series([", ".join(names[row]) for row in flips], dtype="str")
    return table.sort_values(["rank_baseline", "touchpoint"], ignore_index=True)


def _refuse_pairs(options: dict[str, Any]) -> None:
    """Refuse what only the policy "baseline" takes."""
    if options.get("labels") is not None:
        raise ImpactError(
            "stress_test takes every policy, and labels= goes with policy='baseline' alone. "
            "Leave out labels=."
        )
    if not Options(**options).linear:
        raise ImpactError(
            f"stress_test takes every policy, and model={options['model']!r} goes with "
            "policy='baseline' alone. Allowed: 'linear' or 'nps'. Name one of them with model=."
        )


def _fit_all(
    feedback: pd.DataFrame, mentions: pd.DataFrame, options: dict[str, Any]
) -> dict[str, ImpactFit]:
    fits: dict[str, ImpactFit] = {}
    for policy in available_policies():
        chosen = Options(**options, policy=policy)
        fits[policy] = complete(measure(feedback, mentions, chosen), chosen)
    notes = dict.fromkeys(note for fit in fits.values() for note in fit.notes)
    for note in notes:
        warnings.warn(note, TpfeedbackWarning, stacklevel=3)
    return fits


def _prizes(fit: ImpactFit) -> pd.DataFrame:
    """Return the prizes with their intervals, by name."""
    table = fit.table.set_index("touchpoint").loc[list(fit.touchpoints)]
    return table[["prize", "prize_low", "prize_high"]]


def _ranks(prizes: pd.Series) -> pd.Series:
    ranks = prizes.reset_index(drop=True).rank(ascending=False, method="first")
    return ranks.astype("Int64")


def _flips(fits: dict[str, ImpactFit], prizes: dict[str, pd.DataFrame]) -> tuple[Flags, Flags]:
    """Return which pairs (touchpoints, touchpoints) change their order, and which surely do."""
    orders = [_order(own["prize"].to_numpy()) for own in prizes.values()]
    sure = [_sure_order(fit.replicates) for fit in fits.values()]
    size = len(orders[0])
    flips, contradicts = np.zeros((2, size, size), dtype=bool)
    for order in orders:
        for other, certain in zip(orders, sure, strict=True):
            flips |= order * other < 0
            contradicts |= order * np.where(certain, other, 0.0) < 0
    return flips, contradicts | contradicts.T


def _order(prizes: Array) -> Array:
    """Return 1 where the row's prize is above the column's, -1 below, 0 equal or missing."""
    return np.nan_to_num(np.sign(prizes[:, None] - prizes[None, :]))


def _sure_order(replicates: Array) -> Flags:
    """Return the pairs whose difference lies on one side of 0 in 97.5 % of the replicates."""
    return np.array(
        [np.abs(np.sign(own[:, None] - replicates).mean(axis=0)) >= 0.95 for own in replicates.T]
    ).reshape(replicates.shape[1], replicates.shape[1])
