"""The training loop, the same for teacher and shipped network."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional

from tpfeedback.network import processor_has
from tpfeedback.rows import STRIDE, row_of
from tpfeedback.rows import padded as padded_length
from tpfeedback.training.data import LabelledText, Targets

UNKNOWN_PIECE = 0
OVERALL = 2.0  # weight of the overall mark against one touchpoint
TEMPERATURE = 2.0
LEAST = 1e-4  # what a teacher holds for less likely than this is taken for this


@dataclass(frozen=True)
class Batch:
    """Token ids (n, t) with mask (n, t, 1) and the targets of the same texts."""

    ids: Tensor
    mask: Tensor
    presence: Tensor
    presence_weight: Tensor
    polarity: Tensor
    polarity_weight: Tensor
    overall: Tensor
    overall_weight: Tensor


def encode(
    tokenizer: Tokenizer, texts: Sequence[LabelledText], *, max_tokens: int
) -> list[NDArray[np.int64]]:
    """Return piece ids as the shipped network reads them: see `tpfeedback.rows.row_of`."""
    asked = tokenizer.encode_batch([text.question for text in texts])
    told = tokenizer.encode_batch([text.text for text in texts])
    return [
        np.array(row_of(question.ids, text.ids, longest=max_tokens), np.int64)
        for question, text in zip(asked, told, strict=True)
    ]


def padded(rows: list[NDArray[np.int64]]) -> tuple[Tensor, Tensor]:
    """Stack rows, padded to one length of whole strides; the mask tells tokens from padding."""
    ids = np.zeros((len(rows), padded_length(max(map(len, rows)), STRIDE)), np.int64)
    mask = np.zeros((*ids.shape, 1), np.float32)
    for i, row in enumerate(rows):
        ids[i, : len(row)] = row
        mask[i, : len(row)] = 1
    return torch.from_numpy(ids), torch.from_numpy(mask)


def batches(
    rows: list[NDArray[np.int64]],
    goal: Targets,
    *,
    size: int,
    hidden: float = 0.0,
    random: np.random.Generator,
) -> Iterator[Batch]:
    """Yield shuffled batches of texts of like length, a share of their tokens made unknown."""
    lengths = np.array([len(row) for row in rows]) * random.uniform(0.85, 1.15, len(rows))
    order = np.argsort(lengths)
    starts = random.permutation(np.arange(0, len(order), size))
    for start in starts:
        chosen = order[start : start + size]
        ids, mask = padded([rows[i] for i in chosen])
        ids[torch.from_numpy(random.random(ids.shape) < hidden)] = UNKNOWN_PIECE
        fields = (getattr(goal, name)[chosen] for name in Targets.__dataclass_fields__)
        yield Batch(ids, mask, *map(torch.from_numpy, fields))


def loss_of(
    network: nn.Module, table: nn.Embedding, batch: Batch, *, softened: float = 0.0
) -> Tensor:
    """Weighted sum of presence, polarity and overall losses; unknown labels weigh nothing.

    Of texts that a teacher judged, the share `softened` of the loss is at a higher temperature:
    what the teacher holds for unlikely tells as much as what it holds for true (Hinton et al.
    2015, "Distilling the Knowledge in a Neural Network", section 2).
    """
    presence, polarity, overall, *_ = network(table(batch.ids), batch.mask)
    said = presence.float(), polarity.float(), overall.float()
    taught = ((batch.presence > 0) & (batch.presence < 1)).any(1).float() * softened
    loss = (1 - taught) * _losses(*said, batch, 1.0)
    if taught.any():
        loss = loss + taught * TEMPERATURE**2 * _losses(*said, batch, TEMPERATURE)
    return loss.mean()


def _losses(
    presence: Tensor, polarity: Tensor, overall: Tensor, batch: Batch, temperature: float
) -> Tensor:
    """Return each text's loss (n,) at a temperature."""
    goal = batch.presence
    if temperature != 1:
        goal = (goal.clamp(LEAST, 1 - LEAST).logit() / temperature).sigmoid()
    presence_loss = functional.binary_cross_entropy_with_logits(
        presence / temperature,
        goal,
        weight=batch.presence_weight,
        reduction="none",
    )
    marks = functional.cross_entropy(
        polarity.flatten(0, 1) / temperature,
        warmed(batch.polarity, temperature).flatten(0, 1),
        reduction="none",
    ).reshape(batch.polarity_weight.shape)
    whole = functional.cross_entropy(
        overall / temperature, warmed(batch.overall, temperature), reduction="none"
    )
    each = presence_loss + marks * batch.polarity_weight
    return each.sum(1) + OVERALL * whole * batch.overall_weight


def warmed(shares: Tensor, temperature: float) -> Tensor:
    """Return probabilities at a higher temperature; rows of zeros, unlabelled ones, stay zeros.

    >>> warmed(torch.tensor([0.8, 0.2]), 2.0).tolist()
    [0.6666..., 0.3333...]
    """
    if temperature == 1:
        return shares
    roots = shares ** (1 / temperature)
    return roots / roots.sum(-1, keepdim=True).clamp(min=LEAST)


def run_pass(
    network: nn.Module,
    table: nn.Embedding,
    rows: list[NDArray[np.int64]],
    goal: Targets,
    *,
    options: dict[str, Any],
    random: np.random.Generator,
) -> None:
    """Train for `options["epochs"]` epochs with one cycle of warm-up and linear decay.

    Matrices are multiplied `in_halves`, weights kept in single precision.
    """
    size, epochs = options["texts"], options["epochs"]
    steps = epochs * -(-len(rows) // size)
    optimisers = optimisers_for(network, table, options)
    schedules = [
        torch.optim.lr_scheduler.LambdaLR(o, lambda step: one_cycle(step, steps))
        for o in optimisers
    ]
    network.train()
    for epoch in range(epochs):
        begun, total, count = time.perf_counter(), 0.0, 0
        for batch in batches(rows, goal, size=size, hidden=options["hidden_tokens"], random=random):
            with in_halves():
                loss = loss_of(network, table, batch, softened=options["softened"])
            network.zero_grad()
            table.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            for optimiser, schedule in zip(optimisers, schedules, strict=True):
                optimiser.step()
                schedule.step()
            total, count = total + loss.item(), count + 1
            if count % 50 == 0:
                rate = count * size / (time.perf_counter() - begun)
                print(f"  batch {count}: loss {total / count:.4f}, {rate:.0f} texts/s", flush=True)
        print(f"epoch {epoch + 1}/{epochs}: loss {total / count:.4f}", flush=True)


def in_halves() -> torch.autocast:
    """Return a context in which matrices are multiplied in half precision (bfloat16) where the
    processor multiplies whole tiles of them; where it does not, single precision is faster.
    """
    return torch.autocast("cpu", torch.bfloat16, enabled=processor_has("amx_bf16"))


def optimisers_for(
    network: nn.Module, table: nn.Embedding, options: dict[str, Any]
) -> list[torch.optim.Optimizer]:
    """Return one for the network, whose encoder may learn slower than its readers, and one for
    the embeddings.
    """
    encoder: list[nn.Parameter] = []
    readers: list[nn.Parameter] = []
    for name, parameter in network.named_parameters():
        (encoder if name.startswith("encoder.") else readers).append(parameter)
    groups = [
        {"params": encoder, "lr": options["learning_rate"]},
        {"params": readers, "lr": options["reader_rate"]},
    ]
    return [
        torch.optim.AdamW(groups, weight_decay=0.01),
        torch.optim.SparseAdam(table.parameters(), lr=options["embedding_rate"]),
    ]


def one_cycle(step: int, steps: int) -> float:
    """Rise over the first tenth, then fall linearly to zero.

    >>> [round(one_cycle(step, 100), 2) for step in (0, 5, 10, 55, 100)]
    [0.1, 0.6, 1.0, 0.5, 0.0]
    """
    warm = max(1, steps // 10)
    return (step + 1) / warm if step < warm else max(0.0, (steps - step) / (steps - warm))
