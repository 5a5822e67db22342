"""Labels and mentions as numbers: one row a text, one column a touchpoint."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tpfeedback.tables import SENTIMENTS

Codes = NDArray[np.int8]
Flags = NDArray[np.bool_]

ABSENT = 0  # the text does not name the touchpoint; then the sentiments, from 1 on, and
UNTOLD = len(SENTIMENTS) + 1  # it does, and with what sentiment is not told
UNREAD = -1  # nobody read the text
CODE = {sentiment: place for place, sentiment in enumerate(SENTIMENTS, start=1)}


def code_marks(table: pd.DataFrame, ids: pd.Index, touchpoints: Sequence[str]) -> Codes:
    """Return (texts, touchpoints) codes of a mentions or labels table; other rows are left out.

    Two rows of one touchpoint in one text count once: with praise and complaint it is mixed, else
    what is not neutral holds.

    >>> table = pd.DataFrame({"feedback_id": ["a", "a"], "touchpoint": ["staff", "staff"],
    ...                       "sentiment": ["positive", "negative"]})
    >>> code_marks(table, pd.Index(["a", "b"]), ["price", "staff"]).tolist()
    [[0, 4], [0, 0]]
    """
    rows = ids.get_indexer(pd.Index(table["feedback_id"].astype("str")))
    columns = pd.Index(list(touchpoints), dtype="object").get_indexer(
        pd.Index(table["touchpoint"].astype("object"))
    )
    inside = (rows >= 0) & (columns >= 0)
    sentiment = table["sentiment"].astype("object").map(CODE).fillna(UNTOLD).to_numpy(dtype=int)
    found = np.zeros((len(ids), len(touchpoints), UNTOLD + 1), dtype=bool)
    found[rows[inside], columns[inside], sentiment[inside]] = True
    return _joined(found)


def _joined(found: Flags) -> Codes:
    """Return one code for each text and touchpoint of the flags (texts, touchpoints, codes)."""
    of = {name: found[:, :, code] for name, code in CODE.items()}
    mixed = of["mixed"] | (of["negative"] & of["positive"])
    cases = [mixed, of["negative"], of["positive"], of["neutral"], found[:, :, UNTOLD]]
    names = [CODE["mixed"], CODE["negative"], CODE["positive"], CODE["neutral"], UNTOLD]
    return np.select(cases, names, ABSENT).astype(np.int8)


def sentiment_of(code: int) -> str | None:
    """Return the sentiment of a code, None where there is none.

    >>> sentiment_of(1), sentiment_of(ABSENT)
    ('negative', None)
    """
    return SENTIMENTS[code - 1] if 1 <= code <= len(SENTIMENTS) else None
