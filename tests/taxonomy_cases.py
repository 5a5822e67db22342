"""A small sound taxonomy, to be changed by a test."""

from __future__ import annotations

from typing import Any


def bar(**changes: Any) -> dict[str, Any]:
    """Return a small sound taxonomy with `changes` to its head."""
    content = {
        "key": "noodle_bar",
        "version": 3,
        "names": {"en": "Noodle bar", "pl": "Bar z makaronem"},
        "touchpoints": [
            broth(),
            broth(key="toppings", parent="broth", cues={"en": ["spring onion"]}),
        ],
    }
    return content | changes


def broth(**changes: Any) -> dict[str, Any]:
    """Return a sound touchpoint with `changes`; a field changed to `...` is left out."""
    record = {
        "key": "broth",
        "stage": "after",
        "channel": "physical",
        "parent": "product",
        "names": {"en": "Broth", "pl": "Bulion"},
        "descriptions": {"en": "Taste and warmth of the broth."},
        "cues": {"en": ["broth", "soup base"], "pl": ["bulion"]},
    }
    return {field: value for field, value in (record | changes).items() if value is not ...}
