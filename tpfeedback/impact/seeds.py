"""Seeds of what is drawn at random."""

from __future__ import annotations

import numpy as np

from tpfeedback.errors import ImpactError


def check_seed(random_state: object) -> None:
    """Raise `ImpactError` for what cannot be a seed.

    >>> check_seed(-1)
    Traceback (most recent call last):
    tpfeedback.errors.ImpactError: random_state is -1. Allowed: a whole number of 0 or more. ...
    """
    try:
        np.random.SeedSequence(random_state)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise ImpactError(
            f"random_state is {random_state!r}. Allowed: a whole number of 0 or more. Leave it out "
            "for the usual one."
        ) from None
