"""Every bound of the service in one place, and how an operator changes one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import Field, dataclass, field, fields
from math import isfinite
from typing import Any

from tpfeedback.errors import TpfeedbackError, unknown_name


def _limit(usual: float, meaning: str) -> Any:
    return field(default=usual, metadata={"meaning": meaning})


@dataclass(frozen=True)
class Limits:
    """What one service takes in and holds at once. Sizes are bytes, lengths are characters."""

    head_bytes: int = _limit(32_000, "bytes of the head of one request")
    head_seconds: float = _limit(10, "seconds in which a head has to arrive")
    body_bytes: int = _limit(16_000_000, "bytes of one body")
    body_seconds: float = _limit(20, "seconds in which a body has to arrive")
    held_bytes: int = _limit(128_000_000, "bytes of all bodies held at once")
    objects: int = _limit(250_000, "opening braces and brackets in one body")
    values: int = _limit(1_500_000, "commas in one body")
    at_once: int = _limit(200, "requests with a body that are held at once")
    connections: int = _limit(1_000, "open connections")
    rate: float = _limit(50, "requests a second of one key, on average")
    burst: int = _limit(100, "requests that one key may send at a stroke")
    texts: int = _limit(1_000, "texts of one call to tag")
    text_length: int = _limit(10_000, "characters of one text or cell")
    waiting_characters: int = _limit(150_000, "characters that wait to be tagged")
    batch_characters: int = _limit(30_000, "characters of several requests tagged together")
    rows: int = _limit(50_000, "rows of one table to analyze")
    columns: int = _limit(100, "columns of one row")
    small_rows: int = _limit(300, "rows of a table that is answered at once, not as a job")
    small_bytes: int = _limit(500_000, "bytes of a table that is answered at once")
    seconds: float = _limit(30, "seconds in which an accepted request is answered")
    analyses_waiting: int = _limit(8, "small tables that wait for an answer")
    jobs_waiting: int = _limit(8, "jobs that have not begun")
    job_seconds: float = _limit(1_800, "seconds that one job may run")
    jobs_kept: int = _limit(32, "finished jobs whose results are kept")
    kept_bytes: int = _limit(256_000_000, "bytes of all results kept")
    kept_seconds: float = _limit(3_600, "seconds that a result is kept")
    grace_seconds: float = _limit(60, "seconds that a stop waits for what was accepted")


def read_limits(wishes: Iterable[str]) -> Limits:
    """Return the limits with the changes that `wishes`, each `name=number`, ask for.

    Raises `TpfeedbackError` for an unknown name, and for what is no number above 0.

    >>> read_limits(["rows=2000"]).rows
    2000
    """
    known = {one.name: one for one in fields(Limits)}
    changes: dict[str, Any] = {}
    for wish in wishes:
        name, _, value = wish.partition("=")
        if name not in known:
            raise TpfeedbackError(unknown_name("limit", name, known, then="Write name=number."))
        changes[name] = _number(known[name], value)
    return Limits(**changes)


def _number(limit: Field[Any], value: str) -> float:
    whole = limit.type == "int"
    try:
        number = int(value) if whole else float(value)
    except ValueError:
        number = 0
    if number <= 0 or not isfinite(number):
        allowed = "a whole number from 1" if whole else "a number above 0"
        raise TpfeedbackError(
            f"The limit {limit.name} ({limit.metadata['meaning']}) is {value!r}. Allowed: "
            f"{allowed}. Write such as {limit.name}={limit.default}."
        )
    return number
