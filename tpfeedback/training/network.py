"""The network: an n-gram CNN encoder, a little self-attention, one reader per touchpoint.

The encoder's first layer reads the middle of long n-grams only, and behind it two tokens are read
at one place: half the work, and as good.

The encoder is Universal Sentence Encoder Multilingual v3 (Yang et al. 2020, "Multilingual
Universal Sentence Encoder for Semantic Retrieval", ACL demos), its CNN half. Each touchpoint
reads the tokens through an attention of its own.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from tpfeedback.pieces import WIDTH
from tpfeedback.rows import STRIDE

ORDERS = ((2, 0), (3, 1), (5, 2))  # n-gram length, tokens of left context
NEAR = 3  # tokens that the first layer reads of an n-gram, at most: its middle ones
FIRST = tuple((min(n, NEAR), min(left, NEAR // 2)) for n, left in ORDERS)
EMBEDDING, BRANCH, FEATURES = 512, WIDTH, 1280

Outputs = tuple[Tensor, Tensor, Tensor, Tensor, Tensor]


class Encoder(nn.Module):
    """Token embeddings (n, t, 512) → features of every `stride` tokens (n, t / stride, 1280).

    A place's n-grams reach over its neighbours, so no token is lost.
    """

    def __init__(self) -> None:
        super().__init__()
        self.stride = STRIDE
        self.project = nn.Linear(EMBEDDING, BRANCH * len(ORDERS))
        self.norm_in = nn.LayerNorm(BRANCH * len(ORDERS))
        self.first = nn.ModuleList(nn.Linear(n * BRANCH, BRANCH) for n, _ in FIRST)
        self.second = nn.ModuleList(nn.Linear(n * BRANCH, BRANCH) for n, _ in ORDERS)
        self.norm_out = nn.LayerNorm(FEATURES)

    def forward(self, embedded: Tensor, mask: Tensor) -> Tensor:
        """Return features; `mask` (n, t, 1) is 1 for tokens and 0 for padding."""
        projected = self.norm_in(self.project(embedded))
        parts = [grouped(embedded * mask, self.stride)]
        for i, (n, left) in enumerate(ORDERS):
            x = projected[..., i * BRANCH : (i + 1) * BRANCH] * mask
            h = (functional.relu(self.first[i](windows(x, *FIRST[i]))) + x) * mask
            near = windows(h, n, left)[:, :: self.stride]
            parts.append(functional.relu(self.second[i](near)) + grouped(h, self.stride))
        features: Tensor = self.norm_out(torch.cat(parts, dim=-1))
        return features


def grouped(x: Tensor, stride: int) -> Tensor:
    """Return the mean of every `stride` tokens: (b, t, d) → (b, t / stride, d)."""
    return x.unflatten(1, (-1, stride)).mean(2)


def windows(x: Tensor, n: int, left: int) -> Tensor:
    """Lay the n neighbours of each token side by side: (b, t, d) → (b, t, n·d)."""
    padded = functional.pad(x, (0, 0, left, n - 1 - left))
    length = x.shape[1]
    return torch.cat([padded[:, i : i + length] for i in range(n)], dim=-1)


class Context(nn.Module):
    """One pre-norm transformer layer without positions (the CNN knows the order).

    Its last matrices begin at zero: a new layer changes nothing until it has learnt something.
    """

    def __init__(self, hidden: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.heads = heads
        self.norm_attention = nn.LayerNorm(hidden)
        self.query_key_value = nn.Linear(hidden, 3 * hidden)
        self.attended = nn.Linear(hidden, hidden)
        self.norm_mix = nn.LayerNorm(hidden)
        self.mix = nn.Sequential(
            nn.Linear(hidden, 2 * hidden), nn.ReLU(), nn.Linear(2 * hidden, hidden)
        )
        self.dropout = nn.Dropout(dropout)
        nn.init.zeros_(self.attended.weight)
        nn.init.zeros_(self.mix[2].weight)

    def forward(self, h: Tensor, bias: Tensor) -> Tensor:
        """Let every token of (b, t, hidden) see the others; `bias` (b, t) hides padding."""
        b, t, hidden = h.shape
        size = hidden // self.heads
        mixed = self.query_key_value(self.norm_attention(h))
        q, k, v = mixed.reshape(b, t, 3, self.heads, size).permute(2, 0, 3, 1, 4)
        scores = q @ k.transpose(-1, -2) / size**0.5 + bias[:, None, None, :]
        seen = (scores.softmax(-1).to(v.dtype) @ v).transpose(1, 2).reshape(b, t, hidden)
        h = h + self.dropout(self.attended(seen))
        mixed_in: Tensor = h + self.dropout(self.mix(self.norm_mix(h)))
        return mixed_in


class Reader(nn.Module):
    """Token features → presence, polarity and overall logits."""

    def __init__(
        self, touchpoints: int, *, hidden: int, layers: int, heads: int, dropout: float
    ) -> None:
        super().__init__()
        self.touchpoints = touchpoints
        self.narrow = nn.Linear(FEATURES, hidden)
        self.context = nn.ModuleList(Context(hidden, heads, dropout) for _ in range(layers))
        self.norm = nn.LayerNorm(hidden)
        self.look = nn.Linear(hidden, touchpoints + 1)
        self.presence = nn.Linear(hidden, touchpoints)
        self.polarity = nn.Linear(hidden, 4 * touchpoints)
        self.overall = nn.Linear(hidden, 4)
        self.dropout = nn.Dropout(dropout)

    def forward(self, features: Tensor, mask: Tensor) -> Outputs:
        """Return presence (b, k), polarity (b, k, 4), overall (b, 4), and where presence was
        read: the share of attention on each token and its logit, both (b, t, k).
        """
        return self.judge(self.hidden(features, mask), mask)

    def hidden(self, features: Tensor, mask: Tensor) -> Tensor:
        """Return what every judgement is read from: tokens in their context, (b, t, hidden)."""
        h = self.dropout(self.narrow(features))
        for layer in self.context:
            h = layer(h, hide(mask))
        result: Tensor = self.dropout(self.norm(h))
        return result

    def judge(self, h: Tensor, mask: Tensor) -> Outputs:
        """Return what `forward` does, from hidden tokens."""
        weights = (self.look(h) + hide(mask)[..., None]).softmax(1)
        seen, logits = weights[..., :-1], self.presence(h)
        polarity = self.polarity(h).reshape(*h.shape[:2], self.touchpoints, 4)
        overall = (weights[..., -1:] * self.overall(h)).sum(1)
        return (seen * logits).sum(1), (seen[..., None] * polarity).sum(1), overall, seen, logits


def hide(mask: Tensor) -> Tensor:
    """Return what is added to attention so that padding gets none: (b, t, 1) → (b, t)."""
    return (mask[..., 0] - 1) * 1e4


class Network(nn.Module):
    """The whole model behind the embedding table."""

    def __init__(
        self, touchpoints: int, *, hidden: int, layers: int, heads: int, dropout: float
    ) -> None:
        super().__init__()
        self.encoder = Encoder()
        self.reader = Reader(
            touchpoints, hidden=hidden, layers=layers, heads=heads, dropout=dropout
        )

    def forward(self, embedded: Tensor, mask: Tensor) -> Outputs:
        """Read (n, t, 512) embeddings under an (n, t, 1) mask; attention and logits come by token.

        The tokens of a pair share its attention.
        """
        stride = self.encoder.stride
        features = self.encoder(embedded, mask)
        *said, seen, logits = self.reader(features, mask[:, ::stride])
        held = (grouped(mask, stride) * stride).clamp(min=1)  # tokens of each place
        attention = (seen / held).repeat_interleave(stride, 1) * mask
        return (*said, attention, logits.repeat_interleave(stride, 1))


def load_encoder(encoder: Encoder, resources: Path) -> None:
    """Copy the public encoder's weights in."""
    with np.load(resources / "weights.npz", allow_pickle=False) as stored:
        d = {
            k: torch.from_numpy(np.asarray(stored[k], np.float32))
            for k in stored.files
            if not k.startswith("q") and k != "eps"
        }
    orders = [n for n, _ in ORDERS]
    with torch.no_grad():
        encoder.project.weight.copy_(torch.cat([d[f"proj{n}"] for n in orders], 1).T)
        encoder.project.bias.copy_(torch.cat([d[f"proj_b{n}"] for n in orders]))
        encoder.norm_in.weight.copy_(torch.cat([d[f"ln_g{n}"] for n in orders]))
        encoder.norm_in.bias.copy_(torch.cat([d[f"ln_b{n}"] for n in orders]))
        for i, (n, left) in enumerate(ORDERS):
            near, before = FIRST[i]
            kept = slice((left - before) * BRANCH, (left - before + near) * BRANCH)
            encoder.first[i].weight.copy_(d[f"w1_{n}"][kept].T)
            encoder.first[i].bias.copy_(d[f"b1_{n}"])
            encoder.second[i].weight.copy_(d[f"w2_{n}"].T)
            encoder.second[i].bias.copy_(d[f"b2_{n}"])
        encoder.norm_out.weight.copy_(d["ln_g"])
        encoder.norm_out.bias.copy_(d["ln_b"])
