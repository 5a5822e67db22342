"""The tables: their columns, ranges and units, and `check_table`.

Shares are between 0 and 1, never percent. `overall` and everything measured against it
(penalty, reward, prize) are in the units of the source's own scale.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from tpfeedback.errors import TableError, unknown_name

SENTIMENTS = ("negative", "neutral", "positive", "mixed")
LANGUAGES = ("ru", "zh", "pl", "en")
OTHER_LANGUAGE = "other"
ROLES = ("basic", "performance", "excitement", "minor")
VERDICTS = ("win", "loss", "equal")
"""Of a comparison, from our side: we are better, we are worse, there is no difference."""


@dataclass(frozen=True)
class Column:
    """One column of a table.

    `kind` is "text", "number", "count" or "date"; `low` and `high` bound numbers and counts;
    `allowed` lists the values of a closed set of texts; a column that is not `nullable`
    may hold no missing value.
    """

    name: str
    kind: str
    meaning: str
    low: float | None = None
    high: float | None = None
    allowed: tuple[str, ...] = ()
    nullable: bool = False
    required: bool = True


def _share(name: str, meaning: str, *, nullable: bool = False) -> Column:
    return Column(name, "number", meaning, 0.0, 1.0, nullable=nullable)


def _interval(name: str, meaning: str) -> tuple[Column, Column, Column]:
    return (
        Column(name, "number", meaning, nullable=True),
        Column(f"{name}_low", "number", f"lower end of the 95 % interval of {name}", nullable=True),
        Column(
            f"{name}_high", "number", f"upper end of the 95 % interval of {name}", nullable=True
        ),
    )


FEEDBACK = (
    Column("feedback_id", "text", "unique name of the text"),
    Column("text", "text", "what the customer wrote, never empty"),
    Column("overall", "number", "rating in units of the source scale", nullable=True),
    Column(
        "language",
        "text",
        "ru, zh, pl, en, or other",
        allowed=(*LANGUAGES, OTHER_LANGUAGE),
        nullable=True,
    ),
    Column("date", "date", "when it was written", nullable=True),
    Column("channel", "text", "where it came from", nullable=True),
    Column("question", "text", "survey question that the text answers", nullable=True),
    Column(
        "overall_scale",
        "text",
        "recognised scale of overall, such as 1-5",
        nullable=True,
        required=False,
    ),
    Column(
        "row", "count", "record number in the source, from 1, header not counted", 0, required=False
    ),
    Column(
        "duplicate_of",
        "text",
        "feedback_id of the first equal text, if any",
        nullable=True,
        required=False,
    ),
)

_PLACE = (
    Column("start", "count", "where the evidence starts in the text", 0),
    Column("stop", "count", "where the evidence stops in the text", 0),
    Column("evidence", "text", "text[start:stop], the words that show it"),
)

MENTIONS = (
    Column("feedback_id", "text", "the text it was found in"),
    Column("touchpoint", "text", "key of the touchpoint"),
    Column("sentiment", "text", "what the author feels about it", allowed=SENTIMENTS),
    Column("score", "number", "sentiment as a number, -1 worst, 1 best", -1.0, 1.0),
    _share("confidence", "calibrated probability that the touchpoint is spoken of"),
    *_PLACE,
    Column("language", "text", "language of the text", allowed=(*LANGUAGES, OTHER_LANGUAGE)),
)

IMPACT = (
    Column("touchpoint", "text", "key of the touchpoint"),
    Column("stage", "text", "stage of the customer's journey", nullable=True),
    Column("mentions", "count", "texts that speak of it", 0),
    Column("negative", "count", "texts with a negative or mixed mention", 0),
    Column("positive", "count", "texts with a positive or mixed mention", 0),
    _share("reach", "share of all texts that speak of it"),
    _share("negative_share", "share of all texts with a negative or mixed mention"),
    _share("positive_share", "share of all texts with a positive or mixed mention"),
    *_interval(
        "penalty", "change of the expected overall by a negative mention, others held fixed"
    ),
    *_interval("reward", "change of the expected overall by a positive mention, others held fixed"),
    *_interval("prize", "gain of the mean overall if nobody had the negative experience"),
    *_interval("importance", "share of the explained variance (LMG), sums to 1"),
    Column("role", "text", "asymmetry of penalty and reward", allowed=ROLES, nullable=True),
    _share("q_value", "Benjamini-Hochberg q-value of penalty = reward = 0", nullable=True),
)

PRIORITIES = (
    Column("rank", "count", "1 = fixing it gains most", 1),
    Column("rank_low", "count", "best rank within the 95 % interval", 1),
    Column("rank_high", "count", "worst rank within the 95 % interval", 1),
    Column("touchpoint", "text", "key of the touchpoint"),
    Column("stage", "text", "stage of the customer's journey", nullable=True),
    *_interval("prize", "gain of the mean overall if nobody had the negative experience"),
    _share("priority", "share of all that can be gained, sums to 1"),
    Column("reason", "text", "why it stands here, in words"),
)

WAITS = (
    Column("feedback_id", "text", "the text that tells it"),
    Column("touchpoint", "text", "key of the touchpoint it belongs to", nullable=True),
    *_PLACE,
    Column("minutes", "number", "how long it took", 0.0),
    Column("minutes_low", "number", "how long it took at least", 0.0),
    Column(
        "minutes_high", "number", "how long it took at most, if that is told", 0.0, nullable=True
    ),
    Column("language", "text", "language of the text", allowed=LANGUAGES),
)

COMPARISONS = (
    Column("feedback_id", "text", "the text that tells it"),
    Column("touchpoint", "text", "key of the touchpoint it belongs to", nullable=True),
    Column("rival", "text", "with whom, in small letters, if that is told", nullable=True),
    Column("verdict", "text", "who is better, seen from our side", allowed=VERDICTS),
    *_PLACE,
    Column("language", "text", "language of the text", allowed=LANGUAGES),
)

LABELS = (
    Column("feedback_id", "text", "the text that a person read"),
    Column(
        "touchpoint",
        "text",
        "key of the touchpoint found; missing: the text was read and names nothing",
        nullable=True,
    ),
    Column(
        "sentiment",
        "text",
        "what the author feels about it; missing where the touchpoint is",
        allowed=SENTIMENTS,
        nullable=True,
    ),
    Column(
        "overall_sentiment",
        "text",
        "what the author feels in all, by the whole text",
        allowed=SENTIMENTS,
        nullable=True,
        required=False,
    ),
    Column("annotator", "text", "who read it", nullable=True, required=False),
    Column("text", "text", "what was read", nullable=True, required=False),
    Column("language", "text", "language of the text", nullable=True, required=False),
    Column("question", "text", "survey question answered", nullable=True, required=False),
    Column(
        "probability",
        "number",
        "how likely the text was to be drawn for labelling; 0 = picked on purpose, not drawn",
        0.0,
        1.0,
        nullable=True,
        required=False,
    ),
)

TABLES = {"feedback": FEEDBACK, "mentions": MENTIONS, "impact": IMPACT, "priorities": PRIORITIES}
"""The tables of the way from an export to a ranking."""

EXTRACTED = {"waits": WAITS, "comparisons": COMPARISONS}
"""What else can be read from the texts: `extract_waits`, `extract_comparisons`."""

GIVEN = {"labels": LABELS}
"""What people found: one row per touchpoint in a text that they read."""

_CONTRACTS = TABLES | EXTRACTED | GIVEN
_TYPES = {"text": "str", "number": "float64", "count": "int64", "date": "datetime64[ns]"}


def column_types(columns: tuple[Column, ...]) -> dict[str, str]:
    """Return the pandas type of every column by its name.

    >>> column_types(COMPARISONS)["start"]
    'int64'
    """
    return {column.name: _TYPES[column.kind] for column in columns}


def check_table(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return `table` unchanged if it follows the contract `name`, else raise `TableError`.

    Columns that the contract does not name (segments) are allowed.

    >>> check_table(pd.DataFrame({"feedback_id": ["a"]}), "mentions")
    Traceback (most recent call last):
    ...
    tpfeedback.errors.TableError: The mentions table lacks the columns touchpoint, ...
    """
    if name not in _CONTRACTS:
        raise TableError(unknown_name("table", name, _CONTRACTS))
    if not isinstance(table, pd.DataFrame):
        raise TableError(
            f"The {name} table must be a pandas DataFrame, given: {type(table).__name__}. "
            "Read it with tpfeedback.read_feedback first."
        )
    contract = _CONTRACTS[name]
    missing = [c.name for c in contract if c.required and c.name not in table.columns]
    if missing:
        raise TableError(
            f"The {name} table lacks the columns {', '.join(missing)}. "
            f"Given: {', '.join(map(str, table.columns)) or '(none)'}. "
            f"Pass the table as tpfeedback returned it."
        )
    names = list(table.columns)
    twice = [c.name for c in contract if names.count(c.name) > 1]
    if twice:
        raise TableError(
            f"The {name} table has several columns named {', '.join(twice)}. Allowed: each once. "
            "Keep one of them and call again."
        )
    for column in contract:
        if column.name in names:
            _check_column(table[column.name], column, name)
    return table


def _check_column(values: pd.Series, column: Column, name: str) -> None:
    present = values.dropna()
    if not column.nullable and len(present) < len(values):
        _fail(name, column, "holds missing values", "a value in every row")
    if column.allowed and not present.isin(column.allowed).all():
        odd = sorted(set(present.astype(str)) - set(column.allowed))[:3]
        _fail(name, column, f"holds {odd}", ", ".join(column.allowed))
    if column.kind in ("number", "count"):
        _check_range(present, column, name)


def _check_range(present: pd.Series, column: Column, name: str) -> None:
    if present.empty:
        return
    if not pd.api.types.is_numeric_dtype(present):
        _fail(name, column, f"holds {present.dtype} values", "numbers")
    low, high = column.low, column.high
    if low is not None and (present < low).any():
        _fail(name, column, f"goes down to {present.min()}", f"{low} or more")
    if high is not None and (present > high + 1e-9).any():
        _fail(name, column, f"goes up to {present.max()}", f"{high} or less")


def _fail(name: str, column: Column, wrong: str, allowed: str) -> None:
    raise TableError(
        f"Column {column.name!r} of the {name} table {wrong}. Allowed: {allowed} "
        f"({column.meaning}). Correct the column and call again."
    )
