"""The rows of the page's account: languages, reasons, quotes, columns and settings."""

from __future__ import annotations

from tpfeedback.report.passages import shortened
from tpfeedback.report.records import Facts
from tpfeedback.report.sentences import column_source, setting_value
from tpfeedback.report.speech import Speech

Rows = list[tuple[str, ...]]
EXCERPT = 60


def language_table(speech: Speech) -> tuple[tuple[str, ...], Rows]:
    """Return head and rows of the languages, with the quality of reading where it is stated."""
    sure = speech.facts["sure"]
    stated = {one["language"]: one for one in sure["quality"]["languages"]}
    keys = ("language", "texts", "share", *(("f1", "annotated") if stated else ()))
    rows = [
        (
            speech.words.name("languages", one["language"]),
            speech.count(f"language.{one['language']}", one["count"]),
            speech.percent(f"language_share.{one['language']}", one["share"]),
            *(_quality(speech, stated.get(one["language"], {})) if stated else ()),
        )
        for one in sure["languages"]
    ]
    return tuple(speech.say("sure", key) for key in keys), rows


def _quality(speech: Speech, stated: Facts) -> tuple[str, str]:
    code = stated.get("language")
    value, low, high = (
        speech.percent(f"quality_{name}.{code}", stated.get(name))
        for name in ("f1", "f1_low", "f1_high")
    )
    told = f"{value} ({speech.interval(low, high)})" if stated else value
    return told, speech.count(f"quality_texts.{code}", stated.get("texts"))


def reason_rows(speech: Speech) -> Rows:
    """Return why rows were set aside, and how many."""
    return [
        (speech.remark(one["reason"]), speech.count(f"set_aside.{place}", one["count"]))
        for place, one in enumerate(speech.facts["sure"]["reasons"])
    ]


def quote_rows(speech: Speech) -> Rows:
    """Return where each quote stands in the source: touchpoint, row, id and its first words."""
    return [
        (
            speech.touchpoint(one["touchpoint"]),
            "" if quote["row"] is None else str(quote["row"]),
            quote["feedback_id"],
            shortened(quote["evidence"], EXCERPT),
        )
        for part in ("ranking", "rewards")
        for one in speech.facts[part]
        for quote in one["quotes"]
    ]


def column_rows(speech: Speech) -> Rows:
    """Return which column of the source plays which role."""
    return [(one["role"], column_source(one, speech.words)) for one in speech.facts["columns"]]


def setting_rows(speech: Speech) -> Rows:
    """Return the options of the run and the versions of what it ran on."""
    facts = speech.facts
    settings = {**facts["settings"], **facts["versions"]}
    return [(setting_value(key), setting_value(value)) for key, value in settings.items()]
