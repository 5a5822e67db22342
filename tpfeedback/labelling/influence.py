"""What a label of each text would tell about the differences between prizes.

All of it is about the estimate that `measure_impact(labels=)` makes (see
`tpfeedback.impact.power_tuning`): with h(z) what a text with the marks z adds to the error of a
difference of prizes, and h(z^) the same by the tagger's marks z^, a label adds d = h(z) - t h(z^),
t being the tuning. If texts are labelled with chances p, the variance of the difference is about

    sum of E[h(z)^2] + sum of E[d^2] (1 / p - 1),

so labels shrink it most with p proportional to the root of E[d^2] (Neyman 1934, JRSS 97:558-625;
for the errors of a machine Zrnic & Candes 2024, "Active statistical inference", arXiv:2403.03208,
section 4; for influence functions Chen & Lumley 2022, Stat. Med. 41:5109-5127).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tpfeedback.impact.gram import Array


@dataclass(frozen=True, eq=False)
class Fitted:
    """A fit of the rated texts by the tagger's marks; terms stand last among the columns.

    `columns` (texts, columns), `inverse` (columns, columns) of their Gram matrix, `residual`
    (texts,), `effects` and `shares` (terms,), `nothing` the place of the column "names nothing",
    None without it; `named` (texts,) how many touchpoints a text names.
    """

    columns: Array
    inverse: Array
    residual: Array
    coefficients: Array
    shares: Array
    nothing: int | None
    named: Array

    @property
    def first(self) -> int:
        """Place of the first term among the columns."""
        return int(self.columns.shape[1]) - len(self.shares)


@dataclass(frozen=True, eq=False)
class Worth:
    """Per text and pair of prizes: `label` E[d^2], what only a label can take away.

    `all` (pairs,): variance of the difference if every text were labelled.
    """

    label: Array
    all: Array


def weigh_labels(fitted: Fitted, wrong: Array, pairs: list[tuple[int, int]]) -> Worth:
    """Return what a label of each text is worth for the difference of each pair of prizes.

    Expectations are over the marks that the text may truly have: those of the tagger, or one of
    them other than it says (`wrong`, (texts, terms): how likely each is). That two are wrong at
    once is left out.

    Args:
        fitted: the fit by the tagger's marks.
        wrong: see `mark_errors.wrong_marks`.
        pairs: places of the terms whose prizes are compared.
    """
    right, single = _one_wrong(wrong)
    base = _differences(fitted, None, pairs)
    mean, square = right[:, None] * base, right[:, None] * base**2
    for term in range(wrong.shape[1]):
        other = _differences(fitted, term, pairs)
        mean += single[:, [term]] * other
        square += single[:, [term]] * other**2
    tuning = (mean * base).sum(axis=0) / np.maximum((base**2).sum(axis=0), 1e-300)
    tuning = np.clip(tuning, 0.0, 1.0)
    label = np.maximum(square - 2 * tuning * mean * base + tuning**2 * base**2, 0.0)
    return Worth(label, square.sum(axis=0))


def _one_wrong(wrong: Array) -> tuple[Array, Array]:
    """Return how likely no mark is wrong, and exactly this one, given that at most one is."""
    odds = wrong / (1 - wrong)
    whole = 1 + odds.sum(axis=1)
    return 1 / whole, odds / whole[:, None]


def _differences(fitted: Fitted, term: int | None, pairs: list[tuple[int, int]]) -> Array:
    """Return h of each text and pair, by the tagger's marks with the mark of `term` turned over."""
    terms = sorted({term for pair in pairs for term in pair})
    prizes = dict(zip(terms, _prizes(fitted, term, terms).T, strict=True))
    return np.column_stack([prizes[first] - prizes[then] for first, then in pairs])


def _prizes(fitted: Fitted, turned: int | None, terms: list[int]) -> Array:
    """Return what each text adds to the error of the prizes, (texts, terms).

    prize = -effect x share: -(share x what it adds to the effect + effect x to the share).
    """
    first, count = fitted.first, len(fitted.columns)
    places = [first + term for term in terms]
    reach = fitted.columns @ fitted.inverse[:, places]
    residual, marks = fitted.residual, fitted.columns[:, places]
    if turned is not None:
        place = first + turned
        step = 1 - 2 * fitted.columns[:, place]
        moved = [(place, step)]
        if fitted.nothing is not None:
            moved.append((fitted.nothing, _nothing_step(fitted, step)))
        for column, change in moved:
            reach = reach + change[:, None] * fitted.inverse[column, places]
            residual = residual - change * fitted.coefficients[column]
        marks = marks + step[:, None] * (np.array(terms) == turned)
    effects, shares = fitted.coefficients[places], fitted.shares[terms]
    return np.asarray(-(shares * reach * residual[:, None] + effects * (marks - shares) / count))


def _nothing_step(fitted: Fitted, step: Array) -> Array:
    """Return the change of "names nothing" where a mark comes to a text, or goes from it."""
    gone = (step < 0) & (fitted.named == 1)
    come = (step > 0) & (fitted.named == 0)
    return np.asarray(gone.astype(float) - come.astype(float))


def loss_weights(gaps: Array, variances: Array) -> Array:
    """Return how much each pair matters: what less variance takes off the expected loss.

    Whoever fixes the touchpoint that only seems ahead loses the difference. With a gap g known
    with the error s, that is expected to cost s (f(g/s) - g/s F(-g/s)), f and F the normal density
    and distribution (the linear loss of Chick & Inoue 2001, Oper. Res. 49:732-743); its derivative
    by s^2 is f(g/s) / (2 s).

    >>> loss_weights(np.array([0.0, 3.0]), np.array([1.0, 1.0])).round(3)
    array([0.199, 0.002])
    """
    error = np.sqrt(np.maximum(variances, 1e-300))
    density = np.exp(-((gaps / error) ** 2) / 2) / np.sqrt(2 * np.pi)
    return np.asarray(density / (2 * error))
