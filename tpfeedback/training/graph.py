"""The network as it ships: an ONNX graph that multiplies bytes, written node by node.

Behind the first layer it reads two tokens at one place; what it says of a place comes out for
both of its tokens.

Each matrix is stored in signed bytes with one step a column, and what it is multiplied with is
rounded to bytes with one fixed step; the sums are exact and leave the product in single precision
with their bias added. A piece that a batch holds many times is projected once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from torch import nn

from tpfeedback.network import HIDDEN, INPUTS, OUTPUTS, ZERO
from tpfeedback.rows import STRIDE
from tpfeedback.training.network import BRANCH, EMBEDDING, ORDERS, Context, Network

FUSED = "com.microsoft"  # operators that onnxruntime adds to the standard
OPSET, FORMAT = 17, 8
LEVELS = 255  # steps that bytes tell apart
HIDE = 1e4  # taken from the attention to padding

Ranges = Mapping[nn.Linear, tuple[float, float]]
"""The least and the greatest value that each layer was given."""


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

    Inputs (`network.INPUTS`) are the bytes of a batch's pieces (p, 512), what a step of each is
    worth, 0 for padding (p, 1), 1 for a piece and 0 for padding (p, 1), the place of each token's
    piece (n, t) and 1 for tokens, 0 for padding (n, t, 1). `t` is a multiple of STRIDE.
    """
    graph = Graph(ranges)
    encoder, reader = network.encoder, network.reader
    features = _features(graph, encoder)
    graph.add("Squeeze", _every(graph, "mask", 0), np.array([2], np.int64), name="places")
    graph.add("Cast", "places", name="seen", to=TensorProto.INT32)
    h = _product(graph, _rounded(graph, features, reader.narrow), reader.narrow)
    for layer in reader.context:
        h = _context(graph, h, layer)
    _norm(graph, h, reader.norm, name=HIDDEN)
    _judge(graph, network)
    return _model(graph, touchpoints=reader.touchpoints, hidden=reader.norm.normalized_shape[0])


def _features(graph: Graph, encoder: nn.Module) -> str:
    """Add the encoder; pieces are exact in bytes, so the projection loses nothing."""
    one = np.float32(1)
    product = _product(graph, "pieces", encoder.project, step=(one, ZERO), biased=False)
    projected = graph.add("Add", graph.add("Mul", product, "steps"), _array(encoder.project.bias))
    words = graph.add("Mul", _norm(graph, projected, encoder.norm_in), "real")
    plain = graph.add("Mul", graph.add("DequantizeLinear", "pieces", one, ZERO), "steps")
    parts = [_mean_of_pairs(graph, graph.add("Gather", plain, "ids", axis=0))]
    branches = graph.split(words, [BRANCH] * len(ORDERS), axis=1)
    for (n, left), first, second, branch in zip(
        ORDERS, encoder.first, encoder.second, branches, strict=True
    ):
        token = graph.add("Gather", branch, "ids", axis=0)
        steps = graph.add("Gather", _rounded(graph, branch, first), "ids", axis=0)
        read = graph.add("Relu", _product(graph, _windows(graph, steps, first, n, left), first))
        h = graph.add("Mul", graph.add("Add", read, token), "mask")
        steps = _windows(graph, _rounded(graph, h, second), second, n, left, stride=STRIDE)
        read = graph.add("Relu", _product(graph, steps, second))
        parts.append(graph.add("Add", read, _mean_of_pairs(graph, h)))
    return _norm(graph, graph.add("Concat", *parts, axis=2), encoder.norm_out)


def _every(graph: Graph, value: str, first: int) -> str:
    """Add every STRIDE-th token, from the `first` on."""
    span = np.array([first], np.int64), np.array([np.iinfo(np.int64).max], np.int64)
    return graph.add("Slice", value, *span, np.array([1], np.int64), np.array([STRIDE], np.int64))


def _sum_of_pairs(graph: Graph, value: str) -> str:
    return graph.add("Sum", *(_every(graph, value, first) for first in range(STRIDE)))


def _mean_of_pairs(graph: Graph, value: str) -> str:
    return graph.add("Mul", _sum_of_pairs(graph, value), np.float32(1 / STRIDE))


def _windows(
    graph: Graph, steps: str, layer: nn.Linear, n: int, left: int, *, stride: int = 1
) -> str:
    """Lay the bytes of the n neighbours of each token, or each pair, side by side."""
    around = np.array([0, left, 0, 0, n - 1 - left, 0], np.int64)
    padded = graph.add("Pad", steps, around, _step(graph, layer)[1])
    ends = [i + 1 - n or np.iinfo(np.int64).max for i in range(n)]
    axis = np.array([1], np.int64)
    shifted = (
        graph.add(
            "Slice",
            padded,
            np.array([i], np.int64),
            np.array([end], np.int64),
            axis,
            np.array([stride], np.int64),
        )
        for i, end in enumerate(ends)
    )
    return graph.add("Concat", *shifted, axis=2)


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


def _judge(graph: Graph, network: Network) -> None:
    """Add what every touchpoint, and the text as a whole, reads from the tokens."""
    reader, one = network.reader, np.array([1], np.int64)
    k = reader.touchpoints
    heads = (reader.look, reader.presence, reader.polarity, reader.overall)
    said = _product(graph, _rounded(graph, HIDDEN, reader.look), *heads)
    look, logits, polarity, overall = graph.split(said, [k + 1, k, 4 * k, 4], axis=2)
    held = _sum_of_pairs(graph, "mask")  # how many tokens
    real = graph.add("Min", held, np.float32(1))
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
) -> str:
    """Multiply bytes with the matrices of layers that read the same values."""
    scale, zero = step or _step(graph, layers[0])
    matrix = np.concatenate([_array(layer.weight) for layer in layers])
    rounded, column = in_bytes(np.ascontiguousarray(matrix.T), axis=0)
    bias = [np.concatenate([_array(layer.bias) for layer in layers])] if biased else []
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


def _model(graph: Graph, *, touchpoints: int, hidden: int) -> onnx.ModelProto:
    token, piece, single = ["texts", "tokens"], ["pieces"], TensorProto.FLOAT
    kinds = (TensorProto.UINT8, single, single, TensorProto.INT64, single)
    given = ([*piece, EMBEDDING], [*piece, 1], [*piece, 1], token, [*token, 1])
    marks, each = ["texts", touchpoints], [*token, touchpoints]
    made = (marks, [*marks, 4], ["texts", 4], each, each, ["texts", "pairs", hidden])
    inputs = map(helper.make_tensor_value_info, INPUTS, kinds, given)
    outputs = map(helper.make_tensor_value_info, [*OUTPUTS, HIDDEN], [single] * len(made), made)
    whole = helper.make_graph(
        graph.nodes, "tpfeedback", list(inputs), list(outputs), graph.constants
    )
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(FUSED, 1)]
    return helper.make_model(whole, opset_imports=opsets, ir_version=FORMAT)
