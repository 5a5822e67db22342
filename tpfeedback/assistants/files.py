"""Files that an assistant may have read: those in the folders named at the start, no other."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from tpfeedback.assistants.untrusted import quoted
from tpfeedback.errors import ReadError, TpfeedbackError

KINDS = (".csv", ".tsv", ".txt", ".xlsx", ".xls", ".ods", ".json", ".jsonl", ".ndjson", ".parquet")
LARGEST = 200_000_000  # bytes
LONGEST_PATH = 4096  # characters, of most systems


def checked_folders(folders: Sequence[Path]) -> tuple[Path, ...]:
    """Return the real places of the folders; `TpfeedbackError` where one is no folder."""
    for folder in folders:
        if not folder.is_dir():
            raise TpfeedbackError(
                f"{str(folder)!r} is no folder. Allowed: folders that exist. "
                "Name one with --folder."
            )
    return tuple(dict.fromkeys(folder.resolve() for folder in folders))


def list_files(folders: Sequence[Path]) -> list[tuple[Path, int]]:
    """Return the files that may be read, by name, with their bytes; hidden ones are left out."""
    found = {file for folder in folders for file in _files_below(folder)}
    return [(file, file.stat().st_size) for file in sorted(found) if _readable(file, folders)]


def told_name(file: Path) -> dict[str, str]:
    """Return the name of a file as an assistant is told it: on one line, nothing unseen in it."""
    return quoted(file, longest=LONGEST_PATH)


def allowed_file(name: str, folders: Sequence[Path]) -> Path:
    """Return the real place of a file that may be read, by its name or by its `told_name`.

    Raises `ReadError` for any other, with the same words whether it exists or not.
    """
    places = [folder / name for folder in folders] if "\0" not in name else []
    for place in places:
        if _readable(place, folders):
            return place.resolve()
    told_so = _told_so(name, folders)
    if len(told_so) == 1:
        return told_so.pop().resolve()
    raise ReadError(
        f"{name[:100]!r} is no file that may be read. Allowed: {', '.join(KINDS)} files of at most "
        f"{LARGEST // 1_000_000} MB in the folders named when the tools were started. "
        "Ask for their list with list_files."
    )


def _told_so(name: str, folders: Sequence[Path]) -> set[Path]:
    """Return the files that are told by this name, whole or from their folder on."""
    return {
        file
        for folder in folders
        for file in _files_below(folder)
        if {"untrusted": name} in (told_name(file), told_name(file.relative_to(folder)))
        and _readable(file, folders)
    }


def _files_below(folder: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):  # follows no links
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(parent) / name for name in names if not name.startswith("."))


def _readable(place: Path, folders: Sequence[Path]) -> bool:
    """Whether a path leads, past every link, to a file of a known kind below one of the folders."""
    try:
        real = place.resolve(strict=True)
        below = [real.relative_to(one).parts for one in folders if real.is_relative_to(one)]
        return (
            any(not any(part.startswith(".") for part in parts) for parts in below)
            and real.is_file()
            and real.suffix.lower() in KINDS
            and real.stat().st_size <= LARGEST
        )
    except (OSError, RuntimeError, ValueError):
        return False
