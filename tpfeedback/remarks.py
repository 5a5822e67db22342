"""Keeps what the stages of a run warned of, and gives it on at the caller's own line."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
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
        told += [said for said in own_warnings(caught) if said not in told]
        for message in told:  # past this function and contextlib
            warnings.warn(message, TpfeedbackWarning, stacklevel=3 + depth)


def own_warnings(caught: Iterable[warnings.WarningMessage]) -> list[str]:
    """Return what `TpfeedbackWarning`s say, each once; other warnings go on as they came.

    What a library warns of is no remark of ours, and nobody could act on it as on one.

    >>> with warnings.catch_warnings(record=True, action="always") as caught:
    ...     warnings.warn("few texts", TpfeedbackWarning)
    >>> own_warnings(caught)
    ['few texts']
    """
    said = []
    for one in caught:
        if issubclass(one.category, TpfeedbackWarning):
            said.append(said_by(one.message))
        else:
            warnings.warn_explicit(one.message, one.category, one.filename, one.lineno)
    return list(dict.fromkeys(said))


def said_by(warning: Warning | str) -> str:
    """Return what was warned of: the note itself where it is one, since it knows its parts.

    >>> said_by(UserWarning("few texts"))
    'few texts'
    """
    first = warning.args[0] if isinstance(warning, Warning) and warning.args else warning
    return first if isinstance(first, str) else str(warning)
