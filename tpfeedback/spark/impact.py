"""Impact of the feedback in a cluster: patterns are counted there, and fitted on the driver."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from tpfeedback.batch.counted import fit_patterns
from tpfeedback.errors import ColumnError, ImpactError, TpfeedbackWarning
from tpfeedback.impact import ImpactFit
from tpfeedback.impact.measurement import Options, check_options
from tpfeedback.spark.counting import KINDS, PROBLEM, SUMS, count_pieces, place_name, put_together
from tpfeedback.spark.rows import check_columns, usable_rows
from tpfeedback.taxonomy import load_taxonomy
from tpfeedback.teaching.ready import TaxonomySource
from tpfeedback.wording import write_note

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

NUMBERS = ("byte", "short", "integer", "long", "float", "double", "decimal")  # Spark's names


def measure_impact(
    feedback_df: DataFrame,
    mentions_df: DataFrame,
    *,
    outcome: str = "overall",
    controls: Sequence[str] = (),
    model: str = "linear",
    policy: str = "baseline",
    taxonomy: TaxonomySource = "general",
    random_state: int = 0,
    feedback_id: str = "feedback_id",
    question: str | None = None,
    text: str | None = None,
) -> pd.DataFrame:
    """Return the impact table of feedback and mentions in Spark, as pandas.

    It is the table that `tpfeedback.measure_impact` gives for all rows at once, but for rounding:
    the cluster counts equal respondents, and only these patterns come to the driver, so that its
    memory grows with what is distinct and not with the rows. Arguments: see `fit_impact`.
    """
    fit = fit_impact(
        feedback_df, mentions_df, outcome=outcome, controls=controls, model=model, policy=policy,
        taxonomy=taxonomy, random_state=random_state, feedback_id=feedback_id, question=question,
        text=text,
    )  # fmt: skip
    return fit.table


def fit_impact(
    feedback_df: DataFrame,
    mentions_df: DataFrame,
    *,
    outcome: str = "overall",
    controls: Sequence[str] = (),
    model: str = "linear",
    policy: str = "baseline",
    taxonomy: TaxonomySource = "general",
    random_state: int = 0,
    feedback_id: str = "feedback_id",
    question: str | None = None,
    text: str | None = None,
) -> ImpactFit:
    """Measure the impact in Spark, and keep what `tpfeedback.rank_touchpoints` needs.

    Args:
        feedback_df: the rows that were tagged. The outcome is taken as it stands: turn ratings
            into numbers, best highest, before.
        mentions_df: what `extract_mentions` returned for them. Write it to a table or cache it
            first, or the texts are tagged again.
        outcome, controls, model, policy, random_state: see `tpfeedback.measure_impact`. A control
            with many distinct values, such as a price, makes many patterns.
        taxonomy: the one that the mentions were extracted with.
        feedback_id: column with the unique name of each row of `feedback_df`.
        question: column with the question that a text answers. Texts named
            "<respondent>:<question>" are then one respondent, as in `tpfeedback.measure_impact`.
        text: column with what customers wrote. Rows without usable text are then left out, as
            `tpfeedback.read_feedback` does; else they count as texts that mention nothing.

    Raises:
        ReadError: what was given is no Spark DataFrame.
        ColumnError, ImpactError, TaxonomyError: as in `tpfeedback.measure_impact`; numbers in the
            messages are those of one piece of the rows.

    Warns:
        TpfeedbackWarning: as in `tpfeedback.measure_impact`.
    """
    if isinstance(controls, str):
        raise ColumnError(f"controls must be a list of columns. Write controls=[{controls!r}].")
    held = list(dict.fromkeys(controls))
    named = {"feedback_id": feedback_id, "outcome": outcome, "question": question, "text": text}
    check_columns(feedback_df, "feedback_df", {k: v for k, v in named.items() if v is not None})
    for name in held:
        check_columns(feedback_df, "feedback_df", {"controls": name})
    wanted = {name: name for name in ("feedback_id", "touchpoint", "sentiment")}
    check_columns(mentions_df, "mentions_df", wanted)
    plan = load_taxonomy(taxonomy)
    options = Options(outcome=outcome, model=model, policy=policy, taxonomy=plan,
                      controls=tuple(held), random_state=random_state)  # fmt: skip
    check_options(options)
    feedback = feedback_df if text is None else usable_rows(feedback_df, text)
    kinds = _control_kinds(feedback, held)
    respondents = _respondents(feedback, mentions_df, named, kinds)
    rows = _counted(respondents, sorted(plan.keys), list(kinds.values()))
    patterns = put_together(rows, sorted(plan.keys), held)
    notes = _outcome_notes(rows, patterns.outcome, outcome)
    fit = fit_patterns(patterns, options)
    for note in (*notes, *fit.notes):
        warnings.warn(note, TpfeedbackWarning, stacklevel=2)
    return fit


def _control_kinds(feedback: DataFrame, controls: Sequence[str]) -> dict[str, str]:
    """Return how each control is counted: as "double", "boolean" or "string"."""
    found = {field.name: field.dataType.typeName() for field in feedback.schema.fields}
    kinds = {}
    for name in controls:
        kind = "double" if found[name] in NUMBERS else found[name]
        if kind not in ("double", "boolean", "string"):
            raise ColumnError(
                f"Control column {name!r} holds {kind} values. Allowed: text, True and False, "
                "numbers. Make text of them (months of dates, for example) and call again."
            )
        kinds[name] = kind
    return kinds


def _respondents(
    feedback: DataFrame,
    mentions: DataFrame,
    named: Mapping[str, str | None],
    kinds: Mapping[str, str],
) -> DataFrame:
    """Return one row per respondent: the list `answers` of their texts, with what each says."""
    from pyspark.sql import functions

    kind = feedback.schema[str(named["outcome"])].dataType.typeName()
    if kind not in (*NUMBERS, "boolean"):
        raise ImpactError(
            f"Outcome {named['outcome']!r} holds {kind} values. Allowed: numbers, or True and "
            "False. Turn them into numbers and call again."
        )
    asked = (
        functions.lit(None)
        if named["question"] is None
        else functions.col(f"`{named['question']}`")
    )
    texts = feedback.select(
        functions.col(f"`{named['feedback_id']}`").cast("string").alias("feedback_id"),
        functions.lit(True).alias("known"),
        functions.col(f"`{named['outcome']}`").cast("double").alias("outcome"),
        asked.cast("string").alias("question"),
        *(
            functions.col(f"`{n}`").cast(k).alias(place_name(i))
            for i, (n, k) in enumerate(kinds.items())
        ),
    )
    mention = functions.struct(
        *(functions.col(n).cast("string").alias(n) for n in ("touchpoint", "sentiment"))
    )
    said = mentions.groupBy(functions.col("feedback_id").cast("string").alias("feedback_id")).agg(
        functions.collect_list(mention).alias("said")
    )
    answers = texts.join(said, "feedback_id", "full_outer")
    ending = functions.concat(functions.lit(":"), functions.col("question"))
    respondent = functions.when(
        functions.col("feedback_id").endswith(ending),
        functions.expr("left(feedback_id, length(feedback_id) - length(question) - 1)"),
    ).otherwise(functions.col("feedback_id"))
    one = functions.struct(*(functions.col(name) for name in answers.columns))
    return answers.groupBy(respondent.alias("who")).agg(
        functions.collect_list(one).alias("answers")
    )


def _counted(respondents: DataFrame, names: list[str], controls: list[str]) -> pd.DataFrame:
    """Return the patterns of all respondents, counted in the cluster."""
    from pyspark.sql import functions

    def count(pieces: Iterable[Any]) -> Iterator[Any]:
        return count_pieces(pieces, names, controls)

    held = {place_name(k): kind for k, kind in enumerate(controls)}
    columns = KINDS | held | SUMS | PROBLEM
    schema = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    counted = respondents.select("answers").mapInArrow(count, schema)
    keys = [name for name in columns if name not in SUMS]
    sums = [functions.sum(name).alias(name) for name in SUMS]
    found: pd.DataFrame = counted.groupBy(*keys).agg(*sums).toPandas()
    return found


def _outcome_notes(rows: pd.DataFrame, outcome: np.ndarray, name: str) -> tuple[str, ...]:
    if not np.isfinite(outcome).any():
        raise ImpactError(
            f"Outcome {name!r} is missing in all {int(rows['n'].sum())} texts. At least some texts "
            "need a number. Name another column with outcome=."
        )
    infinite = int(rows["infinite"].sum())
    return (write_note("outcome_infinite", n=infinite, column=name),) if infinite else ()
