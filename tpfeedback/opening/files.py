"""A path as a regular file: no folder, no pipe, nothing endless, and no more than is allowed."""

from __future__ import annotations

import os
import stat
from difflib import get_close_matches
from pathlib import Path
from typing import BinaryIO

from tpfeedback.errors import ReadError
from tpfeedback.opening.limits import IN_PIECES, refuse_more

KINDS = {
    stat.S_IFIFO: "a named pipe",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFSOCK: "a socket",
}
LONGEST_SHOWN = 200
_BLOCK = 2**20


def shown(path: object) -> str:
    r"""Return a name on one line, without what could move a cursor: file names hold anything.

    >>> shown("a\nb\x1b[31m.csv")
    'a�b�[31m.csv'
    """
    name = "".join(c if c.isprintable() else "\ufffd" for c in str(path))
    return name if len(name) <= LONGEST_SHOWN else f"{name[: LONGEST_SHOWN - 1]}…"


def path_of(given: object, *, what: str) -> Path:
    """Return the path that is given as text or as a path.

    >>> path_of(7, what="The folder")
    Traceback (most recent call last):
    tpfeedback.errors.ReadError: The folder is given as int. Allowed: a path, as text or ...
    """
    if not isinstance(given, str | os.PathLike):
        raise ReadError(
            f"{what} is given as {type(given).__name__}. Allowed: a path, as text or "
            "pathlib.Path. Write it to a file first, or name the path."
        )
    return Path(given)


def open_file(path: Path, *, allowed: str = "the path of one file") -> BinaryIO:
    """Return a regular file, opened for reading bytes.

    Raises `ReadError` for anything else: a folder, a pipe that would have to be waited for, a
    device that never ends, a file that is missing or may not be read.
    """
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise ReadError(f"{shown(path)} is a folder. Allowed: {allowed}.")
        if not stat.S_ISREG(mode):
            raise ReadError(
                f"{shown(path)} is {KINDS.get(stat.S_IFMT(mode), 'no file')}, not a regular file. "
                f"Allowed: {allowed}. Save what it yields as a file and read that."
            )
        return path.open("rb")
    except FileNotFoundError:
        raise ReadError(f"There is no file {shown(path)}.{_nearest(path)}") from None
    except (OSError, ValueError) as problem:
        if isinstance(problem, ReadError):
            raise
        why = getattr(problem, "strerror", None) or str(problem)
        raise ReadError(
            f"{shown(path)} cannot be opened: {why}. Allowed: {allowed}, that you may read. Check "
            "the path and its permissions."
        ) from None


def read_file(
    path: Path,
    *,
    allowed: str = "the path of one file",
    limit: str = "bytes",
    then: str = IN_PIECES,
) -> bytes:
    """Return the bytes of a regular file, if they are no more than the limit of this name.

    Raises `ReadError` as `open_file` does, and for a file that is larger, before it is read.
    """
    with open_file(path, allowed=allowed) as file:
        size = os.fstat(file.fileno()).st_size
        refuse_more(size, limit, f"{shown(path.name)} has {size:,} bytes", then=then)
        try:
            blocks = [file.read(size or _BLOCK)]
            while block := file.read(_BLOCK):  # it grows, or does not tell its size
                blocks.append(block)
                size += len(block)
                refuse_more(size, limit, f"{shown(path.name)} has {size:,} bytes", then=then)
        except OSError as problem:
            raise ReadError(
                f"{shown(path)} cannot be read: {problem.strerror}. Copy it elsewhere, or export "
                "it again."
            ) from None
    return b"".join(blocks)


def read_start(path: Path, number: int) -> bytes:
    """Return the first bytes of a regular file; raises `ReadError` as `open_file` does."""
    with open_file(path) as file:
        return file.read(number)


def _nearest(path: Path) -> str:
    try:
        beside = [one.name for one in path.parent.iterdir()]
    except OSError:
        beside = []
    close = get_close_matches(path.name, beside, n=1)
    return f" Did you mean {shown(close[0])!r}?" if close else " Check the path."
