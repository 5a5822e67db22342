"""The few rows of a batch that are shown: the clearest mentions, and the first rows set aside."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from tpfeedback.batch.folder import read_finished
from tpfeedback.batch.parts import part_name
from tpfeedback.batch.patterns import read_columns
from tpfeedback.tables import MENTIONS

KEPT = 40  # of each touchpoint and sentiment: enough to choose a few that differ
_SHOWN = ("feedback_id", "text", "overall", "language", "date", "row")


def keep_clearest(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the surest and strongest mentions of the whole batch, and the feedback they are in.

    `KEPT` of each touchpoint and sentiment, by confidence x strength; of equal ones those that
    stand first in the file.
    """
    columns = [column.name for column in MENTIONS]
    kept = pd.DataFrame(columns=[*columns, "part", "_clear"])
    for part in read_finished(folder)["parts"]:
        found = read_columns(folder / part_name("mentions", part["part"]), columns)
        clear = found["confidence"] * found["score"].abs()
        found = found.assign(part=part["part"], _clear=clear)
        kept = _best(pd.concat([kept, found], ignore_index=True) if len(kept) else found)
    texts = [
        _texts(folder / part_name("feedback", number), kept["feedback_id"][kept["part"] == number])
        for number in sorted(set(kept["part"].tolist()))
    ]
    feedback = pd.concat(texts, ignore_index=True) if texts else pd.DataFrame(columns=_SHOWN)
    return feedback, kept[columns].reset_index(drop=True)


def first_rejected(folder: Path, n: int) -> pd.DataFrame:
    """Return the first `n` rows set aside: `row`, `reason`, `content`."""
    columns = ["row", "reason", "content"]
    kept = pd.DataFrame(columns=columns)
    for part in read_finished(folder)["parts"]:
        if part["rejected"] and len(kept) < n:
            found = read_columns(folder / part_name("rejected", part["part"]), columns)
            kept = pd.concat([kept, found], ignore_index=True) if len(kept) else found
    return kept.head(n)


def _best(mentions: pd.DataFrame) -> pd.DataFrame:
    ordered = mentions.sort_values("_clear", ascending=False, kind="stable")
    kept = ordered.groupby(["touchpoint", "sentiment"], sort=False).head(KEPT)
    return kept.sort_index()


def _texts(path: Path, ids: pd.Series) -> pd.DataFrame:
    feedback = read_columns(path, _SHOWN)
    return feedback[feedback["feedback_id"].isin(set(ids))]
