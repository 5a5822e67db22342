"""The network as it ships: two ONNX graphs that multiply bytes, written node by node.

Behind the first layer it reads two tokens at one place; what it says of a place comes out for
both of its tokens.

What a piece says by itself is no part of the one that reads texts: that is calculated once, when
the model is loaded.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper
from torch import nn

from tpfeedback.network import ALONE, HIDDEN, INPUTS, OUTPUTS, ZERO
from tpfeedback.rows import STRIDE
from tpfeedback.training.network import BRANCH, EMBEDDING, FIRST, ORDERS, Context, Network
from tpfeedback.training.nodes import (
    FUSED,
    LAST,
    Graph,
    Ranges,
    array_of,
    cut,
    normed,
    product,
    rounded,
    rows_of,
    step_of,
)

OPSET, FORMAT = 17, 8
HIDE = 1e4  # taken from the attention to padding

Values = Iterable[tuple[str, tuple[Any, list[Any]]]]
"""Names of inputs or outputs, each with its kind and shape."""


def write_graph(network: Network, ranges: Ranges) -> onnx.ModelProto:
    """Return the network as an ONNX model with free batch size and length.

    Inputs (`network.INPUTS`) are the piece at each place (n, t), the bytes of all pieces (p, 512),
    what a step of each is worth (p, 1), 0 for the one that fills rows up, and what `write_pieces`
    made of them, (p, 256) bytes for each n-gram length. `t` is a multiple of STRIDE.
    """
    graph = Graph(ranges)
    encoder, reader = network.encoder, network.reader
    steps = graph.add("Gather", "steps", "ids", axis=0)
    graph.add("Sign", steps, name="mask")
    held = graph.add("Sum", *_pairs(graph, "mask", 1))  # how many tokens stand at each place
    real = graph.add("Min", held, np.float32(1))
    flat = graph.add("Squeeze", real, np.array([2], np.int64))
    graph.add("Cast", flat, name="seen", to=TensorProto.INT32)
    features = _features(graph, encoder, steps)
    h = product(graph, rounded(graph, features, reader.narrow), reader.narrow)
    for layer in reader.context:
        h = _context(graph, h, layer)
    normed(graph, h, reader.norm, name=HIDDEN)
    _judge(graph, network, held, real)
    token, marks, single = ["texts", "tokens"], ["texts", reader.touchpoints], TensorProto.FLOAT
    given: list[tuple[Any, list[Any]]] = [
        (TensorProto.INT64, token),
        (TensorProto.INT8, ["pieces", EMBEDDING]),
        (single, ["pieces", 1]),
        *[(TensorProto.UINT8, ["pieces", BRANCH])] * len(ORDERS),
    ]
    each, hidden = [*token, reader.touchpoints], reader.norm.normalized_shape[0]
    made = (marks, [*marks, 4], ["texts", 4], each, each, ["texts", "pairs", hidden])
    said = ((name, (single, shape)) for name, shape in zip([*OUTPUTS, HIDDEN], made, strict=True))
    return _model(graph, zip(INPUTS, given, strict=True), said)


def write_pieces(network: Network, ranges: Ranges) -> onnx.ModelProto:
    """Return the part that reads each piece by itself, in whatever text it stands.

    Inputs are the bytes of pieces (p, 512), 128 for zero, and what a step of each is worth (p, 1);
    outputs (`network.ALONE`) are bytes, (p, 256) for each n-gram length.
    """
    graph, encoder = Graph(ranges), network.encoder
    read = product(graph, "pieces", encoder.project, step=(np.float32(1), ZERO), biased=False)
    projected = graph.add("Add", graph.add("Mul", read, "steps"), array_of(encoder.project.bias))
    real = graph.add("Sign", "steps")
    words = graph.add("Mul", normed(graph, projected, encoder.norm_in), real)
    branches = graph.split(words, [BRANCH] * len(ORDERS), axis=1)
    for name, branch, first in zip(ALONE, branches, encoder.first, strict=True):
        graph.add("QuantizeLinear", branch, *step_of(graph, first), name=name)
    given: dict[str, tuple[Any, list[Any]]] = {
        "pieces": (TensorProto.UINT8, ["pieces", EMBEDDING]),
        "steps": (TensorProto.FLOAT, ["pieces", 1]),
    }
    made: Values = ((name, (TensorProto.UINT8, ["pieces", BRANCH])) for name in ALONE)
    return _model(graph, given.items(), made)


def _features(graph: Graph, encoder: nn.Module, steps: str) -> str:
    """Add the encoder behind `write_pieces`; sums stand for means, and the norm behind them takes
    the STRIDE times larger values back.
    """
    parts = [_meanings(graph)]
    reads = zip(FIRST, ORDERS, encoder.first, encoder.second, ALONE, strict=True)
    for near_by, (n, left), first, second, words in reads:
        near = graph.add("Gather", words, _neighbours(graph, *near_by), axis=0)
        near = graph.add("Reshape", near, np.array([0, 0, near_by[0] * BRANCH], np.int64))
        read = graph.add("Relu", product(graph, near, first))
        token = graph.add("Gather", words, "ids", axis=0)
        token = graph.add("DequantizeLinear", token, *step_of(graph, first))
        h = graph.add("Mul", graph.add("Add", read, token), "mask")
        near = _windows(graph, rounded(graph, h, second), second, n, left)
        read = graph.add("Relu", product(graph, near, second, factor=STRIDE))
        parts.append(graph.add("Sum", read, *_pairs(graph, h, BRANCH)))
    together, norm = graph.add("Concat", *parts, axis=2), encoder.norm_out
    return normed(graph, together, norm, epsilon=norm.eps * STRIDE**2)


def _meanings(graph: Graph) -> str:
    """Add up what the pieces at each place mean by themselves, (n, t / STRIDE, 512)."""
    parts = []
    for i in range(STRIDE):
        every = np.array([[i], [LAST], [1], [STRIDE]], np.int64)
        ids = graph.add("Reshape", graph.add("Slice", "ids", *every), np.array([-1], np.int64))
        steps = graph.add("Gather", graph.add("Squeeze", "steps", np.array([1])), ids, axis=0)
        parts.append(
            graph.add("DequantizeLinear", graph.add("Gather", "table", ids, axis=0), steps, axis=0)
        )
    shape = graph.add("Concat", graph.add("Shape", "ids", end=1), np.array([-1, EMBEDDING]), axis=0)
    return graph.add("Reshape", graph.add("Sum", *parts), shape)


def _neighbours(graph: Graph, n: int, left: int) -> str:
    """Add the pieces around each token, `left` of them before it: (n, t) → (n, t, n)."""
    last = graph.add("Sub", graph.add("Shape", "steps", end=1), np.array([1], np.int64))
    filler = graph.add("Squeeze", last)
    around = np.array([0, left, 0, n - 1 - left], np.int64)
    padded = graph.add("Pad", "ids", around, filler)
    shifted = [cut(graph, padded, i, i + 1 - n, axis=1) for i in range(n)]
    deep = (graph.add("Unsqueeze", one, np.array([2], np.int64)) for one in shifted)
    return graph.add("Concat", *deep, axis=2)


def _windows(graph: Graph, steps: str, layer: nn.Linear, n: int, left: int) -> str:
    """Lay the bytes of the n neighbours of each pair's first token side by side."""
    pairs = graph.add("Reshape", steps, np.array([0, -1, STRIDE * BRANCH], np.int64))
    first, last = -left // STRIDE, (n - 1 - left) // STRIDE
    around = np.array([0, -first, 0, 0, last, 0], np.int64)
    padded = graph.add("Pad", pairs, around, step_of(graph, layer)[1]) if around.any() else pairs
    parts = []
    for i in range(first, last + 1):
        part = cut(graph, padded, i - first, i - last, axis=1)
        begin, end = max(-left - i * STRIDE, 0), min(n - left - i * STRIDE, STRIDE)
        parts.append(cut(graph, part, begin * BRANCH, (end - STRIDE) * BRANCH, axis=2))
    return graph.add("Concat", *parts, axis=2) if len(parts) > 1 else parts[0]


def _pairs(graph: Graph, value: str, width: int) -> list[str]:
    """Return the first token of each place, the second and so on; they lie side by side."""
    beside = graph.add("Reshape", value, np.array([0, -1, STRIDE * width], np.int64))
    return graph.split(beside, [width] * STRIDE, axis=2)


def _context(graph: Graph, h: str, layer: Context) -> str:
    """Add a layer in which every token sees the others."""
    asked, attended, wide, back = layer.query_key_value, layer.attended, layer.mix[0], layer.mix[2]
    steps = rounded(graph, normed(graph, h, layer.norm_attention), asked)
    step, thirds = step_of(graph, asked), np.arange(asked.out_features).reshape(3, -1)
    three = [product(graph, steps, rows_of(asked, third), step=step) for third in thirds]
    seen = graph.add("MultiHeadAttention", *three, "", "seen", domain=FUSED, num_heads=layer.heads)
    h = graph.add("Add", product(graph, rounded(graph, seen, attended), attended), h)
    steps = rounded(graph, normed(graph, h, layer.norm_mix), wide)
    mixed = product(graph, steps, wide)  # rounding to bytes takes what is below 0
    return graph.add("Add", product(graph, rounded(graph, mixed, back), back), h)


def _judge(graph: Graph, network: Network, held: str, real: str) -> None:
    """Add what every touchpoint, and the text as a whole, reads from the tokens.

    `held` is how many tokens stand at each place, `real` 1 for any and 0 for none.
    """
    reader, one = network.reader, np.array([1], np.int64)
    k = reader.touchpoints
    by_mark = rows_of(reader.polarity, np.arange(4 * k).reshape(k, 4).T.ravel())
    heads = (reader.look, reader.presence, by_mark, reader.overall)
    said = product(graph, rounded(graph, HIDDEN, reader.look), *heads)
    look, logits, polarity, overall = graph.split(said, [k + 1, k, 4 * k, 4], axis=2)
    hidden = graph.add("Mul", graph.add("Sub", real, np.float32(1)), np.float32(HIDE))
    weights = graph.add("Softmax", graph.add("Add", look, hidden), axis=1)
    each, whole = graph.split(weights, [k, 1], axis=2)
    marks = graph.add("Reshape", polarity, np.array([0, 0, 4, k], np.int64))
    spread = graph.add("Unsqueeze", each, np.array([2], np.int64))
    parts = ((each, logits), (spread, marks), (whole, overall))
    for (weight, value), name in zip(parts, (OUTPUTS[0], "marks", OUTPUTS[2]), strict=True):
        graph.add("ReduceSum", graph.add("Mul", weight, value), one, name=name, keepdims=0)
    graph.add("Transpose", "marks", name=OUTPUTS[1], perm=[0, 2, 1])
    shared = _by_token(graph, graph.add("Div", each, graph.add("Max", held, np.float32(1))), k)
    graph.add("Mul", shared, "mask", name=OUTPUTS[len(parts)])
    graph.add("Identity", _by_token(graph, logits, k), name=OUTPUTS[len(parts) + 1])


def _by_token(graph: Graph, value: str, width: int) -> str:
    """Give each token of a pair what the pair has, `width` values."""
    beside = graph.add("Concat", *[value] * STRIDE, axis=2)
    return graph.add("Reshape", beside, np.array([0, -1, width], np.int64))


def _model(graph: Graph, given: Values, made: Values) -> onnx.ModelProto:
    """Return the model of a graph; `given` and `made` are names with their kinds and shapes."""
    inputs, outputs = (
        [helper.make_tensor_value_info(name, *value) for name, value in values]
        for values in (given, made)
    )
    whole = helper.make_graph(graph.nodes, "tpfeedback", inputs, outputs, graph.constants)
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(FUSED, 1)]
    return helper.make_model(whole, opset_imports=opsets, ir_version=FORMAT)
