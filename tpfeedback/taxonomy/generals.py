"""The general taxonomy as the ground that every other stands on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tpfeedback.taxonomy.files import GENERAL, load_taxonomy
from tpfeedback.taxonomy.touchpoints import Taxonomy


def general_parent(taxonomy: str | Mapping[str, Any] | Taxonomy) -> dict[str, str | None]:
    """Return for every touchpoint the general one it belongs to, None where it has none.

    It is the first general key on the way from the touchpoint itself over its parents.

    >>> general_parent("general")["delivery"]
    'delivery'
    >>> general_parent({"key": "bar", "names": {"en": "Bar"}, "touchpoints": [
    ...     {"key": "soup", "names": {"en": "Soup"}, "cues": {"en": ["soup"]}, "parent": "product",
    ...      "stage": "after", "channel": "physical"},
    ...     {"key": "broth", "names": {"en": "Broth"}, "cues": {"en": ["broth"]}, "parent": "soup",
    ...      "stage": "after", "channel": "physical"}]})
    {'soup': 'product', 'broth': 'product'}
    """
    loaded = load_taxonomy(taxonomy)
    parents = {touchpoint.key: touchpoint.parent for touchpoint in loaded}
    general = load_taxonomy(GENERAL)

    def lead(key: str | None) -> str | None:
        while key is not None and key not in general:
            key = parents[key]
        return key

    return {key: lead(key) for key in parents}


def fallbacks(taxonomy: str | Mapping[str, Any] | Taxonomy) -> dict[str, str | None]:
    """Return for every general touchpoint under which key it is found where no child fits.

    It is the general key itself where the taxonomy has it, else the child that catches all; None
    where the taxonomy has neither.

    >>> hotel = fallbacks("hotel")
    >>> hotel["location"], hotel["security"], hotel["premises"]
    ('location', 'safety', 'premises')
    """
    loaded = load_taxonomy(taxonomy)
    caught = {touchpoint.parent: touchpoint.key for touchpoint in loaded if touchpoint.catch_all}
    general = load_taxonomy(GENERAL).keys
    return {key: key if key in loaded else caught.get(key) for key in general}
