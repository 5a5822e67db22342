"""Nodes of an ONNX graph that multiplies bytes.

Each matrix is stored in signed bytes with one step a column, and what it is multiplied with is
rounded to bytes with one fixed step; the sums are exact and leave the product in single precision
with their bias added.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from onnx import helper, numpy_helper
from torch import nn

FUSED = "com.microsoft"  # operators that onnxruntime adds to the standard
LEVELS = 255  # steps that bytes tell apart
LAST = np.iinfo(np.int64).max  # the end of a value, however long it is

Ranges = Mapping[tuple[nn.Linear, str], tuple[float, float]]
"""The least and the greatest value that each layer was "given"; and of the first ones, what a
"part" or some parts of it told a token, and what was "made" of all."""


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


def cut(graph: Graph, value: str, start: int, stop: int, *, axis: int) -> str:
    """Add what lies from `start` on, up to `stop` (0 or less) before the end."""
    if (start, stop) == (0, 0):
        return value
    ends = np.array([start], np.int64), np.array([stop or LAST], np.int64)
    return graph.add("Slice", value, *ends, np.array([axis], np.int64))


def product(
    graph: Graph,
    steps: str,
    *layers: nn.Linear,
    step: tuple[np.float32, np.uint8] | None = None,
    biased: bool = True,
    factor: int = 1,
) -> str:
    """Multiply bytes with the matrices of layers that read the same values, `factor` times."""
    scale, zero = step or step_of(graph, layers[0])
    matrix = factor * np.concatenate([array_of(layer.weight) for layer in layers])
    weights, column = in_bytes(np.ascontiguousarray(matrix.T), axis=0)
    bias = [factor * np.concatenate([array_of(layer.bias) for layer in layers])] if biased else []
    middle = np.zeros(len(column), np.int8)
    return graph.add(
        "MatMulIntegerToFloat", steps, weights, scale, column, zero, middle, *bias, domain=FUSED
    )


def rows_of(layer: nn.Linear, rows: NDArray[np.int64]) -> nn.Linear:
    """Return a layer that gives these of another one's outputs, in this order."""
    part = nn.Linear(layer.in_features, len(rows))
    part.weight, part.bias = nn.Parameter(layer.weight[rows]), nn.Parameter(layer.bias[rows])
    return part


def rounded(graph: Graph, value: str, layer: nn.Linear) -> str:
    """Round what a layer is given to bytes."""
    return graph.add("QuantizeLinear", value, *step_of(graph, layer))


def by_place(layer: nn.Linear, before: int) -> nn.Linear:
    """Return a layer that tells of one token what `layer`, which reads several side by side, would
    be told by it at each place; the bias comes with place `before`.
    """
    width = layer.out_features
    places = layer.in_features // width
    part = nn.Linear(width, layer.in_features)
    weight = layer.weight.detach().unflatten(1, (places, width)).transpose(0, 1)
    bias = torch.zeros(places, width)
    bias[before] = layer.bias.detach()
    part.weight, part.bias = nn.Parameter(weight.flatten(0, 1)), nn.Parameter(bias.flatten())
    return part


def step_of(graph: Graph, layer: nn.Linear, what: str = "given") -> tuple[np.float32, np.uint8]:
    """Return what a step of a layer's input, say, is worth, and which byte stands for 0."""
    extremes = zip((min, max), graph.ranges[layer, what], strict=True)
    low, high = (f(0.0, value) for f, value in extremes)
    scale = (high - low) / LEVELS or 1.0
    return np.float32(scale), np.uint8(round(-low / scale))


def normed(graph: Graph, value: str, norm: nn.LayerNorm, **options: Any) -> str:
    """Add a layer's norm; `options` are the operator's attributes."""
    weight, bias = array_of(norm.weight), array_of(norm.bias)
    options = {"axis": -1, "epsilon": norm.eps, **options}
    return graph.add("LayerNormalization", value, weight, bias, **options)


def array_of(parameter: nn.Parameter) -> NDArray[np.float32]:
    """Return what a parameter holds, in single precision."""
    return np.asarray(parameter.detach().numpy(), np.float32)
