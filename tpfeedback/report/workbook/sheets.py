"""The sheets to filter: each a table in the order a manager reads, in the report's words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from tpfeedback.report import sentences
from tpfeedback.report.assurance import change_lines, quality_lines, sure_lines
from tpfeedback.report.facts import Findings
from tpfeedback.report.masked import masked_rejected, masked_texts
from tpfeedback.report.passages import Passage
from tpfeedback.report.records import Facts
from tpfeedback.report.speech import Speech
from tpfeedback.report.workbook.columns import shown_columns
from tpfeedback.report.workbook.grid import Sheet
from tpfeedback.tables import FEEDBACK, SENTIMENTS
from tpfeedback.wording import Wording

_FIRST = {
    "priorities": ("rank", "name", "prize", "prize_low", "prize_high", "priority", "reason",
                   "mentions", "negative_share", "penalty", "role", "stage", "rank_low",
                   "rank_high"),
    "touchpoints": ("name", "stage", "mentions", "negative", "positive", "negative_share",
                    "positive_share"),
    "mentions": ("name", "sentiment", "evidence", "overall", "language", "date", "channel",
                 "confidence", "score", "row"),
    "feedback": ("row", "date", "overall", "language", "text", "negative_touchpoints",
                 "positive_touchpoints", "mixed_touchpoints", "neutral_touchpoints"),
}  # fmt: skip
_LAST = ("touchpoint", "overall_scale", "duplicate_of", "feedback_id")
_JOINED = ("mentions", "negative_share", "penalty", "role")
_TAGGED = ("sentiment", "language_confidence")  # what the tagger adds to the feedback
# Which words a closed set of values is told in.
_CLOSED = {"sentiment": "sentiments", "stage": "stages", "language": "languages"}
_WORST_FIRST = ("negative", "mixed", "neutral", "positive")


def sheets_to_filter(
    findings: Findings, facts: Facts, words: Wording, *, mask: bool
) -> list[Sheet]:
    """Return priorities, touchpoints and quotes; of all texts, where these are at hand, also
    mentions, feedback and rejected rows."""
    names = _names(findings, facts, words)
    told = [
        _sheet("priorities", _priorities(findings, facts, words), words, pinned=2),
        _sheet("touchpoints", _named(findings.impact, names), words, pinned=1),
        _sheet("quotes", _quotes(facts, names), words),
    ]
    return [*told, *(_rows(findings, facts, names, words, mask=mask) if facts["whole"] else ())]


def _rows(
    findings: Findings, facts: Facts, names: Mapping[str, str], words: Wording, *, mask: bool
) -> list[Sheet]:
    feedback, mentions, rejected = findings.feedback, findings.mentions, findings.rejected
    if mask:
        feedback, mentions = masked_texts(feedback, mentions)
        rejected = masked_rejected(rejected)
    return [
        _sheet("mentions", _mentions(mentions, feedback, findings.priorities, names), words),
        _feedback(feedback, mentions, names, words),
        _sheet(
            "rejected", rejected.assign(reason=_remarks(rejected["reason"], facts, words)), words
        ),
    ]


def _names(findings: Findings, facts: Facts, words: Wording) -> dict[str, str]:
    tables = (findings.priorities, findings.impact, findings.mentions)
    keys = {key for table in tables for key in table["touchpoint"].unique()}
    speech = Speech(facts, words)
    return {key: speech.touchpoint(key) for key in sorted(keys)}


def _sheet(
    key: str,
    table: pd.DataFrame,
    words: Wording,
    *,
    pinned: int = 0,
    foreign: Iterable[object] = (),
) -> Sheet:
    told = _ordered(_told(table, words, foreign=set(foreign)), _FIRST.get(key, ()))
    return Sheet(key, told, tuple(shown_columns(told, words, foreign=foreign)), pinned)


def _told(table: pd.DataFrame, words: Wording, *, foreign: set[object]) -> pd.DataFrame:
    """Return `table` with the values of closed sets in the words of the report."""
    changed = {}
    for name, section in _CLOSED.items():
        if name in table and name not in foreign:
            known = {key: words.name(section, key) for key in table[name].dropna().unique()}
            changed[name] = table[name].map(known).astype(object)
    if "role" in table and "role" not in foreign:
        known = {key: _role(key, words) for key in table["role"].dropna().unique()}
        changed["role"] = table["role"].map(known).astype(object)
    return table.assign(**changed)


def _role(key: str, words: Wording) -> str:
    return re.split("[:：]", words.name("roles", key))[0]


def _ordered(table: pd.DataFrame, first: Sequence[str]) -> pd.DataFrame:
    head = [name for name in first if name in table]
    tail = [name for name in _LAST if name in table and name not in head]
    rest = [name for name in table.columns if name not in {*head, *tail}]
    return table[[*head, *rest, *tail]]


def _named(table: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    return table.assign(name=table["touchpoint"].map(names))


def _priorities(findings: Findings, facts: Facts, words: Wording) -> pd.DataFrame:
    """Return the ranking with what a reader filters by: how often, how bad, which role."""
    told = sentences.reasons(facts, words)
    effects = findings.impact.set_index("touchpoint")
    table = _named(findings.priorities, Speech(facts, words).names)
    table = table.sort_values(["rank", "touchpoint"])
    keys = table["touchpoint"]
    joined = {name: keys.map(effects[name]) for name in _JOINED if name not in table}
    return table.assign(reason=keys.map(told).fillna(table["reason"]), **joined)


def _quotes(facts: Facts, names: Mapping[str, str]) -> pd.DataFrame:
    columns = ("name", "sentiment", "quote", "overall", "language", "row", "feedback_id",
               "touchpoint")  # fmt: skip
    rows = [
        {
            **quote,
            "touchpoint": one["touchpoint"],
            "name": names.get(one["touchpoint"], one["touchpoint"]),
            "sentiment": sentiment,
            "quote": Passage(quote["before"], quote["evidence"], quote["after"]),
        }
        for part, sentiment in (("ranking", "negative"), ("rewards", "positive"))
        for one in facts[part]
        for quote in one["quotes"]
    ]
    return pd.DataFrame(rows, columns=list(columns))


def _mentions(
    mentions: pd.DataFrame,
    feedback: pd.DataFrame,
    priorities: pd.DataFrame,
    names: Mapping[str, str],
) -> pd.DataFrame:
    """Return every mention, clear complaints about the costliest touchpoint on top."""
    brought = [name for name in ("overall", "date", "channel", "row") if name in feedback]
    source = feedback.drop_duplicates("feedback_id").set_index("feedback_id")[brought]
    table = _named(mentions, names).drop(columns=["start", "stop"])
    table = table.join(source, on="feedback_id")
    ranks = dict(zip(priorities["touchpoint"], priorities["rank"], strict=True))
    order = {sentiment: place for place, sentiment in enumerate(_WORST_FIRST)}
    keys = pd.DataFrame(
        {
            "rank": table["touchpoint"].map(ranks).fillna(len(ranks) + 1),
            "touchpoint": table["touchpoint"],
            "sentiment": table["sentiment"].map(order),
            "doubt": -table["confidence"],
        }
    )
    ordered = keys.sort_values(["rank", "touchpoint", "sentiment", "doubt"], kind="stable")
    return table.loc[ordered.index]


def _remarks(reasons: pd.Series, facts: Facts, words: Wording) -> pd.Series:
    names = Speech(facts, words).names
    return reasons.map(lambda one: words.note(one, names) if isinstance(one, str) else one)


def _feedback(
    feedback: pd.DataFrame, mentions: pd.DataFrame, names: Mapping[str, str], words: Wording
) -> Sheet:
    """Return the feedback with the touchpoints of each text, good and bad ones apart."""
    added = {}
    for sentiment in SENTIMENTS:
        chosen = _named(mentions[mentions["sentiment"] == sentiment], names).sort_values("name")
        told = chosen.groupby("feedback_id")["name"].agg(
            lambda some: ", ".join(dict.fromkeys(some))
        )
        added[f"{sentiment}_touchpoints"] = feedback["feedback_id"].map(told)
    ours = {*(column.name for column in FEEDBACK), *_TAGGED, *added}
    foreign = [name for name in feedback.columns if name not in ours]
    return _sheet("feedback", feedback.assign(**added), words, foreign=foreign)


def sheet_names(words: Wording) -> dict[str, str]:
    """Return the name of each sheet in the report's language, by its key."""
    return {str(key): str(name) for key, name in words.phrases["sheets"].items()}


def method_sheet(facts: Facts, cut: Sequence[str], words: Wording) -> Sheet:
    """Return what was done and how sure it is; `cut` names the sheets that were too long."""
    rows = [*_account(facts, cut, words), *_appendix(facts, words), *_glossary(words)]
    table = pd.DataFrame(rows, columns=["part", "item", "told"])
    table["part"] = table["part"].map(lambda key: words.say("workbook", f"part_{key}"))
    return _sheet("method", table, words)


def _account(facts: Facts, cut: Sequence[str], words: Wording) -> list[tuple[str, str | None, Any]]:
    remark, sure = Speech(facts, words).remark, facts["sure"]
    return [
        *(("answer", None, text) for text in sentences.answer(facts, words)),
        *(("changes", None, text) for text in change_lines(facts, words)),
        *(("sure", None, text) for text in sure_lines(facts, words)),
        *(("sure", None, text) for text in quality_lines(facts, words)),
        *(("warning", None, remark(one)) for one in sure["warnings"]),
        *(("note", None, remark(one)) for one in sure["notes"]),
        *(("cut", None, words.say("workbook", "cut", sheet=name)) for name in cut),
        *(("method", None, text) for text in sentences.method_paragraphs(facts, words)),
        ("sheets", None, words.say("workbook", "two_heads")),
    ]


def _appendix(facts: Facts, words: Wording) -> list[tuple[str, str | None, Any]]:
    columns = [("column", one["role"], sentences.column_source(one, words))
               for one in facts["columns"]]  # fmt: skip
    settings = [("setting", key, sentences.setting_value(value))
                for key, value in facts["settings"].items()]  # fmt: skip
    versions = [("version", key, value) for key, value in facts["versions"].items()]
    return [*columns, *settings, *versions]


def _glossary(words: Wording) -> list[tuple[str, str | None, Any]]:
    """Return what each column means, and which key stands behind each word."""
    meanings = [
        ("meaning", f"{words.name('columns', name)} ({name})", meaning)
        for name, meaning in words.phrases["meanings"].items()
    ]
    closed = [
        ("word", f"{words.name('columns', name)} ({name})", f"{word} = {key}")
        for name, section in {**_CLOSED, "role": "roles"}.items()
        for key, word in words.phrases[section].items()
    ]
    return [*meanings, *closed]
