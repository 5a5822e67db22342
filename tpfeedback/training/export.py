"""Trained network → the files that ship: 8-bit embeddings, an ONNX graph, settings."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from tpfeedback.training.network import EMBEDDING, Network

SHIPPED = ("tokenizer.json", "embedding.npy", "scale.npy", "network.onnx")


def write_table(table: NDArray[np.float32], folder: Path) -> None:
    """Store the embedding as signed bytes with one step size a row."""
    scale = np.abs(table).max(axis=1) / 127
    scale[scale == 0] = 1
    np.save(folder / "embedding.npy", np.rint(table / scale[:, None]).astype(np.int8))
    np.save(folder / "scale.npy", scale.astype(np.float32))


def write_network(network: Network, path: Path) -> None:
    """Export to ONNX with free batch size and length."""
    network.eval()
    example = (torch.zeros(2, 7, EMBEDDING), torch.ones(2, 7, 1))
    free = {0: "texts", 1: "tokens"}
    torch.onnx.export(
        network,
        example,
        str(path),
        dynamo=False,
        input_names=["embedded", "mask"],
        output_names=["presence", "polarity", "overall", "evidence"],
        dynamic_axes={"embedded": free, "mask": free, "evidence": free}
        | {name: {0: "texts"} for name in ("presence", "polarity", "overall")},
        opset_version=17,
    )


def write_settings(settings: dict[str, Any], folder: Path) -> None:
    """Write `settings.json` with the hash of every shipped file."""
    digests = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in SHIPPED}
    text = json.dumps({**settings, "files": digests}, ensure_ascii=False, indent=1)
    (folder / "settings.json").write_text(text + "\n", encoding="utf-8")
