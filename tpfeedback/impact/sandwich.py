"""How sure the estimates of a likelihood are: what each text adds to their error."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from tpfeedback.impact.gram import Array, Flags, Places, invert
from tpfeedback.impact.likelihood import CumulativeFit
from tpfeedback.impact.regression import LONELY, Design


@dataclass(frozen=True, eq=False)
class Sandwich:
    """The filling: what one text of each row pushes its two walls by.

    `push` (rows, 2): the scores of the upper and the lower wall, weighted. `bend` (rows, 2, 2):
    the information of one text, weighted. `alone`: the rows whose one text alone tells nearly
    all that is known in some direction of the parameters.

    Each method takes `gradients` (parameters, quantities) of the quantities that it is about.
    """

    fit: CumulativeFit
    push: Array
    bend: Array
    alone: Places

    def influences(self, gradients: Array) -> Array:
        """Return what one text of each row adds to the error of each quantity."""
        upper, lower = self._loads(gradients)
        return np.asarray(upper * self.push[:, :1] + lower * self.push[:, 1:])

    def degrees(self, gradients: Array, design: Design) -> Array:
        """Return the degrees of freedom of the t quantile of each quantity.

        Without clusters by Satterthwaite (1946, Biometrics Bulletin 2:110-114): if a text has
        the share s of the model's variance, 1/sum(s^2) texts count, and one is spent on the
        estimate itself. So an effect that rests on five texts gets a wide interval, however many
        other texts there are. Of clusters likewise.
        """
        upper, lower = self._loads(gradients)
        parts = upper**2 * self.bend[:, 0, :1] + lower**2 * self.bend[:, 1, 1:]
        parts = (parts + 2 * upper * lower * self.bend[:, 0, 1:]) * design.weight[:, None]
        whole, squares = design.count @ parts, design.count @ parts**2
        if design.clusters is not None:
            squares = ((design.clusters @ parts) ** 2).sum(axis=0)
        number = np.divide(whole**2, squares, out=np.ones_like(whole), where=squares > 0)
        return np.asarray(np.maximum(number - 1, 1.0))

    def lonely(self, gradients: Array, design: Design) -> Flags:
        """Return the quantities that rest on a single text, or a single cluster of texts.

        Without it the variance that the model gives them would be more than `LONELY` times as
        large, or infinite.
        """
        found, whole = np.zeros(gradients.shape[1], dtype=bool), self.fit.inverse.matrix
        for told in self._needed(design):
            rest = invert(self.fit.information - told)
            more = np.einsum("pt,pq,qt->t", gradients, rest.matrix - LONELY * whole, gradients) > 0
            found |= more | ~rest.can_tell(gradients.T)
        return found

    def _needed(self, design: Design) -> Iterator[Array]:
        """Yield what each text, or cluster, tells that may alone tell nearly all of something."""
        if design.clusters is None:
            for row in self.alone:
                yield self._told_by(np.array([row]), np.ones(1))
            return
        leverage = np.einsum("nij,nji->n", self.bend, _leverage(self.fit))
        for place in np.flatnonzero(design.clusters @ leverage > 1 - 1 / LONELY):
            texts = design.clusters[[place]].toarray()[0]
            rows = np.flatnonzero(texts)
            yield self._told_by(rows, texts[rows])

    def _told_by(self, rows: Places, texts: Array) -> Array:
        """Return the information (parameters, parameters) of so many texts of these rows."""
        upper, lower = (
            side[rows].toarray() for side in (self.fit.walls.upper, self.fit.walls.lower)
        )
        bend = self.bend[rows] * texts[:, None, None]
        pushed = bend[:, 0, :1] * upper + bend[:, 0, 1:] * lower
        return np.asarray(
            upper.T @ pushed + lower.T @ (bend[:, 1, :1] * upper + bend[:, 1, 1:] * lower)
        )

    def _loads(self, gradients: Array) -> tuple[Array, Array]:
        turned = self.fit.inverse.matrix @ gradients
        return self.fit.walls.upper @ turned, self.fit.walls.lower @ turned


def build_sandwich(fit: CumulativeFit, weight: Array, *, jackknife: bool) -> Sandwich:
    """Return what the sandwich covariance is made of (White 1982, Econometrica 50:1-25).

    `weight` (rows,) is that of one text. Plain, the sum of squared influences is HC0. With
    `jackknife` the influence of a text is what leaving it out moves the parameters by in one
    Newton step (Pregibon 1981, Annals of Statistics 9:705-724): the counterpart of HC3, which
    does not make rare terms look too sure.
    """
    slopes = fit.slopes
    push = np.stack([slopes.upper, slopes.lower], axis=1) * weight[:, None]
    bend = _pairs(slopes.bend_upper, slopes.bend_both, slopes.bend_lower) * weight[:, None, None]
    remaining = np.eye(2) - bend @ _leverage(fit)
    alone = np.flatnonzero(np.linalg.det(remaining) < 1 / LONELY)
    if jackknife:
        remaining[alone] = np.eye(2)  # one step tells nothing where the text is missed so much
        push = np.asarray(np.linalg.solve(remaining, push[:, :, None])[:, :, 0])
    return Sandwich(fit, push, bend, alone)


def _leverage(fit: CumulativeFit) -> Array:
    """Return walls @ inverse @ walls' of the two walls of every row (rows, 2, 2)."""
    upper, lower = fit.walls.upper, fit.walls.lower

    def dot(side: sparse.csr_matrix, loads: Array) -> Array:
        return np.asarray(side.multiply(loads).sum(axis=1)).ravel()

    loads = lower @ fit.inverse.matrix
    return _pairs(dot(upper, upper @ fit.inverse.matrix), dot(upper, loads), dot(lower, loads))


def _pairs(first: Array, both: Array, last: Array) -> Array:
    """Return symmetric 2 x 2 matrices, (rows, 2, 2)."""
    return np.stack([first, both, both, last], axis=1).reshape(-1, 2, 2)
