"""The bridge: feedback table → tagged feedback and mentions table."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from tpfeedback.errors import TpfeedbackWarning
from tpfeedback.mentions.spoken import asked_questions, read_languages
from tpfeedback.tables import LANGUAGES, MENTIONS, check_table
from tpfeedback.tagged import TaggedText
from tpfeedback.tagger import Tagger
from tpfeedback.taxonomy import Taxonomy
from tpfeedback.teaching.ready import TaxonomySource, both
from tpfeedback.wording import write_note

CHUNK = 2048  # texts tagged between two steps of the progress bar


@dataclass(frozen=True)
class Tagged:
    """Feedback with `language` and `sentiment` filled in, and its mentions table."""

    feedback: pd.DataFrame
    mentions: pd.DataFrame


def extract_mentions(
    feedback: pd.DataFrame,
    *,
    taxonomy: TaxonomySource | None = None,
    tagger: Tagger | None = None,
    min_confidence: float | None = None,
    precision: float | None = None,
    progress: bool | None = None,
) -> pd.DataFrame:
    """Return the mentions table: one row per touchpoint in a text.

    `taxonomy` is the name of a shipped one, a file, a mapping or a `Taxonomy`; None takes that of
    `tagger`, else "general". `tagger` None takes the shipped one, which finds touchpoints of any
    taxonomy by their words. What a text answers, the `question` column, changes its meaning and
    is read with it.
    `min_confidence` (0–1) or `precision` (such as 0.9) replace the tagger's own thresholds, see
    its `tag`; `progress` shows a bar (None: only where stderr is a terminal). A text in another
    language than ru, zh, pl or en has no mentions; their number is told by a
    `TpfeedbackWarning`.

    >>> from tpfeedback.ingest import read_feedback
    >>> comments = pd.DataFrame({"comment": ["Rude staff, never again"]})
    >>> feedback = read_feedback(comments, text="comment")
    >>> extract_mentions(feedback)[["touchpoint", "sentiment", "evidence"]].values.tolist()
    [['staff', 'negative', 'Rude staff, never again']]
    """
    return tag_feedback(
        feedback,
        taxonomy=taxonomy,
        tagger=tagger,
        min_confidence=min_confidence,
        precision=precision,
        progress=progress,
    ).mentions


def tag_feedback(
    feedback: pd.DataFrame,
    *,
    taxonomy: TaxonomySource | None = None,
    tagger: Tagger | None = None,
    min_confidence: float | None = None,
    precision: float | None = None,
    progress: bool | None = None,
    usual: str | None = None,
) -> Tagged:
    """Tag every text once, equal texts together; options as in `extract_mentions`.

    The returned feedback is a copy with `language` filled where it was missing, and two new
    columns: `language_confidence` (0–1; 1 where the export named the language) and `sentiment`
    of the whole text (missing where the language is "other"). Texts that say too little to tell
    their language ("ok", "super") are read in the `usual` one: that of most of the other texts.
    """
    check_table(feedback, "feedback")
    plan, tagger = both(taxonomy, tagger)
    keys = _findable(plan, tagger)
    texts = feedback["text"].astype(str)
    spoken = read_languages(feedback.assign(text=texts), usual=usual)
    told = list(zip(texts, spoken["language"], asked_questions(feedback), strict=True))
    asked = list(dict.fromkeys(told))
    options = {"min_confidence": min_confidence, "precision": precision}
    tagged = dict(zip(asked, _tag(asked, tagger, options, progress), strict=True))
    rows = [tagged[one] for one in told]
    known = pd.Series([row.language in LANGUAGES for row in rows], index=feedback.index, dtype=bool)
    _warn_of_other_languages(known)
    return Tagged(
        feedback.assign(
            language=pd.Series([row.language for row in rows], index=feedback.index, dtype="str"),
            language_confidence=spoken["confidence"],
            sentiment=pd.Series(
                [row.sentiment for row in rows], index=feedback.index, dtype="str"
            ).where(known),
        ),
        _mentions_table(feedback["feedback_id"], rows, keys),
    )


def _findable(taxonomy: Taxonomy, tagger: Tagger) -> frozenset[str]:
    lost = [key for key in taxonomy.keys if key not in tagger.touchpoints]
    if lost:
        warnings.warn(
            write_note("tagger_lacks", n=len(lost), taxonomy=taxonomy.key, touchpoints=lost),
            TpfeedbackWarning,
            stacklevel=4,
        )
    return frozenset(taxonomy.keys)


def _tag(
    asked: Sequence[tuple[str, str, str | None]],
    tagger: Tagger,
    options: dict[str, float | None],
    progress: bool | None,
) -> Iterator[TaggedText]:
    from tqdm import tqdm

    hidden = not sys.stderr.isatty() if progress is None else not progress
    with tqdm(total=len(asked), desc="tagging", unit=" texts", disable=hidden) as bar:
        for start in range(0, len(asked), CHUNK):
            texts, languages, questions = zip(*asked[start : start + CHUNK], strict=True)
            yield from tagger.tag(texts, languages=languages, questions=questions, **options)
            bar.update(len(texts))


def _warn_of_other_languages(known: pd.Series) -> None:
    if not known.all():
        warnings.warn(
            write_note("other_languages", found=int((~known).sum()), texts=len(known)),
            TpfeedbackWarning,
            stacklevel=4,
        )


def _mentions_table(
    ids: pd.Series, rows: Sequence[TaggedText], keys: frozenset[str]
) -> pd.DataFrame:
    records = [
        (
            feedback_id,
            m.touchpoint,
            m.sentiment,
            m.score,
            m.confidence,
            m.start,
            m.stop,
            row.text[m.start : m.stop],
            row.language,
        )
        for feedback_id, row in zip(ids, rows, strict=True)
        for m in row.mentions
        if m.touchpoint in keys
    ]
    table = pd.DataFrame.from_records(records, columns=[column.name for column in MENTIONS])
    kinds = {"text": "str", "number": "float64", "count": "int64"}
    return table.astype({column.name: kinds[column.kind] for column in MENTIONS})
