"""The teacher: a small multilingual transformer with the same readers' task.

Slower than what ships by an order of magnitude and the better judge of sentiment: it labels
texts that nobody has read, and the shipped network learns from them (Hinton, Vinyals & Dean
2015, "Distilling the knowledge in a neural network"). The encoder is multilingual-e5-small
(Wang et al. 2024, "Multilingual E5 Text Embeddings", a 12-layer BERT).
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from tpfeedback.training.pretrained import Pretrained

LONGEST = 512
MASKED = -1e4  # added to the attention on padding


class Layer(nn.Module):
    """One post-norm transformer layer (Devlin et al. 2019)."""

    def __init__(self, hidden: int, heads: int, inner: int) -> None:
        super().__init__()
        self.heads = heads
        self.query, self.key, self.value, self.out = (nn.Linear(hidden, hidden) for _ in range(4))
        self.wide, self.narrow = nn.Linear(hidden, inner), nn.Linear(inner, hidden)
        self.attention_norm, self.norm = nn.LayerNorm(hidden, 1e-12), nn.LayerNorm(hidden, 1e-12)

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        """Mix (n, t, hidden) under an (n, 1, 1, t) bias."""
        n, t, hidden = x.shape
        size = hidden // self.heads
        q, k, v = (
            part(x).reshape(n, t, self.heads, size).transpose(1, 2)
            for part in (self.query, self.key, self.value)
        )
        weights = (q @ k.transpose(-1, -2) * size**-0.5 + bias.to(q.dtype)).softmax(-1)
        seen = (weights.to(v.dtype) @ v).transpose(1, 2).reshape(n, t, hidden)
        x = self.attention_norm(x + self.out(seen))
        result: Tensor = self.norm(x + self.narrow(functional.gelu(self.wide(x))))
        return result


class Encoder(nn.Module):
    """Token embeddings (n, t, hidden) → token features (n, t, hidden)."""

    def __init__(self, stored: Pretrained) -> None:
        super().__init__()
        self.position = nn.Parameter(torch.zeros(LONGEST, stored.hidden))
        self.norm = nn.LayerNorm(stored.hidden, 1e-12)
        self.layers = nn.ModuleList(
            Layer(stored.hidden, stored.heads, stored.inner) for _ in range(stored.layers)
        )

    def forward(self, embedded: Tensor, mask: Tensor) -> Tensor:
        """Return features; `mask` (n, t, 1) is 1 for tokens and 0 for padding."""
        bias = (mask[:, None, None, :, 0] - 1) * -MASKED
        x: Tensor = self.norm(embedded + self.position[: embedded.shape[1]])
        for layer in self.layers:
            x = layer(x, bias)
        return x


class Teacher(nn.Module):
    """The whole model behind the embedding table; each touchpoint has an attention of its own."""

    def __init__(self, stored: Pretrained, shares: np.ndarray, *, dropout: float) -> None:
        """`shares` (k,) of texts that name each touchpoint: what is believed at first."""
        super().__init__()
        self.touchpoints = len(shares)
        self.encoder = Encoder(stored)
        self.look = nn.Linear(stored.hidden, self.touchpoints + 1)
        self.presence = nn.Linear(stored.hidden, self.touchpoints)
        self.polarity = nn.Linear(stored.hidden, 4 * self.touchpoints)
        self.overall = nn.Linear(stored.hidden, 4)
        self.dropout = nn.Dropout(dropout)
        load_encoder(self.encoder, stored)
        with torch.no_grad():
            self.presence.bias.copy_(torch.logit(torch.from_numpy(shares), eps=1e-4))

    def forward(self, embedded: Tensor, mask: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return presence (n, k), polarity (n, k, 4) and overall (n, 4) logits."""
        h = self.dropout(self.encoder(embedded, mask))
        weights = (self.look(h) + (mask - 1) * -MASKED).softmax(1)
        polarity = self.polarity(h).reshape(*h.shape[:2], self.touchpoints, 4)
        overall = (weights[..., -1:] * self.overall(h)).sum(1)
        seen = weights[..., :-1]
        return (seen * self.presence(h)).sum(1), (seen[..., None] * polarity).sum(1), overall


def load_encoder(encoder: Encoder, stored: Pretrained) -> None:
    """Copy the pretrained weights in; a shallower encoder takes the first layers."""
    hidden = stored.hidden
    with torch.no_grad():
        position = torch.from_numpy(stored.vector("emb.pos")).reshape(-1, hidden)
        encoder.position.copy_(position + torch.from_numpy(stored.vector("emb.type")[:hidden]))
        _copy_vectors(encoder.norm, stored, "emb.ln.w", "emb.ln.b")
        for i, layer in enumerate(encoder.layers):
            assert isinstance(layer, Layer)
            parts = {
                "q": layer.query,
                "k": layer.key,
                "v": layer.value,
                "ao": layer.out,
                "fi": layer.wide,
                "fo": layer.narrow,
            }
            for name, part in parts.items():
                columns = part.in_features
                part.weight.copy_(torch.from_numpy(stored.matrix(f"l{i}.{name}.w", columns)))
                part.bias.copy_(torch.from_numpy(stored.vector(f"l{i}.{name}.b")))
            _copy_vectors(layer.attention_norm, stored, f"l{i}.aln.w", f"l{i}.aln.b")
            _copy_vectors(layer.norm, stored, f"l{i}.oln.w", f"l{i}.oln.b")


def _copy_vectors(norm: nn.LayerNorm, stored: Pretrained, weight: str, bias: str) -> None:
    norm.weight.copy_(torch.from_numpy(stored.vector(weight)))
    norm.bias.copy_(torch.from_numpy(stored.vector(bias)))
