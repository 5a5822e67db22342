"""How often the tagger errs: rates as given, and the ways in which they could differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from tpfeedback.errors import ImpactError
from tpfeedback.impact.gram import Array

Rate = float | Sequence[float]
"""A number from 0 to 1, or its lowest and highest value."""
Rates = Mapping[str, Rate]
"""`recall`, `precision` and `flip`, see `sensitivity.sensitivity_band`."""

RATES = ("recall", "precision", "flip")
OVERALL = "overall"
MOST_FLIPS = 0.45  # at one half, what is said to be bad tells nothing of good and bad
LEAST = 0.05  # smallest recall and precision that are tried


@dataclass(frozen=True, eq=False)
class Scenario:
    """One way in which the tagger may err; arrays are (touchpoints,).

    `missed`: part (0-1) of the missed mentions that hide in the texts a complaint is compared
    with, the rest is set apart as texts that name nothing. `even`: wrong mentions are as often
    complaints as praise; otherwise they are split as what was found is.
    """

    recall: Array
    precision: Array
    flip: Array
    missed: float
    even: bool


def read_confusion(
    confusion: Rates | Mapping[str, Rates], touchpoints: Sequence[str], stretch: tuple[float, float]
) -> Array:
    """Return the rates (rate, touchpoint, [as stated, lowest, highest]), in the order of `RATES`.

    Raises:
        ImpactError: a rate is missing, unknown or out of range.

    >>> read_confusion({"recall": 0.8, "precision": (0.7, 0.9), "flip": 0}, ["price"],
    ...                (0.5, 1.5))[:, 0].round(2).tolist()
    [[0.8, 0.7, 0.9], [0.8, 0.7, 0.9], [0.0, 0.0, 0.0]]
    """
    _refuse_numbers(confusion)
    flat = set(confusion) <= set(RATES)
    by_name: Mapping[str, Rates] = {OVERALL: confusion} if flat else confusion  # type: ignore[dict-item, assignment]
    rates = np.zeros((len(RATES), len(touchpoints), 3))
    for j, touchpoint in enumerate(touchpoints):
        own = {**by_name.get(OVERALL, {}), **by_name.get(touchpoint, {})}
        if set(own) != set(RATES):
            raise ImpactError(
                f"The rates of {touchpoint!r} must be {', '.join(RATES)}, given: "
                f"{', '.join(map(repr, own)) or '(none)'}. Give all three, for the touchpoint or "
                f'under the key "{OVERALL}" for all that have none of their own.'
            )
        for i, rate in enumerate(RATES):
            rates[i, j] = _spread(own[rate], rate, touchpoint, stretch)
    return rates


def _refuse_numbers(confusion: object) -> None:
    """Raise `ImpactError` for what names no rates, at all or for one touchpoint."""
    told = confusion if isinstance(confusion, Mapping) else {OVERALL: confusion}
    each = told if not set(told) <= set(RATES) else {OVERALL: told}
    for touchpoint, rates in each.items():
        if not isinstance(rates, Mapping):
            raise ImpactError(
                f"The rates of {touchpoint!r} are {rates!r}. Allowed: {', '.join(RATES)}, each "
                "with its number. Write {'recall': 0.8, 'precision': 0.9, 'flip': 0.05}, or pass "
                "the confusion of a tagger."
            )


def scenarios(rates: Array) -> Iterator[Scenario]:
    """Yield the scenario that is expected, then all corners of the rates and of the unknowns."""
    yield Scenario(rates[0, :, 0], rates[1, :, 0], rates[2, :, 0], missed=0.5, even=False)
    for ends in product((1, 2), repeat=len(RATES)):
        recall, precision, flip = (rates[i, :, end] for i, end in enumerate(ends))
        for missed, even in product((0.0, 1.0), (False, True)):
            yield Scenario(recall, precision, flip, missed=missed, even=even)


def misclassify(marked: Array, way: Scenario) -> tuple[Array, Array]:
    """Return what a mark tells, and the true shares, of every touchpoint.

    `marked` (touchpoints, 2): shares of texts with complaints and praise, as marked. `told`
    (touchpoints, 2, 2): P(true | marked) - P(true | not marked), marks in rows, truth in columns,
    so that measured effects are `told` x true effects. True shares (touchpoints, 2).

    >>> one = np.ones(1)
    >>> way = Scenario(0.75 * one, 0.85 * one, 0 * one, missed=1.0, even=False)
    >>> told, shares = misclassify(np.array([[0.2, 0.0]]), way)
    >>> round(0.85 - 0.2 * 0.85 / 0.75 * 0.25 / 0.8, 4), told[0, 0, 0].round(4).item()
    (0.7792, 0.7792)
    >>> shares.round(4).tolist()  # 0.2 x 0.85 / 0.75
    [[0.2267, 0.0]]
    """
    marked = np.nan_to_num(marked)
    true_marks = marked - _invented(marked, way)
    whole = true_marks.sum(axis=1)
    half = np.full_like(whole, 0.5)
    part = np.divide(true_marks[:, 0], whole, out=half.copy(), where=whole > 0)
    negative = np.clip((part - way.flip) / (1 - 2 * way.flip), 0.0, 1.0)
    kinds = np.column_stack([negative, 1 - negative])  # true sentiment of the true mentions
    shares = kinds * (whole / way.recall)[:, None]
    straight, turned = (1 - way.flip)[:, None] * kinds, way.flip[:, None] * kinds
    both = np.stack([np.stack([straight[:, 0], turned[:, 1]], axis=1),
                     np.stack([turned[:, 0], straight[:, 1]], axis=1)], axis=1)  # fmt: skip
    marks = both.sum(axis=2, keepdims=True)
    chance = np.divide(both, marks, out=np.zeros_like(both), where=marks > 0)
    precision = np.divide(true_marks, marked, out=np.ones_like(marked), where=marked > 0)
    silent = np.maximum(1 - marked.sum(axis=1), 0.05)
    hidden = way.missed * shares * ((1 - way.recall) / silent)[:, None]
    return chance * precision[:, :, None] - hidden[:, None, :], shares


def answers_of(marked: Array, way: Scenario) -> Array:
    """Return P(marked | true) - P(marked | nothing said), marks in rows, truth in columns."""
    _, shares = misclassify(marked, way)
    silent = np.maximum(1 - shares.sum(axis=1), 0.05)
    invented = _invented(np.nan_to_num(marked), way) / silent[:, None]
    straight, turned = way.recall * (1 - way.flip), way.recall * way.flip
    found = np.stack([np.stack([straight, turned], axis=1),
                      np.stack([turned, straight], axis=1)], axis=1)  # fmt: skip
    return np.asarray(found - invented[:, :, None])


def _invented(marked: Array, way: Scenario) -> Array:
    """Return the shares of texts with invented complaints and invented praise."""
    wrong = marked.sum(axis=1, keepdims=True) * (1 - way.precision)[:, None]
    if way.even:
        half = np.minimum(wrong / 2, marked)
        rest = wrong - half.sum(axis=1, keepdims=True)  # what is more than one half has of marks
        return np.asarray(np.minimum(half + rest, marked))
    return np.asarray(marked * (1 - way.precision)[:, None])


def _spread(given: Rate, rate: str, touchpoint: str, stretch: tuple[float, float]) -> list[float]:
    """Return the rate as stated, its lowest and its highest value."""
    values = np.atleast_1d(np.asarray(given, dtype=float))
    flips = rate == "flip"
    low, high = (0.0, MOST_FLIPS) if flips else (LEAST, 1.0)
    inside = (values >= low) & (values <= high)
    if len(values) not in (1, 2) or not inside.all() or values[0] > values[-1]:
        raise ImpactError(
            f"The {rate} of {touchpoint!r} is {given!r}. Allowed: a share from {low:g} to "
            f"{high:g}, or a pair of such shares, the lower one first. Take the rates from the "
            "model card, or measure them on labelled texts."
        )
    if len(values) == 2:
        return [float(values.mean()), *values.tolist()]
    value = float(values[0])
    ends = [value * by if flips else 1 - (1 - value) * by for by in stretch]
    return [value, *np.clip(sorted(ends), low, high).tolist()]
