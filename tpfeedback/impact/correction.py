"""Effects corrected for the tagger's errors, with hand labels of texts drawn by chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np
import pandas as pd

from tpfeedback.errors import ImpactError
from tpfeedback.impact.design import MIN_TEXTS, Term
from tpfeedback.impact.gram import Array, Flags, Places
from tpfeedback.impact.labels import Labels, compare_labelled
from tpfeedback.impact.marks import Marks
from tpfeedback.impact.models import Effects
from tpfeedback.impact.power_tuning import Tuned, fit_tuned, labels_needed, shares_tuned
from tpfeedback.impact.readings import Kind, Readings, fill_columns, frequent_kinds, take_rated
from tpfeedback.wording import write_note


@dataclass(frozen=True, eq=False, kw_only=True)
class Correction(Effects):
    """Effects from labels and tagger together, and what the labels did.

    All arrays are (terms,), in the order of the terms that were asked for, and missing where
    `known` is False. `tuning`: how much of the tagger's marks the effect uses (0 = labels only).
    `shares`, `share_variance`: share (0-1) of the rated texts that hold the term.
    `prize_covariance` (terms, terms). `labels_to_halve`, `prize_labels_to_halve`: how many texts
    must be labelled in all so that the interval of the effect, or of the prize, is half as wide;
    missing where even all texts would not do. `found`: labelled texts with the term.
    `labelled`: number of labelled rated texts.
    """

    tuning: Array
    shares: Array
    share_variance: Array
    prize_covariance: Array
    labels_to_halve: Array
    prize_labels_to_halve: Array
    found: Array
    labelled: int


def corrected_effects(
    terms: Sequence[Term],
    tagged: Marks,
    labels: Labels,
    outcome: Array,
    controls: pd.DataFrame,
    *,
    weights: Array | None = None,
    cluster: Places | None = None,
    tuning: float | None = None,
) -> Correction:
    """Return the effects that least squares would find if every text were labelled by hand.

    The labelled texts alone give an honest but wide answer, the tagger a narrow but wrong one.
    Joined as in `power_tuning.fit_tuned` (PPI++, Angelopoulos, Duchi & Zrnic 2023), the answer is
    as honest as that of the labels and, by the texts that nobody read, narrower as far as the
    tagger is good; if it is useless, the labels alone are taken. The regression is that of the
    linear model with policy "baseline".

    prize = -effect x share, both corrected, each with its own tuning. Its variance is added up
    text by text: what a text adds to the error of the prize is -(share x what it adds to the
    error of the effect + effect x what it adds to the error of the share) (delta method), so
    what the two have in common is taken into account.

    A term with fewer than five labelled texts has no effect here (`known` is False, and a note
    says so). The tagger's own number would be at hand, but its interval covers the truth far less
    often than it says, and nothing in the table would show that.

    Args:
        terms: terms to measure, those of the design.
        tagged: the tagger's marks, one row per respondent.
        labels: what was found by hand, see `labels.match_labels`; the labelled respondents must
            be drawn by chance.
        outcome: (respondents,), NaN where unrated.
        controls: control columns, one row per respondent.
        weights: (respondents,) survey weights.
        cluster: (respondents,) codes from 0 of respondents that belong together.
        tuning: the same share (0-1) of the tagger for all terms; 0 = labels only. Chosen per term
            unless given.

    Raises:
        ImpactError: fewer labelled rated texts than columns, none of the terms often enough among
            them, or their outcome is constant.

    >>> random = np.random.default_rng(0)
    >>> late = random.random((2000, 1)) < 0.3
    >>> seen = late & (random.random((2000, 1)) < 0.7)  # the tagger misses 30 %
    >>> outcome = 4 - late[:, 0] + random.normal(size=2000)
    >>> def mark(flags): return Marks(("delivery",), flags, flags, np.zeros_like(flags))
    >>> labels = Labels(mark(late), np.arange(2000) < 400)
    >>> NO_CONTROLS = pd.DataFrame(index=range(2000))
    >>> term = Term("delivery", "negative", float(seen.mean()))
    >>> corrected = corrected_effects([term], mark(seen), labels, outcome, NO_CONTROLS)
    >>> corrected.shares.round(2), corrected.values.round(2), corrected.tuning.round(1)
    (array([0.27]), array([-0.92]), array([0.8]))
    """
    readings = take_rated(tagged, labels, outcome, controls, weights=weights, cluster=cluster)
    rows = readings.sample.labelled
    kinds = frequent_kinds(readings.hand, rows)
    if not kinds:
        raise ImpactError(
            f"None of the touchpoints has {MIN_TEXTS} complaints, or as much praise, among the "
            f"{int(rows.sum())} labelled rated texts. Label more texts, or leave out labels=."
        )
    predicted, truth = fill_columns(readings, kinds)
    fit = fit_tuned(predicted, truth, readings.outcome, readings.sample, tuning=tuning)
    first = truth.shape[1] - len(kinds)
    share = shares_tuned(predicted[:, first:], truth[:, first:], readings.sample, tuning=tuning)
    notes = (
        *compare_labelled(readings.tagger, readings.outcome, rows, readings.sample.chance),
        *_rare(terms, kinds, readings.hand, rows),
    )
    return _assemble(terms, kinds, (fit, share), readings, notes=notes)


def labels_table(correction: Correction, terms: Sequence[Term]) -> pd.DataFrame:
    """Return one row per term: what the labels say, and how many more would pay.

    Columns: `touchpoint`, `sentiment`, `labelled` (labelled texts with the term), `tuning` (0-1,
    how much of the tagger's marks is used), `share` (0-1, corrected), `labels_to_halve` and
    `prize_labels_to_halve` (see `Correction`).
    """
    return pd.DataFrame(
        {
            "touchpoint": pd.Series([term.touchpoint for term in terms], dtype="str"),
            "sentiment": pd.Series([term.sentiment for term in terms], dtype="str"),
            "labelled": correction.found.astype(np.int64),
            "tuning": correction.tuning,
            "share": correction.shares,
            "labels_to_halve": correction.labels_to_halve,
            "prize_labels_to_halve": correction.prize_labels_to_halve,
        }
    )


def _rare(
    terms: Sequence[Term], kinds: tuple[Kind, ...], hand: Marks, labelled: Flags
) -> tuple[str, ...]:
    lacking = [term for term in terms if (term.touchpoint, term.sentiment) not in kinds]
    if not lacking:
        return ()
    place = {name: i for i, name in enumerate(hand.touchpoints)}
    counts = [int(hand.of(t.sentiment)[labelled, place[t.touchpoint]].sum()) for t in lacking]
    pairs = zip(lacking, counts, strict=True)
    named = [write_note("term_count", term=term.told_as, count=count) for term, count in pairs]
    wanted = ceil(2 * MIN_TEXTS / max(min(term.share for term in lacking), 1 / len(labelled)))
    return (
        write_note(
            "labels_rare",
            labelled=int(labelled.sum()),
            terms=named,
            least=MIN_TEXTS,
            wanted=min(wanted, len(labelled)),
        ),
    )


def _assemble(
    terms: Sequence[Term],
    kinds: tuple[Kind, ...],
    fits: tuple[Tuned, Tuned],
    readings: Readings,
    *,
    notes: tuple[str, ...],
) -> Correction:
    """Put effects and shares into the order of the terms; missing where one is not known."""
    where = {kind: i for i, kind in enumerate(kinds)}
    places = np.array([where.get((t.touchpoint, t.sentiment), -1) for t in terms], dtype=np.intp)
    effect, share = (_choose(fit, len(kinds), places) for fit in fits)
    prize = -(share.values * effect.errors + effect.values * share.errors)
    prize_own = -(share.values * effect.label_errors + effect.values * share.label_errors)
    labelled, rated = int(readings.sample.labelled.sum()), len(readings.outcome)
    known = (places >= 0) & effect.known
    hidden = np.where(known, 1.0, np.nan)
    return Correction(
        values=effect.values * hidden,
        covariance=effect.covariance * np.outer(hidden, hidden),
        degrees=effect.degrees * hidden,
        prizes=-effect.values * share.values * hidden,
        prize_variance=(prize**2).sum(axis=0) * hidden,
        known=known,
        notes=notes,
        tuning=effect.tuning * hidden,
        shares=share.values * hidden,
        share_variance=(share.errors**2).sum(axis=0) * hidden,
        prize_covariance=(prize.T @ prize) * np.outer(hidden, hidden),
        labels_to_halve=hidden * labels_needed(effect.errors, effect.label_errors, labelled, rated),
        prize_labels_to_halve=hidden * labels_needed(prize, prize_own, labelled, rated),
        found=_count(terms, readings.hand, readings.sample.labelled),
        labelled=labelled,
    )


def _choose(fit: Tuned, number: int, places: Places) -> Tuned:
    """Return the columns at these places among the last `number`."""
    chosen = len(fit.values) - number + np.where(places < 0, 0, places)
    return Tuned(
        fit.values[chosen],
        fit.tuning[chosen],
        fit.degrees[chosen],
        fit.known[chosen],
        fit.errors[:, chosen],
        fit.label_errors[:, chosen],
    )


def _count(terms: Sequence[Term], hand: Marks, labelled: Flags) -> Array:
    place = {name: i for i, name in enumerate(hand.touchpoints)}
    return np.array(
        [hand.of(t.sentiment)[labelled, place[t.touchpoint]].sum() for t in terms], dtype=float
    )
