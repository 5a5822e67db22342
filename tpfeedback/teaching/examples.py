"""Example texts that ship with the industry taxonomies, written for this project."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files

from tpfeedback.tagger import NetworkTagger
from tpfeedback.taxonomy import Taxonomy, available_taxonomies, fallbacks, load_taxonomy
from tpfeedback.teaching.learning import Examples, read_examples
from tpfeedback.teaching.targets import present_of


def shipped_examples(reader: NetworkTagger, taxonomy: Taxonomy) -> tuple[Examples, ...]:
    """Return the examples of a shipped taxonomy as the network reads them; none for another."""
    if taxonomy.key not in available_taxonomies() or taxonomy != load_taxonomy(taxonomy.key):
        return ()
    rows = example_rows(taxonomy.key)
    if not rows:
        return ()
    texts, languages, said = zip(*rows, strict=True)
    rest = fallbacks(taxonomy)
    touchpoints = [[rest[key] if key not in taxonomy else key for key in keys] for keys in said]
    return (
        read_examples(reader, texts, present_of(touchpoints, taxonomy.keys, len(rows)), languages),
    )


@cache
def example_rows(name: str) -> tuple[tuple[str, str, dict[str, str]], ...]:
    """Return text, language and touchpoints of each example of a shipped taxonomy.

    What is said of a general touchpoint and fits none of its children stands under its general
    key.
    """
    file = files("tpfeedback") / "taxonomies" / f"{name}.jsonl"
    if not file.is_file():
        return ()
    rows = map(json.loads, file.read_text(encoding="utf-8").splitlines())
    return tuple((row["text"], row["language"], row["touchpoints"]) for row in rows)
