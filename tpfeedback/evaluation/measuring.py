"""`evaluate`: a tagger against what people found."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd

from tpfeedback.errors import TpfeedbackWarning
from tpfeedback.evaluation.agreement import agreement_of
from tpfeedback.evaluation.answers import Answers, ask
from tpfeedback.evaluation.calibration import calibration_errors, reliability
from tpfeedback.evaluation.codes import ABSENT, Codes, Flags
from tpfeedback.evaluation.evaluation import Evaluation
from tpfeedback.evaluation.labelled import ONE_ANNOTATOR, Labelled, read_labelled
from tpfeedback.evaluation.mistakes import worst_errors
from tpfeedback.evaluation.notes import evaluation_notes
from tpfeedback.evaluation.polarity import confuse_polarity
from tpfeedback.evaluation.ratios import Array
from tpfeedback.evaluation.scores import (
    ALL,
    count_right,
    human_f1,
    language_scores,
    touchpoint_scores,
)
from tpfeedback.evaluation.warned import kept_warnings
from tpfeedback.impact.seeds import check_seed
from tpfeedback.labelling.settling import settle_labels
from tpfeedback.tables import LANGUAGES
from tpfeedback.tagger import Tagger
from tpfeedback.teaching.ready import TaxonomySource, plan_of


def evaluate(
    tagger: Tagger | pd.DataFrame,
    labels: pd.DataFrame,
    *,
    feedback: pd.DataFrame | None = None,
    taxonomy: TaxonomySource | None = None,
    by_language: bool = True,
    min_confidence: float | None = None,
    precision: float | None = None,
    worst: int = 10,
    random_state: int = 0,
) -> Evaluation:
    """Measure how good a tagger is on texts that people have read and labelled.

    A mention is right if the text was labelled with its touchpoint. Precision is the share of the
    tagger's mentions that are right, recall the share of the labelled ones that it found, F1 =
    2 x right / (said + labelled). What is over all touchpoints is micro-averaged, "macro" is the
    mean of the F1 of touchpoints. For the intervals see `ratios`, for the calibration error
    `calibration.calibration_error`; both take texts as the units.

    Where several people labelled, the tagger is compared with what they settle on
    (`settle_labels`), and how far they agree with each other is shown beside.

    Labels that were drawn with different chances (`probability`) are weighted by 1 / probability
    (Horvitz & Thompson 1952, JASA 47:663-685); agreement and counts are not.

    Args:
        tagger: a tagger, or the mentions table that one has given; then nothing is tagged again,
            and a labelled text without a mention is one in which nothing was found.
        labels: see `tpfeedback.tables.LABELS`; every text was read for all touchpoints, and none
            was used to teach the tagger.
        feedback: where the texts stand; not needed if the labels have a column `text`. With a
            mentions table, its column `sentiment`, if there is one, is the tagger's of the text.
        taxonomy: the one that was labelled with; None takes that of the tagger, else "general".
        by_language: also tell each language apart.
        min_confidence: as in `extract_mentions`.
        precision: as in `extract_mentions`.
        worst: how many errors of each kind are shown.
        random_state: for the interval of the calibration error.

    Raises:
        TableError: a table does not follow its contract, or a labelled text is not known.
        TaggerError: `tagger` is neither, or an option does not fit it.

    Warns:
        TpfeedbackWarning: what is in `notes`: few texts, rare touchpoints, no random sample.

    >>> labels = pd.DataFrame({"feedback_id": ["a", "b"], "touchpoint": ["staff", None],
    ...                        "sentiment": ["negative", None],
    ...                        "text": ["Rude staff, never again", "Great!"]})
    >>> from tpfeedback.tagger import load_network_tagger
    >>> with warnings.catch_warnings(action="ignore"):
    ...     found = evaluate(load_network_tagger(), labels, by_language=False)
    >>> found
    Evaluation on 2 labelled texts: F1 1.000 (0.342 to 1.000)
      all: F1 1.000 (0.342 to 1.000), with sentiment 1.000, 2 texts
    """
    check_seed(random_state)
    chosen = plan_of(taxonomy, None if isinstance(tagger, pd.DataFrame) else tagger)
    by_people = read_labelled(labels, chosen)
    with kept_warnings() as told:
        labelled = read_labelled(settle_labels(labels.reset_index(drop=True)), chosen)
    marks = labelled.marks[ONE_ANNOTATOR]
    answers = ask(
        tagger,
        labelled,
        feedback=feedback,
        taxonomy=chosen,
        min_confidence=min_confidence,
        precision=precision,
    )
    languages = labelled.texts["language"]
    languages = languages.where(languages.notna(), answers.texts["language"])
    groups = _groups(languages, by_language=by_language)
    tables = _tables(labelled, marks, answers, groups, random_state)
    _add_people(tables, by_people, groups, labelled.weights)
    advice = evaluation_notes(
        labelled,
        marks,
        tables["languages"],
        unknown_languages=int(languages.isna().sum()) if by_language else 0,
        only_mentions=isinstance(tagger, pd.DataFrame),
    )
    notes = (*told, *answers.notes, *advice)
    for note in notes:
        warnings.warn(note, TpfeedbackWarning, stacklevel=2)
    errors = worst_errors(labelled, marks, answers, languages, worst=worst)
    return Evaluation(**tables, agreement=agreement_of(by_people), errors=errors, notes=notes)


def _groups(languages: pd.Series, *, by_language: bool) -> dict[str, Flags]:
    """Return the texts of all languages together, and of each, in our order."""
    groups = {ALL: np.ones(len(languages), dtype=bool)}
    if by_language:
        present = set(languages.dropna())
        known = [code for code in LANGUAGES if code in present]
        for code in [*known, *sorted(present - set(known))]:
            groups[code] = (languages == code).fillna(False).to_numpy(dtype=bool)
    return groups


def _tables(
    labelled: Labelled, marks: Codes, answers: Answers, groups: dict[str, Flags], random_state: int
) -> dict[str, pd.DataFrame]:
    """Return the tables of what the tagger does, by their names in `Evaluation`."""
    weights, said = labelled.weights, answers.marks
    counts = count_right(marks, said, weights)
    confidence, right = answers.spread("confidence", labelled), marks > ABSENT
    errors = calibration_errors(confidence, right, groups, weights, random_state=random_state)
    languages = language_scores(counts, groups, _right_overall(labelled, answers))
    return {
        "languages": languages.assign(**errors.columns("calibration_error")),
        "touchpoints": touchpoint_scores(counts, groups, labelled.touchpoints),
        "polarity": confuse_polarity(marks, said, groups, weights),
        "calibration": reliability(confidence, right, groups, weights),
    }


def _right_overall(labelled: Labelled, answers: Answers) -> Array:
    """Return whether the sentiment of each text is right (0 or 1), NaN where not known."""
    true, said = labelled.texts["overall_sentiment"], answers.texts["sentiment"]
    known = true.notna().to_numpy() & said.notna().to_numpy()
    right = true.to_numpy(dtype=object) == said.to_numpy(dtype=object)
    return np.where(known, right.astype(float), np.nan)


def _add_people(
    tables: dict[str, pd.DataFrame],
    by_people: Labelled,
    groups: dict[str, Flags],
    weights: Array | None,
) -> None:
    """Add to both tables of scores how far people agree with each other."""
    places = {key: place for place, key in enumerate((*by_people.touchpoints, ALL))}
    found = {name: human_f1(by_people.marks, rows, weights) for name, rows in groups.items()}
    for name in ("languages", "touchpoints"):
        table = tables[name]
        keys = table["touchpoint"] if name == "touchpoints" else [ALL] * len(table)
        where = list(zip(table["language"], [places[key] for key in keys], strict=True))
        tables[name] = table.assign(
            human_f1=[found[code].value[place] for code, place in where],
            human_f1_low=[found[code].low[place] for code, place in where],
            human_f1_high=[found[code].high[place] for code, place in where],
        )
