"""A survey in two languages, what people labelled in it, and what a closer look could find."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from tests.impact_cases import quiet
from tests.small_findings import KeywordTagger
from tpfeedback.analysis import Analysis, analyze
from tpfeedback.closer import look, read_questions
from tpfeedback.discovery import Discovery, Problems
from tpfeedback.discovery.memory import Memory
from tpfeedback.taxonomy import load_taxonomy

PHONE = "+44 20 7946 0958"
NASTY = "<script>alert(1)</script> =1+1 \x02delivery\x03"


class TwoLanguages(KeywordTagger):
    """Reads the same words in whatever language the text is said to be."""

    def tag(self, texts, *, languages=None, min_confidence=None, **options):
        """Tag each text by its words, and keep its language."""
        told = super().tag(texts, languages=languages, min_confidence=min_confidence)
        return [replace(one, language=code or "en") for one, code in zip(told, languages or
                                                                         ["en"] * len(told),
                                                                         strict=True)]  # fmt: skip


def survey(size: int = 400) -> pd.DataFrame:
    """Return answers of which a third complain about the courier, more of them in Polish."""
    random = np.random.default_rng(0)
    polish = random.random(size) < 0.5
    late = random.random(size) < np.where(polish, 0.5, 0.2)
    rude = ~late & (random.random(size) < 0.2)
    texts = np.where(late, "the courier was bad", "all as it should be")
    texts = np.where(rude, "bad staff today", texts)
    return pd.DataFrame(
        {
            "id": [f"r{row}" for row in range(size)],
            "comment": [f"{text} ({row})" for row, text in enumerate(texts)],
            "stars": np.clip(4 - 2 * late - rude + random.integers(0, 2, size), 1, 5),
            "lang": np.where(polish, "pl", "en"),
        }
    )


def analysed(table: pd.DataFrame, **options) -> Analysis:
    """Return the analysis of a survey."""
    return quiet(analyze, table, text="comment", overall="stars", language="lang",
                 tagger=TwoLanguages(), progress=False, **options)  # fmt: skip


def labels_of(analysis: Analysis, n: int = 200, *, missed: float = 0.25) -> pd.DataFrame:
    """Return what people found in the first `n` texts: the tagger's mentions, and a few more.

    In a share `missed` of the texts without a mention they find a complaint about the price.
    """
    ids = analysis.feedback["feedback_id"].head(n)
    found = analysis.mentions.loc[
        analysis.mentions["feedback_id"].isin(ids), ["feedback_id", "touchpoint", "sentiment"]
    ]
    rest = ids[~ids.isin(found["feedback_id"])].to_frame()
    more = rest.iloc[: int(missed * len(rest))].assign(touchpoint="price", sentiment="negative")
    none = rest.iloc[len(more) :].assign(touchpoint=None, sentiment=None)
    return pd.concat([found, more, none], ignore_index=True)


def discovery(analysis: Analysis, *, name: str = "smell, mould") -> Discovery:
    """Return one theme, of the first two texts; no phrase or text of it is ours."""
    ids = analysis.feedback["feedback_id"].astype(str).tolist()[:2]
    effects = {"penalty": -0.8, "reward": 0.1, "prize": 0.2}
    row = {
        "theme": "theme_1", "name": name, "texts": 40, "share": 0.1, "share_low": 0.07,
        "share_high": 0.13, "missed": 30, "negative": 35, "positive": 5, "languages": "en, pl",
        "nearest": "cleanliness", "likeness": 0.5,
        **effects, **{f"{key}_low": value - 0.05 for key, value in effects.items()},
        **{f"{key}_high": value + 0.05 for key, value in effects.items()},
    }  # fmt: skip
    return Discovery(
        table=pd.DataFrame([row]),
        phrases=pd.DataFrame({"theme": "theme_1", "language": ["en", "pl"],
                              "phrase": [name, "pleśń"], "clauses": 9, "z": 5.0}),
        quotes=pd.DataFrame({"theme": "theme_1", "language": "en", "feedback_id": ids,
                             "sentiment": ["negative", "positive"], "quote": "the"}),
        members=_members("theme", "theme_1", ids, ["negative", "positive"]).assign(missed=True),
        texts=400,
        notes=(),
        taxonomy=load_taxonomy(),
        memory=Memory((), (), (), ""),
    )  # fmt: skip


def recurrent(analysis: Analysis, touchpoint: str, *, name: str = "two weeks") -> Problems:
    """Return one problem of a touchpoint, told by its first two texts."""
    bad = analysis.mentions[analysis.mentions["touchpoint"] == touchpoint]
    ids = bad["feedback_id"].astype(str).tolist()[:2]
    ends = {f"{key}{end}": 0.1 for key in ("penalty", "reward", "prize")
            for end in ("", "_low", "_high")}  # fmt: skip
    row = {"problem": "problem_1", "name": name, "texts": 12, "share": 0.25, "share_low": 0.15,
           "share_high": 0.38, "languages": "en", **ends}  # fmt: skip
    return Problems(
        touchpoint=touchpoint,
        table=pd.DataFrame([row]),
        phrases=pd.DataFrame({"problem": "problem_1", "language": ["en"], "phrase": [name],
                              "clauses": 9, "z": 5.0}),
        quotes=pd.DataFrame({"problem": "problem_1", "language": "en", "feedback_id": ids,
                             "sentiment": "negative", "quote": "the"}),
        members=_members("problem", "problem_1", ids, ["negative"] * len(ids)),
        complaints=48,
        notes=(),
    )  # fmt: skip


def nothing_found(analysis: Analysis) -> dict:
    """Return problems and themes that found nothing."""
    theme, problem = discovery(analysis), recurrent(analysis, "delivery")
    empty = {"table", "phrases", "quotes", "members"}
    bare = [
        replace(one, **{key: getattr(one, key).head(0) for key in empty})
        for one in (theme, problem)
    ]
    return {"themes": bare[0], "problems": {"delivery": bare[1]}}


def looked(analysis: Analysis, labels: pd.DataFrame, **names: str) -> Analysis:
    """Return the analysis with all four results; shares and evaluation are computed."""
    asked = read_questions(analysis, labels=labels, discover=False, problems=0, random_state=0)
    found = {
        "problems": {key: recurrent(analysis, key, **names) for key in ("delivery", "staff")},
        "themes": discovery(analysis, **names),
        **quiet(look, analysis, asked),
    }
    return replace(analysis, closer=found)


def _members(by: str, key: str, ids: list[str], moods: list[str]) -> pd.DataFrame:
    return pd.DataFrame({
        "feedback_id": ids, by: key, "sentiment": moods, "start": 0, "stop": 3, "evidence": "the",
        "language": "en", "closeness": 0.9,
    })  # fmt: skip
