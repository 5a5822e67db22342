"""The errors and the warning that tpfeedback raises.

Every message says what is wrong, what was given, what is allowed and what to do next.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class TpfeedbackError(ValueError):
    """Root of every error that tpfeedback raises on purpose."""


class ReadError(TpfeedbackError):
    """A file or an object could not be read as feedback."""


class WriteError(TpfeedbackError):
    """A result cannot be written where it was asked for."""


class ColumnError(TpfeedbackError):
    """A column is missing, doubled or holds the wrong kind of values."""


class TableError(TpfeedbackError):
    """A table does not follow its contract in `tpfeedback.tables`."""


class TaxonomyError(TpfeedbackError):
    """A taxonomy is unknown or broken."""


class TaggerError(TpfeedbackError):
    """The tagger's files are missing or damaged, or it was given something that is no text."""


class ImpactError(TpfeedbackError):
    """The impact cannot be measured from what was given."""


class TrainingError(TpfeedbackError):
    """What a model is trained on or measured with is missing or does not fit."""


class TpfeedbackWarning(UserWarning):
    """A result was produced, but the reader has to know something about it."""


def unknown_name(kind: str, given: object, known: Iterable[str], *, then: str = "") -> str:
    """Return the message for a name that is not among the `known` ones.

    >>> unknown_name("taxonomy", "banc", ["bank", "general"])
    "Unknown taxonomy 'banc'. Known: bank, general. Did you mean 'bank'?"
    """
    names = sorted(map(str, known))
    parts = [f"Unknown {kind} {given!r}.", f"Known: {', '.join(names) or '(none)'}."]
    close = get_close_matches(str(given), names, n=1)
    if close:
        parts.append(f"Did you mean {close[0]!r}?")
    if then:
        parts.append(then)
    return " ".join(parts)
