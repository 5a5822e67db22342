"""A discovery as a plain file, for the next wave."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from tpfeedback.discovery.memory import Memory
from tpfeedback.errors import ReadError
from tpfeedback.opening.files import path_of
from tpfeedback.themes.grouping import Groups

FORMAT = "tpfeedback discovery 1"
DIGITS = 5  # of a coordinate: far below what moves a clause


def save_memory(memory: Memory, path: str | Path) -> None:
    """Write what a discovery remembers as JSON."""
    waves = [
        {"centres": np.round(one.centres, DIGITS).tolist(), "owners": one.owners.tolist()}
        for one in memory.waves
    ]
    content = {
        "format": FORMAT,
        "model": memory.model,
        "themes": list(memory.themes),
        "names": dict(memory.names),
        "waves": waves,
    }
    Path(path).write_text(json.dumps(content, ensure_ascii=False) + "\n", encoding="utf-8")


def load_discovery(path: str | Path) -> Memory:
    """Return what a saved discovery remembers, to be given to `discover` as `known=`.

    Raises:
        ReadError: there is no such file, or it is not what `Discovery.save` wrote.
    """
    path = path_of(path, what="The saved discovery")
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ReadError(
            f"{str(path)!r} cannot be read: {error.strerror}. Allowed: the path of a file that "
            "Discovery.save wrote. Check the path."
        ) from error
    except (ValueError, RecursionError) as error:
        raise _strange(path, "it is no JSON") from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise _strange(path, f"it does not say format {FORMAT!r}")
    try:
        return _memory(content)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise _strange(path, f"a part is missing or broken ({error})") from error


def _memory(content: dict[str, Any]) -> Memory:
    waves = tuple(
        Groups(
            np.array(one["centres"], np.float64).reshape(len(one["owners"]), -1),
            np.array(one["owners"], np.intp),
        )
        for one in content["waves"]
    )
    themes = tuple(map(str, content["themes"]))
    if sum(one.number for one in waves) != len(themes):
        raise ValueError("themes and waves differ")
    return Memory(waves, themes, tuple(content["names"].items()), str(content["model"]))


def _strange(path: str | Path, why: str) -> ReadError:
    return ReadError(
        f"{str(path)!r} is no saved discovery: {why}. Allowed: a file that Discovery.save wrote. "
        "Save the discovery of the earlier wave again, or leave out known=."
    )
