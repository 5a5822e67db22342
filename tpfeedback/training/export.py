"""Trained network → the files that ship: 8-bit embeddings, an 8-bit ONNX graph, settings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from tpfeedback.network import HIDDEN, INPUTS, OUTPUTS
from tpfeedback.training.network import EMBEDDING, Network, Shipped

SMOOTHING = 0.75  # how much of a channel's size goes over to the weights
PRECISE = "/encoder/project"  # the layer that is not calculated in bytes
Samples = list[tuple[NDArray[np.float32], NDArray[np.float32]]]
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


def write_network(network: Network, path: Path, samples: Samples) -> None:
    """Export to ONNX with free batch size and length, calculating in bytes where that is safe.

    `samples` are batches of (embedded, mask) that show how large the values inside become.
    """
    network.eval()
    smooth(network, samples)
    example = (
        torch.zeros(5, EMBEDDING),
        torch.arange(14).reshape(2, 7) % 5,
        torch.ones(2, 7, 1),
    )
    free = {0: "texts", 1: "tokens"}
    torch.onnx.export(
        Shipped(network),
        example,
        str(path),
        dynamo=False,
        input_names=INPUTS,
        output_names=[*OUTPUTS, HIDDEN],
        dynamic_axes={"embedded": {0: "pieces"}, "ids": free, "mask": free}
        | {name: {0: "texts"} for name in OUTPUTS[:3]}
        | dict.fromkeys([*OUTPUTS[3:], HIDDEN], free),
        opset_version=17,
    )
    quantise(path, samples)
    lay_bytes_side_by_side(path)
    shrink(path)


def smooth(network: Network, samples: Samples) -> None:
    """Even out the channels of the encoder's features before they are rounded to bytes.

    A few channels are many times larger than the rest; each is divided by a factor and the
    weights that read it are multiplied by the same, which changes nothing else (Xiao et al. 2023,
    "SmoothQuant", ICML, equation 4).
    """
    seen: list[torch.Tensor] = []
    hook = network.encoder.norm_out.register_forward_hook(
        lambda module, given, features: seen.append(features.abs().amax((0, 1)))
    )
    with torch.no_grad():
        for embedded, mask in samples:
            network(torch.from_numpy(embedded), torch.from_numpy(mask))
        hook.remove()
        largest = torch.stack(seen).amax(0)
        weights = network.reader.narrow.weight.abs().amax(0).clamp(min=1e-5)
        factor = (largest**SMOOTHING / weights ** (1 - SMOOTHING)).clamp(min=1e-4)
        network.encoder.norm_out.weight /= factor
        network.encoder.norm_out.bias /= factor
        network.reader.narrow.weight *= factor


def quantise(path: Path, samples: Samples) -> None:
    """Let an ONNX file multiply bytes: activations with one fixed scale a matrix, weights with
    one a column.

    The scales come from `samples`, never from the texts at hand, so that what is read in a text
    does not depend on the texts beside it. The first projection, whose input has outliers that
    cannot be evened out, stays in single precision.
    """
    import onnx
    from onnxruntime.quantization import CalibrationDataReader, QuantType, quantize_static

    class Reader(CalibrationDataReader):  # type: ignore[misc]  # the library wants a subclass
        def __init__(self) -> None:
            self.left = iter(samples)

        def get_next(self) -> dict[str, NDArray[np.float32]] | None:
            batch = next(self.left, None)
            return None if batch is None else feed(*batch)

    graph = onnx.load(str(path)).graph
    weights = {tensor.name for tensor in graph.initializer}
    nodes = [
        node.name
        for node in graph.node
        if node.op_type == "MatMul" and weights & set(node.input) and PRECISE not in node.name
    ]
    quantize_static(
        str(path),
        str(path),
        Reader(),
        per_channel=True,
        activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8,
        op_types_to_quantize=["MatMul"],
        nodes_to_quantize=nodes,
    )


def lay_bytes_side_by_side(path: Path) -> None:
    """Round tokens to bytes before their neighbours are laid beside them, not after.

    A token stands in as many windows as an n-gram has tokens; so it is rounded once, and windows
    of bytes are a quarter as large.
    """
    import onnx
    from onnx import helper

    model = onnx.load(str(path))
    graph = model.graph
    makers = {name: node for node in graph.node for name in node.output}
    for rounding in [node for node in graph.node if node.op_type == "QuantizeLinear"]:
        side_by_side = makers.get(rounding.input[0])
        if side_by_side is None or side_by_side.op_type != "Concat":
            continue
        sources = {makers[name].input[0] for name in side_by_side.input if name in makers}
        padded = makers.get(sources.pop()) if len(sources) == 1 else None
        if padded is None or padded.op_type != "Pad":
            continue
        tokens, (_, scale, zero) = padded.input[0], rounding.input
        bytes_of = f"{tokens}_bytes"
        earlier = helper.make_node("QuantizeLinear", [tokens, scale, zero], [bytes_of])
        graph.node.insert(list(graph.node).index(padded), earlier)
        padded.input[0], padded.input[2] = bytes_of, zero
        side_by_side.output[0] = rounding.output[0]
        graph.node.remove(rounding)
    del graph.value_info[:]
    onnx.save(model, str(path))


def shrink(path: Path) -> None:
    """Store the weight matrices that are left in single precision in bytes, one step a column."""
    import onnx
    from onnx import helper, numpy_helper

    model = onnx.load(str(path))
    graph = model.graph
    for tensor in list(graph.initializer):
        weights = numpy_helper.to_array(tensor)
        if weights.ndim == 2 and weights.dtype == np.float32 and weights.size >= LARGE:
            steps, scale = in_bytes(weights, axis=0)
            names = [f"{tensor.name}_{part}" for part in ("steps", "scale", "zero")]
            zero = np.zeros(len(scale), np.int8)
            graph.initializer.remove(tensor)
            graph.initializer.extend(
                numpy_helper.from_array(array, name)
                for array, name in zip((steps, scale, zero), names, strict=True)
            )
            graph.node.insert(0, helper.make_node("DequantizeLinear", names, [tensor.name], axis=1))
    onnx.save(model, str(path))


def feed(embedded: NDArray[np.float32], mask: NDArray[np.float32]) -> dict[str, NDArray[Any]]:
    """Return the shipped network's input for a batch whose every token has an embedding."""
    ids = np.arange(mask.size).reshape(mask.shape[:2])
    return dict(zip(INPUTS, (embedded.reshape(-1, EMBEDDING), ids, mask), strict=True))
