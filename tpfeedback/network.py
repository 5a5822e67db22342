"""Runs the shipped network: texts in, raw scores per touchpoint out.

The files of a model lie in `tpfeedback/models/NAME/`: `tokenizer.json`, `embedding.npy` (8-bit
rows, the last one for padding), `scale.npy` (what one step of each row is worth), `pieces.onnx` and
`network.onnx` (what is read in a piece by itself, and in a text), `space.npz` (what touchpoints of
the user's own are compared by) and `settings.json`.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tpfeedback.errors import TaggerError, unknown_name
from tpfeedback.pieces import OF_PIECES, Bytes, read_pieces
from tpfeedback.rows import STRIDE, batches_by_length, first_of, padded, row_of

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Encoding, Tokenizer

Floats = NDArray[np.float32]

LONE_SURROGATE = re.compile("[\ud800-\udfff]")
INPUTS = ["ids", "table", "steps", *OF_PIECES]
OUTPUTS = ["presence", "polarity", "overall", "attention", "logits"]
HIDDEN = "hidden"  # pairs of tokens in their context, for touchpoints it was not made for


@dataclass(frozen=True, eq=False)
class Reading:
    """What the network says of one window of text.

    presence (k,) logits; polarity (k, 4) and overall (4,) probabilities in the order negative,
    neutral, positive, mixed; attention (t, k) the share that each token had in each
    touchpoint's logit, and that token's own logit (t, k); `encoding` knows the tokens' places.
    The tokens are those of the text, without its question and the marks around it. `hidden`
    (t, d) are the tokens in their context, empty where they were not asked for. The network reads
    two tokens at a time: both have one logit and one context, and half the attention each; a
    token beside a mark has all of it.
    """

    presence: Floats
    polarity: Floats
    overall: Floats
    attention: Floats
    logits: Floats
    encoding: Encoding
    hidden: Floats = field(default_factory=lambda: np.empty((0, 0), np.float32))

    @property
    def ends(self) -> list[int]:
        """Return where each of the t tokens ends: the place of the character after its last."""
        return [stop for _, stop in self.encoding.offsets[: len(self.attention)]]


@dataclass(frozen=True, eq=False)
class Network:
    """A loaded model; `settings` holds its touchpoints, thresholds and calibration.

    `table` (p, 512) are the bytes of the p pieces of its vocabulary, the last of them padding, and
    `scale` (p,) what a step of each is worth, 0 for padding; `pieces` is what was read
    in each by itself (see `pieces.py`).
    `space` is what `tpfeedback.teaching` compares touchpoints of the user's own by.

    `threads` batches are calculated at once, each by one processor thread: that keeps processors
    busier than several threads on one batch.
    """

    settings: dict[str, Any]
    tokenizer: Tokenizer
    table: NDArray[np.int8]
    scale: Floats
    pieces: tuple[Bytes, ...]
    session: InferenceSession
    threads: int
    space: dict[str, Floats]

    def encode(self, texts: Sequence[str]) -> list[Encoding]:
        """Return the tokens of each text."""
        encodings: list[Encoding] = self.tokenizer.encode_batch([encodable(t) for t in texts])
        return encodings

    def read(
        self,
        encodings: Sequence[Encoding],
        questions: Sequence[str] | None = None,
        *,
        hidden: bool = False,
    ) -> list[Reading]:
        """Read each encoded text as one window, cut at the network's longest window.

        `questions` are what the texts answer, "" where nothing was asked. With `hidden`, tokens
        in their context are kept.
        """
        asked = self._encode_questions(questions) if questions else [[]] * len(encodings)
        longest = self.settings["max_tokens"]
        rows = [row_of(q, e.ids, longest=longest) for q, e in zip(asked, encodings, strict=True)]
        batches = batches_by_length([len(row) for row in rows])
        with ThreadPoolExecutor(self.threads) as pool:
            wanted = [*OUTPUTS, HIDDEN] if hidden else OUTPUTS
            outputs = pool.map(lambda b: self._run([rows[i] for i in b], wanted), batches)
        result: dict[int, Reading] = {}
        for batch, (presence, polarity, overall, attention, logits, *more) in zip(
            batches, outputs, strict=True
        ):
            marks, whole = softmax(polarity), softmax(overall)
            for at, i in enumerate(batch):
                first, last = first_of(asked[i]), len(rows[i]) - 1
                result[i] = Reading(
                    presence[at],
                    marks[at],
                    whole[at],
                    without_marks(attention[at], first, last),
                    logits[at, first:last],
                    encodings[i],
                    *(pairs[at].repeat(STRIDE, axis=0)[first:last] for pairs in more),
                )
        return [result[i] for i in range(len(encodings))]

    def words(self, ids: Sequence[int]) -> Floats:
        """Return what each piece means by itself, wherever it stands: (t, 512)."""
        at = np.asarray(ids, np.int64)
        return np.asarray(self.table[at] * self.scale[at][:, None], np.float32)

    def hidden(self, encodings: Sequence[Encoding]) -> list[Floats]:
        """Return each text's tokens in their context (t, d), without the marks around them."""
        longest = self.settings["max_tokens"]
        rows = [row_of([], e.ids, longest=longest) for e in encodings]
        batches = batches_by_length([len(row) for row in rows])
        with ThreadPoolExecutor(self.threads) as pool:
            outputs = pool.map(lambda b: self._run([rows[i] for i in b], [HIDDEN])[0], batches)
        result: dict[int, Floats] = {}
        for batch, pairs in zip(batches, outputs, strict=True):
            hidden = pairs.repeat(STRIDE, axis=1)
            result |= {i: hidden[at, 1 : len(rows[i]) - 1] for at, i in enumerate(batch)}
        return [result[i] for i in range(len(encodings))]

    def _encode_questions(self, questions: Sequence[str]) -> list[list[int]]:
        """Return the tokens of each question; a survey asks the same one again and again."""
        unique = list(dict.fromkeys(questions))
        ids = {q: e.ids for q, e in zip(unique, self.encode(unique), strict=True)}
        return [ids[question] for question in questions]

    def _run(self, rows: list[list[int]], wanted: list[str]) -> list[Floats]:
        """Return the outputs for rows of one `padded` length, each as if it were read alone.

        Sums run over the padding too, and a lone row would be added up in another order than one
        of several: so the length is the row's own, and there are always at least two rows.
        """
        filler = len(self.table) - 1
        ids = np.full((max(len(rows), 2), padded(len(rows[0]))), filler, np.int64)
        for i, row in enumerate(rows):
            ids[i, : len(row)] = row
        given = (ids, self.table, self.scale[:, None], *self.pieces)
        outputs: list[Floats] = self.session.run(wanted, dict(zip(INPUTS, given, strict=True)))
        return outputs


def without_marks(attention: Floats, first: int, last: int) -> Floats:
    """Return the attention to the tokens of the text; a mark's share goes to the token beside it.

    >>> without_marks(np.full((6, 1), 0.25, np.float32), 1, 4)[:, 0].tolist()
    [0.5, 0.25, 0.25]
    """
    seen = attention[first:last].copy()
    if len(seen):
        seen[0] *= 1 + first % STRIDE
        seen[-1] *= 1 + last % STRIDE
    return seen


def encodable(text: str) -> str:
    """Replace lone surrogates, which no UTF-8 can hold; every character keeps its place.

    >>> encodable("a\\ud800b")
    'a�b'
    """
    return LONE_SURROGATE.sub("\ufffd", text)


def softmax(logits: Floats) -> Floats:
    """Return probabilities of logits along the last axis.

    >>> softmax(np.zeros(4, np.float32)).tolist()
    [0.25, 0.25, 0.25, 0.25]
    """
    shifted = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=-1, keepdims=True), np.float32)


def load_network(name: str, *, threads: int | None = None) -> Network:
    """Load a shipped model by name, once; its files are checked against their recorded hashes."""
    return loaded(name, threads or os.cpu_count() or 1)


@cache
def loaded(name: str, threads: int) -> Network:
    """Return what `load_network` returns; every call gets the same one."""
    root = Path(str(files("tpfeedback") / "models"))
    known = sorted(path.parent.name for path in root.glob("*/settings.json"))
    if name not in known:
        raise TaggerError(unknown_name("model", name, known))
    folder = root / name
    settings = json.loads((folder / "settings.json").read_text(encoding="utf-8"))
    check_files(folder, settings["files"])
    from tokenizers import Tokenizer

    table = np.load(folder / "embedding.npy", mmap_mode="r", allow_pickle=False)
    scale = np.load(folder / "scale.npy", allow_pickle=False)
    return Network(
        settings=settings,
        tokenizer=Tokenizer.from_file(str(folder / "tokenizer.json")),
        table=table,
        scale=scale,
        pieces=read_pieces(_session(folder / "pieces.onnx"), table, scale, threads=threads),
        session=_session(folder / "network.onnx"),
        threads=threads,
        space=dict(np.load(folder / "space.npz", allow_pickle=False)),
    )


def _session(path: Path) -> InferenceSession:
    # Read when it is imported: without it, onnxruntime reports its use to its maker.
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = 1
    if not adds_bytes_exactly():
        options.add_session_config_entry("session.x64quantprecision", "1")
    return onnxruntime.InferenceSession(
        str(path),
        sess_options=options,
        providers=["CPUExecutionProvider"],
        disabled_optimizers=["SkipLayerNormFusion"],  # slower than what it replaces
    )


def adds_bytes_exactly() -> bool:
    """Whether the processor is known to have VNNI instructions.

    Without them the fast kernels would round sums of bytes wrongly; the exact ones take half as
    long again.
    """
    return processor_has("vnni")


@cache
def processor_has(instructions: str) -> bool:
    """Whether the processor is known to have these instructions, as Linux calls them."""
    told = Path("/proc/cpuinfo")
    return told.exists() and instructions in told.read_text(encoding="utf-8", errors="replace")


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
