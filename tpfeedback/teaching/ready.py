"""The tagger of a taxonomy before any label of the user's is given."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from tpfeedback.errors import TaggerError
from tpfeedback.tagger import NetworkTagger, Tagger, load_network_tagger
from tpfeedback.taxonomy import Taxonomy, load_taxonomy
from tpfeedback.teaching.examples import shipped_examples
from tpfeedback.teaching.files import shipped_tagger
from tpfeedback.teaching.learning import tagger_for

TaxonomySource = str | Path | Mapping[str, Any] | Taxonomy


def ready_tagger(taxonomy: Taxonomy, reader: NetworkTagger) -> Tagger:
    """Return what finds the touchpoints of `taxonomy` with the network of `reader`.

    For `general` that is `reader` itself. What the shipped taxonomies' examples taught is read
    from the package; for another taxonomy the choice among children is learnt from their words.
    """
    if taxonomy == load_taxonomy():
        return reader
    return shipped_tagger(reader, taxonomy) or tagger_for(
        reader, taxonomy, examples=shipped_examples(reader, taxonomy)
    )


@cache
def tagger_of(taxonomy: Taxonomy, model: str = "general", threads: int | None = None) -> Tagger:
    """Return the ready tagger of a taxonomy, made once.

    >>> "breakfast" in tagger_of(load_taxonomy("hotel")).touchpoints
    True
    """
    return ready_tagger(taxonomy, load_network_tagger(model, threads=threads))


def both(taxonomy: TaxonomySource | None, tagger: Tagger | None) -> tuple[Taxonomy, Tagger]:
    """Return taxonomy and tagger: what is not given follows from the other, or is general.

    >>> taxonomy, tagger = both("hotel", None)
    >>> taxonomy.key, "breakfast" in tagger.touchpoints
    ('hotel', True)
    """
    if tagger is not None and not callable(getattr(tagger, "tag", None)):
        raise TaggerError(
            f"tagger= is {tagger!r}, which has no tag(). Allowed: a tagger, as load_tagger() "
            "returns it. Leave it out for the shipped one."
        )
    plan = plan_of(taxonomy, tagger)
    return plan, tagger or tagger_of(plan)


def plan_of(taxonomy: TaxonomySource | None, tagger: Tagger | None) -> Taxonomy:
    """Return the taxonomy that is asked for, else that of the tagger, else `general`."""
    return load_taxonomy(getattr(tagger, "taxonomy", "general") if taxonomy is None else taxonomy)
