"""Without hand labels: how far the results could move by the errors that the tagger makes."""

from __future__ import annotations

import warnings
from collections.abc import Mapping

import numpy as np
import pandas as pd

from tpfeedback.errors import ColumnError, ImpactError, TpfeedbackWarning
from tpfeedback.impact.confusion import (
    Rates,
    Scenario,
    answers_of,
    misclassify,
    read_confusion,
    scenarios,
)
from tpfeedback.impact.fit import ImpactFit
from tpfeedback.impact.gram import Array, Flags
from tpfeedback.impact.marks import Marks, covary_marks, mark_texts, share_texts
from tpfeedback.impact.measurement import Options
from tpfeedback.impact.observations import read_weights
from tpfeedback.impact.respondents import join_answers
from tpfeedback.wording import Note, write_note

QUANTITIES = ("negative_share", "positive_share", "penalty", "reward", "prize")
STRETCH = (0.5, 1.5)
TELLING = 0.2  # a mark tells less than this part of what it should: nothing can be said
_ROUNDED = 0.005  # by which the shares of one table may differ from those of the texts
APART = 0.3  # part of the smallest eigenvalue of the correlations of the marks: still told apart


def sensitivity_band(
    impact: pd.DataFrame | ImpactFit,
    confusion: Rates | Mapping[str, Rates],
    *,
    feedback: pd.DataFrame | None = None,
    mentions: pd.DataFrame | None = None,
    weights: str | None = None,
    stretch: tuple[float, float] = STRETCH,
) -> pd.DataFrame:
    """Return how shares, penalties, rewards and prizes move under the tagger's known errors.

    This is a sensitivity band, not a confidence interval. It answers: if the tagger errs on
    these texts about as often as stated, between half and one and a half times as often
    (`stretch`), where could the numbers be that a perfect reader would have given? Chance is not
    in it (the intervals of the impact table hold that), and 95 % of nothing is promised. With a
    few hundred hand labels, `measure_impact(..., labels=...)` gives real intervals instead.

    A complaint that is missed, invented or read as praise blurs the comparison, so effects are
    measured too small: the coefficient of a misclassified indicator is the true one times
    P(true | marked) - P(true | not marked) (Aigner 1973, J. Econometrics 1:49-60; Buonaccorsi
    2010, Measurement Error, chapter 7); complaints and praise of a touchpoint, which are mistaken
    for one another, are solved together. Shares: marked x precision / recall, split by the
    sentiment with (marked - flip) / (1 - 2 flip) (Rogan & Gladen 1978, Am. J. Epidemiol.
    107:71-76, with precision in place of the specificity).

    With `feedback` and `mentions`, all touchpoints are solved together. Do give them: what the
    tagger misses of one touchpoint is put on those that often come with it. People call because
    the parcel is late; where the late parcel is missed, the call is blamed, and a correction of
    each touchpoint alone would blame it still more.

    Rates at which two touchpoints would have to come together nearly always, to be marked
    together as often as they are, are left out of the band.

    Assumed is that the tagger errs by itself: not more often on bad ratings, and on one
    touchpoint independently of the others. All touchpoints are taken to err more, or less, at
    the same time.

    Args:
        impact: the table of `measure_impact`, or the result of `fit_impact`, made without
            `labels=` and with a linear model; not changed.
        confusion: rates of all touchpoints, such as {"recall": 0.75, "precision": 0.85,
            "flip": 0.08}, or by touchpoint, with those of all others under "overall". Recall:
            share of the true mentions that are found. Precision: share of the found mentions
            that are true. Flip: share of the found true mentions with the opposite sentiment.
            A pair such as (0.7, 0.8) is taken as lowest and highest rate, as it is.
        feedback: the table that `impact` was measured on.
        mentions: likewise.
        weights: column of `feedback` with the survey weights that `impact` was measured with.
        stretch: how many times as many errors as stated there may be, at least and at most.

    Returns:
        One row per touchpoint, in the order of the table: `touchpoint`, and for each of
        negative_share, positive_share, penalty, reward, prize four columns: as measured, with
        the stated rates (`_expected`), and the band (`_band_low`, `_band_high`), in the units of
        the impact table. Missing where the effect is missing, or no mark differs between texts.

    Raises:
        ImpactError: a rate is missing, unknown or out of range, `stretch` is no range, only one
            of `feedback` and `mentions` is given, the weights are not those behind the table, or
            labels or a logit are behind a fit.
        ColumnError: `impact` lacks a column.

    Warns:
        TpfeedbackWarning: the errors are so many that nothing can be said of a touchpoint, or the
            stated rates do not fit the marks.

    >>> impact = pd.DataFrame({"touchpoint": ["delivery"], "reach": 0.3, "negative_share": 0.2,
    ...     "positive_share": 0.1, "penalty": -1.0, "reward": 0.2, "prize": 0.2})
    >>> band = sensitivity_band(impact, {"recall": 0.75, "precision": 0.85, "flip": 0.08})
    >>> band.filter(like="penalty").round(2).values.tolist()
    [[-1.0, -1.29, -1.67, -1.09]]
    """
    table = impact.table if isinstance(impact, ImpactFit) else impact
    _check(table, feedback, mentions, stretch)
    if isinstance(impact, ImpactFit):
        _check_fit(impact)
    marks, mass = None, None
    if feedback is not None and mentions is not None:
        marks, given = mark_texts(feedback, mentions), np.ones(len(feedback))
        given = given if weights is None else read_weights(feedback, weights)
        marks, mass, _ = join_answers(feedback, marks, given, feedback[[]])
        _check_weights(table, marks, mass)
    band, notes = band_of_marks(table, confusion, marks, weights=mass, stretch=stretch)
    for note in notes:
        warnings.warn(note, TpfeedbackWarning, stacklevel=2)
    return band


def band_of_marks(
    table: pd.DataFrame,
    confusion: Rates | Mapping[str, Rates],
    marks: Marks | None,
    *,
    count: Array | None = None,
    weights: Array | None = None,
    stretch: tuple[float, float] = STRETCH,
) -> tuple[pd.DataFrame, list[Note]]:
    """Return the band of `sensitivity_band`, and what it warns of, for the respondents' marks.

    `count` says how many equal respondents each row of the marks stands for (None: one), `weights`
    what each of them weighs.
    """
    names = table["touchpoint"].astype(str).tolist()
    seen = table[list(QUANTITIES)].to_numpy(dtype=float)
    ways = list(scenarios(read_confusion(confusion, names, stretch)))
    telling = np.all([_reliable(seen, way) for way in ways], axis=0)
    together, notes = None, list[Note]()
    if not telling.all():
        lost = [name for name, tells in zip(names, telling, strict=True) if not tells]
        notes.append(write_note("errors_hide", touchpoints=lost))
    if marks is not None and names:
        together = covary_marks(marks, names, weights, count)
        possible = [_possible(seen, way, telling, together) for way in ways]
        if possible[0]:
            ways = [way for way, can_be in zip(ways, possible, strict=True) if can_be]
        else:
            together = None
            notes.append(write_note("errors_do_not_fit"))
    moved = np.array([_move(seen, way, telling, together) for way in ways])
    return _band(names, seen, moved), notes


def _reliable(seen: Array, way: Scenario) -> Flags:
    """Return which touchpoints' marks tell enough, for each term that was measured."""
    told, _ = misclassify(seen[:, :2], way)
    strength = np.where(np.isfinite(seen[:, 2:4]), np.diagonal(told, axis1=1, axis2=2), 1.0)
    return np.asarray((strength >= TELLING).all(axis=1))


def _possible(seen: Array, way: Scenario, telling: Flags, together: Array) -> bool:
    """Return whether the marks can have come about so, from touchpoints that differ.

    The fewer of the mentions were found, the more often must those of two touchpoints that were
    found together really come together; at some rates, nearly always or more than always.
    """
    _, shares = misclassify(seen[:, :2], way)
    answers, turn, own = answers_of(seen[:, :2], way), np.eye(len(together)), np.eye(len(together))
    for j in np.flatnonzero(telling):
        block = slice(2 * j, 2 * j + 2)
        turn[block, block] = np.linalg.inv(answers[j])
        own[block, block] = np.diag(shares[j]) - np.outer(shares[j], shares[j])
    apart = np.kron(np.eye(len(seen)), np.ones((2, 2))) > 0
    truth = np.where(apart, own, turn @ together @ turn.T)
    known = _measured(seen, telling, together) & (np.diag(truth) > 0)
    return _smallest(truth[np.ix_(known, known)]) > APART * _smallest(
        together[np.ix_(known, known)]
    )


def _measured(seen: Array, telling: Flags, marks: Array) -> Flags:
    """Return which terms can be solved for: measured, read well enough, and not always the same."""
    return np.repeat(telling, 2) & np.isfinite(seen[:, 2:4].ravel()) & (np.diag(marks) > 0)


def _smallest(covariance: Array) -> float:
    """Return the smallest eigenvalue of the correlations."""
    size = np.sqrt(np.diag(covariance))
    return float(np.linalg.eigvalsh(covariance / np.outer(size, size)).min(initial=1.0))


def _move(seen: Array, way: Scenario, telling: Flags, together: Array | None) -> Array:
    """Return the quantities (touchpoints, quantity) as they would be without errors.

    With S the covariance of the marks and Q that of marks and truth, measured effects are
    S^-1 Q x true effects. Within a touchpoint Q = S x told; between two, where marks depend on
    their own truth only, Q = S x inverse of the other's answers, transposed.
    """
    told, shares = misclassify(seen[:, :2], way)
    effects = seen[:, 2:4].ravel()
    size = len(effects)
    marks = np.eye(size) if together is None else together
    known = _measured(seen, telling, marks)
    crossed = np.zeros((size, size))
    answers = answers_of(seen[:, :2], way)
    for j in np.flatnonzero(telling):
        own = slice(2 * j, 2 * j + 2)
        crossed[:, own] = marks[:, own] @ np.linalg.inv(answers[j]).T
        crossed[own, own] = marks[own, own] @ told[j]
    inside = np.ix_(known, known)
    true = np.full(size, np.nan)
    if known.any():
        true[known] = np.linalg.solve(crossed[inside], marks[inside] @ effects[known])
    pair = true.reshape(-1, 2)
    shares = np.where(telling[:, None], shares, np.nan)
    return np.column_stack([shares, pair, _prizes(seen, pair[:, 0], shares[:, 0])])


def _prizes(seen: Array, penalty: Array, share: Array) -> Array:
    """Return -penalty x share, where the share is that of the rated texts.

    The table holds the share of all texts; that of the rated follows from the measured prize.
    """
    measured, everywhere = seen[:, 2], seen[:, 0]
    usable = np.isfinite(measured) & (measured != 0) & (everywhere > 0)
    ratio = np.divide(-seen[:, 4], measured * everywhere, out=np.ones_like(share), where=usable)
    return np.asarray(-penalty * share * ratio)


def _band(names: list[str], seen: Array, moved: Array) -> pd.DataFrame:
    known = np.isfinite(moved).all(axis=0) & np.isfinite(seen)
    low, high = (np.where(known, end(moved, axis=0), np.nan) for end in (np.min, np.max))
    columns: dict[str, object] = {"touchpoint": pd.Series(names, dtype="str")}
    for i, quantity in enumerate(QUANTITIES):
        columns[quantity] = seen[:, i]
        columns[f"{quantity}_expected"] = np.where(known, moved[0], np.nan)[:, i]
        columns[f"{quantity}_band_low"] = low[:, i]
        columns[f"{quantity}_band_high"] = high[:, i]
    return pd.DataFrame(columns)


def _check(
    table: pd.DataFrame,
    feedback: pd.DataFrame | None,
    mentions: pd.DataFrame | None,
    stretch: tuple[float, float],
) -> None:
    lacking = [name for name in ("touchpoint", *QUANTITIES) if name not in table.columns]
    if lacking:
        raise ColumnError(
            f"The impact table lacks the columns {', '.join(lacking)}. Given: "
            f"{', '.join(map(str, table.columns))}. Pass the table of measure_impact."
        )
    if (feedback is None) != (mentions is None):
        raise ImpactError(
            "Only one of feedback and mentions is given. Allowed: both or none. Pass the two "
            "tables from which the impact was measured."
        )
    if not 0 <= stretch[0] <= stretch[1]:
        raise ImpactError(
            f"stretch is {stretch!r}. Allowed: the lower number first, 0 or more, such as "
            f"{STRETCH}. Correct it and call again."
        )


def _check_fit(fit: ImpactFit) -> None:
    if fit.labels is not None or not Options(model=fit.model).linear:
        raise ImpactError(
            f"The impact was measured with model={fit.model!r}"
            f"{', and labels= have taken out the errors already' if fit.labels is not None else ''}"
            ". Allowed: model='linear' or 'nps', without labels=. Measure the impact so."
        )


def _check_weights(table: pd.DataFrame, marks: Marks, mass: Array) -> None:
    """Refuse shares that other weights made of the same complaints."""
    if "negative" not in table.columns:
        return
    found, shares = marks.negative.sum(axis=0), share_texts(marks.negative, mass)
    known = pd.DataFrame({"found": found, "share": shares}, index=list(marks.touchpoints))
    known = known.reindex(table["touchpoint"].astype(str))
    same = known["found"].to_numpy() == table["negative"].to_numpy(dtype=float)
    own = table["negative_share"].to_numpy(dtype=float)
    odd = np.flatnonzero(same & (np.abs(own - known["share"].to_numpy()) > _ROUNDED))
    if len(odd):
        raise ImpactError(
            f"In the impact table the share of those who complain about {known.index[odd[0]]} is "
            f"{own[odd[0]]:.3f}, in these texts {known['share'].iloc[odd[0]]:.3f}, so survey "
            "weights differ. Name their column, as when the impact was measured, with weights=."
        )
