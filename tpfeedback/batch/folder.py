"""The folder of a batch: what it was made from, which parts are done, and who may go on.

`manifest.json` tells the source, the options, the models and, at the end, every part. Until
then each part that is done has a note of its own in `progress/`, written after its files.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tpfeedback.batch.parts import KINDS, UNFINISHED, write_whole
from tpfeedback.errors import ReadError, WriteError
from tpfeedback.settings import file_digest

MANIFEST, PROGRESS = "manifest.json", "progress"
FORMAT = 1
NOTES = "notes"
COUNTED = ("texts", "mentions", "rejected", "unreadable")
_NEXT = "Name another folder with out=, or delete this one to start from the beginning."


def is_batch(source: object) -> bool:
    """Tell whether this is the path of a folder that `tag_file` wrote."""
    return isinstance(source, str | os.PathLike) and (Path(source) / MANIFEST).is_file()


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest; `ReadError` where there is none, or of another version."""
    if folder.is_dir() and not (folder / MANIFEST).is_file():
        raise ReadError(
            f"{folder} holds no batch that can be read: it has no {MANIFEST}. Allowed: a folder "
            "that tpfeedback tag wrote. Of a folder with exports, name one file."
        )
    try:
        found: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if found["format"] != FORMAT:
            raise ValueError(f"format {found['format']}")
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as problem:
        raise ReadError(
            f"{folder} holds no batch that can be read ({problem}). Allowed: a folder that "
            "tpfeedback tag wrote, with its manifest.json."
        ) from None
    return found


def read_finished(folder: Path) -> dict[str, Any]:
    """Return the manifest of a batch that is complete; `ReadError` where it is not."""
    found = read_manifest(folder)
    if not found["complete"]:
        raise ReadError(
            f"The batch in {folder} is not finished. Call tpfeedback tag with the same file and "
            "options again: it goes on where it stopped."
        )
    return found


def begin(folder: Path, head: Mapping[str, Any]) -> dict[str, Any]:
    """Return the manifest of a folder in which this batch goes on or begins.

    Raises `WriteError` where it holds something else, or a batch of another source, of other
    options or of another model: one folder never mixes two. Notes decide nothing: a batch that
    was begun without them goes on.
    """
    if (folder / MANIFEST).is_file():
        found = read_manifest(folder)
        settled = {name: value for name, value in head.items() if name != NOTES}
        _refuse_other({name: found.get(name) for name in settled}, settled, folder)
    elif {one.name for one in folder.iterdir()} - {MANIFEST + UNFINISHED}:
        raise WriteError(f"{folder} is not empty and holds no batch. {_NEXT}")
    else:
        found = {"format": FORMAT, **head, "complete": False}
        _write_json(folder / MANIFEST, found)
    for name in (*KINDS, *(() if found["complete"] else (PROGRESS,))):
        (folder / name).mkdir(exist_ok=True)
    return found


def _refuse_other(found: Mapping[str, Any], head: Mapping[str, Any], folder: Path) -> None:
    wanted = json.loads(json.dumps(head))
    different = [
        f"{path} was {_short(was)} and is now {_short(now)}"
        for path, was, now in _differences("", found, wanted)
    ]
    if different:
        raise WriteError(
            f"The batch in {folder} cannot go on: {'; '.join(different[:5])}. Allowed: the same "
            f"source, options, taxonomy, tagger and version as it began with. {_NEXT}"
        )


def _short(value: object) -> str:
    told = json.dumps(value, ensure_ascii=False)
    return told if len(told) <= 80 else told[:79] + "…"


def _differences(path: str, was: Any, now: Any) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(was, dict) and isinstance(now, dict):
        for name in dict.fromkeys((*now, *was)):  # first what tells most: version and source
            yield from _differences(f"{path} {name}".strip(), was.get(name), now.get(name))
    elif was != now:
        yield path, was, now


def done_parts(folder: Path) -> dict[int, dict[str, Any]]:
    """Return the parts that are whole, by number; what a killed run left half done is removed."""
    for kind in KINDS:
        for left in (folder / kind).glob("*" + UNFINISHED):
            left.unlink()
    found = {}
    for path in sorted((folder / PROGRESS).glob("part-*.json")):
        part = json.loads(path.read_text(encoding="utf-8"))
        if all(_is_whole(folder / name, digest) for name, digest in part["files"].items()):
            found[part["part"]] = part
    return found


def _is_whole(path: Path, digest: str) -> bool:
    return path.is_file() and file_digest(path) == digest


def note_part(folder: Path, part: Mapping[str, Any]) -> None:
    """Note down that all files of a part are there."""
    _write_json(folder / PROGRESS / f"part-{part['part']:06}.json", part)


def complete(folder: Path, head: Mapping[str, Any], parts: list[dict[str, Any]]) -> dict[str, Any]:
    """Write the last manifest, with every part, and remove the notes on progress."""
    counts = {name: sum(part[name] for part in parts) for name in COUNTED}
    languages: dict[str, int] = {}
    for part in parts:
        for code, number in part["languages"].items():
            languages[code] = languages.get(code, 0) + number
    whole = {
        "format": FORMAT,
        **head,
        "complete": True,
        "rows": parts[-1]["rows"][1] if parts else 0,
        **counts,
        "languages": dict(sorted(languages.items())),
        "left_out": sorted({name for part in parts for name in part["left_out"]}),
        "parts": parts,
    }
    _write_json(folder / MANIFEST, whole)
    tidy(folder)
    return whole


def tidy(folder: Path) -> None:
    """Remove what only a run under way needs."""
    shutil.rmtree(folder / PROGRESS, ignore_errors=True)
    (folder / (MANIFEST + UNFINISHED)).unlink(missing_ok=True)


def _write_json(path: Path, content: Mapping[str, Any]) -> None:
    text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
    write_whole(path, lambda place: place.write_text(text, encoding="utf-8", newline="\n"))


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Keep a second run out of the folder; the system lets go of it when a run is killed."""
    if os.name != "posix":
        yield
        return
    import fcntl

    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise WriteError(
            f"Another run is writing to {folder} at this moment. Wait for it, or name another "
            "folder with out=."
        ) from None
    finally:
        os.close(handle)
