"""The tables of segments: their effects, the tests, and their priorities."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtri, stdtrit

from tpfeedback.impact.discoveries import q_values
from tpfeedback.impact.gram import Array
from tpfeedback.impact.observations import Observations
from tpfeedback.shares.strata import Grouping
from tpfeedback.tracking.pooling import Pooled
from tpfeedback.tracking.segment_effects import KINDS, SegmentEffects
from tpfeedback.tracking.segment_shares import (
    Errors,
    corrected_shares,
    segment_shares,
    tagger_may_explain,
)

SURE = 0.05
_Z = float(ndtri(0.975))
_ENDS = ("", "_low", "_high")


@dataclass(frozen=True, eq=False)
class Findings:
    """What was found for the segments of one column; shares are (segments, touchpoints)."""

    grouping: Grouping
    effects: SegmentEffects
    standard: SegmentEffects | None
    shares: tuple[Array, Array, Array]
    share_p: Array
    corrected: tuple[Array, Array, Array] | None

    @classmethod
    def of(
        cls,
        seen: Observations,
        grouping: Grouping,
        effects: SegmentEffects,
        standard: SegmentEffects | None,
        errors: Errors | None,
    ) -> Findings:
        """Add the shares of complaints, corrected where errors are given."""
        share, low, high, chance = segment_shares(seen, grouping)
        corrected = None if errors is None else corrected_shares(seen, grouping, errors)
        return cls(grouping, effects, standard, (share, low, high), chance, corrected)


def segment_table(seen: Observations, found: Findings) -> pd.DataFrame:
    """Return one row per segment and touchpoint; columns see `segments.segments`."""
    names, touchpoints = found.grouping.names, seen.marks.touchpoints
    effects = found.effects
    rows = np.array([found.grouping.rows(i) for i in range(len(names))])
    shape = (len(names), len(touchpoints))
    nothing = (np.full(shape, np.nan),) * 3
    columns: dict[str, Array] = {
        "respondents": np.broadcast_to(rows.sum(axis=1)[:, None], shape),
        "rated": np.broadcast_to(effects.sizes[:, None], shape),
        "mentions": np.array([seen.marks.mentioned[one].sum(axis=0) for one in rows]),
        "negative": np.array([seen.marks.negative[one].sum(axis=0) for one in rows]),
        **_three("negative_share", found.shares),
    }
    for kind in KINDS:
        columns |= _three(kind, _own(effects, kind))
    prize, half = effects.own_prizes, effects.prize_errors
    columns |= _three("prize", (prize, prize - half, prize + half))
    for kind in KINDS:
        columns |= _three(f"{kind}_pooled", _pooled(effects.pooled[kind]))
    penalty, *_, error = _grid(effects.pooled["penalty"])
    columns |= _three("prize_pooled", _prizes(penalty, error, effects))
    for kind in KINDS:
        own = nothing if found.standard is None else _own(found.standard, kind)
        columns |= _three(f"{kind}_standard", own)
    columns |= _three("negative_share_corrected", found.corrected or nothing)
    table = pd.DataFrame({name: np.asarray(value).ravel() for name, value in columns.items()})
    table.insert(0, "touchpoint", pd.Series(list(touchpoints) * len(names), dtype="str"))
    table.insert(0, "segment", pd.Series(np.repeat(names, len(touchpoints)), dtype="str"))
    table.insert(0, "by", pd.Series([str(found.grouping.column)] * len(table), dtype="str"))
    return table


def table_of_tests(found: list[Findings]) -> pd.DataFrame:
    """Return one row per column and touchpoint; columns see `segments.segments`."""
    parts = []
    for one in found:
        tests = one.effects.tests
        blank = np.full(len(tests), np.nan)
        standard = blank if one.standard is None else one.standard.tests["p_value"].to_numpy()
        extra = blank if one.standard is None else one.standard.tests["gain"].to_numpy()
        explain = blank if one.corrected is None else tagger_may_explain(*one.corrected[1:])
        parts.append(
            pd.DataFrame(
                {
                    "by": pd.Series([str(one.grouping.column)] * len(tests), dtype="str"),
                    "touchpoint": pd.Series(tests.index.to_list(), dtype="str"),
                    "segments": tests["penalty_segments"].to_numpy(),
                    **{
                        name: tests[name].to_numpy()
                        for name in ("penalty_p_value", "reward_p_value", "p_value",
                                     "penalty_tau", "reward_tau", "gain")
                    },
                    "p_value_standard": standard,
                    "gain_standard": extra,
                    "scaled": one.standard is not None,
                    "share_p_value": one.share_p,
                    "fits_all": explain,
                }
            )
        )  # fmt: skip
    return _judge(pd.concat(parts, ignore_index=True))


def _judge(table: pd.DataFrame) -> pd.DataFrame:
    """Add q-values, over all columns and touchpoints, and what follows from them."""
    for name in ("p_value", "p_value_standard", "share_p_value"):
        table[name.replace("p_value", "q_value")] = q_values(table[name].to_numpy(dtype=float))
    differs = (table["q_value"] < SURE) & (table["gain"] > 0)
    standard = (table["q_value_standard"] < SURE) & (table["gain_standard"] > 0)
    table["split"] = differs & (standard | ~table["scaled"])
    table["scale_may_explain"] = (
        table["scaled"] & (table["q_value"] < SURE) & ~(table["q_value_standard"] < SURE)
    )
    table["tagger_may_explain"] = (table["share_q_value"] < SURE) & (table["fits_all"] == 1)
    order = ["by", "touchpoint", "segments", "penalty_p_value", "reward_p_value", "p_value",
             "q_value", "penalty_tau", "reward_tau", "gain", "split", "q_value_standard",
             "scale_may_explain", "share_q_value", "tagger_may_explain"]  # fmt: skip
    return table.sort_values(
        ["p_value", "by", "touchpoint"], na_position="last", ignore_index=True
    )[order]


def priorities_table(seen: Observations, found: Findings, tests: pd.DataFrame) -> pd.DataFrame:
    """Return the ranking of every segment; columns see `segments.segments`."""
    effects, touchpoints = found.effects, seen.marks.touchpoints
    own = tests[(tests["by"] == str(found.grouping.column)) & tests["split"]]["touchpoint"]
    split = np.isin(touchpoints, own.to_numpy(dtype=object).astype(str))
    pooled, *_, error = _grid(effects.pooled["penalty"])
    penalty = np.where(split, pooled, effects.common["penalty"])
    error = np.where(split, error, effects.common_errors["penalty"])
    prize, low, high = _prizes(penalty, error, effects)
    parts = []
    for i, name in enumerate(found.grouping.names):
        part = pd.DataFrame(
            {
                "by": str(found.grouping.column),
                "segment": name,
                "touchpoint": list(touchpoints),
                "prize": prize[i],
                "prize_low": low[i],
                "prize_high": high[i],
                "effect": np.where(split, "own", "common"),
            }
        )
        part = part.sort_values(
            ["prize", "touchpoint"], ascending=[False, True], na_position="last"
        )
        part.insert(2, "rank", np.arange(1, len(part) + 1))
        parts.append(part)
    text = dict.fromkeys(("by", "segment", "touchpoint", "effect"), "str")
    return pd.concat(parts, ignore_index=True).astype(text)


def _three(name: str, values: tuple[Array, Array, Array]) -> dict[str, Array]:
    return {f"{name}{end}": one for end, one in zip(_ENDS, values, strict=True)}


def _own(effects: SegmentEffects, kind: str) -> tuple[Array, Array, Array]:
    value = effects.values[kind]
    half = stdtrit(effects.degrees[kind], 0.975) * np.sqrt(effects.variances[kind])
    return value, value - half, value + half


def _grid(pooled: list[Pooled]) -> tuple[Array, Array, Array, Array]:
    """Return values, ends and errors of pooled effects (segments, touchpoints)."""
    parts = [(one.values, one.low, one.high, one.error) for one in pooled]
    value, low, high, error = (np.array(one).T for one in zip(*parts, strict=True))
    return value, low, high, error


def _pooled(pooled: list[Pooled]) -> tuple[Array, Array, Array]:
    return _grid(pooled)[:3]


def _prizes(penalty: Array, error: Array, effects: SegmentEffects) -> tuple[Array, Array, Array]:
    """Return -penalty x share, with interval by the delta method (Goodman 1960, JASA 55:708)."""
    shares = effects.shares
    size = effects.worth + 2.0
    rough = (shares * effects.worth + 1) / size  # so that no complaint is not surely none
    noise = penalty**2 * rough * (1 - rough) / size
    half = _Z * np.sqrt(shares**2 * error**2 + noise)
    prize = -penalty * shares
    return prize, prize - half, prize + half
