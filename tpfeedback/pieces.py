"""What is read in each piece of the vocabulary by itself, whatever text it stands in.

The first layer adds up what each token and its neighbours tell it, and what a piece tells there is
always the same. So it is calculated once, when a model is loaded, instead of in every text.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

ALONE = ["alone_2", "alone_3", "alone_5"]  # a piece itself, as n-grams of each length read it
BESIDE = [  # what it tells a token after it, of itself and before it, as far as they reach
    ["beside_2_0", "beside_2_1"],
    ["beside_3_0", "beside_3_1", "beside_3_2"],
    ["beside_5_0", "beside_5_1", "beside_5_2"],
]
OF_PIECES = [*ALONE, *chain(*BESIDE)]
WIDTH = 256  # bytes of each
ZERO = np.uint8(128)  # the byte that stands for 0 in the embeddings that `pieces.onnx` is given
AT_ONCE = 2048  # pieces

Bytes = NDArray[np.uint8]


def read_pieces(
    session: InferenceSession,
    table: NDArray[np.int8],
    scale: NDArray[np.float32],
    *,
    threads: int,
) -> tuple[Bytes, ...]:
    """Return an array of bytes (p, 256) for each of OF_PIECES.

    `table` (p, 512) are the bytes of p pieces and `scale` (p,) what a step of each is worth, 0 for
    what is no piece but padding; `session` runs `pieces.onnx`.
    """
    every = tuple(np.empty((len(table), WIDTH), np.uint8) for _ in OF_PIECES)

    def run(start: int) -> None:
        some = slice(start, start + AT_ONCE)
        given = {"pieces": table[some].view(np.uint8) ^ ZERO, "steps": scale[some, None]}
        for whole, part in zip(every, session.run(OF_PIECES, given), strict=True):
            whole[some] = part

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(run, range(0, len(table), AT_ONCE)))
    return every
