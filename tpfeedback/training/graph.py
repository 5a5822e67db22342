"""The network as it ships: two ONNX graphs that multiply bytes, written node by node.

Behind the first layer it reads two tokens at one place; what it says of a place comes out for
both of its tokens.

Each matrix is stored in signed bytes with one step a column, and what it is multiplied with is
rounded to bytes with one fixed step; the sums are exact and leave the product in single precision
with their bias added. What a piece says by itself is no part of it: that is calculated once, when
the model is loaded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from torch import nn

from tpfeedback.network import ALONE, HIDDEN, INPUTS, OUTPUTS, ZERO
from tpfeedback.rows import STRIDE
from tpfeedback.training.network import BRANCH, EMBEDDING, ORDERS, Context, Network

FUSED = "com.microsoft"  # operators that onnxruntime adds to the standard
OPSET, FORMAT = 17, 8
LEVELS = 255  # steps that bytes tell apart
HIDE = 1e4  # taken from the attention to padding

Ranges = Mapping[nn.Linear, tuple[float, float]]
"""The least and the greatest value that each layer was given."""
Values = Iterable[tuple[str, tuple[Any, list[Any]]]]
"""Names of inputs or outputs, each with its kind and shape."""


@dataclass(frozen=True)
class Graph:
    """A graph under construction; values are called by their names."""

    ranges: Ranges
    nodes: list[Any] = field(default_factory=list)
    constants: list[Any] = field(default_factory=list)

    def add(self, kind: str, *given: str | NDArray[Any] | np.generic, **options: Any) -> str:
        """Add a node and return its output's name, `name=` if given; arrays become constants."""
        return self.add_many(
            kind, *given, names=[options.pop("name", self._name(kind))], **options
        )[0]

    def add_many(
        self, kind: str, *given: str | NDArray[Any] | np.generic, names: list[str], **options: Any
    ) -> list[str]:
        """Add a node of several outputs and return their names."""
        inputs = [one if isinstance(one, str) else self._constant(one) for one in given]
        self.nodes.append(helper.make_node(kind, inputs, names, name=names[0], **options))
        return names

    def split(self, value: str, sizes: list[int], *, axis: int) -> list[str]:
        """Cut `value` into pieces of `sizes`."""
        names = [f"{self._name('Split')}_{i}" for i in range(len(sizes))]
        return self.add_many("Split", value, np.array(sizes, np.int64), names=names, axis=axis)

    def _constant(self, value: NDArray[Any] | np.generic) -> str:
        name = f"constant_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(value), name))
        return name

    def _name(self, kind: str) -> str:
        return f"{kind}_{len(self.nodes)}"


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
    held = _sum_of_pairs(graph, "mask", 1)  # how many tokens stand at each place
    real = graph.add("Min", held, np.float32(1))
    flat = graph.add("Squeeze", real, np.array([2], np.int64))
    graph.add("Cast", flat, name="seen", to=TensorProto.INT32)
    features = _features(graph, encoder, steps)
    h = _product(graph, _rounded(graph, features, reader.narrow), reader.narrow)
    for layer in reader.context:
        h = _context(graph, h, layer)
    _norm(graph, h, reader.norm, name=HIDDEN)
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
    product = _product(graph, "pieces", encoder.project, step=(np.float32(1), ZERO), biased=False)
    projected = graph.add("Add", graph.add("Mul", product, "steps"), _array(encoder.project.bias))
    real = graph.add("Sign", "steps")
    words = graph.add("Mul", _norm(graph, projected, encoder.norm_in), real)
    branches = graph.split(words, [BRANCH] * len(ORDERS), axis=1)
    for name, branch, first in zip(ALONE, branches, encoder.first, strict=True):
        graph.add("QuantizeLinear", branch, *_step(graph, first), name=name)
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
    table = graph.add("Gather", "table", "ids", axis=0)
    plain = graph.add("Mul", graph.add("DequantizeLinear", table, np.float32(1)), steps)
    parts = [_sum_of_pairs(graph, plain, EMBEDDING)]
    for (n, left), first, second, words in zip(
        ORDERS, encoder.first, encoder.second, ALONE, strict=True
    ):
        near = graph.add("Gather", words, _neighbours(graph, n, left), axis=0)
        near = graph.add("Reshape", near, np.array([0, 0, n * BRANCH], np.int64))
        read = graph.add("Relu", _product(graph, near, first))
        token = graph.add("Gather", words, "ids", axis=0)
        token = graph.add("DequantizeLinear", token, *_step(graph, first))
        h = graph.add("Mul", graph.add("Add", read, token), "mask")
        near = _windows(graph, _rounded(graph, h, second), second, n, left)
        read = graph.add("Relu", _product(graph, near, second, factor=STRIDE))
        parts.append(graph.add("Add", read, _sum_of_pairs(graph, h, BRANCH)))
    together, norm = graph.add("Concat", *parts, axis=2), encoder.norm_out
    return _norm(graph, together, norm, epsilon=norm.eps * STRIDE**2)


def _neighbours(graph: Graph, n: int, left: int) -> str:
    """Add the pieces around each token, `left` of them before it: (n, t) → (n, t, n)."""
    last = graph.add("Sub", graph.add("Shape", "steps", end=1), np.array([1], np.int64))
    filler = graph.add("Squeeze", last)
    around = np.array([0, left, 0, n - 1 - left], np.int64)
    padded = graph.add("Pad", "ids", around, filler)
    shifted = [_cut(graph, padded, i, i + 1 - n, axis=1) for i in range(n)]
    deep = (graph.add("Unsqueeze", one, np.array([2], np.int64)) for one in shifted)
    return graph.add("Concat", *deep, axis=2)


def _windows(graph: Graph, steps: str, layer: nn.Linear, n: int, left: int) -> str:
    """Lay the bytes of the n neighbours of each pair's first token side by side."""
    pairs = graph.add("Reshape", steps, np.array([0, -1, STRIDE * BRANCH], np.int64))
    first, last = -left // STRIDE, (n - 1 - left) // STRIDE
    around = np.array([0, -first, 0, 0, last, 0], np.int64)
    padded = graph.add("Pad", pairs, around, _step(graph, layer)[1]) if around.any() else pairs
    parts = []
    for i in range(first, last + 1):
        part = _cut(graph, padded, i - first, i - last, axis=1)
        begin, end = max(-left - i * STRIDE, 0), min(n - left - i * STRIDE, STRIDE)
        parts.append(_cut(graph, part, begin * BRANCH, (end - STRIDE) * BRANCH, axis=2))
    return graph.add("Concat", *parts, axis=2) if len(parts) > 1 else parts[0]


def _cut(graph: Graph, value: str, start: int, stop: int, *, axis: int) -> str:
    """Add what lies from `start` on, up to `stop` (0 or less) before the end."""
    if (start, stop) == (0, 0):
        return value
    ends = np.array([start], np.int64), np.array([stop or np.iinfo(np.int64).max], np.int64)
    return graph.add("Slice", value, *ends, np.array([axis], np.int64))


def _sum_of_pairs(graph: Graph, value: str, width: int) -> str:
    """Add up the tokens of each place; they lie side by side, so that none is moved."""
    beside = graph.add("Reshape", value, np.array([0, -1, STRIDE * width], np.int64))
    return graph.add("Sum", *graph.split(beside, [width] * STRIDE, axis=2))


def _context(graph: Graph, h: str, layer: Context) -> str:
    """Add a layer in which every token sees the others."""
    asked, attended, wide, back = layer.query_key_value, layer.attended, layer.mix[0], layer.mix[2]
    steps = _rounded(graph, _norm(graph, h, layer.norm_attention), asked)
    size = asked.out_features // 3
    three = graph.split(_product(graph, steps, asked), [size] * 3, axis=2)
    seen = graph.add("MultiHeadAttention", *three, "", "seen", domain=FUSED, num_heads=layer.heads)
    h = graph.add("Add", _product(graph, _rounded(graph, seen, attended), attended), h)
    steps = _rounded(graph, _norm(graph, h, layer.norm_mix), wide)
    mixed = graph.add("Relu", _product(graph, steps, wide))
    return graph.add("Add", _product(graph, _rounded(graph, mixed, back), back), h)


def _judge(graph: Graph, network: Network, held: str, real: str) -> None:
    """Add what every touchpoint, and the text as a whole, reads from the tokens.

    `held` is how many tokens stand at each place, `real` 1 for any and 0 for none.
    """
    reader, one = network.reader, np.array([1], np.int64)
    k = reader.touchpoints
    heads = (reader.look, reader.presence, reader.polarity, reader.overall)
    said = _product(graph, _rounded(graph, HIDDEN, reader.look), *heads)
    look, logits, polarity, overall = graph.split(said, [k + 1, k, 4 * k, 4], axis=2)
    hidden = graph.add("Mul", graph.add("Sub", real, np.float32(1)), np.float32(HIDE))
    weights = graph.add("Softmax", graph.add("Add", look, hidden), axis=1)
    each, whole = graph.split(weights, [k, 1], axis=2)
    marks = graph.add("Reshape", polarity, np.array([0, 0, k, 4], np.int64))
    spread = graph.add("Unsqueeze", each, np.array([3], np.int64))
    parts = ((each, logits), (spread, marks), (whole, overall))
    for (weight, value), name in zip(parts, OUTPUTS, strict=False):
        graph.add("ReduceSum", graph.add("Mul", weight, value), one, name=name, keepdims=0)
    shared = _by_token(graph, graph.add("Div", each, graph.add("Max", held, np.float32(1))), k)
    graph.add("Mul", shared, "mask", name=OUTPUTS[len(parts)])
    graph.add("Identity", _by_token(graph, logits, k), name=OUTPUTS[len(parts) + 1])


def _by_token(graph: Graph, value: str, width: int) -> str:
    """Give each token of a pair what the pair has, `width` values."""
    beside = graph.add("Concat", *[value] * STRIDE, axis=2)
    return graph.add("Reshape", beside, np.array([0, -1, width], np.int64))


def _product(
    graph: Graph,
    steps: str,
    *layers: nn.Linear,
    step: tuple[np.float32, np.uint8] | None = None,
    biased: bool = True,
    factor: int = 1,
) -> str:
    """Multiply bytes with the matrices of layers that read the same values, `factor` times."""
    scale, zero = step or _step(graph, layers[0])
    matrix = factor * np.concatenate([_array(layer.weight) for layer in layers])
    rounded, column = in_bytes(np.ascontiguousarray(matrix.T), axis=0)
    bias = [factor * np.concatenate([_array(layer.bias) for layer in layers])] if biased else []
    middle = np.zeros(len(column), np.int8)
    return graph.add(
        "MatMulIntegerToFloat", steps, rounded, scale, column, zero, middle, *bias, domain=FUSED
    )


def _rounded(graph: Graph, value: str, layer: nn.Linear) -> str:
    return graph.add("QuantizeLinear", value, *_step(graph, layer))


def _step(graph: Graph, layer: nn.Linear) -> tuple[np.float32, np.uint8]:
    """Return what a step of a layer's input is worth, and which byte stands for 0."""
    low, high = (f(0.0, value) for f, value in zip((min, max), graph.ranges[layer], strict=True))
    scale = (high - low) / LEVELS or 1.0
    return np.float32(scale), np.uint8(round(-low / scale))


def _norm(graph: Graph, value: str, norm: nn.LayerNorm, **options: Any) -> str:
    weight, bias = _array(norm.weight), _array(norm.bias)
    options = {"axis": -1, "epsilon": norm.eps, **options}
    return graph.add("LayerNormalization", value, weight, bias, **options)


def _array(parameter: nn.Parameter) -> NDArray[np.float32]:
    return np.asarray(parameter.detach().numpy(), np.float32)


def _model(graph: Graph, given: Values, made: Values) -> onnx.ModelProto:
    """Return the model of a graph; `given` and `made` are names with their kinds and shapes."""
    inputs, outputs = (
        [helper.make_tensor_value_info(name, *value) for name, value in values]
        for values in (given, made)
    )
    whole = helper.make_graph(graph.nodes, "tpfeedback", inputs, outputs, graph.constants)
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(FUSED, 1)]
    return helper.make_model(whole, opset_imports=opsets, ir_version=FORMAT)
