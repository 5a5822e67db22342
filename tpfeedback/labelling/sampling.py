"""Choosing the texts that people are to label: `sample_for_labelling`."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from tpfeedback.errors import ColumnError, TpfeedbackError, TpfeedbackWarning, unknown_name
from tpfeedback.impact.gram import Array, Places
from tpfeedback.impact.labels import Labels, match_labels
from tpfeedback.impact.marks import require_table
from tpfeedback.impact.observations import Observations, read_observations
from tpfeedback.impact.seeds import check_seed
from tpfeedback.labelling.advice import tell_sample
from tpfeedback.labelling.drawing import draw, spread_chances
from tpfeedback.labelling.marks import SIGNS
from tpfeedback.labelling.ranking import Wish, wish_for_ranking
from tpfeedback.labelling.sample import LabellingSample
from tpfeedback.labelling.uncertain import pick_uncertain
from tpfeedback.taxonomy import Taxonomy, load_taxonomy
from tpfeedback.wording import write_note

STRATEGIES = ("random", "uncertain", "ranking")


@dataclass(frozen=True, eq=False)
class Drawing:
    """What was drawn: `rows` of the feedback in the order of the sheet, the `chance` of each text
    by which its label is weighted (up to a factor), and what was wished for."""

    rows: Places
    chance: Array
    wish: Wish | None = None


def sample_for_labelling(
    feedback: pd.DataFrame,
    mentions: pd.DataFrame,
    *,
    n: int = 200,
    strategy: str = "random",
    taxonomy: str | Path | Taxonomy = "general",
    outcome: str = "overall",
    labels: pd.DataFrame | None = None,
    top: int = 5,
    random_state: int = 0,
) -> LabellingSample:
    """Choose texts that people are to label, and write them as a sheet.

    - "random": every text is equally likely. Serves everything: `measure_impact(labels=)`,
      teaching and evaluation.
    - "ranking": texts are drawn by chance too, but likelier where a label is expected to tell more
      about the order of the first prizes (see `tpfeedback.labelling.influence`). How likely each
      text was goes with the labels (`probability`), and `measure_impact(labels=)` weighs by it, so
      that its effects and intervals stay right: intervals of the prizes at the top get narrower
      than by as many random labels.
    - "uncertain": the texts where the tagger is least sure. Serves teaching only;
      `measure_impact` refuses such labels.

    The answers of one respondent are drawn together, for `measure_impact` reads them as one; so
    the number of texts may be a few more or less than `n`. The order of the sheet is random:
    whoever stops early leaves a sample by chance.

    Args:
        feedback: one row per text, with `feedback_id` and `text`; not changed.
        mentions: what the tagger found in them.
        n: number of texts to label.
        strategy: "random", "uncertain" or "ranking".
        taxonomy: of the mentions, and of the codebook beside the sheet.
        outcome: numeric column of the feedback that is to be explained; for "ranking".
        labels: what is labelled already, see `read_labels`; these texts are not chosen again. With
            "random" and "ranking" they go to the end of the sheet, filled in and with their chance
            over both drawings, so that the new sheet alone holds all labels.
        top: how many of the first ranks are to become sure; for "ranking".
        random_state: seed of the drawing.

    Returns:
        A `LabellingSample`. For "ranking", its `pairs` tell what the labels are expected to bring,
        and its notes when more labels no longer change the order at the top.

    Raises:
        TpfeedbackError: the strategy is unknown, or `n` or `top` is no number from 1 on, or no
            text is left to label.
        ColumnError: a table lacks a column.
        ImpactError: ids do not fit, or the outcome cannot be used ("ranking").

    Warns:
        TpfeedbackWarning: fewer than `n` texts are left.

    >>> feedback = pd.DataFrame({"feedback_id": ["a", "b", "c"], "text": ["Late", "Dear", "Fine"]})
    >>> mentions = pd.DataFrame({"feedback_id": ["a"], "touchpoint": ["delivery"],
    ...                          "sentiment": ["negative"]})
    >>> sample = sample_for_labelling(feedback, mentions, n=2)
    >>> sample.table[["feedback_id", "probability"]].round(2).values.tolist()
    [['a', 0.67], ['b', 0.67]]
    """
    _check(feedback, n, strategy, top)
    check_seed(random_state)
    kind = load_taxonomy(taxonomy)
    drawn_before = _drawn(labels)
    if strategy == "uncertain":
        drawing = _pick(feedback, mentions, labels, n)
    else:
        seen = _observe(feedback, mentions, outcome if strategy == "ranking" else None)
        earlier = None if drawn_before is None else match_labels(feedback, drawn_before)
        wish = None
        if strategy == "ranking":
            wish = wish_for_ranking(seen, mentions, n=n, top=top, labels=earlier)
        drawing = _draw(seen, wish, earlier, n, random_state)
    if not len(drawing.rows):
        raise TpfeedbackError(
            f"No text is left to label: all {len(feedback)} are labelled. Collect more feedback, "
            "or leave out labels=."
        )
    table = _table(feedback, mentions, drawing)
    filled = None
    if strategy != "uncertain":
        filled = _filled(feedback, mentions, drawn_before, drawing)
    notes = tell_sample(strategy, drawing.wish, texts=len(table), whole=len(feedback))
    if len(table) < n and len(table) < len(feedback):
        short = write_note("sample_all", wanted=n, texts=len(table))
        warnings.warn(short, TpfeedbackWarning, stacklevel=2)
        notes = (*notes, short)
    return LabellingSample(table, strategy, notes, kind, filled, _pairs(drawing))


def _check(feedback: pd.DataFrame, n: int, strategy: str, top: int) -> None:
    if strategy not in STRATEGIES:
        raise TpfeedbackError(unknown_name("strategy", strategy, STRATEGIES))
    for name, value in (("n", n), ("top", top)):
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < 1:
            raise TpfeedbackError(
                f"{name}={value!r} is given. Allowed: a whole number from 1 on. Say how many "
                f"{'texts to label' if name == 'n' else 'ranks are to become sure'}."
            )
    require_table(feedback, "feedback")
    lacking = [name for name in ("feedback_id", "text") if name not in feedback.columns]
    if lacking:
        raise ColumnError(
            f"The feedback table lacks the columns {', '.join(lacking)}. Given: "
            f"{', '.join(map(str, feedback.columns))}. Pass the table as read_feedback returned it."
        )


def _drawn(labels: pd.DataFrame | None) -> pd.DataFrame | None:
    """Return the labels of texts that were drawn by chance; those picked on purpose are no part."""
    if labels is not None:
        require_table(labels, "labels")
    if labels is None or "probability" not in labels.columns:
        return labels
    kept = labels[~(labels["probability"] == 0)]
    return kept if len(kept) else None


def _observe(feedback: pd.DataFrame, mentions: pd.DataFrame, outcome: str | None) -> Observations:
    """Return the respondents; without an outcome, all count as rated alike."""
    name = outcome
    if name is None:
        name = "overall"
        feedback = feedback.assign(overall=np.arange(len(feedback), dtype=float))
    return read_observations(
        feedback, mentions, outcome=name, model="linear", controls=(), weights=None, cluster=None
    )


def _draw(
    seen: Observations, wish: Wish | None, earlier: Labels | None, n: int, random_state: int
) -> Drawing:
    number = len(seen.outcome)
    size = np.bincount(seen.rows, minlength=number).astype(float)
    drawn = np.zeros(number, dtype=bool) if earlier is None else earlier.labelled
    before = None if earlier is None else earlier.chance
    # A respondent with three texts costs three labels: Neyman's chances go by the root of that.
    want = np.ones(number) if wish is None else wish.wish / np.sqrt(size)
    chances = spread_chances(want, size, n, drawn=drawn, chance=before)
    taken = draw(chances.now, random=np.random.default_rng(random_state))
    texts_of = pd.Series(np.arange(len(seen.rows))).groupby(seen.rows).indices
    rows = np.concatenate([texts_of[i] for i in taken]) if len(taken) else np.zeros(0, np.intp)
    if wish is not None and wish.worth is not None:
        even = spread_chances(np.ones(number), size, n, drawn=drawn, chance=before)
        wish = _expected(wish, chances.spread, even.spread)
    used = drawn.copy()
    used[taken] = True
    chance = 1 / chances.weight
    scale = max(float(chance[used].max(initial=1.0)), 1.0)
    chance = np.minimum(chance / scale, 1.0)
    return Drawing(rows.astype(np.intp), np.round(chance[seen.rows], 12), wish)


def _expected(wish: Wish, spread: Array, even: Array) -> Wish:
    """Return the wish with what is expected of its pairs; more labels make no error larger."""
    ways = {"expected": spread, "random": even, "all": np.ones(len(spread))}
    so_far = wish.pairs["error"]
    pairs = wish.pairs.assign(
        **{f"error_{way}": np.fmin(wish.expect(one), so_far) for way, one in ways.items()}
    )
    return replace(wish, pairs=pairs)


def _pick(
    feedback: pd.DataFrame, mentions: pd.DataFrame, labels: pd.DataFrame | None, n: int
) -> Drawing:
    ids = feedback["feedback_id"].astype("str")
    read = set() if labels is None else set(labels["feedback_id"].astype("str"))
    free = ~ids.isin(read)
    chosen = pick_uncertain(
        ids[free].tolist(), feedback.loc[free, "text"].astype("str").tolist(), mentions, n
    )
    return Drawing(pd.Index(ids).get_indexer(pd.Index(chosen)), np.zeros(len(feedback)))


def _table(feedback: pd.DataFrame, mentions: pd.DataFrame, drawing: Drawing) -> pd.DataFrame:
    """Return the chosen texts in the order of the sheet."""
    table = _texts(feedback, mentions, drawing.rows)
    suggested = _written(mentions)
    told = [suggested.get(one, "none") for one in table["feedback_id"]]
    return table.assign(
        suggested=pd.Series(told, dtype="str"), probability=drawing.chance[drawing.rows]
    )


def _written(marks: pd.DataFrame) -> dict[str, str]:
    """Return the touchpoints of every text as they are written in a sheet."""
    named = marks[marks["touchpoint"].notna()]
    pieces: dict[str, dict[str, None]] = {}
    columns = (named[name].astype("str") for name in ("feedback_id", "touchpoint", "sentiment"))
    for one, touchpoint, sentiment in zip(*columns, strict=True):
        pieces.setdefault(one, {})[f"{touchpoint}{SIGNS.get(sentiment, '')}"] = None
    return {one: ", ".join(sorted(marks)) for one, marks in pieces.items()}


def _texts(feedback: pd.DataFrame, mentions: pd.DataFrame, rows: Places) -> pd.DataFrame:
    """Return these texts; a language that the feedback does not tell is that of the mentions."""
    names = [c for c in ("feedback_id", "question", "text", "language") if c in feedback.columns]
    table = feedback[names].iloc[rows].reset_index(drop=True)
    table["feedback_id"] = table["feedback_id"].astype("str")
    if "language" in mentions.columns:
        told = mentions["language"].set_axis(mentions["feedback_id"].astype("str"))
        told = table["feedback_id"].map(told[~told.index.duplicated()]).astype("str")
        table["language"] = table["language"].fillna(told) if "language" in table else told
    empty = [c for c in ("question", "language") if c in table and table[c].isna().all()]
    return table.drop(columns=empty)


def _filled(
    feedback: pd.DataFrame,
    mentions: pd.DataFrame,
    labels: pd.DataFrame | None,
    drawing: Drawing,
) -> pd.DataFrame | None:
    """Return the texts labelled before, as rows of the sheet that are filled in already."""
    if labels is None:
        return None
    ids = feedback["feedback_id"].astype("str")
    read = pd.unique(labels["feedback_id"].astype("str"))
    rows = pd.Index(ids).get_indexer(pd.Index(read))
    table = _texts(feedback, mentions, rows)
    written = _written(labels)
    table["touchpoints"] = [written.get(one, "none") for one in read]
    if "overall_sentiment" in labels.columns:
        first = labels.groupby(labels["feedback_id"].astype("str"))["overall_sentiment"].first()
        table["overall_sentiment"] = [SIGNS.get(mark, "") for mark in first.reindex(read)]
    return table.assign(probability=drawing.chance[rows])


def _pairs(drawing: Drawing) -> pd.DataFrame | None:
    return None if drawing.wish is None else drawing.wish.pairs
