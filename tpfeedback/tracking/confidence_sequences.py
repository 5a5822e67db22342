"""Intervals that hold however often one looks."""

from __future__ import annotations

import numpy as np
from scipy.stats import norm, t

from tpfeedback.impact.gram import Array

ERROR = 0.05
_BEST = 7.9  # mixing variance x information at which the sequence is narrowest, for ERROR


def always_valid(
    estimate: Array, error: Array, degrees: Array, *, planned: float
) -> tuple[Array, Array]:
    """Return low and high of a 95 % confidence sequence: all looks together hold the truth.

    The estimates of successive looks are taken as a sum with normal, independent increments in
    the information 1 / error^2, which is so for efficient estimates (Jennison & Turnbull 1997,
    JASA 92:1330-1341). Their confidence sequence by the normal mixture of Robbins, asymptotic in
    the sense of Waudby-Smith, Arbour, Sinha, Kennedy & Ramdas (2024, Ann. Stat. 52:2613-2640,
    theorem 2.2): estimate +- error sqrt((1 + 1 / r) log((1 + r) / 0.05^2)), r = information x
    mixing variance. It is narrowest where the standard error is `planned`. The boundary is taken
    for Student's t with `degrees` of freedom in place of the normal distribution.

    >>> low, high = always_valid(np.array([1.0]), np.array([0.1]), np.array([np.inf]), planned=0.1)
    >>> low.round(3).tolist(), high.round(3).tolist()
    ([0.696], [1.304])
    """
    ratio = _BEST * planned**2 / error**2
    z = np.sqrt((1 + 1 / ratio) * np.log((1 + ratio) / ERROR**2))
    half = error * student(z, degrees)
    return estimate - half, estimate + half


def student(z: Array, degrees: Array) -> Array:
    """Return the quantile of Student's t that is as rare as `z` is for the normal distribution."""
    tail = np.maximum(norm.sf(z), 1e-300)
    return np.asarray(t.isf(tail, np.minimum(degrees, 1e6)))
