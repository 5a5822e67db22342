"""Keeps what others warn of meanwhile, to be told with the rest."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from tpfeedback.errors import TpfeedbackWarning


@contextmanager
def kept_warnings() -> Iterator[list[str]]:
    """Collect what tpfeedback warns of, each once; other warnings go on as they came.

    >>> with kept_warnings() as told:
    ...     warnings.warn("few texts", TpfeedbackWarning)
    >>> told
    ['few texts']
    """
    told: list[str] = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", TpfeedbackWarning)
        yield told
    for one in caught:
        if not isinstance(one.message, TpfeedbackWarning):
            warnings.warn_explicit(one.message, one.category, one.filename, one.lineno)
        elif one.message.args[0] not in told:
            told.append(one.message.args[0])
