"""The map of the journey: stage x touchpoint x channel, and what nobody speaks of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import betaincinv

from tpfeedback.impact.fit import ImpactFit
from tpfeedback.impact.gram import Array, Flags
from tpfeedback.impact.marks import Marks
from tpfeedback.impact.observations import Observations
from tpfeedback.impact.respondents import join_answers
from tpfeedback.priority.prizes import Z, read_prizes
from tpfeedback.shares.intervals import share_among
from tpfeedback.shares.strata import told_values
from tpfeedback.taxonomy import STAGES, Taxonomy
from tpfeedback.tracking.exposure import rate_interval

ALL = ""
"""Name of the rows that are of all channels."""
_PRIZE = ("prize", "prize_low", "prize_high")
_RATES = ("per_1000", "per_1000_low", "per_1000_high")


@dataclass(frozen=True, eq=False)
class Walk:
    """What the tables of the journey are made of.

    `stages`: touchpoint -> stage (None where not known), along the journey. `channels`
    (respondents,), missing where not known. `contacts`: number by touchpoint and by stage.
    """

    seen: Observations
    fit: ImpactFit
    stages: Mapping[str, str | None]
    channels: pd.Series
    contacts: tuple[Mapping[str, float], Mapping[str, float]]

    def groups(self) -> list[tuple[str, Flags]]:
        """Return all respondents, then those of each channel, by name."""
        found = self.channels.dropna().astype(str)
        everybody = np.ones(len(self.channels), dtype=bool)
        names = sorted(found.unique())
        return [(ALL, everybody), *((n, (self.channels == n).to_numpy(bool)) for n in names)]


def stages_of(touchpoints: tuple[str, ...], plan: Taxonomy) -> dict[str, str | None]:
    """Return the stage of every touchpoint, along the journey; unknown ones come last."""
    known: dict[str, str | None] = {
        t.key: t.stage for stage in STAGES for t in plan.touchpoints if t.stage == stage
    }
    return known | dict.fromkeys(name for name in touchpoints if name not in known)


def channels_of(feedback: pd.DataFrame, seen: Observations) -> pd.Series:
    """Return the channel of every respondent, of the first answer; missing where not known."""
    if list(feedback.columns).count("channel") != 1:
        return pd.Series([None] * len(seen.outcome), dtype=object)
    told = told_values(feedback["channel"])  # a number too is the name of a channel
    column = told.where(told.notna() & (told != ""), None).to_frame()
    nothing = np.zeros((len(feedback), 0), dtype=bool)
    marks = Marks((), nothing, nothing, nothing)
    joined = join_answers(feedback, marks, np.zeros(len(feedback)), column)[2]
    return joined["channel"].reset_index(drop=True)


def table_of_map(walk: Walk) -> pd.DataFrame:
    """Return one row per touchpoint and channel; columns see `journey.journey`."""
    marks = walk.seen.marks
    keep = [name for name in walk.stages if name in marks.touchpoints]
    places = [marks.touchpoints.index(name) for name in keep]
    parts = []
    for channel, rows in walk.groups():
        part = pd.DataFrame(
            {
                "stage": pd.Series([walk.stages[name] for name in keep], dtype="str"),
                "touchpoint": pd.Series(keep, dtype="str"),
                "channel": pd.Series([channel] * len(keep), dtype="str"),
                "respondents": int(rows.sum()),
                **_felt(walk.seen, rows, places),
                **_prizes(walk, rows, keep, places),
            }
        )
        parts.append(_rates(part, "touchpoint", walk.contacts[0]))
    table = pd.concat(parts, ignore_index=True)
    order = {name: i for i, name in enumerate(keep)}
    table = table.assign(_order=table["touchpoint"].map(order), _all=table["channel"] != ALL)
    table = table.sort_values(["_order", "_all", "channel"], ignore_index=True)
    return table.drop(columns=["_order", "_all"])


def table_of_stages(walk: Walk) -> pd.DataFrame:
    """Return one row per stage and channel; columns see `journey.journey`."""
    marks, rows_of = walk.seen.marks, []
    for stage in dict.fromkeys(walk.stages.values()):
        names = [n for n, s in walk.stages.items() if s == stage and n in marks.touchpoints]
        places = [marks.touchpoints.index(name) for name in names]
        kinds = marks.mentioned, marks.negative, marks.positive
        joint = [np.asarray(flags[:, places].any(axis=1)).reshape(-1, 1) for flags in kinds]
        for channel, rows in walk.groups():
            felt = {k: v[0] for k, v in _shares(walk.seen, rows, joint).items()}
            prize = _sum_of_prizes(walk.fit, names) if channel == ALL else (np.nan,) * 3
            rows_of.append({"stage": stage, "channel": channel, "respondents": int(rows.sum()),
                            **felt, **dict(zip(_PRIZE, prize, strict=True))})  # fmt: skip
    table = pd.DataFrame(rows_of)
    return _rates(table, "stage", walk.contacts[1]).astype({"stage": "str", "channel": "str"})


def table_of_blind_spots(seen: Observations, taxonomy: Taxonomy, *, rare: float) -> pd.DataFrame:
    """Return the touchpoints of the taxonomy that fewer than `rare` (0-1) speak of.

    `reach_high`: upper end of the exact 95 % interval (Clopper & Pearson 1934, Biometrika
    26:404-413), about 3.7 / n where nobody does.
    """
    n, names = len(seen.marks.mentioned), list(seen.marks.touchpoints)
    counts = dict(zip(names, seen.marks.mentioned.sum(axis=0).tolist(), strict=True))
    found = [(t.stage, t.key, t.channel, int(counts.get(t.key, 0))) for t in taxonomy.touchpoints]
    table = pd.DataFrame(found, columns=["stage", "touchpoint", "contact", "mentions"])
    table["reach"] = table["mentions"] / max(n, 1)
    count = table["mentions"].to_numpy(dtype=float)
    full = np.where(count >= n, 1.0, betaincinv(count + 1, np.maximum(n - count, 1), 0.975))
    table["reach_high"] = full
    kinds = {"stage": "str", "touchpoint": "str", "contact": "str", "mentions": "int64"}
    return table[table["reach"] < rare].reset_index(drop=True).astype(kinds)


def _felt(seen: Observations, rows: Flags, places: list[int]) -> dict[str, Array]:
    marks = seen.marks
    flags = [one[:, places] for one in (marks.mentioned, marks.negative, marks.positive)]
    return _shares(seen, rows, flags)


def _shares(seen: Observations, rows: Flags, flags: list[Flags]) -> dict[str, Array]:
    """Return counts, shares of all respondents, and of those who mention it, with intervals."""
    mentioned, negative, positive = flags
    columns: dict[str, Array] = {
        "mentions": mentioned[rows].sum(axis=0),
        "negative": negative[rows].sum(axis=0),
        "positive": positive[rows].sum(axis=0),
        "reach": share_among(seen, rows, mentioned)[0],
        "negative_share": share_among(seen, rows, negative)[0],
    }
    for name, one in (("negative", negative), ("positive", positive)):
        found = share_among(seen, rows, one, among=mentioned)
        ends = (f"{name}_among_mentions{end}" for end in ("", "_low", "_high"))
        columns |= dict(zip(ends, found, strict=True))
    return columns


def _prizes(walk: Walk, rows: Flags, names: list[str], places: list[int]) -> dict[str, Array]:
    """Return the prizes, of a channel the part that comes from its complaints."""
    table = walk.fit.table.set_index("touchpoint").reindex(names)
    values = [table[name].to_numpy(dtype=float) for name in _PRIZE]
    if not rows.all():
        seen = walk.seen
        rated = np.isfinite(seen.outcome)
        weight = np.ones(len(rated)) if seen.weights is None else seen.weights
        mass = (weight * rated)[:, None] * seen.marks.negative[:, places]
        whole = mass.sum(axis=0)
        part = np.divide(mass[rows].sum(axis=0), whole, out=np.zeros_like(whole), where=whole > 0)
        values = [value * part for value in values]
    return dict(zip(_PRIZE, values, strict=True))


def _sum_of_prizes(fit: ImpactFit, names: list[str]) -> tuple[float, float, float]:
    """Return the sum of the known prizes, with interval; that of one alone is its own."""
    known = read_prizes(fit)
    wanted = [name for name in names if name in known.touchpoints]
    if not wanted:
        return (np.nan,) * 3
    if len(wanted) == 1:
        own = known.table["touchpoint"] == wanted[0]
        value, low, high = known.table.loc[own, list(_PRIZE)].to_numpy(dtype=float)[0].tolist()
        return value, low, high
    value, error = known.select(wanted).gain(np.ones(len(wanted)))
    return value, value - Z * error, value + Z * error


def _rates(table: pd.DataFrame, key: str, contacts: Mapping[str, float]) -> pd.DataFrame:
    """Add complaints per 1,000 contacts to the rows of all channels."""
    number = table[key].map(dict(contacts)).to_numpy(dtype=float)
    number = np.where((table["channel"] == ALL).to_numpy(), number, np.nan)
    count = np.asarray(table["negative"], dtype=np.float64)
    found = rate_interval(count, np.asarray(number, dtype=np.float64))
    return table.assign(contacts=number, **dict(zip(_RATES, found, strict=True)))
