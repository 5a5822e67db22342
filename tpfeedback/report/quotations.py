"""Quotes: passages of the customers' own texts, cut, cleaned and told where they stand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from tpfeedback.masking import mask_personal
from tpfeedback.priority import pick_quotes
from tpfeedback.report.passages import passage, readable, shortened
from tpfeedback.report.records import Facts, plain_records, plain_value

QUOTES = 3
LONGEST_ID = 60
NEIGHBOURHOOD = 2_000  # characters around the evidence that may tell what is personal

Quoter = Callable[[str, str], list[Facts]]


def quoter(feedback: pd.DataFrame, mentions: pd.DataFrame, *, mask: bool) -> Quoter:
    """Return a function that gives up to three quotes of a touchpoint and a sentiment.

    The same words twice show nothing new, whoever wrote them. Personal data are masked where
    `mask` says so.
    """
    texts = feedback.drop_duplicates("text").set_index("feedback_id")
    kept = mentions[mentions["feedback_id"].isin(texts.index)]
    by_touchpoint = dict(list(kept.groupby("touchpoint", sort=False)))

    def quoted(touchpoint: str, sentiment: str) -> list[Facts]:
        pool = by_touchpoint.get(touchpoint, kept.head(0))
        chosen = pick_quotes(pool, touchpoint=touchpoint, sentiment=sentiment, n=QUOTES)
        rows = plain_records(chosen)
        return [_quote(one, texts.loc[one["feedback_id"]].to_dict(), mask=mask) for one in rows]

    return quoted


def quote_places(feedback: pd.DataFrame, places: pd.DataFrame, *, mask: bool) -> list[Facts]:
    """Return a quote for each row of `places`, which has `feedback_id, language, start, stop`."""
    ids = feedback["feedback_id"].astype("str")
    wanted = feedback.set_axis(pd.Index(ids), axis=0).loc[
        ids.isin(places["feedback_id"]).to_numpy()
    ]
    texts = wanted[~wanted.index.duplicated()]
    rows = plain_records(places[["feedback_id", "language", "start", "stop"]])
    return [_quote(one, texts.loc[one["feedback_id"]].to_dict(), mask=mask) for one in rows]


def _masked(text: str, start: int, stop: int, language: str) -> tuple[str, int, int]:
    """Return text and evidence without personal data; of a long text, the neighbourhood."""
    first = max(0, start - NEIGHBOURHOOD)
    near = text[first : min(stop, start + NEIGHBOURHOOD) + NEIGHBOURHOOD]
    masked = mask_personal(near, spans=((start - first, stop - first),), language=language)
    return masked.text, *masked.spans[0]


def _quote(mention: Facts, source: Mapping[Any, Any], *, mask: bool) -> Facts:
    text, start, stop = source["text"], mention["start"], mention["stop"]
    if mask:
        text, start, stop = _masked(text, start, stop, str(mention["language"]))
    cut = passage(text, start, stop)
    return {
        "feedback_id": shortened(readable(str(mention["feedback_id"])), LONGEST_ID),
        "row": plain_value(source.get("row")),
        "language": mention["language"],
        "before": cut.before,
        "evidence": cut.evidence,
        "after": cut.after,
        "overall": plain_value(source.get("overall")),
    }
