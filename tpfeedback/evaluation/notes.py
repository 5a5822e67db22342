"""What the reader of an evaluation has to know before believing it."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from tpfeedback.evaluation.codes import ABSENT, Codes
from tpfeedback.evaluation.labelled import Labelled
from tpfeedback.evaluation.scores import ALL, ENOUGH
from tpfeedback.wording import Note, write_note

ENOUGH_TEXTS = 100  # labelled texts; with fewer, F1 has an interval of more than +-0.06


def evaluation_notes(
    labelled: Labelled,
    settled: Codes,
    languages: pd.DataFrame,
    *,
    unknown_languages: int,
    only_mentions: bool,
) -> Iterator[Note]:
    """Yield the notes of an evaluation; `languages` is its table of them."""
    if labelled.picked:
        yield write_note("evaluation_picked", picked=labelled.picked, texts=len(labelled.texts))
    if labelled.weights is not None:
        yield write_note("evaluation_weighted")
    few = [
        write_note("evaluation_language", language=language, texts=texts)
        for language, texts in zip(languages["language"], languages["texts"].tolist(), strict=True)
        if texts < ENOUGH_TEXTS and (language != ALL or len(languages) == 1)
    ]
    if few:
        yield write_note("evaluation_few", languages=few, enough=ENOUGH_TEXTS)
    named = (settled > ABSENT).sum(axis=0)
    rare = [k for k, n in zip(labelled.touchpoints, named, strict=True) if 0 < n < ENOUGH]
    if rare:
        yield write_note("evaluation_rare", touchpoints=rare, enough=ENOUGH)
    if unknown_languages:
        yield write_note("evaluation_no_language", n=unknown_languages)
    if only_mentions:
        yield write_note("evaluation_kept")
