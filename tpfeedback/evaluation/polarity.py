"""Which sentiment is taken for which, where the tagger and the label name the same touchpoint."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from tpfeedback.evaluation.codes import CODE, Codes, Flags
from tpfeedback.evaluation.ratios import Array, ratio


def confuse_polarity(
    labelled: Codes, said: Codes, groups: Mapping[str, Flags], weights: Array | None
) -> pd.DataFrame:
    """Return one row a language and labelled sentiment: how often which sentiment was said.

    Columns: `language, labelled, mentions`, the four sentiments as said (counts), and `right` with
    its interval, the share that was said as it was labelled.
    """
    rows = []
    for language, inside in groups.items():
        for sentiment, code in CODE.items():
            true = (labelled[inside] == code) & (said[inside] > 0)
            told = {name: true & (said[inside] == place) for name, place in CODE.items()}
            own = None if weights is None else weights[inside]
            share = ratio(_per_text(told[sentiment]), _per_text(true), own)
            counts = {name: int(flags.sum()) for name, flags in told.items()}
            facts = {"language": language, "labelled": sentiment, "mentions": int(true.sum())}
            rows.append(pd.DataFrame({**facts, **counts, **share.columns("right")}))
    return pd.concat(rows, ignore_index=True)


def _per_text(flags: Flags) -> Array:
    return np.asarray(flags.sum(axis=1, keepdims=True), dtype=np.float64)
