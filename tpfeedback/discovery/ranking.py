"""Which groups of clauses are worth proposing as touchpoints, best first."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tpfeedback.themes.grouping import Groups
from tpfeedback.themes.space import Places, unit

FEWEST = 5  # respondents of a theme, and at least `SHARE` of all
SHARE = 0.002
LOOSE = 0.55  # mean cosine of clauses to their group's centre that says nothing
WORTH = 0.05  # specificity of a theme, 0-1; one below is no theme
ENOUGH = 5  # clauses of a touchpoint that tell where it lies


def touchpoint_centres(owners: pd.Series, places: Places) -> dict[str, Places]:
    """Return the centre of the clauses of each touchpoint that has enough of them."""
    found = {}
    for key, rows in owners.groupby(owners).indices.items():
        if len(rows) >= ENOUGH:
            found[str(key)] = unit(places[rows].mean(axis=0))
    return found


def rank_groups(
    groups: Groups, clauses: pd.DataFrame, places: Places, emptiness: Places
) -> list[int]:
    """Return the numbers of the groups that are themes, best first.

    A group is worth its respondents x its specificity: which share of its clauses no touchpoint
    names, how unlike filler and how much alike they are, each 0-1, multiplied.
    """
    said, loose = clauses["said"].to_numpy(), clauses["loose"].to_numpy()
    numbers = np.where(said, groups.assign(places)[0], -1)
    total = clauses["respondent"].nunique()
    worth = {}
    for number in range(groups.number):
        own = np.flatnonzero(numbers == number)
        people = clauses["respondent"].iloc[own].nunique()
        if people < max(FEWEST, SHARE * total):
            continue
        specific = specificity(places[own], emptiness[own]) * loose[own].mean()
        if specific >= WORTH:
            worth[number] = people * specific
    return sorted(worth, key=lambda number: (-worth[number], number))


def specificity(places: Places, emptiness: Places) -> float:
    """Return how much the clauses of a group say one thing, and not nothing, 0-1."""
    centre = unit(places.mean(axis=0))
    alike = max(0.0, float((places @ centre).mean()) - LOOSE) / (1 - LOOSE)
    return alike * (1 - float(emptiness.mean()))


def nearest(centre: Places, centres: dict[str, Places]) -> tuple[str, float]:
    """Return the touchpoint that lies nearest, and its cosine; "" and 0 where none is near."""
    near = {key: float(centre @ centres[key]) for key in sorted(centres)}
    key = max(near, key=lambda name: near[name], default="")
    return (key, near[key]) if key and near[key] > 0 else ("", 0.0)
