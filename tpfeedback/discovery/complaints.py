"""`problems`: what exactly goes wrong, again and again, inside one touchpoint."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from tpfeedback.discovery.effects import COLUMNS as EFFECTS
from tpfeedback.discovery.effects import is_rated, measure_effects
from tpfeedback.discovery.evidence import (
    gather_complaints,
    read_complaints,
    respondents_by_id,
    respondents_of,
    sample_complaints,
)
from tpfeedback.discovery.quotes import quote_themes
from tpfeedback.discovery.tabulating import (
    count_held,
    count_members,
    find_phrases,
    list_members,
    list_phrases,
    marks_of,
    name_theme,
    share_held,
)
from tpfeedback.errors import ColumnError, TpfeedbackWarning, unknown_name
from tpfeedback.impact.marks import mark_texts, require_table
from tpfeedback.impact.measurement import Options
from tpfeedback.tables import LANGUAGES
from tpfeedback.tagger import Tagger
from tpfeedback.taxonomy import Taxonomy
from tpfeedback.teaching.ready import TaxonomySource, both
from tpfeedback.themes import Phrase
from tpfeedback.wording import Note, write_note

ENOUGH = 50  # complaints; fewer draw a warning
SAID = 0.4  # share of a problem's clauses that hold one of its phrases; else it is no problem
COLUMNS = ("problem", "name", "texts", "share", "share_low", "share_high", "languages", *EFFECTS)


@dataclass(frozen=True, eq=False)
class Problems:
    """The recurrent problems of one touchpoint, the most frequent first.

    table: one row per problem. `problem` (its id), `name` (its phrases), `texts` (respondents
        who tell of it), `share` of the respondents who complain about the touchpoint, with 95 %
        interval, `languages`; and where feedback was given: penalty, reward (missing) and prize
        with 95 % intervals, all problems measured together and beside the other touchpoints.
    phrases, quotes, members: as in `Discovery`, with `problem` in the place of `theme`.
    complaints: respondents who complain about the touchpoint.
    """

    touchpoint: str
    table: pd.DataFrame
    phrases: pd.DataFrame
    quotes: pd.DataFrame
    members: pd.DataFrame
    complaints: int
    notes: tuple[str, ...]

    def __repr__(self) -> str:
        """Say how much there is, not all of it."""
        return f"Problems({self.touchpoint!r}, {len(self.table)} problems)"

    def _repr_html_(self) -> str:
        from tpfeedback.discovery.page import problems_page

        return problems_page(self)


def problems(
    mentions: pd.DataFrame,
    touchpoint: str,
    *,
    feedback: pd.DataFrame | None = None,
    taxonomy: TaxonomySource | None = None,
    tagger: Tagger | None = None,
    clusters: int = 10,
    outcome: str = "overall",
    controls: Sequence[str] = (),
    weights: str | None = None,
    cluster: str | None = None,
    random_state: int = 0,
) -> Problems:
    """Find the recurrent specific problems inside one touchpoint, from its complaints.

    The evidence of its negative and mixed mentions is cut into clauses, what praises, what
    speaks of another touchpoint and filler are left out, and the rest is gathered by meaning, in
    all languages together, with what all these complaints share taken out. Names are phrases
    that set one problem apart from the others; a word of the touchpoint's own name is none.
    A text may tell of several problems, and of none that recurs.

    Args:
        mentions: one row per touchpoint in a text, see `extract_mentions`.
        touchpoint: its key.
        feedback: the texts of the mentions; given, the effect of each problem on `outcome` is
            measured, answers of one respondent count once, and quotes are masked in their text.
        taxonomy: that of the mentions. It tells the words of the touchpoint's name, and which
            clauses speak of another touchpoint; none is left out for that where the touchpoint
            is not in it.
        tagger: reads the clauses; None takes the shipped one.
        clusters: at most so many problems are told.
        outcome: numeric column of `feedback`.
        controls, weights, cluster: columns of `feedback` for the effects, as in `measure_impact`;
            counts and shares are of respondents as they are.
        random_state: seed of the k-means.

    Returns:
        The `Problems`; the same mentions give the same result, in whatever order they come.

    Raises:
        ColumnError: a table lacks a column, or nobody mentions the touchpoint.
        ImpactError: `feedback` is not the table that the mentions were extracted from.

    Warns:
        TpfeedbackWarning: too few complaints to tell what recurs, not all were read, no rating.
    """
    _check(mentions, touchpoint, clusters)
    _check_feedback(feedback, mentions)
    plan, reader = both(taxonomy, tagger)
    who = None if feedback is None else respondents_by_id(feedback)
    chosen = mentions[
        (mentions["touchpoint"] == touchpoint)
        & mentions["sentiment"].isin(["negative", "mixed"])
        & mentions["language"].isin(LANGUAGES)
    ]
    read = sample_complaints(chosen)
    clauses = read_complaints(read, touchpoint, reader, who)
    total = int(respondents_of(read["feedback_id"], who).nunique())
    clauses = gather_complaints(clauses, reader, total, random_state)
    clauses, phrases = _told(clauses, _own_words(touchpoint, plan), clusters)
    shown = list(phrases)
    members = list_members(clauses, reader)
    members = members.assign(held=count_held(members, phrases))
    names = [name_theme(phrases[problem], members, problem) for problem in shown]
    table = count_members(members, shown, total)[
        ["texts", "share", "share_low", "share_high", "languages"]
    ].assign(name=pd.Series(names, index=shown, dtype="str"))
    measured = Options(outcome=outcome, controls=controls, weights=weights, cluster=cluster)
    table = table.join(
        _effects(feedback, mentions, members, shown=shown, touchpoint=touchpoint, measured=measured)
    )
    notes = _notes(touchpoint, total, len(chosen), len(read))
    if feedback is not None and not is_rated(feedback, outcome):
        notes = (*notes, write_note("problems_unrated", column=outcome))
    for note in notes:
        warnings.warn(note, TpfeedbackWarning, stacklevel=2)
    quotes = quote_themes(members, _texts(feedback), sentiments=("negative",))
    return Problems(
        touchpoint=touchpoint,
        table=table.rename_axis("problem").reset_index().reindex(columns=list(COLUMNS)),
        phrases=list_phrases(phrases).rename(columns={"theme": "problem"}),
        quotes=quotes.rename(columns={"theme": "problem"}),
        members=members.drop(columns=["respondent", "missed", "confidence", "held"]).rename(
            columns={"theme": "problem"}
        ),
        complaints=total,
        notes=notes,
    )


def _check(mentions: pd.DataFrame, touchpoint: str, clusters: int) -> None:
    needed = ("feedback_id", "touchpoint", "sentiment", "start", "stop", "evidence", "language")
    require_table(mentions, "mentions")
    lost = [column for column in needed if column not in mentions]
    if lost:
        raise ColumnError(
            f"The mentions table lacks {', '.join(lost)}. Given: {', '.join(map(str, mentions))}. "
            "Pass the table as tpfeedback.extract_mentions returned it."
        )
    known = sorted(set(mentions["touchpoint"].dropna().astype("str")))
    if touchpoint not in known:
        raise ColumnError(unknown_name("touchpoint among the mentions", touchpoint, known))
    if isinstance(clusters, bool) or not isinstance(clusters, int) or clusters < 1:
        raise ColumnError(
            f"clusters is {clusters!r}. Allowed: a whole number of 1 or more. Leave it out for "
            "the usual one."
        )


def _check_feedback(feedback: pd.DataFrame | None, mentions: pd.DataFrame) -> None:
    if feedback is None:
        return
    require_table(feedback, "feedback")
    if "text" not in feedback:
        raise ColumnError(
            f"The feedback table lacks text. Given: {', '.join(map(str, feedback))}. "
            "Pass the table as tpfeedback returned it."
        )
    mark_texts(feedback, mentions)  # refuses tables that do not belong together


def _told(
    clauses: pd.DataFrame, without: list[str], clusters: int
) -> tuple[pd.DataFrame, dict[str, tuple[Phrase, ...]]]:
    """Return the clauses with the problems that are shown, and the phrases of each, in order.

    Shown are groups that their phrases describe: most of the clauses say one of them.
    """
    found = set(clauses["theme"]) - {""}
    order = sorted(found, key=lambda name: int(name.rpartition("_")[2]))
    phrases = find_phrases(clauses, order, without=without)
    said = share_held(clauses[clauses["theme"] != ""], phrases)
    kept = [name for name in order if said[name] >= SAID][:clusters]
    ids = {name: f"problem_{at}" for at, name in enumerate(kept, 1)}
    return (
        clauses.assign(theme=[ids.get(name, "") for name in clauses["theme"]]),
        {ids[name]: phrases[name] for name in kept},
    )


def _own_words(touchpoint: str, plan: Taxonomy) -> list[str]:
    """Return the words of the touchpoint's names, which tell no problem alone."""
    if touchpoint not in plan:
        return []
    names = plan.touchpoint(touchpoint).names
    return sorted({word for name in names.values() for word in [name, *name.split()]})


def _texts(feedback: pd.DataFrame | None) -> pd.Series | None:
    if feedback is None:
        return None
    return pd.Series(feedback["text"].to_numpy(), feedback["feedback_id"].astype("str"))


def _effects(
    feedback: pd.DataFrame | None,
    mentions: pd.DataFrame,
    members: pd.DataFrame,
    *,
    shown: list[str],
    touchpoint: str,
    measured: Options,
) -> pd.DataFrame:
    """Return what each problem does; a customer who tells of it complains."""
    if feedback is None:
        return pd.DataFrame(np.nan, index=shown, columns=list(EFFECTS))
    marks = marks_of(members).assign(sentiment="negative")
    beside = _beside(mentions, members, touchpoint)
    return measure_effects(feedback, beside, marks, shown, options=measured)


def _beside(mentions: pd.DataFrame, members: pd.DataFrame, touchpoint: str) -> pd.DataFrame:
    """Return the mentions that stand beside the problems.

    Complaints about the touchpoint that its problems tell are left out, but not the praise that
    a mixed one of them holds; complaints that tell of no problem stay.
    """
    told = mentions["feedback_id"].astype("str").isin(members["feedback_id"])
    told &= mentions["touchpoint"] == touchpoint
    praise = mentions[told & (mentions["sentiment"] == "mixed")].assign(sentiment="positive")
    rest = mentions[~(told & mentions["sentiment"].isin(["negative", "mixed"]))]
    return pd.concat([rest, praise])


def _notes(touchpoint: str, total: int, chosen: int, read: int) -> tuple[Note, ...]:
    notes = []
    if read < chosen:
        told = {"texts": read, "all": chosen, "touchpoint": touchpoint}
        notes.append(write_note("problems_sampled", **told))
    if total < ENOUGH:
        few = {"n": total, "touchpoint": touchpoint, "enough": ENOUGH}
        notes.append(write_note("problems_few", **few))
    return tuple(notes)
