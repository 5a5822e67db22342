"""Which texts to label where the tagger is least sure: the strategy "uncertain"."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from tpfeedback.errors import ColumnError

Names = list[str]


def pick_uncertain(
    ids: Sequence[str], texts: Sequence[str], mentions: pd.DataFrame, n: int
) -> Names:
    """Return the ids of `n` texts, each touchpoint in turn giving the one it is least sure of.

    Least sure is a mention whose confidence is nearest to one half (Lewis & Gale 1994, "A
    sequential algorithm for training text classifiers"). In turn, so that a common touchpoint does
    not take all places. Texts without mentions take their turn too, the longest first: what is
    missed there, no confidence tells. Equally unsure ones go by id; equal texts are taken once.

    Raises:
        ColumnError: the mentions hold no confidence.

    >>> mentions = pd.DataFrame({"feedback_id": ["a", "b", "c"], "confidence": [0.9, 0.6, 0.8],
    ...                          "touchpoint": ["price", "price", "staff"]})
    >>> pick_uncertain(["a", "b", "c", "d"], ["A", "B", "C", "D"], mentions, 3)
    ['d', 'b', 'c']
    """
    if "confidence" not in mentions.columns:
        raise ColumnError(
            "The mentions have no column 'confidence', so it is not known where the tagger is "
            f"unsure. Given: {', '.join(map(str, mentions.columns))}. Pass the table of "
            "extract_mentions, or take strategy='random'."
        )
    queues = _queues(ids, texts, mentions)
    same = dict(zip(ids, texts, strict=True))
    chosen: dict[str, None] = {}
    read: set[str] = set()
    while queues and len(chosen) < n:
        for queue in queues:
            while queue and (queue[-1] in chosen or same[queue[-1]] in read):
                queue.pop()
            if queue and len(chosen) < n:
                one = queue.pop()
                chosen[one] = None
                read.add(same[one])
        queues = [queue for queue in queues if queue]
    return list(chosen)


def _queues(ids: Sequence[str], texts: Sequence[str], mentions: pd.DataFrame) -> list[Names]:
    """Return the ids of every touchpoint, the least sure last; first those without any."""
    known = set(ids)
    table = pd.DataFrame({
        "id": mentions["feedback_id"].astype("str"),
        "touchpoint": mentions["touchpoint"].astype("str"),
        "sure": (mentions["confidence"].astype(float) - 0.5).abs(),
    })  # fmt: skip
    table = table[table["id"].isin(known)]
    named = set(table["id"])
    silent = [(len(text), one) for one, text in zip(ids, texts, strict=True) if one not in named]
    queues = [[one for _, one in sorted(silent, key=lambda pair: (pair[0], pair[1]))]]
    table = table.sort_values(["touchpoint", "sure", "id"], ascending=[True, False, False])
    queues += [group["id"].tolist() for _, group in table.groupby("touchpoint", sort=True)]
    return [queue for queue in queues if queue]
