"""The customers' own words about a theme or a problem: its phrases and its quotes."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from tpfeedback.masking import mask_personal
from tpfeedback.report.passages import readable, shortened
from tpfeedback.report.quotations import quote_places
from tpfeedback.report.records import Facts
from tpfeedback.report.speech import Speech

_LONGEST = 60


def phrases_of(phrases: pd.DataFrame, by: str, key: str, *, mask: bool) -> dict[str, list[str]]:
    """Return language -> phrases of a theme or problem, which `by` names, the clearest first."""
    own = phrases[phrases[by] == key]
    return {
        str(code): [customer_words(one, language=str(code), mask=mask) for one in part["phrase"]]
        for code, part in own.groupby("language", sort=True)
    }


def customer_words(text: str, *, language: str, mask: bool) -> str:
    """Return a few words of a customer, fit to be shown."""
    shown = mask_personal(text, language=language).text if mask else text
    return shortened(readable(str(shown)), _LONGEST)


def phrases_line(one: Facts, speech: Speech) -> str:
    """Return the phrases, of several languages each behind its name: "Polish: …; Russian: …"."""
    told = {code: ", ".join(words) for code, words in one["phrases"].items()}
    if len(told) == 1:
        return next(iter(told.values()))
    named = [
        speech.say("closer", "colon", name=speech.words.name("languages", code), told=words)
        for code, words in told.items()
    ]
    return " · ".join(named)


def quotes_of(
    found: pd.DataFrame, members: pd.DataFrame, feedback: pd.DataFrame, by: str, *, mask: bool
) -> dict[tuple[str, str], list[Facts]]:
    """Return (theme or problem, sentiment) -> quotes, each in its text, in the order found.

    `found` names text and theme of each quote, `members` hold the places of the clauses.
    """
    places = pd.DataFrame(list(_places(found, members, by)))
    if places.empty:
        return {}
    quotes = quote_places(feedback, places, mask=mask)
    told: dict[tuple[str, str], list[Facts]] = {}
    for key, sentiment, quote in zip(places[by], places["sentiment"], quotes, strict=True):
        told.setdefault((key, sentiment), []).append(quote)
    return told


def _places(found: pd.DataFrame, members: pd.DataFrame, by: str) -> Iterator[Facts]:
    """Yield the clause of each quote; of several in a text, the nearest to the theme."""
    keys = [by, "feedback_id", "sentiment"]
    nearest = members.sort_values(["closeness", "start"], ascending=[False, True], kind="stable")
    first = nearest.drop_duplicates(keys)
    clauses = {tuple(row[name] for name in keys): row for row in first.to_dict("records")}
    for row in found[keys].itertuples(index=False, name=None):
        if row in clauses:
            yield {str(name): value for name, value in clauses[row].items()}
