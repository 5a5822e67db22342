"""How much one file may hold before it is refused, and how to allow more."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, fields, replace

from tpfeedback.errors import ReadError, unknown_name

GIBIBYTE = 2**30
IN_PIECES = (
    "Read it piece by piece, with memory that does not grow: tpfeedback tag FILE --out tagged/ "
    "(tag_file in Python), then tpfeedback analyze tagged/."
)


@dataclass(frozen=True)
class Limits:
    """What is read whole may hold so much; what is read piece by piece, every piece of it.

    - `bytes`: of a file, or of what its archive unpacks to. Memory for a table is up to ten times
      the file: 1 GiB is what a computer with 16 GB can bear.
    - `cells`: rows times columns. Fifty million are a sheet of Excel's full length with 50
      columns; each takes 30 to 100 bytes.
    - `columns`: as many as Excel has.
    - `settings`: bytes of a taxonomy, or of the head of a saved tagger, unpacked too. The largest
      that we ship has 60 kB.
    """

    bytes: int = GIBIBYTE
    cells: int = 50_000_000
    columns: int = 16_384
    settings: int = 8 * 2**20


_DEFAULT = Limits()
_current: ContextVar[Limits] = ContextVar("limits", default=_DEFAULT)


def current_limits() -> Limits:
    """Return the limits that hold here.

    >>> current_limits().columns
    16384
    """
    return _current.get()


@contextmanager
def raise_limits(**wanted: int) -> Iterator[Limits]:
    """Allow more, or less, inside a `with`: for whoever has the memory and trusts the file.

    The names are those of `Limits`. They hold in this thread alone. Raises `ReadError` for
    another name or a number below 1.

    >>> with raise_limits(bytes=8 * GIBIBYTE) as limits:
    ...     limits.bytes == current_limits().bytes
    True
    >>> current_limits() == Limits()
    True
    """
    names = [field.name for field in fields(Limits)]
    for name, number in wanted.items():
        if name not in names:
            raise ReadError(unknown_name("limit", name, names))
        if not isinstance(number, int) or number < 1:
            raise ReadError(f"The limit {name}={number!r} cannot be. Allowed: 1 or more.")
    token = _current.set(replace(_current.get(), **wanted))
    try:
        yield _current.get()
    finally:
        _current.reset(token)


def refuse_more(number: int, limit: str, what: str, *, then: str = IN_PIECES) -> None:
    """Raise `ReadError` where a file, told as `what`, has more than the limit of that name.

    >>> refuse_more(5, "cells", "a.csv has 5 cells")
    """
    most = getattr(current_limits(), limit)
    if number > most:
        raise ReadError(
            f"{what}: too much to be read at once. Allowed: {most:,} {_UNITS[limit]}. {then} Or, "
            f"with the memory for it: with tpfeedback.opening.raise_limits({limit}={number}): …"
        )


_UNITS = {"bytes": "bytes", "cells": "cells", "columns": "columns", "settings": "bytes"}
