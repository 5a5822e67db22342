"""Taxonomies as mappings, with values of any kind in them."""

from __future__ import annotations

import json
import tomllib

from fuzzing.json_mutation import change_json
from fuzzing.target import Target
from fuzzing.targets.json_documents import WORDS
from fuzzing.targets.taxonomy_toml import BAR, EXTENDING, check_taxonomy

SEEDS = tuple(json.dumps(tomllib.loads(text)).encode() for text in (BAR, EXTENDING))


def check(data: bytes) -> None:
    """Load a mapping."""
    try:
        content = json.loads(data)
    except (ValueError, RecursionError):
        return
    if isinstance(content, dict):
        check_taxonomy(content)


TARGET = Target(check, SEEDS, WORDS, change_json, quick=200)
