"""The training modules need the `[train]` extra: without torch their doctests are not collected."""

from __future__ import annotations

from importlib.util import find_spec

TRAINING = (
    "__main__", "again", "card", "export", "graph", "lessons", "network", "nodes", "teacher",
    "train", "transformer",
)  # fmt: skip
collect_ignore = (
    [] if find_spec("torch") else [f"tpfeedback/training/{name}.py" for name in TRAINING]
)
