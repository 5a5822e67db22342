"""What people found: the labels table, read and checked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from tpfeedback.errors import TableError, unknown_name
from tpfeedback.evaluation.codes import UNREAD, Codes, code_marks
from tpfeedback.evaluation.ratios import Array
from tpfeedback.tables import check_table
from tpfeedback.taxonomy import Taxonomy

_OF_TEXTS = ("text", "language", "question", "overall_sentiment", "probability")
ONE_ANNOTATOR = ""


@dataclass(frozen=True, eq=False)
class Labelled:
    """Labelled texts, in order of their ids, and who found what in them.

    `texts` is indexed by feedback_id, with the columns text, language, question,
    overall_sentiment and probability, missing where they are not told. `marks` are the codes
    (texts, touchpoints) of each annotator, UNREAD where the text was not read; an annotator
    without a name is "". `touchpoints` are those of the taxonomy.
    """

    texts: pd.DataFrame
    touchpoints: tuple[str, ...]
    marks: dict[str, Codes]

    @property
    def picked(self) -> int:
        """How many texts were picked on purpose, as far as is known, and not drawn by chance."""
        chances = self.texts["probability"].to_numpy(dtype=float)
        return int((~(chances > 0)).sum()) if not np.isnan(chances).all() else 0

    @property
    def weights(self) -> Array | None:
        """How many texts each one stands for; None where all had the same chance, or some none."""
        chances = self.texts["probability"].to_numpy(dtype=float)
        if not (chances > 0).all() or (chances == chances[0]).all():
            return None
        return np.asarray(1 / chances)


def read_labelled(labels: pd.DataFrame, taxonomy: Taxonomy) -> Labelled:
    """Return the labelled texts; of a text labelled by several, the first row that tells counts.

    Raises:
        TableError: the labels do not follow their contract, there are none, or they name what the
            taxonomy does not have.
    """
    _check(labels, taxonomy)
    ids = labels["feedback_id"].astype("str")
    facts = labels.assign(feedback_id=ids).reindex(columns=["feedback_id", *_OF_TEXTS])
    texts = facts.groupby("feedback_id", sort=True).first()
    names = _annotators(labels)
    marks = {}
    for name in sorted(set(names)):
        own = labels[names == name]
        codes = code_marks(own, texts.index, taxonomy.keys)
        codes[~texts.index.isin(ids[names == name])] = UNREAD
        marks[name] = codes
    return Labelled(texts, tuple(taxonomy.keys), marks)


def _annotators(labels: pd.DataFrame) -> pd.Series:
    if "annotator" not in labels:
        return pd.Series(ONE_ANNOTATOR, index=labels.index, dtype="object")
    named = labels["annotator"].astype("object")
    return named.where(named.notna(), ONE_ANNOTATOR).astype("str")


def _check(labels: pd.DataFrame, taxonomy: Taxonomy) -> None:
    check_table(labels, "labels")
    if labels.empty:
        raise TableError(
            "The labels table has no rows. Allowed: one row or more for every labelled text. "
            "Label some texts first, see tpfeedback.sample_for_labelling."
        )
    strange = [key for key in labels["touchpoint"].dropna() if key not in taxonomy]
    if strange:
        message = unknown_name("touchpoint", strange[0], taxonomy.keys)
        raise TableError(
            f"The labels name what the taxonomy {taxonomy.key!r} does not have. {message} Correct "
            "the label, or name the taxonomy that was labelled with, taxonomy=."
        )
