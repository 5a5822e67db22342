"""From respondents to counted patterns: in the workers, and put together on the driver."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from tpfeedback.batch.patterns import Patterns, gather_patterns, pack_flags, packed_width
from tpfeedback.errors import ColumnError, ImpactError, TpfeedbackError, unknown_name
from tpfeedback.impact.marks import mark_texts
from tpfeedback.impact.respondents import join_answers

REFUSED = {error.__name__: error for error in (ColumnError, ImpactError)}
KINDS = {"flags": "binary", "outcome": "double"}  # of a pattern, beside its controls
SUMS = {"n": "bigint", "infinite": "bigint"}
PROBLEM = {"error": "string", "problem": "string"}


def count_pieces(
    pieces: Iterable[Any], names: Sequence[str], controls: Sequence[str]
) -> Iterator[Any]:
    """Yield the patterns of each piece with their counts, as Arrow, in a worker.

    A piece has one row per respondent: the list `answers` of their texts. Columns of what is
    yielded: `flags` (see `pack_flags`), `outcome`, the controls, `n` respondents, `infinite`
    outcomes taken as missing, and `error`, `problem` where the tables break their contract.
    `controls` are the Arrow types of the controls, whose columns are named by their place.
    """
    import pyarrow as pa

    kinds = {"binary": pa.binary(), "double": pa.float64(), "bigint": pa.int64(),
             "string": pa.string(), "boolean": pa.bool_()}  # fmt: skip
    held = {place_name(k): kind for k, kind in enumerate(controls)}
    schema = pa.schema([(n, kinds[k]) for n, k in (KINDS | held | SUMS | PROBLEM).items()])
    for piece in pieces:
        try:
            counted = _count(*_tables(piece, list(held)), tuple(names), list(held))
        except TpfeedbackError as problem:
            counted = pd.DataFrame({"error": [type(problem).__name__], "problem": [str(problem)]})
        whole = counted.reindex(columns=schema.names)
        whole = whole.assign(**{name: whole[name].fillna(0).astype("int64") for name in SUMS})
        columns = [pa.array(whole[f.name].tolist(), type=f.type, from_pandas=True) for f in schema]
        yield pa.RecordBatch.from_arrays(columns, schema=schema)


def place_name(place: int) -> str:
    """Return what a control is called in the cluster, where its own name might be one of ours.

    >>> place_name(0)
    'control_0'
    """
    return f"control_{place}"


def put_together(rows: pd.DataFrame, names: Sequence[str], controls: Sequence[str]) -> Patterns:
    """Return the patterns of all pieces, from the rows of `count_pieces` summed by pattern.

    Raises what a worker refused: of several, the first by name.
    """
    refused = rows[rows["problem"].notna()].sort_values(["error", "problem"])
    for error, problem in refused[["error", "problem"]].itertuples(index=False):
        raise REFUSED[error](problem)
    found = rows[rows["flags"].notna()]
    held = found[[place_name(k) for k in range(len(controls))]]
    # Not itertuples: of a table without columns, pandas 3.0.0 yields no rows.
    order = np.argsort([repr(row) for row in held.to_numpy(dtype=object).tolist()], kind="stable")
    found, held = found.iloc[order], held.iloc[order]
    packed = np.frombuffer(b"".join(map(bytes, found["flags"])), dtype=np.uint8)
    flags = packed.reshape(len(found), packed_width(names))
    piece = flags, found["outcome"].to_numpy(dtype=float), held, found["n"].to_numpy(dtype=float)
    return gather_patterns([piece], names, controls)


def _tables(piece: Any, controls: list[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return feedback and mentions of the respondents of a piece."""
    import pyarrow as pa
    import pyarrow.compute as pc

    texts = pa.Table.from_batches([pa.RecordBatch.from_struct_array(piece.column(0).flatten())])
    said = texts["said"].combine_chunks()
    spoken = pa.RecordBatch.from_struct_array(said.flatten()).to_pandas()
    owner = texts["feedback_id"].take(pc.list_parent_indices(said))
    known = texts.filter(pc.is_valid(texts["known"]))
    feedback = known.select(["feedback_id", "outcome", "question", *controls]).to_pandas()
    return feedback, spoken.assign(feedback_id=owner.to_pandas())


def _count(
    feedback: pd.DataFrame, mentions: pd.DataFrame, names: tuple[str, ...], controls: list[str]
) -> pd.DataFrame:
    odd = sorted(set(mentions["touchpoint"].dropna()) - set(names))
    if odd:
        then = "Name the taxonomy of the mentions with taxonomy=."
        raise ColumnError(unknown_name("touchpoint", odd[0], names, then=then))
    marks = mark_texts(feedback, mentions)
    numbers = feedback["outcome"].to_numpy(dtype=float)
    infinite = np.isinf(numbers)
    numbers = np.where(infinite, np.nan, numbers)
    marks, outcome, held = join_answers(feedback, marks, numbers, feedback[controls])
    packed = [row.tobytes() for row in pack_flags(marks, names)]
    rows = held.assign(flags=packed, outcome=outcome + 0.0)
    keys = [*KINDS, *controls]
    counted = rows.groupby(keys, dropna=False, sort=False).size().rename("n").reset_index()
    if infinite.any():
        counted = pd.concat([counted, pd.DataFrame({"infinite": [int(infinite.sum())]})])
    return counted
