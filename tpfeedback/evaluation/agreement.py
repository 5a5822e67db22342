"""How far people agree with each other: the best that a tagger can be asked for."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tpfeedback.evaluation.alpha import krippendorff_alpha
from tpfeedback.evaluation.codes import ABSENT, UNREAD, UNTOLD, Codes
from tpfeedback.evaluation.coefficient import Coefficient
from tpfeedback.evaluation.kappa import cohen_kappa
from tpfeedback.evaluation.labelled import Labelled, read_labelled
from tpfeedback.evaluation.scores import ALL
from tpfeedback.taxonomy import Taxonomy, load_taxonomy

Judgements = NDArray[np.float64]
COLUMNS = ("touchpoint", "about", "measure", "annotators", "texts", "named", "agreement",
           "agreement_low", "agreement_high")  # fmt: skip


def measure_agreement(
    labels: pd.DataFrame, *, taxonomy: str | Taxonomy = "general"
) -> pd.DataFrame:
    """Return how far the annotators of a labels table agree, corrected for chance.

    Args:
        labels: the labels table with its column `annotator`; texts that two or more have read
            tell of agreement, the others are left out.
        taxonomy: the one that was labelled with.

    Returns:
        For all touchpoints together ("all": every touchpoint of every text is a judgement), then
        for each that somebody named: `about` ("touchpoint": is it named or not; "sentiment": which
        of the four, or not named), `measure` ("kappa": Cohen's, of each two annotators; "alpha":
        Krippendorff's, of all of them), `annotators`, `texts` (that two or more of them read),
        `named` (of these, named by one or more), `agreement` (1 always, 0 as by chance) with its
        95 % interval, `agreement_low, agreement_high`. No rows where no text was read by two.

    Raises:
        TableError: the labels cannot be used.

    >>> found = ["staff", None, "price", "staff", None, "staff"]
    >>> labels = pd.DataFrame({"feedback_id": ["a", "b", "c"] * 2, "touchpoint": found,
    ...                        "sentiment": ["negative", None, "positive"] * 2,
    ...                        "annotator": ["A", "A", "A", "B", "B", "B"]})
    >>> measure_agreement(labels).loc[0, ["measure", "annotators"]].tolist()
    ['kappa', 'A, B']
    """
    return agreement_of(read_labelled(labels, load_taxonomy(taxonomy)))


def agreement_of(labelled: Labelled) -> pd.DataFrame:
    """Return the table of `measure_agreement`."""
    names = sorted(labelled.marks)
    codes = np.stack([labelled.marks[name] for name in names], axis=2)
    codes = codes[((codes != UNREAD).all(axis=1).sum(axis=1)) >= 2]
    if not len(codes):
        return pd.DataFrame(columns=list(COLUMNS))
    rows = _rows(ALL, names, codes)
    for place, key in enumerate(labelled.touchpoints):
        if (codes[:, place] > ABSENT).any():
            rows += _rows(key, names, codes[:, [place]])
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _rows(key: str, names: list[str], codes: Codes) -> list[dict[str, Any]]:
    """Return the rows of some touchpoints, from codes (texts, touchpoints, annotators)."""
    rows = []
    texts = np.repeat(np.arange(len(codes)), codes.shape[1])
    for about, judged in (("touchpoint", _named(codes)), ("sentiment", _felt(codes))):
        flat = judged.reshape(-1, judged.shape[2])
        for pair in map(list, combinations(range(len(names)), 2)):
            kappa = cohen_kappa(flat[:, pair[0]], flat[:, pair[1]], clusters=texts)
            people = ", ".join(names[place] for place in pair)
            facts = {"touchpoint": key, "about": about, "measure": "kappa", "annotators": people}
            rows.append({**facts, **_counts(codes[:, :, pair]), **_ends(kappa)})
        alpha = krippendorff_alpha(flat, clusters=texts)
        facts = {"touchpoint": key, "about": about, "measure": "alpha"}
        facts["annotators"] = ", ".join(names)
        rows.append({**facts, **_counts(codes), **_ends(alpha)})
    return rows


def _counts(codes: Codes) -> dict[str, int]:
    """Return how many texts two or more read, and in how many of them somebody named it."""
    read = (codes[:, 0] != UNREAD).sum(axis=1) >= 2
    return {"texts": int(read.sum()), "named": int((codes[read] > ABSENT).any(axis=(1, 2)).sum())}


def _ends(found: Coefficient) -> dict[str, float]:
    ends = {"agreement_low": found.low, "agreement_high": found.high}
    return {"agreement": found.value, **ends}


def _named(codes: Codes) -> Judgements:
    """Return whether each touchpoint is named (1 or 0), NaN where the text was not read."""
    return np.where(codes == UNREAD, np.nan, codes > ABSENT)


def _felt(codes: Codes) -> Judgements:
    """Return the codes, NaN where the text was not read or the sentiment is not told."""
    return np.where(np.isin(codes, (UNREAD, UNTOLD)), np.nan, codes)
