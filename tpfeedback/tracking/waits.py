"""What waiting costs: satisfaction by minutes waited, and the minute from which it hurts more."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from math import nan

import numpy as np
import pandas as pd

from tpfeedback.errors import ColumnError, ImpactError, TpfeedbackWarning, unknown_name
from tpfeedback.impact.controls import control_columns, read_controls
from tpfeedback.impact.gram import Array, Places
from tpfeedback.impact.observations import read_clusters
from tpfeedback.impact.outcome import read_outcome
from tpfeedback.impact.respondents import respondents
from tpfeedback.tracking.kinks import Kink, Line, find_kink, squares, straight_line
from tpfeedback.wording import Note, write_note

HOUR = 60.0
SCALES = ("linear", "log")
FEWEST = 20  # respondents; fewer are refused
ENOUGH = 100  # below it, a note says that a breakpoint can hardly be seen
SURE = 0.05
POINTS = 25  # of the curve
RARE_LEVEL = 5


@dataclass(frozen=True, eq=False)
class WaitCurve:
    """Satisfaction by waiting time; see `dose_response`.

    `curve`: `minutes`, `effect` (against the reference), `effect_low`, `effect_high`, and
    `respondents` who waited no longer. `slope_per_hour`: change of the outcome per hour, from
    the reference to the breakpoint (to the longest tenth of the waits where there is none);
    `slope_after`: from the breakpoint to the longest tenth. `breakpoint` in minutes; an end of its
    interval is missing where the data do not bound it. `p_value` of the test for a breakpoint.
    All missing numbers are NaN.
    """

    curve: pd.DataFrame
    slope_per_hour: float
    slope_low: float
    slope_high: float
    slope_after: float
    slope_after_low: float
    slope_after_high: float
    breakpoint: float
    breakpoint_low: float
    breakpoint_high: float
    p_value: float
    reference: float
    scale: str
    respondents: int
    notes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class _Answers:
    """One row per respondent who tells a wait and has an outcome."""

    minutes: Array
    outcome: Array
    controls: Array
    clusters: Places | None


def dose_response(
    feedback: pd.DataFrame,
    waits: pd.DataFrame,
    *,
    outcome: str = "overall",
    touchpoint: str | None = None,
    scale: str | None = None,
    controls: Sequence[str] = (),
    cluster: str | None = None,
) -> WaitCurve:
    """Measure how the outcome changes with the time waited, and where it bends.

    Among respondents who tell how long they waited; the longest wait of each counts, since a
    promise ("in 30 minutes") is often told beside what came of it. They are not a sample of all
    who waited: people write of waits that struck them. The curve is a straight line with at most
    one kink (Muggeo 2003, Statistics in Medicine 22:3055-3071), told only where the test of
    Davies (1987, Biometrika 74:33-43) finds one at 5 %. Intervals are 95 %, HC3 (CR1 with
    `cluster`), and those of slopes and curve allow for the place of the kink being estimated.

    Args:
        feedback: the feedback table; not changed.
        waits: the waits table of `extract_waits`; not changed.
        outcome: numeric column of `feedback`.
        touchpoint: only waits that belong to it; None takes all.
        scale: "linear" or "log" minutes in which the line is straight; None takes the one that
            leaves the smaller squared error.
        controls: columns of `feedback` held fixed, such as channel or region.
        cluster: column of `feedback` such as the customer.

    Returns:
        A `WaitCurve`. The reference is the shortest tenth of the waits; the curve runs from there
        to the longest tenth.

    Raises:
        ColumnError: a column is lacking or holds no minutes, or no wait is of `touchpoint`.
        ImpactError: fewer than 20 respondents tell a wait and have an outcome, all waits or all
            outcomes are equal, or a wait is 0 and the scale "log".

    Warns:
        TpfeedbackWarning: too few respondents to see a breakpoint.

    >>> n = np.arange(200)
    >>> feedback = pd.DataFrame({"feedback_id": n.astype(str), "overall": 5 - n / 60 + n % 2})
    >>> waits = pd.DataFrame({"feedback_id": n.astype(str), "touchpoint": "waiting",
    ...                       "minutes": n + 1.0})
    >>> curve = dose_response(feedback, waits, scale="linear")
    >>> round(curve.slope_per_hour, 2), curve.breakpoint
    (-1.0, nan)
    """
    if scale is not None and scale not in SCALES:
        raise ColumnError(unknown_name("scale", scale, SCALES, then="Or None: the better one."))
    answers, notes = _answers(
        feedback, waits, outcome, touchpoint=touchpoint, controls=controls, cluster=cluster
    )
    scale = _scale_of(answers, scale)
    x = _scaled(answers.minutes, scale)
    kink = find_kink(x, answers.outcome, answers.controls, answers.clusters)
    notes = (*notes, *_small(len(x), kink))
    for note in notes:
        warnings.warn(note, TpfeedbackWarning, stacklevel=2)
    return _curve(answers, x, scale, kink, notes)


def _answers(
    feedback: pd.DataFrame,
    waits: pd.DataFrame,
    outcome: str,
    *,
    touchpoint: str | None,
    controls: Sequence[str],
    cluster: str | None,
) -> tuple[_Answers, tuple[str, ...]]:
    """Return what is known of every respondent who waited, and notes of reading the outcome."""
    numbers, notes = read_outcome(feedback, outcome)
    minutes = _longest(feedback, waits, touchpoint)
    rows = pd.DataFrame({"who": respondents(feedback).to_numpy(), "y": numbers})
    rows["x"] = feedback["feedback_id"].astype("str").map(minutes).to_numpy(dtype=float)
    rows["row"] = np.arange(len(rows))
    # As `join_answers` does it: of several answers, the first by name.
    rows = rows.iloc[np.argsort(feedback["feedback_id"].astype("str").to_numpy(dtype=object),
                                kind="stable")]  # fmt: skip
    each = rows.groupby("who", sort=True).agg(x=("x", "max"), y=("y", "mean"), row=("row", "first"))
    each = each[np.isfinite(each["x"]) & np.isfinite(each["y"])]
    if len(each) < FEWEST or each["x"].nunique() < 2 or each["y"].nunique() < 2:
        raise ImpactError(
            f"{len(each)} respondents tell how long they waited and have an outcome, with "
            f"{each['x'].nunique()} different waits and {each['y'].nunique()} different outcomes. "
            f"Allowed: at least {FEWEST}, with two or more of each. Leave touchpoint out, or "
            "collect more feedback."
        )
    chosen = each["row"].to_numpy()
    held = read_controls(feedback, controls).iloc[chosen].reset_index(drop=True)
    columns = list(control_columns(held, smallest=RARE_LEVEL).values())
    codes = None
    if cluster is not None:
        labels = read_clusters(feedback, cluster).iloc[chosen]
        codes = np.asarray(pd.factorize(labels, sort=True)[0], dtype=np.intp)
    held_fixed = np.column_stack(columns) if columns else np.empty((len(each), 0))
    known = each["x"].to_numpy(), each["y"].to_numpy(), held_fixed, codes
    return _Answers(*known), notes


def _longest(feedback: pd.DataFrame, waits: pd.DataFrame, touchpoint: str | None) -> pd.Series:
    """Return the longest wait of every text by its `feedback_id`."""
    lacking = [c for c in ("feedback_id", "touchpoint", "minutes") if c not in waits.columns]
    if lacking:
        raise ColumnError(
            f"The waits table lacks the columns {', '.join(lacking)}. Given: "
            f"{', '.join(map(str, waits.columns)) or '(none)'}. Pass the table of extract_waits."
        )
    unknown = ~waits["feedback_id"].astype("str").isin(feedback["feedback_id"].astype("str"))
    if unknown.any():
        raise ColumnError(
            f"{int(unknown.sum())} waits have a feedback_id that the feedback table does not know. "
            "Pass the feedback table they were extracted from."
        )
    _require_minutes(waits["minutes"])
    if touchpoint is not None:
        if touchpoint not in set(waits["touchpoint"].dropna()):
            known = waits["touchpoint"].dropna().unique()
            raise ColumnError(unknown_name("touchpoint of a wait", touchpoint, known))
        waits = waits[waits["touchpoint"] == touchpoint]
    return waits.groupby(waits["feedback_id"].astype("str"))["minutes"].max()


def _require_minutes(minutes: pd.Series) -> None:
    number = pd.api.types.is_numeric_dtype(minutes)
    if len(minutes) and (not number or (minutes < 0).any()):
        found = minutes.min() if number else f"{minutes.dtype} values"
        told = f"The column minutes of the waits table holds {found}."
        raise ColumnError(f"{told} Allowed: numbers of 0 or more, as extract_waits gives them.")


def _scaled(minutes: Array, scale: str) -> Array:
    return np.log(minutes) if scale == "log" else minutes / HOUR


def _unscaled(x: Array | float, scale: str) -> Array:
    return np.exp(x) if scale == "log" else np.asarray(x) * HOUR


def _scale_of(answers: _Answers, asked: str | None) -> str:
    """Return the scale asked for, else that whose best line leaves the smaller squared error."""
    none = int((answers.minutes == 0).sum())
    if none and asked == "log":
        told = f"{none} respondents waited 0 minutes, which has no logarithm."
        raise ImpactError(f"{told} Allowed: scale='linear'.")
    if none or asked:
        return asked or "linear"
    losses = {}
    for scale in SCALES:
        x = _scaled(answers.minutes, scale)
        places = np.append(np.quantile(x, np.linspace(0.1, 0.9, 17)), x.max())
        losses[scale] = float(squares(x, answers.outcome, answers.controls, places).min())
    return min(SCALES, key=lambda scale: (round(losses[scale], 9), scale != "linear"))


def _small(number: int, kink: Kink | None) -> tuple[Note, ...]:
    if kink is None:
        return (write_note("waits_straight"),)
    if number < ENOUGH:
        return (write_note("waits_few", respondents=number, enough=ENOUGH),)
    return ()


def _curve(
    answers: _Answers, x: Array, scale: str, kink: Kink | None, notes: tuple[str, ...]
) -> WaitCurve:
    """Fit the line, straight or bent, and tell it in minutes and hours."""
    known = x, answers.outcome, answers.controls, answers.clusters
    if kink is not None and kink.p_value <= SURE:
        line = kink.line
        at_kink = [float(_unscaled(v, scale)) for v in (line.kink, kink.low, kink.high)]
    else:
        line, at_kink = straight_line(*known), [nan] * 3
    first, last = np.quantile(x, [0.1, 0.9])
    turn = min(line.kink, last)
    before, after = (_slope(line, ends, scale) for ends in ((first, turn), (turn, last)))
    points = np.unique(np.append(np.linspace(first, last, POINTS), [turn]))
    return WaitCurve(
        curve=_points(line, points, first, scale, answers.minutes),
        slope_per_hour=before[0],
        slope_low=before[1],
        slope_high=before[2],
        slope_after=after[0],
        slope_after_low=after[1],
        slope_after_high=after[2],
        breakpoint=at_kink[0],
        breakpoint_low=at_kink[1],
        breakpoint_high=at_kink[2],
        p_value=nan if kink is None else kink.p_value,
        reference=float(_unscaled(first, scale)),
        scale=scale,
        respondents=len(x),
        notes=notes,
    )


def _slope(line: Line, ends: tuple[float, float], scale: str) -> tuple[float, float, float]:
    """Return the mean slope per hour between two places, before or after the kink."""
    low, high = (float(_unscaled(end, scale)) / HOUR for end in ends)
    if not high > low:
        return nan, nan, nan
    gradients = np.zeros_like(line.coefficients)
    gradients[:, 1] = (ends[1] - ends[0]) / (high - low)
    gradients[:, 2] = gradients[:, 1] if ends[0] >= line.kink else 0.0
    return line.told(gradients)


def _points(line: Line, points: Array, first: float, scale: str, minutes: Array) -> pd.DataFrame:
    told = np.array([line.told(_rise(line, first, at)) for at in points])
    at = _unscaled(points, scale)
    waited = np.searchsorted(np.sort(minutes), at * (1 + 1e-9), side="right")
    return pd.DataFrame(
        {
            "minutes": at,
            "effect": told[:, 0],
            "effect_low": told[:, 1],
            "effect_high": told[:, 2],
            "respondents": waited.astype("int64"),
        }
    )


def _rise(line: Line, first: float, at: float) -> Array:
    """Return what each coefficient adds to the curve from `first` to `at`, for every place."""
    gradients = np.zeros_like(line.coefficients)
    gradients[:, 1] = at - first
    gradients[:, 2] = np.maximum(at - line.places, 0.0) - np.maximum(first - line.places, 0.0)
    return gradients
