"""When to raise an alarm: every period against the past of its own stream, errors shared out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm, t

from tpfeedback.impact.gram import Array, Flags, Places
from tpfeedback.tracking.change_points import date_change
from tpfeedback.tracking.conditional_tails import upper_tail
from tpfeedback.tracking.past_variation import (
    Learnt,
    blocks_of,
    learn,
    past_blocks,
    past_sums,
    variation,
    window_sums,
)

Whole = NDArray[np.int64]
FEWEST_TEXTS = 30  # texts of the past before anything is judged


@dataclass(frozen=True, eq=False)
class Plan:
    """How the looks are made.

    `windows`: periods that a look compares with the past before them; `fewest`: periods of past
    that are needed; `looks`: looks that share the error among themselves (a year of them).
    """

    windows: tuple[int, ...]
    fewest: int
    looks: int


PLANS = {"D": Plan((1, 7, 28), 28, 365), "W": Plan((1, 4, 13), 8, 52), "M": Plan((1, 3, 6), 6, 12)}


@dataclass(frozen=True)
class Alarm:
    """One alarm: at period `at`, stream `stream`, of the last `window` periods.

    `kind` is "spike" or "shift", `since` the period in which it began. `observed` is the share of
    the `count` of `total` in the window, `expected` the share of `before` of `total_before` in the
    past; `low` and `high` are where 95 % of such windows would be; `p_value` is two-sided.
    """

    at: int
    stream: int
    window: int
    kind: str
    since: int
    count: float
    total: float
    before: float
    total_before: float
    low: float
    high: float
    p_value: float
    limit: float

    @property
    def observed(self) -> float:
        """Share in the window."""
        return self.count / self.total

    @property
    def expected(self) -> float:
        """Share before the window."""
        return self.before / self.total_before


@dataclass(frozen=True, eq=False)
class Watch:
    """What the looks at all streams have in common; arrays are (periods, streams)."""

    count: Array
    total: Array
    limit: Array
    plan: Plan
    learnt: dict[int, list[Learnt]]


def find_alarms(
    counts: Whole, totals: Whole, *, limit: Array, groups: Places, plan: Plan
) -> list[Alarm]:
    """Return all alarms, in order of period and stream.

    At every period each stream's share of the last period, and of the last few, is compared with
    all of its past before them by Fisher's exact test, two-sided. Alarm where p <= `limit`
    (periods, streams), which the caller has shared out so that the limits of all looks of a year,
    times the number of windows, sum to the false-alarm rate. Counts are first divided by
    their overdispersion, which streams of one of the `groups` (streams,) learn from each other.
    A later look never changes an earlier one.

    After a spike its period is left out of the past; after a shift, and after two spikes within
    the second window, the past begins anew where the share changed.
    """
    count, total = counts.astype(np.float64), totals.astype(np.float64)
    raised = np.zeros(count.shape[1], dtype=bool)
    learnt: dict[int, list[Learnt]] = {}
    for window in plan.windows:
        p, learnt[window] = _first_pass(
            count, total, limit, groups=groups, window=window, fewest=plan.fewest
        )
        raised |= (p <= limit).any(axis=0)
    watch = Watch(count, total, limit, plan, learnt)
    found = [alarm for stream in np.flatnonzero(raised) for alarm in _follow(watch, int(stream))]
    return sorted(found, key=lambda alarm: (alarm.at, alarm.stream))


def _first_pass(
    count: Array, total: Array, limit: Array, *, groups: Places, window: int, fewest: int
) -> tuple[Array, list[Learnt]]:
    """Return p-values of all looks that could be alarms (1 elsewhere), and what was learnt."""
    now, size = window_sums(count, window), window_sums(total, window)
    known = (total > 0).astype(float)
    before, texts, periods = (past_sums(values, window) for values in (count, total, known))
    pasts = [past_blocks(count, total, window, length) for length in _lengths(window)]
    learnt = [learn(blocks, groups) for blocks in pasts]
    usual, degrees = variation(list(zip(pasts, learnt, strict=True)))
    ready = (size > 0) & (periods >= fewest) & (texts >= FEWEST_TEXTS)
    score = _score(now, size, before, texts, usual)
    unclear = ready & (np.abs(score) > _worth_a_look(limit))
    p = np.ones(count.shape)
    p[unclear] = two_sided(
        now[unclear], size[unclear], before[unclear], texts[unclear],
        usual=usual[unclear], degrees=degrees[unclear],
    )  # fmt: skip
    return p, learnt


def _lengths(window: int) -> tuple[int, ...]:
    """Return the lengths of the blocks by which variation is judged: a period, and the window."""
    return tuple(sorted({1, window}))


def _worth_a_look(limit: Any) -> Any:
    """Return the z-score below which no exact tail is under the limit."""
    return 0.9 * np.sqrt(-np.log(limit))


def two_sided(
    now: Array, size: Array, before: Array, texts: Array, *, usual: Array, degrees: Array
) -> Array:
    """Return p-values of "the share is as before", with `degrees` of freedom of `usual`.

    The exact tail of counts divided by their overdispersion; since that is an estimate, its z-score
    is taken for a value of Student's t.
    """
    rises = now * texts > before * size
    now, before = np.where(rises, now, size - now), np.where(rises, before, texts - before)
    tail = upper_tail(now / usual, size / usual, before / usual, texts / usual)
    told = np.where(np.isinf(degrees), tail, t.sf(norm.isf(tail), np.minimum(degrees, 1e6)))
    return np.asarray(np.minimum(2 * told, 1.0))


def _score(now: Array, size: Array, before: Array, texts: Array, usual: Array) -> Array:
    with np.errstate(invalid="ignore", divide="ignore"):
        share = (now + before) / (size + texts)
        error = np.sqrt(usual * share * (1 - share) * (1 / size + 1 / texts))
        score = (now / size - before / texts) / error
    return np.nan_to_num(score, nan=0.0, posinf=0.0, neginf=0.0)


def _follow(watch: Watch, stream: int) -> list[Alarm]:
    """Return the alarms of one stream, its past beginning anew after each shift."""
    alarms: list[Alarm] = []
    left_out = np.zeros(len(watch.count), dtype=bool)
    start = 0
    for at in range(len(watch.count)):
        hits = [alarm for alarm in (
            _look(watch, stream, at, window=window, start=start, left_out=left_out)
            for window in watch.plan.windows
        ) if alarm is not None]  # fmt: skip
        if not hits:
            continue
        first = hits[0]
        recent = int(left_out[max(start, at + 1 - watch.plan.windows[1]) : at].sum())
        if first.window == 1 and recent == 0:
            alarms.append(first)
            left_out[at] = True
            continue
        since = _since(watch, stream, start, at)
        alarms.append(Alarm(**{**vars(first), "kind": "shift", "since": since}))
        start = since
        left_out[since:] = False
    return alarms


def _since(watch: Watch, stream: int, start: int, at: int) -> int:
    stretch = slice(start, at + 1)
    return start + date_change(watch.count[stretch, stream], watch.total[stretch, stream])


def _look(
    watch: Watch, stream: int, at: int, *, window: int, start: int, left_out: Flags
) -> Alarm | None:
    """Return the alarm of one look, or None. Spikes are in neither side of a longer window."""
    first = at + 1 - window
    if first - start < watch.plan.fewest:
        return None
    count, total = watch.count[:, stream], watch.total[:, stream]
    past = np.arange(start, first)[~left_out[start:first]]
    inside = np.arange(first, at + 1)[~left_out[first : at + 1]]
    now, size = count[inside].sum(), total[inside].sum()
    before, texts = count[past].sum(), total[past].sum()
    periods = int((total[past] > 0).sum())
    if size == 0 or periods < watch.plan.fewest or texts < FEWEST_TEXTS:
        return None
    pasts = [
        (blocks_of(count[past], total[past], length),
         (centre[at : at + 1, stream], prior[at : at + 1, stream]))
        for length, (centre, prior) in zip(_lengths(window), watch.learnt[window], strict=True)
    ]  # fmt: skip
    usual, degrees = variation(pasts)
    now_, size_, before_, texts_ = (np.array([value]) for value in (now, size, before, texts))
    limit = float(watch.limit[at, stream])
    if abs(_score(now_, size_, before_, texts_, usual)[0]) <= _worth_a_look(limit):
        return None
    p = float(two_sided(now_, size_, before_, texts_, usual=usual, degrees=degrees)[0])
    if p > limit:
        return None
    low, high = _usual_range(size, before, texts, float(usual[0]), float(degrees[0]))
    return Alarm(at, stream, window, "spike" if window == 1 else "shift", first,
                 now, size, before, texts, low, high, p, limit)  # fmt: skip


def _usual_range(
    size: float, before: float, texts: float, usual: float, degrees: float
) -> tuple[float, float]:
    """Return where 95 % of the shares of windows of this size lie, if nothing has changed."""
    share = (before + 0.5) / (texts + 1)
    error = np.sqrt(usual * share * (1 - share) * (1 / size + 1 / texts))
    half = t.ppf(0.975, min(degrees, 1e6)) * error
    return max(share - half, 0.0), min(share + half, 1.0)
