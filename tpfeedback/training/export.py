"""Trained network → the files that ship: 8-bit embeddings, an ONNX graph, settings."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from tpfeedback.network import OUTPUTS
from tpfeedback.training.network import EMBEDDING, Network

SHIPPED = ("tokenizer.json", "embedding.npy", "scale.npy", "network.onnx")
LARGE = 10_000  # weights: a matrix of this size or more is stored in bytes


def in_bytes(
    matrix: NDArray[np.float32], *, axis: int
) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Return `matrix` in signed bytes, and what one step is worth along the kept axis.

    >>> in_bytes(np.array([[1.0, -0.5], [0.0, 0.0]], np.float32), axis=1)[0].tolist()
    [[127, -64], [0, 0]]
    """
    scale = np.abs(matrix).max(axis=axis, keepdims=True) / 127
    scale[scale == 0] = 1
    return np.rint(matrix / scale).astype(np.int8), scale.astype(np.float32).squeeze(axis)


def write_table(table: NDArray[np.float32], folder: Path) -> None:
    """Store the embedding, one step size a row."""
    steps, scale = in_bytes(table, axis=1)
    np.save(folder / "embedding.npy", steps)
    np.save(folder / "scale.npy", scale)


def write_network(network: Network, path: Path) -> None:
    """Export to ONNX with free batch size and length, large matrices in bytes."""
    network.eval()
    example = (torch.zeros(2, 7, EMBEDDING), torch.ones(2, 7, 1))
    free = {0: "texts", 1: "tokens"}
    torch.onnx.export(
        network,
        example,
        str(path),
        dynamo=False,
        input_names=["embedded", "mask"],
        output_names=OUTPUTS,
        dynamic_axes={"embedded": free, "mask": free} | {name: {0: "texts"} for name in OUTPUTS},
        opset_version=17,
    )
    shrink(path)


def shrink(path: Path) -> None:
    """Store the large weight matrices of an ONNX file in bytes, one step size a column.

    Only the weights are rounded: the arithmetic stays in single precision, so that what is read
    in a text does not depend on the texts beside it in the batch.
    """
    import onnx
    from onnx import helper, numpy_helper

    model = onnx.load(str(path))
    graph = model.graph
    for tensor in list(graph.initializer):
        weights = numpy_helper.to_array(tensor)
        if weights.ndim == 2 and weights.dtype == np.float32 and weights.size >= LARGE:
            steps, scale = in_bytes(weights, axis=0)
            names = [f"{tensor.name}_steps", f"{tensor.name}_scale"]
            graph.initializer.remove(tensor)
            graph.initializer.extend(
                numpy_helper.from_array(array, name)
                for array, name in zip((steps, scale), names, strict=True)
            )
            graph.node.insert(0, helper.make_node("DequantizeLinear", names, [tensor.name], axis=1))
    onnx.save(model, str(path))


def write_settings(settings: dict[str, Any], folder: Path) -> None:
    """Write `settings.json` with the hash of every shipped file."""
    digests = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in SHIPPED}
    text = json.dumps({**settings, "files": digests}, ensure_ascii=False, indent=1)
    (folder / "settings.json").write_text(text + "\n", encoding="utf-8")
