"""One form for everything that goes wrong: `{"error", "message", "details"}`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from math import ceil
from typing import Any

from pydantic import BaseModel, Field, ValidationError
from starlette.responses import Response

from tpfeedback.errors import TpfeedbackError

DETAILS_SHOWN = 10
LONGEST_PLACE = 50  # characters of one part of a place: the name of a column may have millions
_CELL = (
    "Allowed in a cell: a text, not too long, a number below 2**53, true, false or null. "
    "Send null for what is missing, since JSON knows no NaN, and a longer number, such as that of "
    "an order, as a text."
)
_ROLE = "Allowed: the name of a column, null to have it guessed, false to leave it empty."
_COLUMNS = {
    "text": "Allowed: the name of a column, a list of such names, null to have it guessed.",
    **dict.fromkeys(("overall", "date", "channel", "language", "question"), _ROLE),
}


class Detail(BaseModel):
    """One thing that is wrong with a body."""

    where: str = Field(description="the place in the body, such as texts.3")
    message: str


class Problem(BaseModel):
    """What went wrong: what was given, what is allowed, what to do."""

    error: str = Field(description="a word that a program can tell problems by")
    message: str = Field(description="a sentence that a person can mend it by")
    details: list[Detail] = []


class Refused(TpfeedbackError):  # noqa: N818
    """A request that is not served, with the status and the problem to answer it by."""

    def __init__(
        self,
        status: int,
        error: str,
        message: str,
        *,
        retry_after: float | None = None,
        details: tuple[Detail, ...] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.problem = Problem(error=error, message=message, details=list(details))
        wait = {} if retry_after is None else {"Retry-After": str(max(1, ceil(retry_after)))}
        self.headers = {**(headers or {}), **wait}


def busy(message: str, *, retry_after: float = 1) -> Refused:
    """Return the refusal of a service that has too much to do."""
    return Refused(503, "busy", f"{message} Send it again later.", retry_after=retry_after)


def refusal(error: TpfeedbackError) -> Refused:
    """Return the refusal that carries the message of one of our errors.

    >>> refusal(TpfeedbackError("No text.")).problem.message
    'No text.'
    """
    if isinstance(error, Refused):
        return error
    return Refused(422, _word(type(error).__name__.removesuffix("Error")), str(error))


def invalid(error: ValidationError) -> Refused:
    """Return the refusal of a body that is not what it should be; it repeats nothing of it."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    if found[0]["type"] == "json_invalid":
        what = str(found[0]["msg"]).removeprefix("Invalid JSON: ")
        then = "Send JSON in UTF-8, without a byte order mark."
        return Refused(400, "no_json", f"The body is no JSON: {what}. {then}")
    told: dict[str, str] = {}
    for where, message in map(_told, found):
        told.setdefault(where, message)
    details = [Detail(where=where, message=message) for where, message in told.items()]
    first = details[0]
    more = f" ({len(details) - 1} more in details)" if len(details) > 1 else ""
    return Refused(
        422,
        "invalid",
        f"{first.where or 'the body'}: {first.message.removesuffix('.')}{more}. "
        "The form of a body: /openapi.json.",
        details=tuple(details[:DETAILS_SHOWN]),
    )


def answer_refusal(refused: Refused) -> Response:
    """Return the response; what no Unicode text may hold is escaped, so that it can be sent."""
    content: dict[str, Any] = refused.problem.model_dump()
    return Response(
        json.dumps(content).encode(), refused.status, refused.headers, "application/json"
    )


def _told(one: Any) -> tuple[str, str]:
    """Return the place and the message; what is wrong with a cell or a role is told in one."""
    place = [str(part)[:LONGEST_PLACE] for part in one["loc"]]
    if len(place) > 3 and place[0] == "rows" and place[3] != "[key]":
        too_long = one["type"] == "string_too_long"
        return ".".join(place[:3]), str(one["msg"]) if too_long else _CELL
    if place and place[0] in _COLUMNS:
        return place[0], _COLUMNS[place[0]]
    return ".".join(place), str(one["msg"])


def _word(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).strip("_")
