"""The words of customers that show a touchpoint best."""

from __future__ import annotations

import re
import unicodedata

import pandas as pd

from tpfeedback.errors import ColumnError, ImpactError, unknown_name
from tpfeedback.tables import SENTIMENTS
from tpfeedback.taxonomy import Taxonomy

LANGUAGE_SHARE = 0.1  # a language with this share of the candidates is heard before any twice
READABLE = (24, 160)  # width in narrow characters of what is neither a scrap nor a story

# Compiled patterns, not a loop over characters: every mention of a touchpoint is looked at.
_LETTERS = re.compile(r"[^\W_]+")  # and digits
_PERHAPS_WIDE = re.compile("[\u0378-\u03ff\u0530-\U0010ffff]")  # Latin and Cyrillic are not


def pick_quotes(
    mentions: pd.DataFrame, *, touchpoint: str, sentiment: str = "negative", n: int = 3
) -> pd.DataFrame:
    """Return up to `n` rows of `mentions` that show the sentiment best, clearest first.

    Clear means: the tagger is sure (`confidence`), the feeling is strong (`score`), and the
    evidence is long enough to be understood and short enough to be read. No two quotes are the
    same words. Where several languages hold at least a tenth of the mentions each, each of them
    is heard once before one is heard twice. Equally clear ones are ordered by `feedback_id`.
    A mixed mention serves as a negative and as a positive one.

    Raises:
        ImpactError: `sentiment` is none of the four.

    >>> mentions = pd.DataFrame({
    ...     "feedback_id": ["a", "b"], "touchpoint": "delivery", "sentiment": "negative",
    ...     "score": [-0.9, -0.2], "confidence": 0.9, "language": "en",
    ...     "evidence": ["The parcel came three weeks late", "It took a little while to come"]})
    >>> pick_quotes(mentions, touchpoint="delivery", n=1)["evidence"].tolist()
    ['The parcel came three weeks late']
    """
    if sentiment not in SENTIMENTS:
        raise ImpactError(unknown_name("sentiment", sentiment, SENTIMENTS))
    wanted = {sentiment, "mixed"} if sentiment in ("negative", "positive") else {sentiment}
    pool = mentions[(mentions["touchpoint"] == touchpoint) & mentions["sentiment"].isin(wanted)]
    strength = pool["score"].abs()
    if sentiment in ("neutral", "mixed"):
        strength = 1 - strength
    words = pool["evidence"].fillna("").map(_plain)
    clear = pool["confidence"] * strength * words.map(_readable).astype(float)
    pool = pool.assign(_clear=clear.round(9), _words=words)[words != ""]
    pool = pool.sort_values(["_clear", "feedback_id"], ascending=[False, True], kind="stable")
    pool = pool.drop_duplicates("_words").reset_index(drop=True)  # tables that were put together
    chosen = _each_language_once(pool["language"], n)
    return pool.loc[chosen].drop(columns=["_clear", "_words"]).reset_index(drop=True)


def quotes_with_texts(
    feedback: pd.DataFrame,
    mentions: pd.DataFrame,
    taxonomy: Taxonomy,
    touchpoint: str,
    *,
    sentiment: str,
    n: int,
) -> pd.DataFrame:
    """Return `pick_quotes` with the `text`, `overall` and `date` of each.

    Raises `ColumnError` for a touchpoint or a sentiment that does not exist.
    """
    if touchpoint not in taxonomy.keys:
        raise ColumnError(unknown_name("touchpoint", touchpoint, taxonomy.keys))
    if sentiment not in SENTIMENTS:
        raise ColumnError(unknown_name("sentiment", sentiment, SENTIMENTS))
    chosen = pick_quotes(mentions, touchpoint=touchpoint, sentiment=sentiment, n=n)
    source = feedback[["feedback_id", "text", "overall", "date"]]
    return chosen.merge(source, on="feedback_id", how="left", validate="many_to_one")


def _plain(evidence: str) -> str:
    """Return the words without case, punctuation and spacing, to find repeated quotes."""
    folded = unicodedata.normalize("NFKC", evidence).casefold()
    return "".join(_LETTERS.findall(folded))


def _readable(evidence: str) -> float:
    """Return 1 for a quote of readable length, less for shorter and longer ones.

    A Chinese character counts twice, as on the screen: it says about as much as two letters.
    """
    wide = [] if evidence.isascii() else _PERHAPS_WIDE.findall(evidence)
    width = len(evidence) + sum(unicodedata.east_asian_width(c) in "WF" for c in wide)
    shortest, longest = READABLE
    return min(1.0, width / shortest, longest / max(width, 1))


def _each_language_once(language: pd.Series, n: int) -> list[int]:
    """Return the labels of the first of every frequent language, then of the next ones."""
    language = language.astype(object)  # categories cannot be mapped to numbers
    share = language.map(language.value_counts(normalize=True))
    first = language[~language.duplicated() & (share >= LANGUAGE_SHARE)].index[: max(n, 0)]
    rest = language.index.difference(first, sort=False)[: max(n, 0) - len(first)]
    chosen = {*first, *rest}
    return [label for label in language.index if label in chosen]
