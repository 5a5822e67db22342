"""The rows of a Spark DataFrame as the feedback table: checked by name, read as any export."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import pandas as pd

from tpfeedback.batch.plan import Plan
from tpfeedback.batch.reading import read_by_plan
from tpfeedback.batch.sources import Piece
from tpfeedback.errors import ColumnError, ReadError, unknown_name
from tpfeedback.ingest.texts import clean_text, why_unusable
from tpfeedback.tables import Column

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_TYPES = {"text": "string", "number": "double", "count": "bigint"}


def spark_schema(columns: Iterable[Column]) -> str:
    """Return the schema of a table in Spark's words.

    >>> from tpfeedback.tables import MENTIONS
    >>> spark_schema(MENTIONS[:4])
    'feedback_id string, touchpoint string, sentiment string, score double'
    """
    return ", ".join(f"{column.name} {_TYPES[column.kind]}" for column in columns)


def check_columns(frame: DataFrame, name: str, wanted: Mapping[str, str]) -> None:
    """Refuse what is no Spark DataFrame, or lacks a column; `wanted`: option -> column.

    Raises `ReadError` or `ColumnError`.
    """
    if not hasattr(frame, "mapInPandas"):
        raise ReadError(
            f"{name} must be a Spark DataFrame, given: {type(frame).__name__}. Without Spark call "
            "the function of the same name in tpfeedback."
        )
    for option, column in wanted.items():
        if list(frame.columns).count(column) != 1:
            wrong = (
                unknown_name(f"column of {name}", column, frame.columns)
                if column not in frame.columns
                else f"{name} has {frame.columns.count(column)} columns {column!r}; keep one."
            )
            raise ColumnError(f"{wrong} Name one with {option}=.")


def select_texts(frame: DataFrame, named: Mapping[str, str | None]) -> DataFrame:
    """Return the columns that have a role, by the names of their roles, all as text."""
    from pyspark.sql import functions

    return frame.select(
        *(
            functions.col(f"`{column}`").cast("string").alias(role)
            for role, column in named.items()
            if column is not None
        )
    )


def usable_rows(frame: DataFrame, text: str) -> DataFrame:
    """Return the rows whose text can be used, as `read_feedback` keeps them."""
    from pyspark.sql.functions import col, udf

    def usable(cell: str | None) -> bool:
        return why_unusable(clean_text(cell)) is None

    return frame.filter(udf(usable, "boolean", useArrow=True)(col(f"`{text}`").cast("string")))


def read_rows(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the feedback table of a piece whose columns are named by their roles.

    Rows without usable text are left out, as `read_feedback` does.

    >>> piece = pd.DataFrame({"feedback_id": ["7", "8"], "text": [" Rude staff ", "-"]})
    >>> read_rows(piece)[["feedback_id", "text"]].values.tolist()
    [['7', 'Rude staff']]
    """
    roles = {role: role for role in ("language", "question") if role in frame}
    plan = Plan(("text", *roles), ("text",), roles, None, (), False, {}, ())
    given = frame.reset_index(drop=True)
    read = read_by_plan(Piece(given[["text", *roles]], {}), plan, first=1).feedback
    names = given["feedback_id"].iloc[read["row"].to_numpy() - 1]
    return read.assign(feedback_id=names.array)
