"""What the tagger says of the labelled texts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from tpfeedback.errors import TableError, TaggerError
from tpfeedback.evaluation.codes import Codes, code_marks
from tpfeedback.evaluation.labelled import Labelled
from tpfeedback.evaluation.ratios import Array
from tpfeedback.evaluation.warned import kept_warnings
from tpfeedback.mentions import Tagged, tag_feedback
from tpfeedback.tables import FEEDBACK, check_table
from tpfeedback.tagger import Tagger
from tpfeedback.taxonomy import Taxonomy

LEAST = 0.001  # confidence; what the tagger is less sure of is not looked at


@dataclass(frozen=True, eq=False)
class Answers:
    """What was said of each labelled text, in the order of the labelled texts.

    `marks` (texts, touchpoints) are what it names. `mentions` also hold what it would name with
    less confidence, down to 0.001, where a tagger was asked: each touchpoint of a text once.
    `texts`: text, language and sentiment of each, missing where not known. `notes`: what was
    warned of meanwhile.
    """

    marks: Codes
    mentions: pd.DataFrame
    texts: pd.DataFrame
    notes: tuple[str, ...]

    def spread(self, column: str, labelled: Labelled) -> Array:
        """Return a column of `mentions` as (texts, touchpoints), NaN where there is none."""
        found = np.full(self.marks.shape, np.nan)
        rows = labelled.texts.index.get_indexer(pd.Index(self.mentions["feedback_id"]))
        keys = pd.Index(list(labelled.touchpoints), dtype="object")
        columns = keys.get_indexer(pd.Index(self.mentions["touchpoint"].astype("object")))
        found[rows, columns] = self.mentions[column].to_numpy(dtype=float)
        return found


def ask(
    tagger: Tagger | pd.DataFrame,
    labelled: Labelled,
    *,
    feedback: pd.DataFrame | None,
    taxonomy: Taxonomy,
    min_confidence: float | None,
    precision: float | None,
) -> Answers:
    """Tag the labelled texts, or take what a mentions table says of them.

    Raises:
        TableError: a text is not known, or a table does not follow its contract.
        TaggerError: `tagger` is neither a tagger nor a mentions table, or an option does not fit.
    """
    texts = _texts(labelled, feedback)
    if isinstance(tagger, pd.DataFrame):
        if min_confidence is not None or precision is not None:
            raise TaggerError(
                "min_confidence and precision tell a tagger what to name, but tagger is a table "
                "of mentions found already. Leave them out, or give the tagger."
            )
        mentions = _own(check_table(tagger, "mentions"), labelled, known=feedback is not None)
        spoken = mentions.drop_duplicates("feedback_id").set_index("feedback_id")["language"]
        known = texts["language"].notna()
        texts = texts.assign(language=texts["language"].where(known, spoken.reindex(texts.index)))
        marks = code_marks(tagger, labelled.texts.index, labelled.touchpoints)
        return Answers(marks, mentions, texts, ())
    if not isinstance(tagger, Tagger):
        raise TaggerError(
            f"tagger is {type(tagger).__name__}. Allowed: a tagger, such as "
            "tpfeedback.load_tagger(), or a mentions table, see tpfeedback.extract_mentions."
        )
    with kept_warnings() as told:
        tagged = _tag(tagger, texts, taxonomy, min_confidence, precision)
        low = _tag(tagger, texts, taxonomy, LEAST, None)
    said = code_marks(tagged.mentions, labelled.texts.index, labelled.touchpoints)
    mentions = _own(pd.concat([tagged.mentions, low.mentions]), labelled, known=True)
    read = tagged.feedback.set_index("feedback_id")[["text", "language", "sentiment"]]
    return Answers(said, mentions, read, tuple(told))


def _texts(labelled: Labelled, feedback: pd.DataFrame | None) -> pd.DataFrame:
    """Return the labelled texts, indexed by feedback_id, as the feedback table has them."""
    ids = labelled.texts.index
    if feedback is None:
        return labelled.texts.reindex(columns=["text", "language", "question", "sentiment"])
    check_table(feedback, "feedback")
    known = feedback.assign(feedback_id=feedback["feedback_id"].astype("str"))
    known = known.drop_duplicates("feedback_id").set_index("feedback_id")
    strange = ids[~ids.isin(known.index)]
    if len(strange):
        raise TableError(
            f"{len(strange)} labelled texts are not in the feedback table, for example "
            f"{strange[0]!r}. Allowed: labels of its texts. Give the feedback that the labels were "
            "drawn from, or leave these labels out."
        )
    told = known.loc[ids]
    languages = labelled.texts["language"]
    told = told.assign(language=told["language"].where(told["language"].notna(), languages))
    return told.reindex(columns=["text", "language", "question", "sentiment"])


def _tag(
    tagger: Tagger,
    texts: pd.DataFrame,
    taxonomy: Taxonomy,
    min_confidence: float | None,
    precision: float | None,
) -> Tagged:
    missing = texts.index[texts["text"].isna()]
    if len(missing):
        raise TableError(
            f"The text of {len(missing)} labelled texts is not known, for example of "
            f"{missing[0]!r}. Give the feedback table with feedback=, or labels with a column text."
        )
    needed = [column.name for column in FEEDBACK if column.required]
    return tag_feedback(
        texts.reset_index().reindex(columns=needed),
        taxonomy=taxonomy,
        tagger=tagger,
        min_confidence=min_confidence,
        precision=precision,
        progress=False,
    )


def _own(mentions: pd.DataFrame, labelled: Labelled, *, known: bool) -> pd.DataFrame:
    """Return the mentions of the labelled texts, each touchpoint of the taxonomy once.

    Of several, the first; what the tagger names stands before what it would name.
    """
    ids = mentions["feedback_id"].astype("str")
    own = mentions.assign(feedback_id=ids)[ids.isin(labelled.texts.index)]
    if own.empty and len(mentions) and not known:
        raise TableError(
            "None of the labelled texts is in the mentions table. Allowed: mentions of the texts "
            "that were labelled. Give feedback= if the tagger found nothing in them, or compare "
            f"the ids: {labelled.texts.index[0]!r} in the labels, {ids.iloc[0]!r} in the mentions."
        )
    own = own[own["touchpoint"].isin(labelled.touchpoints)]
    return own.drop_duplicates(["feedback_id", "touchpoint"])
