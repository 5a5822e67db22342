"""Checks what a tagger is asked for, and says clearly what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from numbers import Real
from typing import Any

from tpfeedback.errors import TaggerError, unknown_name


def check_texts(texts: Iterable[str]) -> list[str]:
    """Return the texts as a list, or raise `TaggerError` for what is no list of texts."""
    if isinstance(texts, str):
        raise TaggerError(
            f"tag() takes a list of texts, given one text. Call tag([{texts[:20]!r}])."
        )
    if not isinstance(texts, Iterable):
        raise TaggerError(
            f"tag() takes a list of texts, given {type(texts).__name__}. Call tag(['Rude staff'])."
        )
    told = list(texts)
    wrong = next(((i, t) for i, t in enumerate(told) if not isinstance(t, str)), None)
    if wrong:
        raise TaggerError(
            f"Text {wrong[0]} is {type(wrong[1]).__name__} {wrong[1]!r}, not str. "
            "Drop missing texts or read them with tpfeedback.read_feedback."
        )
    return told


def check_each(
    thing: str, values: Iterable[str | None] | None, count: int, *, allowed: Iterable[str] = ()
) -> list[str | None]:
    """Return one value or None for each of `count` texts, or raise `TaggerError`."""
    if values is None:
        return [None] * count
    given = [] if isinstance(values, str) else list(values)
    if len(given) != count:
        what = "one text" if isinstance(values, str) else f"{len(given)} values"
        raise TaggerError(f"{thing}s: {what} for {count} texts. Give a list with one for each.")
    strange = [value for value in given if not (value is None or isinstance(value, str))]
    if strange:
        raise TaggerError(
            f"{thing}s hold {strange[0]!r} ({type(strange[0]).__name__}). Allowed: text or None."
        )
    known = tuple(allowed)
    wrong = [value for value in given if known and value is not None and value not in known]
    if wrong:
        raise TaggerError(unknown_name(thing, str(wrong[0]), known, then="None detects it."))
    return given


def least_confidence(
    calibration: Mapping[str, Mapping[str, Any]],
    *,
    min_confidence: float | None,
    precision: float | None,
) -> dict[str, float]:
    """Return the confidence (0–1) that a mention needs in each language.

    `calibration` has for each language its `threshold` and, by share of right mentions, the
    thresholds of `precision`, null where the model cannot promise that share.
    """
    if min_confidence is not None and precision is not None:
        raise TaggerError(
            f"min_confidence={min_confidence} and precision={precision} both set the confidence "
            "that a mention needs. Give one of them."
        )
    if min_confidence is not None:
        if not isinstance(min_confidence, Real) or not 0 <= min_confidence <= 1:
            raise TaggerError(f"min_confidence is {min_confidence!r}. Allowed: 0 to 1.")
        return dict.fromkeys(calibration, min_confidence)
    if precision is None:
        return {code: entry["threshold"] for code, entry in calibration.items()}
    known = precisions(calibration)
    if precision not in known:
        raise TaggerError(
            f"precision is {precision!r}. Allowed: {', '.join(map(str, known))}, the shares of "
            "right mentions that this model can promise in every language."
        )
    return {code: entry["precision"][f"{precision}"] for code, entry in calibration.items()}


def precisions(calibration: Mapping[str, Mapping[str, Any]]) -> tuple[float, ...]:
    """Return the shares of right mentions that are promised in every language.

    >>> precisions({"en": {"precision": {"0.8": 0.4, "0.9": 0.7}},
    ...             "pl": {"precision": {"0.8": 0.5, "0.9": None}}})
    (0.8,)
    """
    entries = [entry["precision"] for entry in calibration.values()]
    return tuple(float(share) for share in entries[0] if all(e[share] is not None for e in entries))
