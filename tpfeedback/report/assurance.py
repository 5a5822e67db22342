"""The sentences about time and trust: what changed, what was read, how well it was read."""

from __future__ import annotations

from tpfeedback.report.changes import LEAST
from tpfeedback.report.records import Facts
from tpfeedback.report.speech import Mark, Speech, plainly
from tpfeedback.tables import OTHER_LANGUAGE
from tpfeedback.wording import NOT_KNOWN, Wording


def change_lines(facts: Facts, words: Wording, mark: Mark = plainly) -> list[str]:
    """Return what changed between the earlier and the later half, or why nothing can be said."""
    speech, changes = Speech(facts, words, mark), facts["changes"]
    if changes is None:
        return [speech.say("changes", "none", least=words.count(LEAST))]
    lines = [_halves(speech, changes), _difference(speech, changes["difference"])]
    if changes["compared"]:
        lines.append(_touchpoints(speech, changes))
    if changes["undated"]:
        count = speech.count("changes.undated", changes["undated"])
        lines.append(speech.say("changes", "undated", n=changes["undated"], count=count))
    return lines


def _halves(speech: Speech, changes: Facts) -> str:
    filling = {
        f"{part}_{name}": speech.date(f"changes.{part}_{name}", changes[part][name])
        for part in ("before", "after")
        for name in ("first", "last")
    }
    counts = {
        f"{part}_texts": speech.count(f"changes.{part}_texts", changes[part]["texts"])
        for part in ("before", "after")
    }
    return speech.say("changes", "halves", **filling, **counts)


def _difference(speech: Speech, difference: Facts) -> str:
    changes, told = speech.facts["changes"], {}
    for part in ("before", "after"):
        value, low, high = (
            speech.number(f"changes.{part}_{end}", changes[part][end])
            for end in ("value", "low", "high")
        )
        known = NOT_KNOWN not in (low, high)
        told[part] = f"{value} ({speech.interval(low, high)})" if known else value
    low, high = difference["low"], difference["high"]
    if low is None or high is None or low <= 0 <= high:
        key = "no_sure_difference"
    else:
        key = "risen" if low > 0 else "fallen"
    name = "changes.difference"
    ends = [speech.number(f"{name}_{end}", difference[end], signed=True) for end in ("low", "high")]
    return speech.say(
        "changes",
        key,
        **told,
        change=speech.number(f"{name}_value", difference["value"], signed=True),
        interval=speech.interval(*ends),
    )


def _touchpoints(speech: Speech, changes: Facts) -> str:
    sure = changes["changed"]
    counts = {name: speech.count(f"changes.{name}", changes[name]) for name in _COUNTS}
    if sure:
        return speech.say("changes", "touchpoints", n=sure, **counts)
    return speech.say("changes", "no_touchpoint", n=changes["compared"], **counts)


_COUNTS = ("compared", "changed")


def sure_lines(facts: Facts, words: Wording, mark: Mark = plainly) -> list[str]:
    """Return what was read, what was set aside and what the numbers stand on."""
    speech, sure, outcome = Speech(facts, words, mark), facts["sure"], facts["outcome"]

    def count(name: str) -> str:
        return speech.count(f"sure.{name}", sure[name])

    ends = [speech.number(f"outcome.{end}", outcome[end]) for end in ("low", "high")]
    rated = speech.count("outcome.texts", outcome["texts"])
    read = {name: count(name) for name in ("rows", "texts", "rejected")}
    found = {name: count(name) for name in ("mentions", "touchpoints", "texts_with_mentions")}
    told = {"rated": rated, "outcome": speech.outcome(), "interval": speech.interval(*ends)}
    lines = [
        speech.say("sure", "rows", **read),
        speech.say("sure", "rated", **told),
        speech.say("sure", "mentions", **found),
    ]
    if sure["first_date"]:
        days = {name: speech.date(f"sure.{name}_date", sure[f"{name}_date"])
                for name in ("first", "last")}  # fmt: skip
        lines.append(speech.say("sure", "dates", **days))
    # Counted aloud even where nobody repeats: a reader wants to know that it was looked for.
    repeated = "duplicates" if sure["duplicates_within"] is None else "duplicates_within"
    lines.append(speech.say("sure", repeated, count=count(repeated)))
    unread = [one for one in sure["languages"] if one["language"] == OTHER_LANGUAGE]
    told_unread = [speech.say("sure", "other_language", **_language(speech, one)) for one in unread]
    return [*lines, *told_unread, *(() if facts["whole"] else (speech.say("sure", "counted"),))]


def _language(speech: Speech, one: Facts) -> dict[str, str]:
    code = one["language"]
    return {
        "count": speech.count(f"language.{code}", one["count"]),
        "share": speech.percent(f"language_share.{code}", one["share"]),
    }


def quality_lines(facts: Facts, words: Wording, mark: Mark = plainly) -> list[str]:
    """Return how well the tagger reads, as far as it states that."""
    speech, quality = Speech(facts, words, mark), facts["sure"]["quality"]
    rates = quality["overall"]
    if rates is None or None in rates.values():
        return [speech.say("sure", "quality_unknown")]
    told = {name: speech.percent(f"quality.{name}", rate) for name, rate in rates.items()}
    return [speech.say("sure", "quality", **told)]
