"""What a taxonomy that extends `general` keeps of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from tpfeedback.taxonomy.touchpoints import PerLanguage, Touchpoint
from tpfeedback.wording import load_wording


def kept_touchpoints(
    general: Sequence[Touchpoint], own: Sequence[Touchpoint]
) -> tuple[Touchpoint, ...]:
    """Return the general touchpoints that the own ones leave something of.

    A general touchpoint goes where an own one has its key, or is a child that catches all. Where
    it has other children, it stays for what fits none of them, and is called "...: other". It
    loses the phrases that the own touchpoints claim.
    """
    replaced = {one.parent if one.catch_all else one.key for one in own}
    narrowed = {one.parent for one in own}
    claimed = {
        (language, phrase.casefold())
        for one in own
        for language, phrases in one.cues.items()
        for phrase in phrases
    }
    return tuple(
        replace(
            one,
            names=_names_of_rest(one) if one.key in narrowed else one.names,
            parent=one.key,
            cues=_unclaimed(one.cues, claimed),
        )
        for one in general
        if one.key not in replaced
    )


def _names_of_rest(touchpoint: Touchpoint) -> PerLanguage[str]:
    return PerLanguage(
        tuple(
            (code, load_wording(code).say("taxonomy", "rest", name=name))
            for code, name in touchpoint.names.items()
        )
    )


def _unclaimed(
    cues: PerLanguage[tuple[str, ...]], claimed: Collection[tuple[str, str]]
) -> PerLanguage[tuple[str, ...]]:
    left = (
        (code, tuple(phrase for phrase in phrases if (code, phrase.casefold()) not in claimed))
        for code, phrases in cues.items()
    )
    return PerLanguage(tuple((code, phrases) for code, phrases in left if phrases))
