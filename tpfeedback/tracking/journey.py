"""The customer's journey: where it is felt well or badly, and where the chain breaks first."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from tpfeedback.errors import ColumnError, TpfeedbackWarning
from tpfeedback.impact.measurement import Options
from tpfeedback.taxonomy import STAGES, Taxonomy, load_taxonomy
from tpfeedback.tracking.cascades import (
    Complaints,
    bind,
    read_costs,
    table_of_order,
)
from tpfeedback.tracking.exposure import Exposure, read_contacts
from tpfeedback.tracking.first_failures import first_failures, order_in_texts
from tpfeedback.tracking.journey_effects import JourneyEffects, read_effects
from tpfeedback.tracking.journey_map import (
    Walk,
    channels_of,
    stages_of,
    table_of_blind_spots,
    table_of_map,
    table_of_stages,
)
from tpfeedback.tracking.root_prizes import root_prizes
from tpfeedback.tracking.tracked import Source, tables_of
from tpfeedback.wording import Note, write_note


@dataclass(frozen=True, eq=False)
class Journey:
    """The journey as customers tell it; see `journey` for the columns of the tables.

    `map` is in the order of the journey, `outcome` what is explained, `notes` what was warned of.
    """

    map: pd.DataFrame
    stages: pd.DataFrame
    blind_spots: pd.DataFrame
    order: pd.DataFrame
    roots: pd.DataFrame
    outcome: str
    notes: tuple[str, ...]


def journey(
    source: Source,
    *,
    exposure: Exposure | None = None,
    taxonomy: str | Path | Taxonomy | None = None,
    outcome: str | None = None,
    rare: float = 0.005,
    controls: Sequence[str] | None = None,
    weights: str | None = None,
    cluster: str | None = None,
    random_state: int = 0,
) -> Journey:
    """Map the journey, and find which complaints drag others along.

    A failure early in the journey has knock-ons: the delivery fails, so the customer calls. Both
    are complained about, but only the first one is worth fixing. A complaint B is told to be the
    symptom of an A that comes no later where all of this holds (each 95 %, or q < .05 by
    Benjamini-Hochberg over the pairs): B comes more often with A; A is costly with B held fixed;
    A's cost, as often as it comes with B, surely makes B look worse than it is, and is half or more
    (surely a quarter) of what B seems to cost. What is left to B is its `penalty`. This is the
    product of coefficients of mediation (Baron & Kenny 1986, J. Personality and Social Psychology
    51:1173-1182; Sobel 1982, Sociological Methodology 13:290-312) by association, and no proof:
    whatever makes people complain about A and B alike looks the same. Where the tagger misses A, B
    is blamed for it, so that `explained` is too low.

    Args:
        source: an analysis, or the tuple (feedback, mentions); not changed.
        exposure: number of contacts (orders, calls, visits) of the same time: touchpoint or stage
            -> number, one number for all, or the name of a numeric column of `feedback` that is
            summed up over texts.
        taxonomy: where stages are looked up; that of the analysis, or "general", if not given.
        outcome: numeric column of `feedback`; that of the analysis, or "overall", if not given.
        rare: touchpoints that a smaller share (0-1) of respondents speak of are blind spots.
        controls: columns to hold fixed; those of the analysis if not given.
        weights: column with survey weights; that of the analysis if not given.
        cluster: column that tells which texts hang together; that of the analysis if not given.
        random_state: seed of the bootstrap behind the intervals of the stages.

    Returns:
        A `Journey`.

        `.map`, one row per touchpoint and channel ("" for all texts): `stage, touchpoint, channel`
        (of the feedback), `respondents` of the channel, `mentions`, `negative`, `positive`
        (respondents), `reach`, `negative_share` (of all), `negative_among_mentions`,
        `positive_among_mentions` (of those who mention it; Wilson intervals `_low, _high`),
        `prize` with interval (of a channel: the part of the prize that its complaints make up),
        `contacts`, `per_1000` (complaining respondents per 1,000 contacts, with Poisson interval).

        `.stages`: the same of each stage (who speaks of any of its touchpoints).

        `.blind_spots`: `stage, touchpoint, contact` (the channel in the taxonomy), `mentions`,
        `reach`, `reach_high`. Silence may be satisfaction, or that nobody was asked.

        `.order`, one row per pair of complaints made by five respondents or more, where `first`
        is of an earlier stage than `then`, or of the same and not clearly later in the texts:
        `both` (respondents), `earlier` (share of texts with both in which the first stands before
        the second), `risk` and `risk_without` (share that complains about the second with and
        without the first), `risk_ratio` with interval, `q_value`, `penalty` of the second with
        interval, `penalty_alone` (what it seems to cost where the first is not told) with
        interval, `explained` (part of the latter that is the first one's) with interval,
        `verdict`: "symptom"; "partly" (less is explained, but something surely); "own effect" (it
        comes with the first, but costs by itself); "open" (the data do not tell); "apart" (they do
        not come together).

        `.roots`, one row per touchpoint with complaints, the largest root prize first: `stage`,
        `complaints` (respondents), `first_failures` (of them, those for whom it is the earliest
        complaint, by stage, then place in the text), `first_share` (of all who complain about
        anything, with interval), `root_of`, `symptom_of` (touchpoints, comma between), `prize`,
        `knock_on`, `root_prize` with intervals, see `cascades.root_prizes`.

    Raises:
        ColumnError: a column is lacking, or a key of `exposure` is unknown.
        ImpactError: no mentions, or too few rated respondents for the regression.

    Warns:
        TpfeedbackWarning: what `measure_impact` warns of, unknown stages, texts without a channel,
            knock-ons found, and that complaints per contact count those who write.

    >>> n = np.arange(1200)
    >>> late, calls = n % 4 == 0, n % 8 == 0
    >>> feedback = pd.DataFrame({"feedback_id": n.astype(str),
    ...                          "overall": 5.0 - 2.0 * late - n % 3 * 0.5})
    >>> mentions = pd.concat([pd.DataFrame({"feedback_id": n[rows].astype(str), "touchpoint": name,
    ...     "sentiment": "negative", "start": start}) for name, rows, start in
    ...     [("delivery", late, 0), ("call_center", calls | (n % 50 == 1), 40)]])
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore", TpfeedbackWarning)
    ...     found = journey((feedback, mentions))
    >>> found.order[["first", "then", "earlier", "verdict"]].values.tolist()
    [['delivery', 'call_center', 1.0, 'symptom']]
    >>> found.roots[["touchpoint", "root_of", "first_failures"]].values.tolist()
    [['delivery', 'call_center', 300], ['call_center', '', 24]]
    """
    feedback, mentions, explained = tables_of(source)
    explained = outcome or explained
    if not 0 < rare <= 1:
        raise ColumnError(f"rare is {rare!r}. Allowed: a share above 0, up to 1, such as 0.005.")
    plan = load_taxonomy(taxonomy or getattr(source, "taxonomy", None) or "general")
    given = dict(getattr(source, "settings", {}))
    options = Options(
        outcome=explained,
        taxonomy=plan,
        controls=given.get("controls", ()) if controls is None else controls,
        weights=weights or given.get("weights"),
        cluster=cluster or given.get("cluster"),
        random_state=random_state,
    )
    asked = any(one is not None for one in (outcome, controls, weights, cluster))
    known = None if asked else getattr(source, "fit", None)
    found = read_effects(feedback, mentions, options, known)
    places = stages_of(found.seen.marks.touchpoints, plan)
    channels = channels_of(feedback, found.seen)
    contacts = read_contacts(exposure, feedback, places)
    walk = Walk(found.seen, found.fit, places, channels, contacts)
    order, roots = _cascades(found, mentions, places)
    notes = (*found.notes, *_notes(walk, mentions, plan, order, exposure))
    for note in notes:
        warnings.warn(note, TpfeedbackWarning, stacklevel=2)
    return Journey(
        map=table_of_map(walk),
        stages=table_of_stages(walk),
        blind_spots=table_of_blind_spots(found.seen, plan, rare=rare),
        order=order,
        roots=roots,
        outcome=explained,
        notes=notes,
    )


def _cascades(
    found: JourneyEffects, mentions: pd.DataFrame, stages: dict[str, str | None]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    seen = found.seen
    names = seen.marks.touchpoints
    ranks = np.array([_rank(stages[name]) for name in names], dtype=np.intp)
    complaints = Complaints(
        touchpoints=names,
        negative=seen.marks.negative,
        earlier=order_in_texts(mentions, names),
        stages=ranks,
        clusters=seen.clusters,
    )
    costs = read_costs(found.design, names, found.effects.known)
    order = table_of_order(complaints, bind(complaints), costs)
    told = order[order["verdict"] == "symptom"]
    pairs = list(zip(told["first"], told["then"], strict=True))
    prizes = root_prizes(costs, pairs)
    failures = first_failures(seen, mentions, dict(zip(names, ranks.tolist(), strict=True)))
    return order, _table_of_roots(failures, prizes, pairs, stages)


def _rank(stage: str | None) -> int:
    return STAGES.index(stage) if stage in STAGES else len(STAGES)


def _table_of_roots(
    failures: pd.DataFrame,
    prizes: pd.DataFrame,
    pairs: list[tuple[str, str]],
    stages: dict[str, str | None],
) -> pd.DataFrame:
    table = failures.copy()
    names = table["touchpoint"].tolist()
    table.insert(1, "stage", pd.Series([stages[name] for name in names], dtype="str"))
    told = {
        "root_of": [", ".join(sorted(b for a, b in pairs if a == name)) for name in names],
        "symptom_of": [", ".join(sorted(a for a, b in pairs if b == name)) for name in names],
    }
    for column, values in told.items():
        table[column] = pd.Series(values, dtype="str")
    table = table.join(prizes, on="touchpoint")
    return table.sort_values(
        ["root_prize", "touchpoint"], ascending=[False, True], na_position="last", ignore_index=True
    )


def _notes(
    walk: Walk,
    mentions: pd.DataFrame,
    plan: Taxonomy,
    order: pd.DataFrame,
    exposure: Exposure | None,
) -> list[Note]:
    notes = []
    unknown = sorted(name for name, stage in walk.stages.items() if stage is None)
    if unknown:
        notes.append(write_note("journey_unknown", taxonomy=plan.key, touchpoints=unknown))
    missing = int(walk.channels.isna().sum())
    if 0 < missing < len(walk.channels):
        notes.append(write_note("journey_channel", count=missing, whole=len(walk.channels)))
    if "start" not in mentions.columns:
        notes.append(write_note("journey_no_place"))
    if exposure is not None:
        notes.append(write_note("journey_exposure"))
    found = order[order["verdict"] == "symptom"]
    pairs = [
        write_note("knock_on", touchpoint_first=a, touchpoint_then=b)
        for a, b in zip(found["first"], found["then"], strict=True)
    ]
    if pairs:
        notes.append(write_note("journey_symptoms", pairs=pairs))
    return notes
