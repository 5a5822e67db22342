"""The naive baseline: each touchpoint's importance as if it were alone. For comparison only."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tpfeedback.impact.design import NOTHING, Design
from tpfeedback.impact.explained import Players, importance_table, sweep_first
from tpfeedback.impact.gram import Array


def estimate(design: Design, *, random_state: int) -> pd.DataFrame:
    """Return the naive `importance` (0-1, sums to 1) with a 95 % bootstrap interval.

    This is the baseline that the other methods are compared with, not a method to decide by. Each
    touchpoint is taken alone: the squared multiple correlation of its complaints and its praise
    with the outcome, divided by the sum over touchpoints. It is what "average of the texts that
    mention it against average of the others" comes down to (with one term, the squared
    correlation is a function of that difference).

    Why it misleads: people call because the parcel is late. So calls and late parcels come
    together, texts that speak of the call centre have low ratings even where every call went
    well, and taken alone the call centre is blamed for what the delivery did. A large naive
    importance next to a small one by `shapley`, and a penalty whose interval holds 0, tell such
    a touchpoint. What several touchpoints explain together is counted once for each of them, so
    the squared correlations can sum to more than R squared; only their shares are reported.

    Controls are held fixed, for they were asked for; what the joint methods hold fixed on their
    own account (texts that name nothing, rare mentions, all mentions under the policy "observed")
    is not. Interval: see `explained.importance_table`; it holds the naive number, not the effect.

    >>> from tpfeedback.impact import measure_impact
    >>> late = pd.Series([True, False, False, True, False] * 80)
    >>> flags = {"call_centre": late & (late.index % 2 == 0), "delivery": late}
    >>> mentions = [pd.DataFrame({"feedback_id": late.index, "touchpoint": "product",
    ...                           "sentiment": "neutral"})]
    >>> mentions += [pd.DataFrame({"feedback_id": late.index[flag], "touchpoint": name,
    ...                            "sentiment": "negative"}) for name, flag in flags.items()]
    >>> feedback = pd.DataFrame({"feedback_id": late.index, "overall": 5 - 3 * late})
    >>> tables = feedback, pd.concat(mentions)  # who calls always got a late parcel
    >>> naive = measure_impact(*tables, method="correlation").set_index("touchpoint")
    >>> naive["importance"][["call_centre", "delivery"]].round(2).tolist()
    [0.27, 0.73]
    >>> joint = measure_impact(*tables).set_index("touchpoint")
    >>> (joint["penalty"][["call_centre", "delivery"]].round(2) + 0).tolist()
    [0.0, -3.0]
    """
    own = {NOTHING, "rare negative mentions", "rare positive mentions"}
    own |= {f"mentions of {touchpoint}" for touchpoint in design.touchpoints}
    asked = [i for i, name in enumerate(design.held) if name not in own]
    random = np.random.default_rng(random_state)
    return importance_table(design, alone, random=random, held=asked)


def alone(stack: Array, players: Players) -> Array:
    """Return the R squared of each player alone, for every Gram matrix with the outcome last.

    >>> stack = np.array([[[1.0, 0.5, 0.6], [0.5, 1.0, 0.2], [0.6, 0.2, 1.0]]])
    >>> alone(stack, ((0,), (1,))).round(3).tolist()
    [[0.36, 0.04]]
    """
    gains = []
    for player in players:
        columns = np.array([*player, -1])
        left = stack[:, columns[:, None], columns]
        for _ in player:
            left = sweep_first(left)
        gains.append(stack[:, -1, -1] - left[:, 0, 0])
    return np.stack(gains, axis=1)
