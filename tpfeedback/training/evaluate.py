"""`python -m tpfeedback.training.evaluate FILE`: the shipped tagger against annotated texts.

FILE is in the format of the corpora, such as `../shared/data/gold_dev.jsonl.gz`. Needs no torch.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from tpfeedback.tables import LANGUAGES
from tpfeedback.tagged import TaggedText
from tpfeedback.tagger import Tagger, load_network_tagger
from tpfeedback.training.data import MARK_OF_SENTIMENT, MARKS, LabelledText, read_labelled
from tpfeedback.training.scoring import (
    Judged,
    accuracy,
    bootstrap_f1,
    by_touchpoint,
    counts,
    macro_f1,
)


def main() -> None:
    """Print the scores of one file."""
    parser = argparse.ArgumentParser(
        prog="python -m tpfeedback.training.evaluate", description=__doc__
    )
    parser.add_argument("file", type=Path, help="annotated texts, .jsonl.gz")
    arguments = parser.parse_args()
    print(score_table(judge(read_labelled(arguments.file), load_network_tagger())))


def judge(texts: Sequence[LabelledText], tagger: Tagger) -> list[Judged]:
    """Tag the texts, their language not told, and set the answers beside the truth."""
    tagged = tagger.tag(
        [text.text for text in texts], questions=[text.question or None for text in texts]
    )
    return [
        Judged(
            language=text.language,
            true=text.touchpoints,
            said=said_marks(answer),
            true_overall=text.overall if text.overall in MARKS else None,
            said_overall=MARK_OF_SENTIMENT[answer.sentiment],
        )
        for text, answer in zip(texts, tagged, strict=True)
    ]


def said_marks(tagged: TaggedText) -> dict[str, str]:
    """Return the mark of each touchpoint mentioned."""
    return {m.touchpoint: MARK_OF_SENTIMENT[m.sentiment] for m in tagged.mentions}


def score_table(judged: Sequence[Judged]) -> str:
    """Return the scores per language and per touchpoint as a Markdown table."""
    lines = [
        "| language | texts | touchpoint F1 | touchpoint+polarity F1 | overall accuracy |",
        "|---|---|---|---|---|",
    ]
    for language in LANGUAGES:
        mine = [text for text in judged if text.language == language]
        if mine:
            lines.append(f"| {language} | {len(mine)} | {_row(mine)} |")
    lines += [
        f"| all | {len(judged)} | {_row(judged)} |",
        "",
        f"Macro-F1 over touchpoints with 10 or more examples: {macro_f1(judged):.3f}",
        "",
        "| touchpoint | F1 | examples |",
        "|---|---|---|",
    ]
    lines += [
        f"| {key} | {value:.3f} | {true} |" for key, (value, true) in by_touchpoint(judged).items()
    ]
    return "\n".join(lines)


def _row(judged: Sequence[Judged]) -> str:
    scores = (
        bootstrap_f1(counts(judged, polarity=False), random_state=0),
        bootstrap_f1(counts(judged, polarity=True), random_state=0),
        accuracy(judged, random_state=0),
    )
    return " | ".join(map(str, scores))


if __name__ == "__main__":
    main()
