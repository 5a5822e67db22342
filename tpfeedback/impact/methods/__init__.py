"""One file per method of measuring impact; the name of the method is the name of the file.

A method is a module with a function `estimate(design, *, random_state)` that returns a table
with one row per touchpoint of the design (the index) and, as columns, those columns of the
impact table that it measures. What it does not measure stays missing in the impact table.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Protocol

from tpfeedback.errors import ImpactError, unknown_name

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
    return tuple(sorted(module.name for module in iter_modules(__path__)))


def load_method(name: str) -> Method:
    """Return the `estimate` function of a method.

    >>> load_method("shaply")
    Traceback (most recent call last):
    ...
    tpfeedback.errors.ImpactError: Unknown method 'shaply'. Known: ... Did you mean 'shapley'?
    """
    if name not in available_methods():
        raise ImpactError(unknown_name("method", name, available_methods()))
    method: Method = import_module(f"{__name__}.{name}").estimate
    return method
