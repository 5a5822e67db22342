"""A straight line with one kink: where it bends, whether it bends at all, how steep it is.

Model: y = a + b x + c (x - k)+ + controls, continuous at the kink k (Muggeo 2003, Statistics in
Medicine 22:3055-3071).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import erfc, exp, nan, pi, sqrt

import numpy as np
from scipy.special import stdtrit

from tpfeedback.impact.gram import Array, Flags, Places

INNER = (0.1, 0.9)  # a kink is looked for between these shares of the observations
STEPS = 25  # places where it is looked for before it is made exact
FEWEST = 8  # observations on either side of a kink, of two or more different x
_CLOSE = 1e-12


@dataclass(frozen=True, eq=False)
class Line:
    """Lines with a kink at each of the `places` that the data bear; a straight one has infinity.

    `best` is the one that leaves the least squares. `coefficients` (places, columns) and
    `covariances` (places, columns, columns) are robust; `slack` (places,) is what the quantile of
    t squared leaves after how badly the data bear the place.
    """

    places: Array
    best: int
    coefficients: Array
    covariances: Array
    slack: Array

    @property
    def kink(self) -> float:
        """Where the best line bends; infinity if it is straight."""
        return float(self.places[self.best])

    def told(self, gradients: Array) -> tuple[float, float, float]:
        """Return a combination of coefficients and its 95 % interval.

        `gradients` (places, columns) are its weights if the kink is at each place. The interval
        holds the values that the data bear together with some place: the profile of the test.
        """
        values = np.einsum("ij,ij->i", gradients, self.coefficients)
        variances = np.einsum("ij,ijk,ik->i", gradients, self.covariances, gradients)
        reach = np.sqrt(np.maximum(variances, 0.0) * self.slack)
        return (
            float(values[self.best]),
            float((values - reach).min()),
            float((values + reach).max()),
        )


@dataclass(frozen=True, eq=False)
class Kink:
    """A bent line, the 95 % interval of its kink, and the p-value of there being one.

    An end of the interval is NaN where the data do not bound it on that side.
    """

    line: Line
    low: float
    high: float
    p_value: float


def regress(columns: Array, y: Array, clusters: Places | None = None) -> tuple[Array, Array, float]:
    """Return coefficients, covariance and the squared 97.5 % quantile of t.

    Least squares with HC3 covariance (MacKinnon & White 1985), or CR1 by clusters. A column that
    the others make up has the coefficient 0.
    """
    inverse = np.linalg.pinv(columns.T @ columns, hermitian=True)
    coefficients = inverse @ (columns.T @ y)
    residual = y - columns @ coefficients
    n, p = len(columns), int(columns.any(axis=0).sum())
    if clusters is None:
        leverage = np.einsum("ij,ij->i", columns @ inverse, columns)
        scores = columns * (residual / np.maximum(1 - leverage, _CLOSE))[:, None]
        covariance, degrees = inverse @ (scores.T @ scores) @ inverse, n - p
    else:
        number = int(clusters.max()) + 1
        sums = np.zeros((number, columns.shape[1]))
        np.add.at(sums, clusters, columns * residual[:, None])
        scale = number / max(number - 1, 1) * (n - 1) / max(n - p, 1)
        covariance, degrees = inverse @ (sums.T @ sums) @ inverse * scale, number - 1
    return coefficients, covariance, float(stdtrit(max(degrees, 1), 0.975)) ** 2


def straight_line(x: Array, y: Array, controls: Array, clusters: Places | None = None) -> Line:
    """Fit 1, x and the controls; the column of the bend is there, and 0."""
    return _line(x, y, controls, np.array([np.inf]), against=np.zeros(1), clusters=clusters)


def _line(
    x: Array, y: Array, controls: Array, places: Array, *, against: Array, clusters: Places | None
) -> Line:
    """Fit a line at each place; `against` are the squared t of the test against that place."""
    fits = [regress(bent(x, place, controls), y, clusters) for place in places]
    coefficients, covariances = (np.array([fit[k] for fit in fits]) for k in (0, 1))
    slack = np.maximum(np.array([fit[2] for fit in fits]) - against, 0.0)
    losses = squares(x, y, controls, places)
    return Line(places, int(np.argmin(losses)), coefficients, covariances, slack)


def bent(x: Array, kink: float, controls: Array) -> Array:
    """Return the columns 1, x, (x - kink)+ and the controls."""
    return np.column_stack([np.ones(len(x)), x, np.maximum(x - kink, 0.0), controls])


def candidates(x: Array) -> Array:
    """Return where a kink is looked for; none where too few observations lie on either side."""
    places = np.unique(np.quantile(x, np.linspace(*INNER, STEPS)))
    places = np.unique(np.concatenate([places, (places[1:] + places[:-1]) / 2]))
    kept = np.ones(len(places), dtype=bool)
    for values, least in ((np.sort(x), FEWEST), (np.unique(x), 2)):
        kept &= np.searchsorted(values, places, side="left") >= least
        kept &= len(values) - np.searchsorted(values, places, side="right") >= least
    return np.asarray(places[kept])


def squares(x: Array, y: Array, controls: Array, places: Array) -> Array:
    """Return the sum of squared residuals of the best line with a kink at each of the places.

    One projection for all of them (Frisch & Waugh 1933): what is left of the bent columns after
    the straight ones, against what is left of y.
    """
    basis = np.linalg.qr(np.column_stack([np.ones(len(x)), x, controls]))[0]

    def left(columns: Array) -> Array:
        return np.asarray(columns - basis @ (basis.T @ columns))

    rest, hinges = left(y), left(np.maximum(x[:, None] - places, 0.0))
    size = np.einsum("ij,ij->j", hinges, hinges)
    explained = np.divide((hinges.T @ rest) ** 2, size, out=np.zeros_like(size), where=size > 0)
    return np.asarray(rest @ rest - explained)


def find_kink(x: Array, y: Array, controls: Array, clusters: Places | None = None) -> Kink | None:
    """Return the kink that leaves the least squares, or None where none can be looked for.

    The best of the `candidates` is made exact between its neighbours by a bounded search. The
    p-value is Davies' upper bound for the largest of the t statistics at all candidates (Davies
    1987, Biometrika 74:33-43). The interval holds the places at which a jump beside the kink is
    not significant: at the true place the model without a jump is right, so that its robust t
    test keeps its level however small the bend (the score interval of Muggeo 2017, Australian &
    New Zealand J. of Statistics 59:311-322). Of it, the run around the kink is told,
    up to the first place on either side that is refused.
    """
    looked = candidates(x)
    if len(looked) < 3:
        return None
    place = _exact(x, y, controls, looked, int(np.argmin(squares(x, y, controls, looked))))
    places = np.unique(np.append(looked, place))
    tests = [_jump(x, y, controls, at, clusters) for at in places]
    squared, limit = np.array([test[0] for test in tests]), np.array([test[1] for test in tests])
    at = int(np.searchsorted(places, place))
    squared[at] = 0.0  # here the squares are least: nothing speaks against it
    first, last = _run(squared <= limit, at)
    kept = slice(first, last + 1)
    return Kink(
        _line(x, y, controls, places[kept], against=squared[kept], clusters=clusters),
        nan if first == 0 else float(places[first - 1]),
        nan if last == len(places) - 1 else float(places[last + 1]),
        _davies(x, y, controls, looked, clusters),
    )


def _exact(x: Array, y: Array, controls: Array, places: Array, best: int) -> float:
    from scipy.optimize import minimize_scalar

    low, high = places[max(best - 1, 0)], places[min(best + 1, len(places) - 1)]
    found = minimize_scalar(
        lambda at: float(squares(x, y, controls, np.array([at]))[0]),
        bounds=(low, high),
        method="bounded",
        options={"xatol": (places[-1] - places[0]) * 1e-6},
    )
    at_best = float(squares(x, y, controls, places[[best]])[0])
    return float(found.x) if found.fun < at_best else float(places[best])


def _jump(
    x: Array, y: Array, controls: Array, place: float, clusters: Places | None
) -> tuple[float, float]:
    """Return the squared t of a jump at the kink, and what it may be by chance."""
    columns = np.column_stack([bent(x, place, controls), (x > place).astype(float)])
    coefficients, covariance, limit = regress(columns, y, clusters)
    variance = float(covariance[-1, -1])
    return (float(coefficients[-1]) ** 2 / variance if variance > 0 else 0.0), limit


def _run(kept: Flags, at: int) -> tuple[int, int]:
    """Return the first and the last of the run of kept places around one."""
    first = last = at
    while first > 0 and kept[first - 1]:
        first -= 1
    while last < len(kept) - 1 and kept[last + 1]:
        last += 1
    return first, last


def _davies(x: Array, y: Array, controls: Array, places: Array, clusters: Places | None) -> float:
    """Return the upper bound of the p-value of the largest t statistic of a bend."""
    values = []
    for place in places:
        coefficients, covariance, _ = regress(bent(x, place, controls), y, clusters)
        variance = float(covariance[2, 2])
        values.append(float(coefficients[2]) / sqrt(variance) if variance > 0 else 0.0)
    largest = max(map(abs, values))
    path = float(np.abs(np.diff(values)).sum())
    tail = erfc(largest / sqrt(2))
    return min(1.0, tail + 2 * path * exp(-(largest**2) / 2) / sqrt(8 * pi))
