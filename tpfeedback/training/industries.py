"""How well the narrower touchpoints of the industries are told apart, and what ships of it.

`python -m tpfeedback.training.industries` prints the table by cross-validation over the examples
in `tpfeedback/taxonomies/*.jsonl`: each was judged by a choice that was taught with four fifths
of the others. `--ship` teaches with all of them and writes `tpfeedback/models/taxonomies/`.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator, Sequence
from importlib.resources import files
from pathlib import Path

import numpy as np

from tpfeedback.tagger import NetworkTagger, load_network_tagger
from tpfeedback.taxonomy import Taxonomy, available_taxonomies, general_parent, load_taxonomy
from tpfeedback.teaching.examples import example_rows, shipped_examples
from tpfeedback.teaching.files import write_tagger
from tpfeedback.teaching.learning import Examples, tagger_for
from tpfeedback.teaching.tagging import TaxonomyTagger

FOLDS = 5
OUTCOMES = ("right", "rest", "wrong")
LANGUAGES = ("ru", "zh", "pl", "en")


def main() -> None:
    """Print the table, or write what ships."""
    parser = argparse.ArgumentParser(prog="python -m tpfeedback.training.industries")
    parser.add_argument("--ship", action="store_true", help="teach with all examples and write")
    reader = load_network_tagger()
    names = [name for name in available_taxonomies() if example_rows(name)]
    if parser.parse_args().ship:
        for name in names:
            ship(reader, load_taxonomy(name))
    else:
        print(table(reader, names))


def ship(reader: NetworkTagger, taxonomy: Taxonomy) -> Path:
    """Write what the examples of a shipped taxonomy taught."""
    folder = Path(str(files("tpfeedback") / "models" / "taxonomies" / taxonomy.key))
    taught = tagger_for(reader, taxonomy, examples=shipped_examples(reader, taxonomy))
    return write_tagger(taught, folder, options={})


def table(reader: NetworkTagger, names: Sequence[str]) -> str:
    """Return for each industry what became of touchpoints whose general one was found.

    `right`: the narrower touchpoint was named; `rest`: it stayed with what fits none; `wrong`:
    another one was named alone. `phrases alone`: right without any example.
    """
    head = ("industry", "labels", *OUTCOMES, *LANGUAGES, "phrases alone")
    lines = ["".join(f"{name:>17}" if i < 1 else f"{name:>8}" for i, name in enumerate(head))]
    total: Counter[tuple[str, str]] = Counter()
    alone: Counter[str] = Counter()
    for name in names:
        found, plain = judged(reader, load_taxonomy(name))
        total, alone = total + found, alone + plain
        lines.append(_line(name, found, plain))
    return "\n".join([*lines, _line("all", total, alone)])


def judged(
    reader: NetworkTagger, taxonomy: Taxonomy
) -> tuple[Counter[tuple[str, str]], Counter[str]]:
    """Return counts by language and outcome, taught, and by outcome with phrases alone."""
    examples = shipped_examples(reader, taxonomy)[0]
    folds = np.arange(len(examples.read)) % FOLDS
    taught: Counter[tuple[str, str]] = Counter()
    for fold in range(FOLDS):
        tagger = tagger_for(reader, taxonomy, examples=[part_of(examples, folds != fold)])
        taught.update(_outcomes(tagger, part_of(examples, folds == fold)))
    plain = Counter(outcome for _, outcome in _outcomes(tagger_for(reader, taxonomy), examples))
    return taught, plain


def part_of(examples: Examples, kept: np.ndarray) -> Examples:
    """Return the examples that are kept."""
    at = np.flatnonzero(kept).tolist()
    return Examples(
        tuple(examples.read[i] for i in at),
        tuple(examples.tokens[i] for i in at),
        examples.present[at],
    )


def _outcomes(tagger: TaxonomyTagger, examples: Examples) -> Iterator[tuple[str, str]]:
    """Yield language and outcome of each narrower touchpoint whose general one was found."""
    leading, keys = general_parent(tagger.taxonomy), tagger.taxonomy.keys
    tagged = tagger.tag(
        [one.text for one in examples.read], languages=[one.language for one in examples.read]
    )
    for one, present in zip(tagged, examples.present, strict=True):
        said = {mention.touchpoint for mention in one.mentions}
        for k in np.flatnonzero(present == 1).tolist():
            general = leading[keys[k]]
            siblings = {key for key in said if leading[key] == general}
            if (
                general is not None
                and general in tagger.choices
                and keys[k] != tagger.rest[general]
                and siblings
            ):
                rest = siblings == {tagger.rest[general]}
                right = keys[k] in said
                yield one.language, "right" if right else "rest" if rest else "wrong"


def _line(name: str, found: Counter[tuple[str, str]], plain: Counter[str]) -> str:
    count = sum(found.values())
    shares = [sum(found[code, o] for code in LANGUAGES) / count for o in OUTCOMES]
    right = [
        found[code, "right"] / max(sum(found[code, o] for o in OUTCOMES), 1) for code in LANGUAGES
    ]
    figures = "".join(f"{value:8.2f}" for value in [*shares, *right])
    return f"{name:>17}{count:8}{figures}{plain['right'] / max(sum(plain.values()), 1):8.2f}"


if __name__ == "__main__":
    main()
