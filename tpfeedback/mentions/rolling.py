"""From the touchpoints of an industry back to the general ones."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd

from tpfeedback.errors import TaxonomyError, TpfeedbackWarning, unknown_name
from tpfeedback.tables import check_table
from tpfeedback.taxonomy import Taxonomy, general_parent, load_taxonomy
from tpfeedback.wording import write_note


def roll_up(mentions: pd.DataFrame, taxonomy: str | Taxonomy) -> pd.DataFrame:
    """Return mentions of `taxonomy` as mentions of `general`: one row per general touchpoint.

    Where a text has several children of one touchpoint: praise and complaint are "mixed", a
    feeling stands before "neutral"; confidence and evidence are those of the surest child, the
    score is the children's mean, weighted by confidence. A single child is taken as it is. Rows
    stand where the first of their children stood. A mention that leads to no general touchpoint
    is left out, told by a `TpfeedbackWarning`. Raises `TaxonomyError` for a touchpoint that the
    taxonomy does not have.

    >>> found = pd.DataFrame({
    ...     "feedback_id": ["1", "1"], "touchpoint": ["breakfast", "bed"],
    ...     "sentiment": ["positive", "negative"], "score": [0.8, -0.7], "confidence": [0.9, 0.7],
    ...     "start": [0, 16], "stop": [14, 24], "evidence": ["Good breakfast", "hard bed"],
    ...     "language": ["en", "en"]})
    >>> roll_up(found, "hotel")[["touchpoint", "sentiment", "score", "evidence"]].values.tolist()
    [['product', 'mixed', 0.14..., 'Good breakfast']]
    """
    check_table(mentions, "mentions")
    kind = mentions["touchpoint"].dtype
    if isinstance(kind, pd.CategoricalDtype):  # the general touchpoints are other categories
        mentions = mentions.astype({"touchpoint": kind.categories.dtype})
    leading = _known_parents(mentions["touchpoint"], load_taxonomy(taxonomy))
    rows = mentions.assign(touchpoint=leading)[leading.notna().to_numpy()]
    rows = rows.astype({"touchpoint": mentions["touchpoint"].dtype}).reset_index(drop=True)
    pairs = rows.groupby(["feedback_id", "touchpoint"], sort=False, observed=True)
    group = pairs.ngroup().to_numpy()
    # Before the surest of several come the earliest and then the first by name.
    order = np.lexsort((mentions["touchpoint"][leading.notna().to_numpy()].to_numpy(dtype=str),
                        rows["start"], -rows["confidence"], group))  # fmt: skip
    _, firsts = np.unique(group[order], return_index=True)
    surest = rows.iloc[order[firsts]].reset_index(drop=True)
    several = np.bincount(group) > 1
    surest["sentiment"] = _joined_sentiments(rows["sentiment"], group)
    weighted = np.bincount(group, rows["score"] * rows["confidence"])
    weights = np.bincount(group, rows["confidence"])
    surest["score"] = np.where(several, weighted / np.where(weights, weights, 1), surest["score"])
    return surest


def _known_parents(touchpoints: pd.Series, taxonomy: Taxonomy) -> pd.Series:
    parents = general_parent(taxonomy)
    found = touchpoints.unique().tolist()
    for key in sorted(set(found) - set(parents)):
        raise TaxonomyError(unknown_name(f"touchpoint of {taxonomy.key!r}", key, parents))
    leading = touchpoints.map(parents)
    if leading.isna().any():
        lost = sorted(key for key in found if parents[key] is None)
        note = write_note("rolled_nowhere", n=int(leading.isna().sum()), touchpoints=lost)
        warnings.warn(note, TpfeedbackWarning, stacklevel=3)
    return leading


def _joined_sentiments(sentiments: pd.Series, group: np.ndarray) -> np.ndarray:
    complaint = np.bincount(group, sentiments.isin(["negative", "mixed"])) > 0
    praise = np.bincount(group, sentiments.isin(["positive", "mixed"])) > 0
    return np.select([complaint & praise, complaint, praise],
                     ["mixed", "negative", "positive"], "neutral")  # fmt: skip
