"""Which touchpoint of a taxonomy is found by what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tpfeedback.taxonomy import Taxonomy, Touchpoint, fallbacks, general_parent, load_taxonomy


@dataclass(frozen=True, eq=False)
class Plan:
    """How a taxonomy is read with a network that knows the general touchpoints.

    `rest`: general key → the key under which it is reported where nothing narrower fits, None
    where it is not. `children`: general key → the touchpoints that
    narrow it. `own`: touchpoints outside the general ones, found by their words alone.
    """

    rest: Mapping[str, str | None]
    children: Mapping[str, tuple[Touchpoint, ...]]
    own: tuple[Touchpoint, ...]

    @property
    def plain(self) -> bool:
        """Whether the general touchpoints are all there is to find."""
        return not (self.children or self.own)

    @property
    def phrased(self) -> tuple[Touchpoint, ...]:
        """Touchpoints whose phrases are looked for: the own ones, then the children."""
        return (
            *self.own,
            *(one for general in sorted(self.children) for one in self.children[general]),
        )

    def choices(self, general: str, taxonomy: Taxonomy) -> tuple[Touchpoint, ...]:
        """Return what a general mention can be given to: its children, and last the rest."""
        rest = self.rest[general]
        last = load_taxonomy().touchpoint(general) if rest is None else taxonomy.touchpoint(rest)
        return (*self.children[general], last)


def plan_for(taxonomy: Taxonomy) -> Plan:
    """Return how to read `taxonomy`.

    >>> plan = plan_for(load_taxonomy("hotel"))
    >>> plan.rest["location"], [child.key for child in plan.children["cleanliness"]], plan.own
    ('location', ['room_cleanliness', 'housekeeping'], ())
    """
    leading, rest = general_parent(taxonomy), fallbacks(taxonomy)
    children: dict[str, tuple[Touchpoint, ...]] = {}
    own = []
    for touchpoint in taxonomy.touchpoints:
        general = leading[touchpoint.key]
        if general is None:
            own.append(touchpoint)
        elif touchpoint.key != rest[general]:
            children[general] = (*children.get(general, ()), touchpoint)
    return Plan(rest, children, tuple(own))
