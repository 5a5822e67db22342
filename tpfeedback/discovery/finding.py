"""`discover`: what customers speak of that the taxonomy does not name."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from tpfeedback.discovery.clauses import (
    Sample,
    read_clauses,
)
from tpfeedback.discovery.effects import COLUMNS as EFFECTS
from tpfeedback.discovery.effects import is_rated, measure_effects
from tpfeedback.discovery.hearing import Heard, hear, network_of
from tpfeedback.discovery.memory import Memory, next_theme
from tpfeedback.discovery.quotes import quote_themes
from tpfeedback.discovery.ranking import nearest, rank_groups
from tpfeedback.discovery.result import Discovery
from tpfeedback.discovery.saving import load_discovery
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
from tpfeedback.errors import ColumnError, TpfeedbackWarning
from tpfeedback.impact.marks import mark_texts, require_table
from tpfeedback.impact.measurement import Options
from tpfeedback.impact.respondents import respondents
from tpfeedback.tables import FEEDBACK, check_table
from tpfeedback.tagger import NetworkTagger, Tagger
from tpfeedback.taxonomy import Taxonomy
from tpfeedback.teaching.ready import TaxonomySource, both
from tpfeedback.themes import group
from tpfeedback.themes.grouping import NONE, Groups, no_groups
from tpfeedback.themes.space import unit
from tpfeedback.wording import Note, write_note

FEWEST_PHRASES = 2
SAID = 0.3  # share of a theme's clauses that hold one of its phrases; else it is none
MOST_CLAUSES = 20_000
TABLE = ("theme", "name", "texts", "share", "share_low", "share_high", "missed", "negative",
         "positive", "languages", "nearest", "likeness", *EFFECTS)  # fmt: skip
ENOUGH = 100  # clauses that name no touchpoint; fewer draw a warning


def discover(
    feedback: pd.DataFrame,
    mentions: pd.DataFrame,
    *,
    taxonomy: TaxonomySource | None = None,
    tagger: Tagger | None = None,
    clusters: int = 10,
    known: Discovery | Memory | str | Path | None = None,
    outcome: str = "overall",
    controls: Sequence[str] = (),
    weights: str | None = None,
    cluster: str | None = None,
    most_clauses: int = MOST_CLAUSES,
    random_state: int = 0,
) -> Discovery:
    """Propose touchpoints that the taxonomy lacks: themes of what no mention covers.

    Clauses outside the evidence of every mention are read alone. Those that carry sentiment and
    still name no touchpoint of the taxonomy are gathered by meaning, in all languages together;
    praise and blame of one thing come together too. Gatherings that hold together no better
    than chance, that restate a touchpoint or that are filler ("all good", "recommend", "never
    again") are no themes. The best first: many respondents, unlike what is named already.

    A proposal is to be read, not believed: the quotes tell whether it is a touchpoint. `accept`
    makes it one. Until then its counts are a first look: they hold the clauses that lie near one
    another, so other words for the same thing are missed, and the intervals do not tell of that.

    Args:
        feedback: one row per text, with `feedback_id` and `text`; not changed.
        mentions: one row per touchpoint in a text, see `extract_mentions`; those of other
            touchpoints than the taxonomy's are left out.
        taxonomy: the touchpoints that count as named.
        tagger: reads the clauses; None takes the shipped one.
        clusters: at most so many new themes are proposed, beside those that are known.
        known: an earlier discovery, or the file that its `save` wrote. A clause that lies in one
            of its themes joins it, under its id and name; only the rest makes new themes.
        outcome: numeric column of `feedback` that the effect is measured on.
        controls, weights, cluster: columns of `feedback` for the effects, as in `measure_impact`;
            counts and shares are of respondents as they are.
        most_clauses: texts are read until they hold so many clauses; which ones does not depend
            on their order. All counts are of the texts that were read.
        random_state: seed of the k-means.

    Returns:
        A `Discovery`. The same texts give the same result, in whatever order they come.

    Raises:
        ColumnError: a table lacks a column, or `clusters` is no positive number.
        TableError: a text is missing, or a language is none of the known.
        ImpactError: a `feedback_id` is missing or repeated.
        TaxonomyError, ReadError: what was named cannot be loaded, or `known` was made by another
            model.

    Warns:
        TpfeedbackWarning: not all texts were read, too few clauses are left to say anything, no
            rating.
    """
    _check(feedback, mentions, clusters, most_clauses)
    plan, reader = both(taxonomy, tagger)
    network = network_of(reader)
    before = _remembered(known, NetworkTagger(network).digest)
    named = mentions[mentions["touchpoint"].isin(plan.keys)]
    who = respondents(feedback)
    sample = read_clauses(feedback, named, who, most=most_clauses)
    heard = hear(sample, frozenset(plan.keys), reader, network)
    groups = _new_groups(heard, before, random_state)
    proposed = rank_groups(groups, heard.clauses, heard.places, heard.emptiness)
    memory, shown = _chosen(before, groups, proposed, heard, clusters)
    notes = _notes(who, sample, int(heard.loose.sum()), outcome)
    for note in notes:
        warnings.warn(note, TpfeedbackWarning, stacklevel=2)
    measured = Options(outcome=outcome, controls=controls, weights=weights, cluster=cluster)
    asked = _Asked(plan, reader, measured, notes)
    return _tables(sample, named, heard, (memory, shown), asked)


def _check(
    feedback: pd.DataFrame, mentions: pd.DataFrame, clusters: int, most_clauses: int
) -> None:
    needed = {"feedback": (feedback, ("feedback_id", "text")),
              "mentions": (mentions, ("feedback_id", "touchpoint", "sentiment", "start", "stop",
                                      "language"))}  # fmt: skip
    for name, (table, columns) in needed.items():
        require_table(table, name)
        lost = [column for column in columns if column not in table]
        if lost:
            raise ColumnError(
                f"The {name} table lacks {', '.join(lost)}. Given: {', '.join(map(str, table))}. "
                "Pass the table as tpfeedback returned it."
            )
    seen = [name for name in ("feedback_id", "text", "language") if name in feedback]
    needs = [column.name for column in FEEDBACK if column.required]
    check_table(feedback[seen].reindex(columns=needs), "feedback")
    mark_texts(feedback, mentions.head(0))  # refuses ids that are repeated or missing
    for option, value in (("clusters", clusters), ("most_clauses", most_clauses)):
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise ColumnError(
                f"{option} is {value!r}. Allowed: a whole number of 1 or more. Leave it out for "
                "the usual one."
            )


def _remembered(known: Discovery | Memory | str | Path | None, model: str) -> Memory:
    if known is None:
        return Memory((), (), (), model)
    if isinstance(known, Discovery):
        memory = known.memory
    else:
        memory = known if isinstance(known, Memory) else load_discovery(known)
    if memory.model != model:
        raise ColumnError(
            f"known= was made by the model {memory.model}, this is {model}: their themes cannot "
            "be compared. Allowed: a discovery by the same model. Discover the earlier wave again."
        )
    return memory


def _new_groups(heard: Heard, before: Memory, random_state: int) -> Groups:
    """Return the groups among the loose clauses that no known theme takes."""
    loose = np.flatnonzero(heard.loose)
    taken, _ = before.assign(heard.places[loose])
    rest = loose[[not theme for theme in taken]]
    words = heard.clauses.iloc[rest][["language", "text"]]
    first = rest[~words.duplicated().to_numpy()]
    if not len(first):
        return no_groups(heard.places.shape[1])
    times = words.groupby(["language", "text"], sort=True).size()
    order = heard.clauses.iloc[first][["language", "text"]]
    weights = np.asarray(times.loc[list(map(tuple, order.to_numpy()))], np.float64)
    return group(
        heard.places[first],
        weights=weights,
        emptiness=heard.emptiness[first],
        against=heard.places[heard.clauses["said"].to_numpy() & heard.named],
        random_state=random_state,
    )


def _chosen(
    before: Memory, groups: Groups, proposed: list[int], heard: Heard, clusters: int
) -> tuple[Memory, list[str]]:
    """Return the memory with the new themes, and which themes are shown, in order.

    A group that its phrases do not describe is no theme: nobody could say what it is about.
    """
    told = heard.clauses["said"].to_numpy()
    found = set(before.assign(heard.places[told])[0])
    kept = [name for name, _ in before.names if name in found]
    numbers = np.where(told, groups.assign(heard.places)[0], NONE)
    wanted = [str(number) for number in proposed]
    clauses = heard.clauses.assign(theme=numbers.astype(str))
    phrases = find_phrases(clauses, wanted)
    said = share_held(clauses[np.isin(numbers, proposed)], phrases)
    named = [
        number
        for number in proposed
        if len(phrases[str(number)]) >= FEWEST_PHRASES and said[str(number)] >= SAID
    ]
    start = next_theme(before.themes)
    ids = {number: f"theme_{start + at}" for at, number in enumerate(named[:clusters])}
    themes = [ids.get(number, "") for number in range(groups.number)]
    return before.and_then(groups, themes, dict.fromkeys(ids.values(), "")), [*kept, *ids.values()]


def _notes(who: pd.Series, sample: Sample, loose: int, outcome: str) -> tuple[Note, ...]:
    notes = []
    if len(sample.feedback) < len(who):
        told = {"texts": len(sample.feedback), "all": len(who)}
        notes.append(write_note("discover_sampled", **told))
    if loose < ENOUGH:
        notes.append(write_note("discover_few", n=loose, enough=ENOUGH))
    if not is_rated(sample.feedback, outcome):
        notes.append(write_note("discover_unrated", column=outcome))
    return tuple(notes)


@dataclass(frozen=True, eq=False)
class _Asked:
    """What `discover` was asked for, and what it has to tell."""

    plan: Taxonomy
    tagger: Tagger
    measured: Options
    notes: tuple[Note, ...]


def _tables(
    sample: Sample,
    mentions: pd.DataFrame,
    heard: Heard,
    chosen: tuple[Memory, list[str]],
    asked: _Asked,
) -> Discovery:
    """Return the discovery: who speaks of each theme, in which words, and what it does."""
    memory, shown = chosen
    themes, closeness = memory.assign(heard.places)
    taken = heard.clauses["said"].to_numpy() & np.isin(themes, shown)
    clauses = heard.clauses.assign(theme=np.where(taken, themes, ""), closeness=closeness)
    members = list_members(clauses, asked.tagger)
    phrases = find_phrases(clauses, shown)
    members = members.assign(held=count_held(members, phrases))
    names = {t: dict(memory.names)[t] or name_theme(phrases[t], members, t) for t in shown}
    total = int(sample.clauses["respondent"].nunique())
    table = count_members(members, shown, total)
    read = mentions[mentions["feedback_id"].astype("str").isin(sample.feedback["feedback_id"])]
    table = table.join(
        measure_effects(sample.feedback, read, marks_of(members), shown, options=asked.measured)
    )
    near = [nearest(unit(heard.places[(clauses["theme"] == t).to_numpy()].mean(axis=0)),
                    heard.centres) for t in shown]  # fmt: skip
    table = table.assign(
        name=pd.Series(names, dtype="str").reindex(shown),
        nearest=pd.Series([key for key, _ in near], index=shown, dtype="str"),
        likeness=pd.Series([cosine for _, cosine in near], index=shown, dtype=float),
    )
    texts = sample.feedback.set_index("feedback_id")["text"]
    return Discovery(
        table=table.reset_index().reindex(columns=list(TABLE)).astype({"theme": "str"}),
        phrases=list_phrases(phrases),
        quotes=quote_themes(members, texts, sentiments=("negative", "positive")),
        members=members.drop(columns=["respondent", "confidence", "held"]),
        texts=total,
        notes=asked.notes,
        taxonomy=asked.plan,
        memory=memory.renamed(names),
    )
