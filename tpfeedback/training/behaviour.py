"""`python -m tpfeedback.training.behaviour`: what the tagger can do, one capability at a time.

Test cases written for this project, in the manner of Ribeiro et al. 2020 ("Beyond accuracy:
behavioral testing of NLP models with CheckList", ACL): each probes one capability in one language.
None of them is learnt from.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tpfeedback.errors import TrainingError
from tpfeedback.tables import LANGUAGES
from tpfeedback.tagger import Tagger, load_network_tagger
from tpfeedback.training.evaluate import said_marks
from tpfeedback.training.scoring import share_of

CASES = Path(__file__).parents[2] / "data" / "behaviour"


@dataclass(frozen=True)
class Case:
    """A text with the marks that any careful reader gives it, and touchpoints it is not about."""

    language: str
    capability: str
    text: str
    question: str
    marks: dict[str, str]
    absent: frozenset[str]


def main() -> None:
    """Print the share of cases passed, and with `--failures` the cases that were not."""
    parser = argparse.ArgumentParser(
        prog="python -m tpfeedback.training.behaviour", description=__doc__
    )
    parser.add_argument("--cases", type=Path, default=CASES, help="folder of the test cases")
    parser.add_argument("--failures", action="store_true", help="print each case that fails")
    arguments = parser.parse_args()
    cases = read_cases(arguments.cases)
    answers = answer(cases, load_network_tagger())
    print(behaviour_table(cases, answers))
    for case, said in zip(cases, answers, strict=True):
        if arguments.failures and not passes(case, said):
            print(f"{case.language} {case.capability}: {case.question} {case.text!r}")
            print(f"    expected {case.marks}, said {said}")


def read_cases(folder: Path) -> list[Case]:
    """Read every `LANGUAGE.jsonl` of the folder, one case a line."""
    if not folder.is_dir():
        raise TrainingError(f"{folder} is no folder. Name the folder of the cases with --cases.")
    return [
        Case(
            language=path.stem,
            capability=record["capability"],
            text=record["text"],
            question=record.get("question", ""),
            marks=record["marks"],
            absent=frozenset(record.get("not", ())),
        )
        for path in sorted(folder.glob("*.jsonl"))
        for record in map(json.loads, path.read_text(encoding="utf-8").splitlines())
    ]


def answer(cases: Sequence[Case], tagger: Tagger) -> list[dict[str, str]]:
    """Return the marks that the tagger gives each case."""
    tagged = tagger.tag(
        [case.text for case in cases], questions=[case.question or None for case in cases]
    )
    return [said_marks(one) for one in tagged]


def passes(case: Case, said: dict[str, str]) -> bool:
    """Whether every expected mark was given and nothing that the text is not about.

    A text about no touchpoint passes where nothing is said.

    >>> late = Case("en", "plain", "Late", "", {"delivery": "-"}, frozenset({"waiting"}))
    >>> passes(late, {"delivery": "-", "staff": "-"}), passes(late, {"delivery": "+"})
    (True, False)
    """
    if not case.marks:
        return not said
    return not case.absent & said.keys() and all(
        said.get(key) == mark for key, mark in case.marks.items()
    )


def behaviour_table(cases: Sequence[Case], answers: Sequence[dict[str, str]]) -> str:
    """Return the share of cases passed with its interval, capability by language, in Markdown."""
    passed = by_capability(cases, answers)
    lines = [f"| capability | {' | '.join(LANGUAGES)} |", "|---" * (len(LANGUAGES) + 1) + "|"]
    for capability in [*sorted({case.capability for case in cases}), "all"]:
        cells = [passed.get((capability, code)) for code in LANGUAGES]
        shown = [f"{share_of(cell)} of {len(cell)}" if cell else "" for cell in cells]
        lines.append(f"| {capability} | {' | '.join(shown)} |")
    return "\n".join(lines)


def weakest(cases: Sequence[Case], answers: Sequence[dict[str, str]], *, number: int) -> str:
    """Return the capabilities that fail most often, worst first, as a Markdown list."""
    passed = by_capability(cases, answers)
    worst = sorted(
        (sum(flags) / len(flags), *name) for name, flags in passed.items() if name[0] != "all"
    )
    return "\n".join(
        f"- {capability}, {language}: {share:.0%} of cases passed"
        for share, capability, language in worst[:number]
    )


def by_capability(
    cases: Sequence[Case], answers: Sequence[dict[str, str]]
) -> dict[tuple[str, str], list[bool]]:
    """Return which cases passed by capability and language; "all" holds every capability."""
    passed: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for case, said in zip(cases, answers, strict=True):
        for capability in (case.capability, "all"):
            passed[capability, case.language].append(passes(case, said))
    return dict(passed)


if __name__ == "__main__":
    main()
