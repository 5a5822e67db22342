"""Keeps what the stages of a run warned of, and gives it on at the caller's own line."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from tpfeedback.errors import TpfeedbackWarning


@contextmanager
def keep_warnings(told: list[str], *, depth: int = 1) -> Iterator[None]:
    """Collect the texts of `TpfeedbackWarning`s in `told`; give each once, at the caller's line.

    The caller is `depth` functions above the one with the `with`. A note stays the note it is.
    Other warnings go on as they came. An error holds none back: a warning may explain it.

    >>> told = []
    >>> with warnings.catch_warnings(action="ignore"), keep_warnings(told):
    ...     warnings.warn("few texts", TpfeedbackWarning)
    >>> told
    ['few texts']
    """
    caught: list[warnings.WarningMessage] = []
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", TpfeedbackWarning)
            yield
    finally:
        for one in caught:
            if not issubclass(one.category, TpfeedbackWarning):
                warnings.warn_explicit(one.message, one.category, one.filename, one.lineno)
            elif (said := said_by(one.message)) not in told:
                told.append(said)
        for message in told:  # past this function and contextlib
            warnings.warn(message, TpfeedbackWarning, stacklevel=3 + depth)


def said_by(warning: Warning | str) -> str:
    """Return what was warned of: the note itself where it is one, since it knows its parts.

    >>> said_by(UserWarning("few texts"))
    'few texts'
    """
    first = warning.args[0] if isinstance(warning, Warning) and warning.args else warning
    return first if isinstance(first, str) else str(warning)
