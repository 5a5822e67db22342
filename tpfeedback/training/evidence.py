"""`python -m tpfeedback.training.evidence FILE`: does the evidence carry the mention?

Deletes the evidence of each mention from its text and tags the rest: the mention should be gone
or have another sentiment ("comprehensiveness", DeYoung et al. 2020, "ERASER", ACL).
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from tpfeedback.tables import LANGUAGES
from tpfeedback.tagger import Tagger, load_network_tagger
from tpfeedback.training.data import LabelledText, read_labelled
from tpfeedback.training.scoring import share_of


def main() -> None:
    """Print the share of mentions that go with their evidence."""
    parser = argparse.ArgumentParser(
        prog="python -m tpfeedback.training.evidence", description=__doc__
    )
    parser.add_argument("file", type=Path, help="annotated texts, .jsonl.gz")
    print(evidence_table(read_labelled(parser.parse_args().file), load_network_tagger()))


def evidence_table(texts: Sequence[LabelledText], tagger: Tagger) -> str:
    """Return the share of mentions that deletion takes away, for all of them and for those whose
    evidence is not the whole text.
    """
    lines = [
        "| language | mentions | gone or flipped | evidence shorter than the text | of these |",
        "|---|---|---|---|---|",
    ]
    for code in LANGUAGES:
        gone, partly = deletions([text for text in texts if text.language == code], tagger)
        some = [flag for flag, part in zip(gone, partly, strict=True) if part]
        if some:
            lines.append(
                f"| {code} | {len(gone)} | {share_of(gone)} | {len(some)} | {share_of(some)} |"
            )
    return "\n".join(lines)


def deletions(texts: Sequence[LabelledText], tagger: Tagger) -> tuple[list[bool], list[bool]]:
    """Return for each mention whether deletion takes it away, and whether anything was left."""
    languages = [text.language for text in texts]
    questions = [text.question or None for text in texts]
    tagged = tagger.tag([text.text for text in texts], languages=languages, questions=questions)
    mentions = [
        (one.text[: m.start] + one.text[m.stop :], (m.touchpoint, m.sentiment), code, question)
        for one, code, question in zip(tagged, languages, questions, strict=True)
        for m in one.mentions
    ]
    rests, told, codes, asked = zip(*mentions, strict=True) if mentions else ((),) * 4
    answers = tagger.tag(rests, languages=codes, questions=asked)
    gone = [
        mention not in {(m.touchpoint, m.sentiment) for m in answer.mentions}
        for mention, answer in zip(told, answers, strict=True)
    ]
    return gone, [bool(rest.strip()) for rest in rests]


if __name__ == "__main__":
    main()
