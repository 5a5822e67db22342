"""Whether a sheet shows the very texts that its ids stand for: row numbers are ids that move."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from tpfeedback.labelling.answers import Answer
from tpfeedback.labelling.bad_cells import BadCell, LabelsError
from tpfeedback.masking import mask_personal

_LONG = 10_000  # letters; a cell that long may have been cut, by us or by the spreadsheet program
_TOLD = 50  # characters of a text in the message
# A mark of masking, in any language or version, cut or in signs that an encoding does not have.
_MARK = r"\[[^\[\]\d]{1,12}(?:\]|\Z)"
_LOST = "[?\ufffd]+"
_MARKS, _MARKS_AND_LOST = re.compile(_MARK), re.compile(f"{_MARK}|{_LOST}")
_BARRED = str.maketrans("łŁ", "lL")  # what saving in a smaller encoding makes of it


def refuse_other_texts(answers: Sequence[Answer], texts: Mapping[Any, object]) -> None:
    """Raise `LabelsError` if answers show other texts than `texts` (id -> text) holds.

    Answers without a text are passed over: nothing can be told of them.

    >>> answer = Answer("a.csv", "", "row 2", "1", "staff-", "", "", facts={"text": "Rude"})
    >>> refuse_other_texts([answer], {"1": "Rude!"})
    >>> refuse_other_texts([answer], {"1": "Kind"})
    Traceback (most recent call last):
    ...
    tpfeedback.labelling.bad_cells.LabelsError: 1 of 1 labelled rows ...
    """
    shown = [(one, one.facts["text"], texts[one.feedback_id]) for one in answers
             if one.facts.get("text")]  # fmt: skip
    other = [(one, given, text) for one, given, text in shown
             if isinstance(text, str) and not same_text(given, text)]  # fmt: skip
    if not other:
        return
    first, given, text = other[0]
    raise LabelsError(
        f"{len(other)} of {len(shown)} labelled rows show another text than the feedback has "
        "under the same id: their labels would go to the wrong texts, so none were taken. The "
        f"first: {first.file}, {first.row}, id {first.feedback_id!r}, {_excerpt(given)} in the "
        f"sheet, {_excerpt(text)} in the feedback. Allowed: the texts that the sheet was made "
        "from. Give the export that the sheet was made from; where rows were added to it since, "
        "ids that are row numbers stand for other texts now. A column of ids in the export (called "
        "id, or named by feedback_id=), there before texts are drawn, makes labels outlast new "
        "rows. If a text was only edited in the sheet, empty its cell.",
        [_bad_cell(one) for one, _, _ in other],
    )


def same_text(shown: str, text: str) -> bool:
    """Tell whether a cell shows `text`, whatever masking and a spreadsheet made of it.

    Only letters and digits are compared, without accents and case. A mark of masking stands for
    anything, a sign that was lost on saving for a letter, and a very long cell may have been cut.

    >>> same_text("'=Late:  [name] called", "=Late:\\nAnna Smith called")
    True
    >>> same_text("Late", "Late and rude")
    False
    """
    return _shows(shown, text) or _shows(text, shown)


def _shows(shown: str, text: str) -> bool:
    whole = _letters(text)
    pieces = [_letters(piece) for piece in _MARKS.split(shown)]
    if _stand_in(pieces, whole):
        return True
    pieces = [_letters(piece) for piece in _MARKS_AND_LOST.split(shown)]
    lost = sum(map(len, re.findall(_LOST, shown)))
    few = len(whole) - sum(map(len, pieces)) <= lost
    return (few or _MARKS.search(shown) is not None) and _stand_in(pieces, whole)


def _stand_in(pieces: Sequence[str], whole: str) -> bool:
    """Tell whether `whole` begins with the first piece, ends with the last, the others between."""
    if not whole.startswith(pieces[0]):
        return False
    place = len(pieces[0])
    for piece in pieces[1:-1]:
        found = whole.find(piece, place)
        if found < 0:
            return False
        place = found + len(piece)
    last = pieces[-1] if len(pieces) > 1 else ""
    if sum(map(len, pieces)) >= _LONG:
        return whole.find(last, place) >= 0
    if len(pieces) == 1:
        return place == len(whole)
    return whole.endswith(last) and len(whole) - len(last) >= place


def _letters(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text).translate(_BARRED).casefold()
    return unicodedata.normalize("NFC", "".join(filter(str.isalnum, apart)))


def _excerpt(text: str) -> str:
    """Return the beginning of a text in quotes, without personal data, as a message shows it."""
    told = " ".join(mask_personal(text).text.split())
    return repr(told if len(told) <= _TOLD else told[: _TOLD - 1] + "…")


def _bad_cell(one: Answer) -> BadCell:
    wrong = f"the feedback has another text under the id {one.feedback_id!r}"
    header = one.headers.get("text", "text")
    return BadCell(one.file, one.sheet, one.row, header, one.facts["text"], wrong)
