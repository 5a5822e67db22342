"""One file per method of measuring impact; the name of the method is the name of the file.

A method is a module with a function `estimate(design, *, random_state)` that returns a table
with one row per touchpoint of the design (the index) and, as columns, those columns of the
impact table that it measures. What it does not measure stays missing in the impact table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from tpfeedback.impact.named import load_named, names_in

if TYPE_CHECKING:
    import pandas as pd

    from tpfeedback.impact.design import Design


class Method(Protocol):
    """What the function `estimate` of a method's file looks like."""

    def __call__(self, design: Design, *, random_state: int) -> pd.DataFrame:
        """Return the measured columns of the impact table, one row per touchpoint."""


def available_methods() -> tuple[str, ...]:
    """Return the names of the methods.

    >>> available_methods()
    ('correlation', 'penalty_reward', 'relative_weights', 'shapley')
    """
    return names_in(__path__)


def load_method(name: str) -> Method:
    """Return the `estimate` function of a method.

    >>> load_method("shaply")
    Traceback (most recent call last):
    ...
    tpfeedback.errors.ImpactError: Unknown method 'shaply'. Known: ... Did you mean 'shapley'?
    """
    method: Method = load_named("method", name, __name__, __path__).estimate
    return method
