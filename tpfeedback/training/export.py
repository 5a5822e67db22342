"""Trained network → the files that ship: 8-bit embeddings and two 8-bit ONNX graphs."""

from __future__ import annotations

from functools import partial
from itertools import accumulate
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from tpfeedback.training.graph import write_graph, write_pieces
from tpfeedback.training.network import BRANCH, FIRST, Network
from tpfeedback.training.nodes import Ranges, by_place, in_bytes

SMOOTHING = 0.75  # how much of a channel's size goes over to the weights
Samples = list[tuple[NDArray[np.float32], NDArray[np.float32]]]


def write_table(table: NDArray[np.float32], folder: Path) -> None:
    """Store the embedding, one step size a row; the last row, worth nothing, is for padding."""
    steps, scale = in_bytes(table, axis=1)
    np.save(folder / "embedding.npy", np.pad(steps, ((0, 1), (0, 0))))
    np.save(folder / "scale.npy", np.pad(scale, (0, 1)))


def write_network(network: Network, folder: Path, samples: Samples) -> None:
    """Write the network as it ships.

    `samples` are batches of (embedded, mask) that show how large the values inside become.
    """
    network.eval()
    smooth(network, samples)
    ranges = ranges_of(network, samples)
    onnx.save(write_pieces(network, ranges), str(folder / "pieces.onnx"))
    onnx.save(write_graph(network, ranges), str(folder / "network.onnx"))


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


def ranges_of(network: Network, samples: Samples) -> Ranges:
    """Return the least and the greatest value that each layer is given, and of the encoder's first
    ones what their parts tell a token and what is made of them.

    They come from `samples`, never from the texts at hand, so that what is read in a text does
    not depend on the texts beside it.
    """
    found: dict[tuple[nn.Linear, str], tuple[float, float]] = {}

    def note(what: str, layer: nn.Linear, value: Tensor) -> None:
        low, high = found.get((layer, what), (0.0, 0.0))
        found[layer, what] = min(low, float(value.min())), max(high, float(value.max()))

    def told(before: int, layer: nn.Linear, given: tuple[Tensor], made: Tensor) -> None:
        parts = parts_of(layer, given[0], before)
        sums = [*parts, *accumulate(parts[:-1])]
        largest = torch.stack([part.abs().max() for part in sums]).max()
        note("part", layer, torch.stack([-largest, largest]))
        note("made", layer, made.relu())

    layers = [layer for layer in network.modules() if isinstance(layer, nn.Linear)]
    hooks = [
        layer.register_forward_pre_hook(lambda layer, given: note("given", layer, given[0]))
        for layer in layers
    ]
    for layer, (_, before) in zip(network.encoder.first, FIRST, strict=True):
        hooks.append(layer.register_forward_hook(partial(told, before)))
    with torch.no_grad():
        for embedded, mask in samples:
            network(torch.from_numpy(embedded), torch.from_numpy(mask))
    for hook in hooks:
        hook.remove()
    return found


def parts_of(layer: nn.Linear, given: Tensor, before: int) -> list[Tensor]:
    """Return what a layer reads in each of the tokens side by side, its bias in the token's own."""
    told = by_place(layer, before)
    weights, biases = (values.split(BRANCH) for values in (told.weight, told.bias))
    each = zip(given.split(BRANCH, dim=-1), weights, biases, strict=True)
    return [functional.linear(x, weight, bias) for x, weight, bias in each]
