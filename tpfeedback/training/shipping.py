"""The files of a shipped model, and their hashes in `settings.json`."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

SHIPPED = (
    "tokenizer.json",
    "embedding.npy",
    "scale.npy",
    "pieces.onnx",
    "network.onnx",
    "space.npz",
)


def write_settings(settings: dict[str, Any], folder: Path) -> None:
    """Write `settings.json` with the hash of every shipped file."""
    digests = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in SHIPPED}
    text = json.dumps({**settings, "files": digests}, ensure_ascii=False, indent=1)
    (folder / "settings.json").write_text(text + "\n", encoding="utf-8")
