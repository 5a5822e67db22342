"""Labels without their texts: what readers found in passages of the corpora, by place.

`python -m tpfeedback.training.labels ../shared/data/annotated_train.jsonl.gz` prints how well the
readers agree with annotated texts that were mixed unseen among theirs (`data/read/checks`).

`data/read/LANGUAGE.tsv` has a line for each passage: the corpus row's id, first character, end,
overall mark, and `key` + mark for each touchpoint, comma-separated. All 27 keys were judged. The
texts themselves stay where the corpora are. `data/read/unsure` has the same of passages that were
chosen because teacher and network were least sure of them.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path

from tpfeedback.training.data import LabelledText, read_labelled
from tpfeedback.training.evaluate import score_table
from tpfeedback.training.scoring import Judged

READ = Path(__file__).parents[2] / "data" / "read"


def main() -> None:
    """Print the agreement."""
    parser = argparse.ArgumentParser(prog="python -m tpfeedback.training.labels")
    parser.add_argument("file", type=Path, help="annotated texts, .jsonl.gz")
    print(score_table(checked(READ / "checks", read_labelled(parser.parse_args().file))))


def checked(folder: Path, annotated: Iterable[LabelledText]) -> list[Judged]:
    """Set what readers found in annotated texts beside their labels."""
    known = {text.id: text for text in annotated}
    return [
        Judged(
            language=path.stem,
            true=known[text_id].touchpoints,
            said=marks_of(found),
            true_overall=known[text_id].overall,
            said_overall=overall,
        )
        for path in sorted(folder.glob("*.tsv"))
        for line in path.read_text(encoding="utf-8").splitlines()
        for text_id, overall, found in [line.split("\t")]
        if text_id in known
    ]


def marks_of(found: str) -> dict[str, str]:
    """Return the marks of a list such as `delivery-,staff+`.

    >>> marks_of("delivery-,staff+"), marks_of("")
    ({'delivery': '-', 'staff': '+'}, {})
    """
    return {item[:-1]: item[-1] for item in found.split(",") if item}


def read_labels(
    folder: Path, rows: Iterable[LabelledText], keys: Iterable[str], *, source: str = "read"
) -> list[LabelledText]:
    """Return the passages that `folder` has labels for, cut out of `rows`, as of that source."""
    known = {row.id: row for row in rows}
    judged = frozenset(keys)
    return [
        _labelled(line.split("\t"), known, path.stem, judged, source)
        for path in sorted(folder.glob("*.tsv"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.split("\t")[0] in known
    ]


def _labelled(
    fields: list[str],
    known: dict[str, LabelledText],
    language: str,
    judged: frozenset[str],
    source: str,
) -> LabelledText:
    row_id, start, stop, overall, found = fields
    text = known[row_id].text[int(start) : int(stop)]
    name = f"{row_id}:{start}:{stop}"
    return LabelledText(
        name, text, language, source, overall, marks_of(found), judged, translated=False
    )


if __name__ == "__main__":
    main()
