"""Runs the shipped network: texts in, raw scores per touchpoint out.

The files of a model lie in `tpfeedback/models/NAME/`: `tokenizer.json`, `embedding.npy` (8-bit
rows), `scale.npy` (what one step of each row is worth), `network.onnx` and `settings.json`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tpfeedback.errors import TaggerError, unknown_name

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

Floats = NDArray[np.float32]

BEGIN, END = 1, 2
OUTPUTS = ["presence", "polarity", "overall"]
BATCH_TOKENS = 4096  # tokens of one run, padding included: keeps memory flat


@dataclass(frozen=True)
class Reading:
    """What the network says of one window of text.

    presence (k,) logits; polarity (k, 4) and overall (4,) logits in the order negative,
    neutral, positive, mixed.
    """

    presence: Floats
    polarity: Floats
    overall: Floats


@dataclass(frozen=True, eq=False)
class Network:
    """A loaded model; `settings` holds its touchpoints, thresholds and calibration."""

    settings: dict[str, Any]
    tokenizer: Tokenizer
    table: NDArray[np.int8]
    scale: Floats
    session: InferenceSession

    def read(self, texts: Sequence[str]) -> list[Reading]:
        """Read each text as one window, cut at the network's longest window."""
        encodings = self.tokenizer.encode_batch([encodable(text) for text in texts])
        longest = self.settings["max_tokens"] - 2
        ids = [[BEGIN, *encoding.ids[:longest], END] for encoding in encodings]
        result: list[Reading | None] = [None] * len(texts)
        for batch in batches_by_length([len(row) for row in ids]):
            outputs = self._run([ids[i] for i in batch])
            for at, i in enumerate(batch):
                result[i] = Reading(*(output[at] for output in outputs))
        return [reading for reading in result if reading is not None]

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return how many tokens each text has."""
        encodings = self.tokenizer.encode_batch([encodable(text) for text in texts])
        return [len(encoding.ids) for encoding in encodings]

    def _run(self, rows: list[list[int]]) -> list[Floats]:
        ids = np.zeros((len(rows), max(map(len, rows))), np.int64)
        mask = np.zeros((*ids.shape, 1), np.float32)
        for i, row in enumerate(rows):
            ids[i, : len(row)] = row
            mask[i, : len(row)] = 1
        embedded = self.table[ids].astype(np.float32) * self.scale[ids][..., None]
        outputs: list[Floats] = self.session.run(OUTPUTS, {"embedded": embedded, "mask": mask})
        return outputs


def encodable(text: str) -> str:
    """Replace lone surrogates, which no UTF-8 can hold; every character keeps its place.

    >>> encodable("a\\ud800b")
    'a�b'
    """
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def batches_by_length(lengths: Sequence[int]) -> list[list[int]]:
    """Group positions of like length so that a padded batch holds few empty places.

    >>> batches_by_length([3, 9, 3])
    [[0, 2, 1]]
    """
    batches: list[list[int]] = []
    for i in sorted(range(len(lengths)), key=lambda i: (lengths[i], i)):
        if batches and (len(batches[-1]) + 1) * lengths[i] <= BATCH_TOKENS:
            batches[-1].append(i)
        else:
            batches.append([i])
    return batches


@cache
def load_network(name: str, *, threads: int | None = None) -> Network:
    """Load a shipped model by name; its files are checked against their recorded hashes."""
    root = Path(str(files("tpfeedback") / "models"))
    known = sorted(path.parent.name for path in root.glob("*/settings.json"))
    if name not in known:
        raise TaggerError(unknown_name("model", name, known))
    folder = root / name
    settings = json.loads((folder / "settings.json").read_text(encoding="utf-8"))
    check_files(folder, settings["files"])
    from tokenizers import Tokenizer

    return Network(
        settings=settings,
        tokenizer=Tokenizer.from_file(str(folder / "tokenizer.json")),
        table=np.load(folder / "embedding.npy", mmap_mode="r", allow_pickle=False),
        scale=np.load(folder / "scale.npy", allow_pickle=False),
        session=_session(folder / "network.onnx", threads),
    )


def _session(path: Path, threads: int | None) -> InferenceSession:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = threads or 0
    return onnxruntime.InferenceSession(
        str(path), sess_options=options, providers=["CPUExecutionProvider"]
    )


def check_files(folder: Path, digests: dict[str, str]) -> None:
    """Raise `TaggerError` if a file of the model is missing or not the one it was."""
    for name, digest in digests.items():
        path = folder / name
        found = hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else "(missing)"
        if found != digest:
            raise TaggerError(
                f"The model file {name} is damaged: sha256 {found[:12]}, expected {digest[:12]}. "
                "Install tpfeedback again."
            )
