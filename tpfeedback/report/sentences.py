"""The sentences of the report, made from its facts and the words of one language.

Every function takes a `mark`, which may set off the figures in what it returns; without one, it
returns plain text.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from tpfeedback.priority.reasons import describe_touchpoints
from tpfeedback.report.figures import leading, leading_share
from tpfeedback.report.passages import readable, shortened
from tpfeedback.report.records import Facts
from tpfeedback.report.speech import Mark, Speech, plainly
from tpfeedback.wording import NOT_KNOWN, Wording, load_wording

LONGEST_SETTING = 500


def outcome_name(facts: Facts, words: Wording) -> str:
    """Return what was explained, such as "mean rating (scale 1-5, now 3.61)"."""
    return Speech(facts, words).outcome()


def touchpoint_name(facts: Facts, key: str, words: Wording) -> str:
    """Return the touchpoint's name in the report's language."""
    return Speech(facts, words).touchpoint(key)


def remark(facts: Facts, record: Facts, words: Wording) -> str:
    """Return a note, a warning or a reason of `facts["sure"]` in the report's language."""
    return Speech(facts, words).remark(record)


def answer(facts: Facts, words: Wording | None = None, mark: Mark = plainly) -> list[str]:
    """Return the answer in three sentences: what costs most, what follows, what is praised."""
    speech = Speech(facts, words or load_wording(), mark)
    if not facts["ranking"]:
        return [speech.say("answer", "no_mentions")]
    if not any(one["negative"] for one in facts["impact"]):
        return [speech.say("answer", "no_complaints"), _praised(speech)]
    if all(one["prize"] is None for one in facts["ranking"]):
        return [speech.say("answer", "unmeasured")]
    gaining = leading(facts)
    if not gaining:
        sentences = [speech.say("answer", "nothing", outcome=speech.outcome())]
    else:
        sentences = [_costs_most(speech, gaining[0]), _follows(speech, gaining)]
    return [*sentences, _praised(speech)]


def _costs_most(speech: Speech, first: Facts) -> str:
    if first["prize_low"] is None:
        how = "first_open"
    else:
        how = "first" if first["prize_low"] > 0 else "first_unsure"
    top = speech.facts["ranking"][0]
    if top is not first:
        how = "first_behind"
    place = "sure_place" if first["rank_low"] == first["rank_high"] else "unsure_place"
    return speech.say(
        "answer",
        how,
        name=speech.touchpoint(first["touchpoint"]),
        outcome=speech.outcome(),
        prize=_of(speech, first, "prize"),
        low=_of(speech, first, "prize_low"),
        high=_of(speech, first, "prize_high"),
        place=speech.say("answer", place, **_ranks(speech, first)),
        top=speech.touchpoint(top["touchpoint"]),
        top_prize=_of(speech, top, "prize"),
    )


def _follows(speech: Speech, gaining: list[Facts]) -> str:
    if len(gaining) < 2:
        return speech.say("answer", "alone")
    second, third = gaining[1], gaining[2] if len(gaining) > 2 else gaining[1]
    return speech.say(
        "answer",
        "next_two" if len(gaining) > 2 else "next_one",
        second=speech.touchpoint(second["touchpoint"]),
        second_prize=_of(speech, second, "prize"),
        third=speech.touchpoint(third["touchpoint"]),
        third_prize=_of(speech, third, "prize"),
        share=speech.percent("answer.share", leading_share(speech.facts)),
    )


def _praised(speech: Speech) -> str:
    if not speech.facts["rewards"]:
        return speech.say("answer", "not_praised")
    best = speech.facts["rewards"][0]
    return speech.say(
        "answer",
        "praised",
        name=speech.touchpoint(best["touchpoint"]),
        share=speech.percent(f"positive_share.{best['touchpoint']}", best["positive_share"]),
        gain=_of(speech, best, "gain"),
    )


def _of(speech: Speech, one: Facts, measure: str, *, signed: bool = False) -> str:
    write = speech.gain if measure.startswith(("prize", "gain")) else speech.number
    return write(f"{measure}.{one['touchpoint']}", one[measure], signed=signed)


def _ranks(speech: Speech, one: Facts) -> dict[str, str]:
    return {
        end: speech.count(f"rank_{end}.{one['touchpoint']}", one[f"rank_{end}"])
        for end in ("low", "high")
    }


def interval(
    facts: Facts, one: Facts, measure: str, words: Wording | None = None, mark: Mark = plainly
) -> str:
    """Return "0.12 to 0.30" for the 95 % interval of `measure`, or that it is not known."""
    speech = Speech(facts, words or load_wording(), mark)
    return speech.interval(_of(speech, one, f"{measure}_low"), _of(speech, one, f"{measure}_high"))


def rank_range(facts: Facts, one: Facts, words: Wording, mark: Mark = plainly) -> str:
    """Return how far the rank may move within the 95 % interval."""
    speech = Speech(facts, words, mark)
    key = "rank_certain" if one["rank_low"] == one["rank_high"] else "rank_range"
    return speech.say("ranking", key, **_ranks(speech, one))


def reasons(facts: Facts, words: Wording) -> dict[str, str]:
    """Return touchpoint -> why it stands where it stands, in the report's language."""
    given = {one["touchpoint"]: one["reason"] for one in facts["ranking"]}
    table = pd.DataFrame([one for one in facts["impact"] if one["touchpoint"] in given])
    if table.empty:
        return given
    numbers = [c for c in table if c not in ("touchpoint", "stage", "role", "roles")]
    told = describe_touchpoints(table.astype(dict.fromkeys(numbers, "float64")), words=words)
    return given | dict(zip(table["touchpoint"], told, strict=True))


def ranked_details(facts: Facts, one: Facts, words: Wording, mark: Mark = plainly) -> list[str]:
    """Return the small print under one ranked touchpoint; the reason above has the effects."""
    speech, key, details = Speech(facts, words, mark), one["touchpoint"], []
    if one.get("negative") is not None:
        told = {name: speech.count(f"{name}.{key}", one[name]) for name in ("negative", "mentions")}
        details.append(speech.say("ranking", "complaints", count=told["negative"], **told))
    if one["prize"] is not None and one["prize"] > 0:
        share = speech.percent(f"priority.{key}", one["priority"])
        details.append(speech.say("ranking", "priority", share=share))
    if one.get("role") and not _is_contrary(one):
        details.append(words.name("roles", one["role"]))
    return details


def _is_contrary(one: Facts) -> bool:
    """Tell whether complaints surely go with a better outcome: the roles know of no such thing."""
    return one["prize_high"] is not None and one["prize_high"] < 0


def not_ranked(facts: Facts, words: Wording, mark: Mark = plainly) -> str:
    """Return how many touchpoints the ranking leaves to the table, or nothing."""
    more = facts["ranking_more"]
    if not more:
        return ""
    speech = Speech(facts, words, mark)
    return speech.say("ranking", "more", n=more, count=speech.count("ranking.more", more))


def reward_line(facts: Facts, one: Facts, words: Wording, mark: Mark = plainly) -> str:
    """Return how often a touchpoint is praised and what that is worth."""
    speech = Speech(facts, words, mark)
    return speech.say(
        "rewards",
        "line",
        share=speech.percent(f"positive_share.{one['touchpoint']}", one["positive_share"]),
        reward=_of(speech, one, "reward", signed=True),
        gain=_of(speech, one, "gain"),
    )


def method_paragraphs(facts: Facts, words: Wording) -> list[str]:
    """Return the method in half a page."""
    settings = facts["settings"]
    policy = f"policy_{settings.get('policy', 'baseline')}"
    paragraphs = ["reading", policy, "impact", "labels", "prize", "limits"]
    if not settings.get("labels"):
        paragraphs.remove("labels")
    filling = {
        "taxonomy": facts["taxonomy"],
        "outcome": outcome_name(facts, words),
        "model": settings.get("model", "linear"),
        "labels": settings.get("labels", 0),
    }
    known = [key for key in paragraphs if key in words.phrases["method"]]
    return [words.say("method", key, **filling) for key in known]


def quote_details(quote: Facts, words: Wording) -> str:
    """Return where a quote comes from: language, row and rating."""
    details = [words.name("languages", quote["language"])]
    if quote["row"] is not None:
        details.append(words.say("quotes", "row", row=quote["row"]))
    if quote["overall"] is not None:
        whole = float(quote["overall"]).is_integer()
        rating = words.number(quote["overall"], 0 if whole else 2)
        details.append(words.say("quotes", "rated", rating=rating))
    return " · ".join(details)


def column_source(column: Facts, words: Wording) -> str:
    """Return which column of the source plays a role, and whether that was guessed."""
    key = "guessed_column" if column["guessed"] else "named_column"
    return words.say("sure", key, source=column["source"])


def setting_value(value: Any) -> str:
    """Return an option as it is shown; one that was not given is a dash.

    >>> setting_value({"text": ["likes", "dislikes"], "date": None})
    'text = likes, dislikes; date = –'
    """
    return shortened(readable(_setting(value)), LONGEST_SETTING)


def _setting(value: Any) -> str:
    if value is None or value in ([], {}):
        return NOT_KNOWN
    if isinstance(value, Mapping):
        return "; ".join(f"{name} = {_setting(one)}" for name, one in value.items())
    return ", ".join(map(_setting, value)) if isinstance(value, list) else str(value)
