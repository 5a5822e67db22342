"""What was kept of an earlier wave: a monitor's state, a discovery's memory."""

from __future__ import annotations

import contextlib
import json

from fuzzing.json_mutation import change_json
from fuzzing.reading import file_of
from fuzzing.target import Target
from tpfeedback.discovery.saving import load_discovery
from tpfeedback.errors import ReadError
from tpfeedback.tracking.state_files import load_state, save_state

TEXTS = {"period": ["2024-01-01"], "by": [""], "segment": [""]}
TABLES = {
    "texts": {**TEXTS, "texts": [3]},
    "counts": {**TEXTS, "touchpoint": ["staff"], "mentions": [2], "negative": [1], "positive": [1]},
    "drift": {"period": ["2024-01-01"], "measure": ["language"], "value": ["pl"], "count": [3]},
    "examples": {**TEXTS, "touchpoint": ["staff"], "confidence": [0.5], "feedback_id": ["a"]},
    "prints": {"period": ["2024-01-01"], "print": [17]},
}
STATE = {"version": 1, "freq": "W", "by": ["city"], "undated": 0, "last": "2024-01-07"}
MEMORY = {"format": "tpfeedback discovery 1", "model": "x", "names": {"a": "b"}, "themes": ["a"],
          "waves": [{"centres": [[0.1, 0.2]], "owners": [0]}]}  # fmt: skip
SEEDS = tuple(json.dumps(one).encode() for one in ({**STATE, "tables": TABLES}, MEMORY))
WORDS = (b"null", b"-1", b"1e999", b"[]", b"{}", b'"tables"', b'"period"', b'"waves"',
         b'"owners"', b'"themes"', b'"9999-99-99"', b"[[]]")  # fmt: skip


def check(data: bytes) -> None:
    """Load the bytes as both; a state that was read can be saved and is then read as the same."""
    with file_of(data, "any.json") as path:
        with contextlib.suppress(ReadError):
            load_discovery(path)
        state = load_state(path)
        save_state(state, path)
        before = path.read_bytes()
        save_state(load_state(path), path)
        assert path.read_bytes() == before


TARGET = Target(check, SEEDS, WORDS, change_json, longest=1500)
