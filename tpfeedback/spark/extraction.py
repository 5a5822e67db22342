"""`extract_mentions` for a Spark DataFrame: the rows stay where they lie."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import pandas as pd

from tpfeedback.errors import ColumnError, TpfeedbackWarning
from tpfeedback.mentions import tag_feedback
from tpfeedback.spark.languages import COUNTED, Spoken, count_languages, sum_up
from tpfeedback.spark.rows import check_columns, read_rows, select_texts, spark_schema
from tpfeedback.tables import MENTIONS
from tpfeedback.taxonomy import Taxonomy
from tpfeedback.teaching.ready import TaxonomySource, plan_of, tagger_of
from tpfeedback.wording import write_note

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


def extract_mentions(
    df: DataFrame,
    *,
    text: str,
    feedback_id: str = "feedback_id",
    language: str | None = None,
    question: str | None = None,
    taxonomy: TaxonomySource | None = None,
    min_confidence: float | None = None,
    precision: float | None = None,
) -> DataFrame:
    """Return the mentions table of a Spark DataFrame, tagged by its workers.

    The result is that of `tpfeedback.read_feedback` and `tpfeedback.extract_mentions` for all rows
    at once, in no order. The usual language, in which short texts are read that do not tell their
    own, is that of all rows: a quick first job counts it at once. The tagging waits, as always in
    Spark, until the result is asked for, and is done again each time: write it to a table, or
    cache it. A task that fails is done again by Spark and loses or doubles nothing.

    Each Python worker loads the model once and uses one processor thread, so give Spark as many
    cores as it may use. `tpfeedback` has to be installed where the workers run.

    Args:
        df: the rows; those without usable text (none, no letter, "n/a") have no mentions.
        text: column with what customers wrote. `start` and `stop` count in the text without
            invisible characters and outer white space.
        feedback_id: column with a unique name for every row; becomes text.
        language: column with the language, where it is known ("ru", "Polish", "zh-CN").
        question: column with the question that the text answers.
        taxonomy: as in `tpfeedback.extract_mentions`; a file is read here, not by the workers.
        min_confidence, precision: see `tpfeedback.extract_mentions`.

    Raises:
        ReadError: `df` is no Spark DataFrame.
        ColumnError: a column does not exist, or rows have no `feedback_id`.
        TaxonomyError, TaggerError: as in `tpfeedback.extract_mentions`.

    Warns:
        TpfeedbackWarning: texts in other languages than Russian, Chinese, Polish and English.
    """
    given = {"text": text, "feedback_id": feedback_id, "language": language, "question": question}
    check_columns(df, "df", {role: name for role, name in given.items() if name is not None})
    plan = plan_of(taxonomy, None)
    options = {"min_confidence": min_confidence, "precision": precision}
    _try_options(plan, options)
    rows = select_texts(df, given)
    spoken = sum_up(map(tuple, rows.mapInPandas(count_languages, COUNTED).collect()))
    _tell(spoken, feedback_id)
    usual = spoken.usual

    def tag(pieces: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        return tag_pieces(pieces, plan, usual, options)

    return rows.mapInPandas(tag, spark_schema(MENTIONS))


def tag_pieces(
    pieces: Iterable[pd.DataFrame],
    taxonomy: Taxonomy,
    usual: str | None,
    options: dict[str, Any],
) -> Iterator[pd.DataFrame]:
    """Yield the mentions of each piece, in a worker; the tagger is loaded once in its process."""
    tagger = tagger_of(taxonomy, threads=1)
    for piece in pieces:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", TpfeedbackWarning)  # told once, of all rows
            yield tag_feedback(
                read_rows(piece),
                taxonomy=taxonomy,
                tagger=tagger,
                progress=False,
                usual=usual,
                **options,
            ).mentions


def _try_options(taxonomy: Taxonomy, options: dict[str, Any]) -> None:
    """Have one text tagged here, so that what is wrong with the options is said at once."""
    one = pd.DataFrame({"feedback_id": ["1"], "text": ["ok"], "language": ["en"]})
    tag_feedback(read_rows(one), taxonomy=taxonomy, tagger=tagger_of(taxonomy, threads=1),
                 progress=False, **options)  # fmt: skip


def _tell(spoken: Spoken, feedback_id: str) -> None:
    if spoken.nameless:
        raise ColumnError(
            f"{spoken.nameless} rows have no {feedback_id!r}. Allowed: a unique name in every row. "
            "Name them, or drop them, and call again."
        )
    if spoken.other:
        note = write_note("other_languages", found=spoken.other, texts=spoken.texts)
        warnings.warn(note, TpfeedbackWarning, stacklevel=3)
