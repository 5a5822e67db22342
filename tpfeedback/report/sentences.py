"""The sentences of the report, made from its facts and the words of one language."""

from __future__ import annotations

from typing import Any

from tpfeedback.report.facts import Facts
from tpfeedback.report.wording import (
    NOT_KNOWN,
    Wording,
    count,
    load_wording,
    number,
    percent,
)


def outcome_name(facts: Facts, words: Wording) -> str:
    """Return what was explained, such as "mean rating (scale 1-5, now 3.61)"."""
    outcome = facts["outcome"]
    what = words.say("outcome", outcome["kind"], name=outcome["name"])
    mean = number(outcome["mean"], outcome["decimals"])
    key = "scale" if outcome["scale"] else "without_scale"
    return words.say("outcome", key, what=what, scale=outcome["scale"], mean=mean)


def touchpoint_name(facts: Facts, key: str, words: Wording) -> str:
    """Return the touchpoint's name in the report's language."""
    names: dict[str, str] = facts["names"].get(key, {})
    return names.get(words.language, key)


def answer(facts: Facts, words: Wording | None = None) -> list[str]:
    """Return the answer in three sentences: what costs most, what follows, what is praised."""
    words = words or load_wording()
    certain = [one for one in facts["ranking"] if (one["prize_low"] or 0) > 0]
    gaining = certain or [one for one in facts["ranking"] if (one["prize"] or 0) > 0]
    if not facts["ranking"]:
        return [words.say("answer", "no_mentions")]
    if all(one["prize"] is None for one in facts["ranking"]):
        return [words.say("answer", "unmeasured")]
    if not gaining:
        sentences = [words.say("answer", "nothing", outcome=outcome_name(facts, words))]
    else:
        sentences = [_costs_most(facts, gaining[0], words), _follows(facts, gaining, words)]
    return [*sentences, _praised(facts, words)]


def _costs_most(facts: Facts, first: Facts, words: Wording) -> str:
    digits = facts["outcome"]["decimals"]
    certain = first["rank_low"] == first["rank_high"]
    if first["prize_low"] is None:
        how = "first_open"
    else:
        how = "first" if first["prize_low"] > 0 else "first_unsure"
    return words.say(
        "answer",
        how,
        name=touchpoint_name(facts, first["touchpoint"], words),
        outcome=outcome_name(facts, words),
        prize=number(first["prize"], digits),
        low=number(first["prize_low"], digits),
        high=number(first["prize_high"], digits),
        place=words.say(
            "answer",
            "sure_place" if certain else "unsure_place",
            low=first["rank_low"],
            high=first["rank_high"],
        ),
    )


def _follows(facts: Facts, gaining: list[Facts], words: Wording) -> str:
    if len(gaining) < 2:
        return words.say("answer", "alone")
    digits = facts["outcome"]["decimals"]
    second, third = gaining[1], gaining[2] if len(gaining) > 2 else gaining[1]
    return words.say(
        "answer",
        "next_two" if len(gaining) > 2 else "next_one",
        second=touchpoint_name(facts, second["touchpoint"], words),
        second_prize=number(second["prize"], digits),
        third=touchpoint_name(facts, third["touchpoint"], words),
        third_prize=number(third["prize"], digits),
        share=percent(sum(one["priority"] for one in gaining[:3])),
    )


def _praised(facts: Facts, words: Wording) -> str:
    if not facts["rewards"]:
        return words.say("answer", "not_praised")
    best = facts["rewards"][0]
    return words.say(
        "answer",
        "praised",
        name=touchpoint_name(facts, best["touchpoint"], words),
        share=percent(best["positive_share"]),
        gain=number(best["gain"], facts["outcome"]["decimals"]),
    )


def interval(facts: Facts, one: Facts, measure: str, words: Wording | None = None) -> str:
    """Return "0.12 to 0.30" for the 95 % interval of `measure`, or that it is not known."""
    words = words or load_wording()
    digits = facts["outcome"]["decimals"]
    low, high = one[f"{measure}_low"], one[f"{measure}_high"]
    if low is None or high is None:
        return words.say("ranking", "interval_unknown")
    return words.say("ranking", "interval", low=number(low, digits), high=number(high, digits))


def rank_range(one: Facts, words: Wording) -> str:
    """Return how far the rank may move within the 95 % interval."""
    if one["rank_low"] == one["rank_high"]:
        return words.say("ranking", "rank_certain")
    return words.say("ranking", "rank_range", low=one["rank_low"], high=one["rank_high"])


def ranked_details(facts: Facts, one: Facts, words: Wording) -> list[str]:
    """Return the small print under one ranked touchpoint; the reason above has the effects."""
    details = []
    if one.get("negative") is not None:
        told = {"count": count(one["negative"]), "mentions": count(one["mentions"])}
        details.append(words.say("ranking", "complaints", **told))
    if one["prize"] is not None and one["prize"] > 0:
        details.append(words.say("ranking", "priority", share=percent(one["priority"])))
    if one.get("role"):
        details.append(words.name("roles", one["role"]))
    return details


def not_ranked(facts: Facts, words: Wording) -> str:
    """Return how many touchpoints the ranking leaves to the table, or nothing."""
    more = facts["ranking_more"]
    if not more:
        return ""
    return words.say("ranking", "one_more" if more == 1 else "many_more", count=count(more))


def reward_line(facts: Facts, one: Facts, words: Wording) -> str:
    """Return how often a touchpoint is praised and what that is worth."""
    digits = facts["outcome"]["decimals"]
    return words.say(
        "rewards",
        "line",
        share=percent(one["positive_share"]),
        reward=number(one["reward"], digits, signed=True),
        gain=number(one["gain"], digits),
    )


def sure_lines(facts: Facts, words: Wording) -> list[str]:
    """Return what was read, what was set aside and what the numbers stand on."""
    sure = facts["sure"]
    lines = [
        words.say(
            "sure",
            "rows",
            rows=count(sure["rows"]),
            texts=count(sure["texts"]),
            rejected=count(sure["rejected"]),
        ),
        words.say(
            "sure",
            "rated",
            rated=count(facts["outcome"]["texts"]),
            outcome=outcome_name(facts, words),
        ),
        words.say(
            "sure",
            "mentions",
            mentions=count(sure["mentions"]),
            touchpoints=count(sure["touchpoints"]),
            share=percent(sure["texts_with_mentions"] / sure["texts"] if sure["texts"] else None),
        ),
    ]
    if sure["duplicates"]:
        lines.append(words.say("sure", "duplicates", count=count(sure["duplicates"])))
    for one in sure["languages"]:
        if one["language"] == "other":
            filling = {"count": count(one["count"]), "share": percent(one["share"])}
            lines.append(words.say("sure", "other_language", **filling))
    return lines


def method_paragraphs(facts: Facts, words: Wording) -> list[str]:
    """Return the method in half a page."""
    filling = {"taxonomy": facts["taxonomy"], "outcome": outcome_name(facts, words)}
    return [words.say("method", key, **filling) for key in words.phrases["method"]]


def quote_details(quote: Facts, words: Wording) -> str:
    """Return where a quote comes from: language, row and rating."""
    details = [words.name("languages", quote["language"])]
    if quote["row"] is not None:
        details.append(words.say("quotes", "row", row=quote["row"]))
    if quote["overall"] is not None:
        details.append(words.say("quotes", "rated", rating=f"{quote['overall']:g}"))
    return " · ".join(details)


def column_source(column: Facts, words: Wording) -> str:
    """Return which column of the source plays a role, and whether that was guessed."""
    key = "guessed_column" if column["guessed"] else "named_column"
    return words.say("sure", key, source=column["source"])


def setting_value(value: Any) -> str:
    """Return an option as it is shown; one that was not given is a dash."""
    if value is None or value == []:
        return NOT_KNOWN
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def impact_cells(facts: Facts, one: Facts, words: Wording) -> dict[str, Any]:
    """Return one row of the table of every touchpoint, each number as it is shown."""
    digits = facts["outcome"]["decimals"]
    stage = one["stage"]
    return {
        "touchpoint": touchpoint_name(facts, one["touchpoint"], words),
        "stage": words.name("stages", stage) if stage else NOT_KNOWN,
        "mentions": count(one["mentions"]),
        "negative_share": percent(one["negative_share"]),
        "positive_share": percent(one["positive_share"]),
        "penalty": number(one["penalty"], digits, signed=True),
        "reward": number(one["reward"], digits, signed=True),
        "prize": number(one["prize"], digits),
        "interval": interval(facts, one, "prize", words),
        "importance": percent(one["importance"]),
        "role": words.name("roles", one["role"]).partition(":")[0] if one["role"] else NOT_KNOWN,
    }
