"""What bodies hold: what is asked, and what is answered in the columns of `tpfeedback.tables`.

What `Analysis.to_dict` answers is described by its own published schema, see `openapi`.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, create_model

from tpfeedback.service.limits import Limits
from tpfeedback.service.problems import Problem, Refused
from tpfeedback.tables import MENTIONS, SENTIMENTS, Column
from tpfeedback.taxonomy import available_taxonomies

LARGEST = 2**53 - 1  # RFC 7493: larger whole numbers are not the same everywhere
LONGEST_NAME = 200
LONGEST_QUESTION = 1_000
ModelType = TypeVar("ModelType", bound=BaseModel)
Language = Literal["ru", "zh", "pl", "en", "other"]
Share = Annotated[float, Field(ge=0, le=1)]
Name = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME)]
Whole = Annotated[int, Field(ge=-LARGEST, le=LARGEST)]
Number = Annotated[float, Field(gt=-(2**53), lt=2**53)]
Role = Name | Literal[False] | None
_TYPES: dict[str, Any] = {"text": str, "number": float, "count": int}


class Asked(BaseModel):
    """A body that is asked with: nothing in it is guessed, changed or passed over."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


class TagRequest(Asked):
    """Texts to tag; the options are those of `Tagger.tag`."""

    texts: list[str]
    languages: list[Language | None] | None = Field(None, description="one for each text")
    questions: list[str | None] | None = Field(None, description="what each text answers")
    taxonomy: str = "general"
    min_confidence: Share | None = Field(None, description="least confidence of a mention")
    precision: Share | None = Field(None, description="share of right mentions to ask for")


class AnalyzeRequest(Asked):
    """A table to analyze; the options are those of `tpfeedback.analyze`.

    A role names a column, is guessed where it is null and stays empty where it is false.
    """

    rows: list[dict[str, Any]] = Field(description="one object a row: column -> value")
    text: Name | Annotated[list[Name], Field(min_length=1, max_length=20)] | None = None
    overall: Role = None
    date: Role = None
    channel: Role = None
    language: Role = None
    question: Role = None
    taxonomy: str = "general"
    min_confidence: Share | None = None
    precision: Share | None = None
    controls: Annotated[list[Name], Field(max_length=10)] = []
    model: Literal["linear", "ordered_logit", "binary_logit", "nps"] = "linear"
    weights: Name | None = None
    cluster: Name | None = None
    policy: Literal["baseline", "observed", "imputed"] = "baseline"
    mask: bool = Field(True, description="mask personal data in the answer")


def tag_request(limits: Limits) -> type[TagRequest]:
    """Return `TagRequest` with these limits, so that it states them and keeps to them."""
    text = Annotated[str, Field(max_length=limits.text_length)]
    count = Field(min_length=1, max_length=limits.texts)
    asked = Annotated[str, Field(max_length=LONGEST_QUESTION)] | None
    return _limited(
        TagRequest,
        texts=(Annotated[list[text], count], ...),
        languages=(Annotated[list[Language | None], count] | None, None),
        questions=(Annotated[list[asked], count] | None, None),
    )


def analyze_request(limits: Limits) -> type[AnalyzeRequest]:
    """Return `AnalyzeRequest` with these limits."""
    text = Annotated[str, Field(max_length=limits.text_length)]
    cell = text | Whole | Number | bool | None
    row = Annotated[dict[Name, cell], Field(min_length=1, max_length=limits.columns)]
    rows = Annotated[list[row], Field(min_length=1, max_length=limits.rows)]
    return _limited(AnalyzeRequest, rows=(rows, ...))


def _limited(model: type[ModelType], **changed: Any) -> type[ModelType]:
    named: Any = Literal[available_taxonomies()]
    fields: dict[str, Any] = {"taxonomy": (named, "general"), **changed}
    return create_model(model.__name__, __base__=model, __doc__=model.__doc__, **fields)


def check_names(body: bytes) -> None:
    """Raise `Refused` where an object of JSON names a thing twice: which one would count?

    >>> check_names(b'{"texts": ["late"], "texts": ["early"]}')
    Traceback (most recent call last):
    tpfeedback.service.problems.Refused: 'texts' is named twice in one object. ...
    """
    json.loads(body, object_pairs_hook=_named_once)


def _named_once(pairs: list[tuple[str, Any]]) -> None:
    if len(dict(pairs)) < len(pairs):
        twice = next(
            name for name, count in Counter(name for name, _ in pairs).items() if count > 1
        )
        message = f"{twice[:50]!r} is named twice in one object. Name each thing once."
        raise Refused(422, "named_twice", message)


def row_model(name: str, columns: Iterable[Column], *, without: Iterable[str]) -> type[BaseModel]:
    """Return the model of a row of a table, column by column.

    >>> list(row_model("Place", MENTIONS[5:8], without=["evidence"]).model_fields)
    ['start', 'stop']
    """
    left = [column for column in columns if column.name not in set(without)]
    told: dict[str, Any] = {column.name: (_kind(column), ...) for column in left}
    return create_model(name, **told)


def _kind(column: Column) -> Any:
    kind = Literal[column.allowed] if column.allowed else _TYPES[column.kind]
    return Annotated[kind, Field(description=column.meaning, ge=column.low, le=column.high)]


MentionRow = row_model("Mention", MENTIONS, without=["feedback_id", "language"])


class TaggedBody(BaseModel):
    """What was read in one text; places count Unicode characters."""

    language: Language
    sentiment: Literal[SENTIMENTS] | None = Field(  # type: ignore[valid-type]
        description="of the whole text; null in a language that is not read"
    )
    confidence: Share = Field(description="of the sentiment")
    mentions: list[MentionRow]  # type: ignore[valid-type]
    unsure: list[MentionRow] = Field(  # type: ignore[valid-type]
        description="touchpoints that lack the confidence asked for"
    )


class TagAnswer(BaseModel):
    """What was read, one for each text, in their order."""

    taxonomy: str = Field(description="key and digest")
    tagger: str = Field(description="digest of the model")
    not_findable: list[str] = Field(
        description="touchpoints of the taxonomy that the model does not know: silence says nothing"
    )
    tagged: list[TaggedBody]


class JobBody(BaseModel):
    """A table that is analyzed apart: ask again until its status is done or failed."""

    job: str
    url: str
    status: Literal["waiting", "running", "done", "failed"]
    problem: Problem | None = None
    result: dict[str, Any] | None = Field(None, description="the analysis, once it is done")


class TaxonomyHead(BaseModel):
    """A taxonomy in short."""

    key: str
    names: dict[str, str]
    touchpoints: int
    digest: str


class TaxonomyList(BaseModel):
    """The taxonomies that can be named."""

    taxonomies: list[TaxonomyHead]


class TouchpointBody(BaseModel):
    """A touchpoint, as its taxonomy defines it."""

    key: str
    stage: str
    channel: str
    parent: str | None = None
    names: dict[str, str]
    descriptions: dict[str, str]
    cues: dict[str, list[str]]


class TaxonomyBody(BaseModel):
    """A taxonomy, as `load_taxonomy` reads it back."""

    key: str
    version: int
    names: dict[str, str]
    descriptions: dict[str, str]
    touchpoints: list[TouchpointBody]


class Health(BaseModel):
    """Whether requests are served."""

    status: Literal["ready", "loading", "stopping"]
