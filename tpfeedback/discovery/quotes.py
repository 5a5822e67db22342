"""The words of customers that show a theme best, personal data masked."""

from __future__ import annotations

import pandas as pd

from tpfeedback.masking import mask_personal
from tpfeedback.priority.quotes import pick_quotes

PER_THEME = 4
COLUMNS = ("theme", "language", "sentiment", "feedback_id", "quote")


def quote_themes(
    members: pd.DataFrame,
    texts: pd.Series | None,
    *,
    sentiments: tuple[str, ...],
    n: int = PER_THEME,
) -> pd.DataFrame:
    """Return up to `n` quotes of each theme, one row each, those of its main sentiment first.

    A clause is quoted that holds the phrases of its theme (`held`), lies in its middle and whose
    feeling is clear. `texts` by feedback_id are masked whole, so that a name announced before
    the clause is masked in it too; without them the clause is masked alone.
    """
    rows = []
    for theme in dict.fromkeys(members["theme"]):
        own = members[members["theme"] == theme]
        frequent = sorted(sentiments, key=lambda s: (-(own["sentiment"] == s).sum(), s))
        wanted = {s: n // len(sentiments) for s in frequent}
        for sentiment in frequent:
            picked = _picked(own, sentiment, wanted[sentiment])
            rows += [_row(theme, sentiment, quote, texts) for _, quote in picked.iterrows()]
    return pd.DataFrame.from_records(rows, columns=list(COLUMNS)).astype("str")


def _picked(own: pd.DataFrame, sentiment: str, n: int) -> pd.DataFrame:
    asked = own.rename(columns={"theme": "touchpoint"}).assign(
        confidence=own["closeness"] * (1 + own["held"]), score=own["confidence"]
    )
    touchpoint = str(own["theme"].iloc[0])
    return pick_quotes(asked, touchpoint=touchpoint, sentiment=sentiment, n=n)


def _row(
    theme: str, sentiment: str, quote: pd.Series, texts: pd.Series | None
) -> tuple[str, str, str, str, str]:
    language, clause = str(quote["language"]), str(quote["evidence"])
    if texts is None:
        shown = mask_personal(clause, language=language).text
    else:
        span = (int(quote["start"]), int(quote["stop"]))
        whole = str(texts[quote["feedback_id"]])
        masked = mask_personal(whole, spans=(span,), language=language)
        start, stop = masked.spans[0]
        shown = masked.text[start:stop]
    shown = " ".join(shown.split()).rstrip(",，;；、")
    return theme, language, sentiment, str(quote["feedback_id"]), shown
