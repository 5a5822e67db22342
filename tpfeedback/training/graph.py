"""The network as it ships: two ONNX graphs that multiply bytes, written node by node.

Behind the first layer it reads two tokens at one place; what it says of a place comes out for
both of its tokens.

What a piece tells by itself is no part of the one that reads texts: that is calculated once, when
the model is loaded.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper
from torch import nn

from tpfeedback.network import HIDDEN, INPUTS, OUTPUTS
from tpfeedback.pieces import ALONE, BESIDE, OF_PIECES, ZERO
from tpfeedback.rows import STRIDE
from tpfeedback.training.network import BRANCH, EMBEDDING, FIRST, ORDERS, Context, Network
from tpfeedback.training.nodes import (
    FUSED,
    LAST,
    Graph,
    Ranges,
    array_of,
    by_place,
    cut,
    normed,
    product,
    rounded,
    rows_of,
    step_of,
)

OPSET, FORMAT = 17, 8
HIDE = 1e4  # taken from the attention to padding
NOTHING = np.uint8(0)  # the least that a token can be told: less than its neighbours make up for

Values = Iterable[tuple[str, tuple[Any, list[Any]]]]
"""Names of inputs or outputs, each with its kind and shape."""


def write_graph(network: Network, ranges: Ranges) -> onnx.ModelProto:
    """Return the network as an ONNX model with free batch size and length.

    Inputs (`network.INPUTS`) are the piece at each place (n, t), the bytes of all pieces (p, 512),
    what a step of each is worth (p, 1), 0 for the one that fills rows up, and what `write_pieces`
    made of them. `t` is a multiple of STRIDE.
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
        *[(TensorProto.UINT8, ["pieces", BRANCH])] * len(OF_PIECES),
    ]
    each, hidden = [*token, reader.touchpoints], reader.norm.normalized_shape[0]
    made = (marks, [*marks, 4], ["texts", 4], each, each, ["texts", "pairs", hidden])
    said = ((name, (single, shape)) for name, shape in zip([*OUTPUTS, HIDDEN], made, strict=True))
    return _model(graph, zip(INPUTS, given, strict=True), said)


def write_pieces(network: Network, ranges: Ranges) -> onnx.ModelProto:
    """Return the part that reads each piece by itself, in whatever text it stands.

    Inputs are the bytes of pieces (p, 512), 128 for zero, and what a step of each is worth (p, 1);
    outputs (`pieces.OF_PIECES`) are bytes, (p, 256) each: the piece itself, as n-grams of each
    length read it, and what the first layer is told by it at each place beside a token.
    """
    graph, encoder = Graph(ranges), network.encoder
    read = product(graph, "pieces", encoder.project, step=(np.float32(1), ZERO), biased=False)
    projected = graph.add("Add", graph.add("Mul", read, "steps"), array_of(encoder.project.bias))
    real = graph.add("Sign", "steps")
    piece = graph.add("Cast", real, to=TensorProto.BOOL)
    words = graph.add("Mul", normed(graph, projected, encoder.norm_in), real)
    branches = graph.split(words, [BRANCH] * len(ORDERS), axis=1)
    reads = zip(ALONE, BESIDE, FIRST, branches, encoder.first, strict=True)
    for name, beside, (near, before), branch, first in reads:
        step, sizes = step_of(graph, first), np.full(near, BRANCH)
        read = graph.add("QuantizeLinear", branch, *step, name=name)
        told = product(graph, read, by_place(first, before), step=step)
        told = graph.add("QuantizeLinear", told, *step_of(graph, first, "part"))
        names = [f"{one}_read" if i == before else one for i, one in enumerate(beside)]
        graph.add_many("Split", told, sizes, names=names, axis=1)
        graph.add("Where", piece, names[before], NOTHING, name=beside[before])
    given: dict[str, tuple[Any, list[Any]]] = {
        "pieces": (TensorProto.UINT8, ["pieces", EMBEDDING]),
        "steps": (TensorProto.FLOAT, ["pieces", 1]),
    }
    made: Values = ((name, (TensorProto.UINT8, ["pieces", BRANCH])) for name in OF_PIECES)
    return _model(graph, given.items(), made)


def _features(graph: Graph, encoder: nn.Module, steps: str) -> str:
    """Add the encoder behind `write_pieces`; sums stand for means, and the norm behind them takes
    the STRIDE times larger values back.
    """
    parts = [_meanings(graph)]
    around = _neighbours(graph)
    reads = zip(FIRST, ORDERS, encoder.first, encoder.second, ALONE, BESIDE, strict=True)
    for (_, before), (n, left), first, second, words, beside in reads:
        told = [graph.add("Gather", x, around[i - before], axis=0) for i, x in enumerate(beside)]
        own = graph.add("Gather", words, "ids", axis=0)
        tokens = _first(graph, told, own, first, second)
        read = product(graph, _windows(graph, tokens, second, n, left), second, factor=STRIDE)
        each = [
            graph.add("DequantizeLinear", token, *step_of(graph, second))
            for token in _pairs(graph, tokens, BRANCH)
        ]
        parts.append(graph.add("Sum", graph.add("Relu", read), *each))
    together, norm = graph.add("Concat", *parts, axis=2), encoder.norm_out
    return normed(graph, together, norm, epsilon=norm.eps * STRIDE**2)


def _first(graph: Graph, told: list[str], own: str, first: nn.Linear, second: nn.Linear) -> str:
    """Add the first layer, all in bytes: what each token is told, as far as it is above 0, and the
    token's `own` piece.

    Padding tells itself so little (NOTHING) that nothing is left of what its neighbours tell it.
    """
    part, made = step_of(graph, first, "part"), step_of(graph, first, "made")
    together = told[0]
    for i, other in enumerate(told[1:], start=2):
        result = made if i == len(told) else part
        together = graph.add("QLinearAdd", together, *part, other, *part, *result, domain=FUSED)
    steps = step_of(graph, first), step_of(graph, second)
    return graph.add("QLinearAdd", together, *made, own, *steps[0], *steps[1], domain=FUSED)


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


def _neighbours(graph: Graph) -> dict[int, str]:
    """Add the pieces around each token, by their place: the token's own has place 0."""
    before = max(left for _, left in FIRST)
    after = max(n - 1 - left for n, left in FIRST)
    last = graph.add("Sub", graph.add("Shape", "steps", end=1), np.array([1], np.int64))
    around = np.array([0, before, 0, after], np.int64)
    padded = graph.add("Pad", "ids", around, graph.add("Squeeze", last))
    return {i: cut(graph, padded, i + before, i - after, axis=1) for i in range(-before, after + 1)}


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
