"""What to tell of a sample: what its labels serve for, and when more of them change nothing."""

from __future__ import annotations

from typing import Any

from tpfeedback.labelling.ranking import Wish, never_settled, settled
from tpfeedback.wording import Note, write_note


def tell_sample(strategy: str, wish: Wish | None, *, texts: int, whole: int) -> tuple[Note, ...]:
    """Return what the labels of `texts` of the `whole` serve for, and what they should settle.

    >>> tell_sample("random", None, texts=200, whole=5000)[0]
    'Drawn by chance: 200 of 5,000 texts, each equally likely. ...
    """
    if strategy == "uncertain":
        return (write_note("sample_uncertain", texts=texts, whole=whole),)
    if wish is None:
        return (write_note("sample_random", texts=texts, whole=whole),)
    pairs = wish.pairs
    if pairs.empty:
        return write_note("sample_random", texts=texts, whole=whole), write_note("ranking_unknown")
    order = [pairs["touchpoint"].iloc[0], *pairs["next"]]
    notes = [write_note("sample_ranking", texts=texts, whole=whole, touchpoints=order)]
    done, never = settled(pairs), never_settled(pairs)
    if done.all():
        return (*notes, write_note("ranking_settled", touchpoints=order))
    opened = [_pair(row) for row in pairs[~done & ~never].to_dict("records")]
    closed = [_two(row) for row in pairs[~done & never].to_dict("records")]
    if opened:
        notes.append(write_note("ranking_open", pairs=opened))
    if closed:
        notes.append(write_note("ranking_never", pairs=closed))
    return tuple(notes)


def _pair(row: dict[Any, Any]) -> Note:
    return write_note(
        "ranking_pair",
        touchpoint_first=row["touchpoint"],
        touchpoint_then=row["next"],
        difference=row["difference"],
        error=row["error_expected"],
        random=row["error_random"],
        least=row["error_all"],
    )


def _two(row: dict[Any, Any]) -> Note:
    first, then = row["touchpoint"], row["next"]
    return write_note("ranking_two", touchpoint_first=first, touchpoint_then=then)
