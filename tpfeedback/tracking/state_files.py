"""A monitor's state as a file: JSON to read, Parquet to be small. No pickle."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tpfeedback.errors import ReadError, WriteError
from tpfeedback.tracking.state import COUNTED, KEYS, MonitorState
from tpfeedback.tracking.tallies import typed

SUFFIXES = (".json", ".parquet")
VERSION = 1
_HEAD = b"tpfeedback_monitor"
# What reading raises where a part is missing, of another kind, too deep or too large.
_BROKEN = (OSError, ValueError, KeyError, TypeError, AttributeError, ArithmeticError, RuntimeError)


def save_state(state: MonitorState, path: str | Path) -> None:
    """Write the state to `path`, by its ending: .json or .parquet. Same state, same bytes.

    Raises:
        WriteError: the ending is another, or the folder does not exist.
    """
    target = Path(path)
    if target.suffix not in SUFFIXES or not target.parent.is_dir():
        raise WriteError(
            f"The state cannot be written to {str(path)!r}. Allowed: a file in an existing folder "
            f"that ends in {' or '.join(SUFFIXES)}."
        )
    if target.suffix == ".json":
        tables = {name: _columns(table) for name, table in state.tables.items()}
        whole = json.dumps({**_head(state), "tables": tables}, ensure_ascii=False)
        target.write_text(whole + "\n", encoding="utf-8", newline="\n")
    else:
        _write_parquet(state, target)


def load_state(path: str | Path) -> MonitorState:
    """Read a state that `save_state` wrote.

    Raises:
        ReadError: there is no such file, or it is no state of a monitor.
    """
    source = Path(path)
    try:
        head, tables = _read_parquet(source) if source.suffix == ".parquet" else _read_json(source)
        if head["version"] != VERSION:
            raise ValueError(f"version {head['version']}")
        with np.errstate(invalid="raise"):  # a number too large for a date or a count
            read = {name: typed(name, tables[name]) for name in KEYS}
        last = None if head["last"] is None else pd.Timestamp(head["last"])
        return MonitorState(head["freq"], tuple(head["by"]), int(head["undated"]), last, **read)
    except _BROKEN as problem:
        raise ReadError(
            f"{str(path)!r} cannot be read as the state of a monitor ({problem}). Allowed: a file "
            "that tpfeedback.tracking.save_state wrote."
        ) from problem


def _head(state: MonitorState) -> dict[str, Any]:
    last = None if state.last is None else state.last.date().isoformat()
    return {
        "version": VERSION,
        "freq": state.freq,
        "by": list(state.by),
        "undated": state.undated,
        "last": last,
    }


def _columns(table: pd.DataFrame) -> dict[str, list[Any]]:
    if "period" in table:
        table = table.assign(period=table["period"].dt.strftime("%Y-%m-%d"))
    return {str(name): table[name].tolist() for name in table}


def _read_json(path: Path) -> tuple[dict[str, Any], dict[str, pd.DataFrame]]:
    whole = json.loads(path.read_text(encoding="utf-8"))
    return whole, {name: pd.DataFrame(columns) for name, columns in whole["tables"].items()}


def _write_parquet(state: MonitorState, path: Path) -> None:
    """Write all tables below each other, the column `table` telling which row is of which."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    parts = [table.assign(table=name) for name, table in state.tables.items() if len(table)]
    columns = list(dict.fromkeys(c for name in KEYS for c in (*KEYS[name], *COUNTED[name])))
    kinds = {"period": pa.timestamp("ns"), "confidence": pa.float64()}
    numbers = ("texts", "mentions", "negative", "positive", "count", "print")
    fields = [pa.field("table", pa.string())]
    fields += [
        pa.field(c, kinds.get(c, pa.int64() if c in numbers else pa.string())) for c in columns
    ]
    head = {_HEAD: json.dumps(_head(state), ensure_ascii=False).encode()}
    schema = pa.schema(fields, metadata=head)
    arrows = [
        pa.Table.from_pydict(
            {
                field.name: (
                    pa.array(part[field.name], type=field.type, from_pandas=True)
                    if field.name in part
                    else pa.nulls(len(part), field.type)
                )
                for field in schema
            },
            schema=schema,
        )
        for part in parts
    ]
    pq.write_table(pa.concat_tables(arrows or [schema.empty_table()]), path)


def _read_parquet(path: Path) -> tuple[dict[str, Any], dict[str, pd.DataFrame]]:
    import pyarrow.parquet as pq

    whole = pq.read_table(path)
    head = json.loads((whole.schema.metadata or {})[_HEAD])
    names = whole["table"].to_pandas()
    tables = {}
    for name in KEYS:
        rows = whole.filter((names == name).to_numpy())
        tables[name] = rows.select([*KEYS[name], *COUNTED[name]]).to_pandas()
    return head, tables
