"""From tagged parts to patterns: equal respondents are one row with a count.

What the impact needs of a respondent is which touchpoints they mention and how, the outcome, and
what is held fixed. Millions of texts come in far fewer such patterns, and a pattern with its
count says as much as the rows (Wong, Forsell, Lewis, Mao & Wardrop 2021, You Only Compress Once,
arXiv:2102.11297: sufficient statistics that keep robust covariances exact).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tpfeedback.batch.folder import read_finished
from tpfeedback.batch.parts import part_name
from tpfeedback.errors import ReadError
from tpfeedback.impact.gram import Array, Flags
from tpfeedback.impact.marks import Marks, mark_texts
from tpfeedback.impact.respondents import join_answers
from tpfeedback.outcome import SENTIMENT_COLUMN, SENTIMENT_SCORES


@dataclass(frozen=True, eq=False)
class Patterns:
    """Distinct respondents: `marks` and `outcome` (NaN where unrated), `controls`, and how many
    respondents have each pattern (`count`)."""

    marks: Marks
    outcome: Array
    controls: pd.DataFrame
    count: Array


Bits = NDArray[np.uint8]
Piece = tuple[Bits, Array, pd.DataFrame, Array | None]
"""Some respondents: flags as `pack_flags` has them, outcome, controls, and how many of each (None:
one)."""


def read_patterns(
    folder: Path, touchpoints: Sequence[str], *, outcome: str, controls: Sequence[str] = ()
) -> Patterns:
    """Return the patterns of all parts; `outcome` is "overall" or "sentiment_score".

    Only the columns that it needs are read, one part at a time. The order of the patterns
    depends on what they are, not on where in the file they stand.
    """
    names = sorted(touchpoints)

    def pieces() -> Iterator[Piece]:
        for feedback, mentions in read_tables(folder, outcome=outcome, controls=controls):
            marks, numbers = mark_texts(feedback, mentions), feedback[outcome].to_numpy(dtype=float)
            marks, numbers, held = join_answers(feedback, marks, numbers, feedback[list(controls)])
            yield pack_flags(marks, names), numbers, held, None

    return gather_patterns(pieces(), names, controls)


def gather_patterns(
    pieces: Iterable[Piece], names: Sequence[str], controls: Sequence[str]
) -> Patterns:
    """Return the patterns of all pieces together; `names` are those of the packed flags."""
    counts: dict[bytes, int] = {}
    levels: dict[tuple[Any, ...], int] = {}
    for packed, outcome, held, times in pieces:
        keys, places = np.unique(_keys(packed, outcome, _codes(held, levels)), return_inverse=True)
        for key, count in zip(keys, np.bincount(places, weights=times), strict=True):
            pattern = key.tobytes()
            counts[pattern] = counts.get(pattern, 0) + int(count)
    return _unpack(counts, tuple(names), pd.DataFrame(list(levels), columns=list(controls)))


def read_tables(
    folder: Path, *, outcome: str, controls: Sequence[str] = ()
) -> Iterator[tuple[pd.DataFrame, pd.DataFrame]]:
    """Yield feedback and mentions of each part, without texts."""
    source = "sentiment" if outcome == SENTIMENT_COLUMN else outcome
    answers = () if outcome == SENTIMENT_COLUMN else ("question",)
    wanted = list(dict.fromkeys(["feedback_id", source, *answers, *controls]))
    for part in read_finished(folder)["parts"]:
        number = part["part"]
        feedback = read_columns(folder / part_name("feedback", number), wanted)
        if outcome == SENTIMENT_COLUMN:
            scores = feedback[source].map(SENTIMENT_SCORES).astype("float64")
            feedback = feedback.assign(**{SENTIMENT_COLUMN: scores})
        columns = ["feedback_id", "touchpoint", "sentiment"]
        yield feedback, read_columns(folder / part_name("mentions", number), columns)


def read_columns(path: Path, columns: Sequence[str]) -> pd.DataFrame:
    """Return some columns of a part; `ReadError` where it is lost or damaged."""
    import pyarrow.parquet as pq
    from pyarrow import ArrowException

    try:
        table: pd.DataFrame = pq.read_table(path, columns=list(columns)).to_pandas()
    except (ArrowException, OSError) as problem:
        raise ReadError(
            f"The part {path.parent.name}/{path.name} cannot be read: "
            f"{str(problem).splitlines()[0]}. Delete the folder and tag the file again."
        ) from None
    return table


def pack_flags(marks: Marks, names: Sequence[str]) -> Bits:
    """Return the flags of mentions, complaints and praise side by side, a bit per name in each."""
    places = [list(names).index(touchpoint) for touchpoint in marks.touchpoints]
    whole = np.zeros((len(marks.mentioned), 3, len(names)), dtype=bool)
    for kind, flags in enumerate((marks.mentioned, marks.negative, marks.positive)):
        whole[:, kind, places] = flags
    return np.packbits(whole.reshape(len(whole), -1), axis=1)


def packed_width(names: Sequence[str]) -> int:
    """Return how many bytes `pack_flags` needs for a respondent."""
    return -(-3 * len(names) // 8)


def _codes(held: pd.DataFrame, levels: dict[tuple[Any, ...], int]) -> Array:
    """Return a number for each combination of controls, new ones added to `levels`."""
    if not len(held.columns):
        levels.setdefault((), 0)
        return np.zeros(len(held))
    rows = held.astype(object).where(held.notna(), None).itertuples(index=False, name=None)
    return np.array([levels.setdefault(row, len(levels)) for row in rows], dtype=float)


def _keys(packed: Bits, outcome: Array, codes: Array) -> Any:
    numbers = np.column_stack([outcome + 0.0, codes])  # -0.0 becomes 0.0
    numbers[np.isnan(numbers)] = np.nan
    key = np.column_stack([packed, np.ascontiguousarray(numbers).view(np.uint8)])
    return np.ascontiguousarray(key).view(np.dtype((np.void, key.shape[1])))[:, 0]


def _unpack(counts: Mapping[bytes, int], names: tuple[str, ...], levels: pd.DataFrame) -> Patterns:
    keys = sorted(counts)
    width = packed_width(names)
    whole = np.frombuffer(b"".join(keys), dtype=np.uint8).reshape(len(keys), width + 16)
    bits = np.unpackbits(whole[:, :width], axis=1)[:, : 3 * len(names)].astype(bool)
    flags = bits.reshape(len(keys), 3, len(names))
    numbers = np.ascontiguousarray(whole[:, width:]).view(np.float64)
    found: Flags = np.asarray(flags[:, 0].any(axis=0))
    kept = tuple(name for name, there in zip(names, found, strict=True) if there)
    marks = Marks(kept, flags[:, 0][:, found], flags[:, 1][:, found], flags[:, 2][:, found])
    controls = levels.iloc[numbers[:, 1].astype(int)].reset_index(drop=True)
    count = np.array([counts[key] for key in keys], dtype=float)
    return Patterns(marks, numbers[:, 0].copy(), controls.infer_objects(), count)
