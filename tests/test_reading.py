"""A text is read whole and by its clauses, and both count."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pytest

from tpfeedback.network import Reading
from tpfeedback.reading import WHOLE, read_texts, softmax
from tpfeedback.windows import cut, packed, windows_of

WORDS = ("courier", "staff")
NEGATIVE, POSITIVE = 0, 2


@dataclass(frozen=True)
class WordNetwork:
    """Finds a touchpoint by its word; what it reads is bad if "late" comes before anything."""

    asked: list[str]

    def count_tokens(self, texts):
        return [len(text.split()) for text in texts]

    def read(self, texts):
        self.asked.extend(texts)
        return [self._reading(text) for text in texts]

    def _reading(self, text: str) -> Reading:
        presence = np.array([4.0 if word in text else -4.0 for word in WORDS], np.float32)
        marks = np.zeros(4, np.float32)
        marks[NEGATIVE if "late" in text else POSITIVE] = 2.0
        return Reading(presence, np.tile(marks, (2, 1)), marks)


def read_one(text: str):
    network = WordNetwork([])
    [windows] = read_texts(network, [text], ["en"])
    return windows, network.asked


def test_each_touchpoint_takes_its_clause_as_evidence():
    text = "The courier was two hours late, but the staff were very kind"
    [window], _ = read_one(text)
    spans = [text[start:stop] for start, stop in window.spans]
    assert "courier" in spans[0]
    assert "staff" not in spans[0]
    assert "staff" in spans[1]
    assert "late" not in spans[1]


def test_the_clause_softens_a_sentiment_that_only_the_whole_has():
    text = "The courier was two hours late, but the staff were very kind"
    [window], _ = read_one(text)
    assert window.polarity[0].argmax() == NEGATIVE
    ratio = window.polarity[1][POSITIVE] / window.polarity[1][NEGATIVE]
    strong, weak = (
        float(softmax(np.array([2.0, 0, 0, 0]))[0]),
        float(softmax(np.array([2.0, 0, 0, 0]))[1]),
    )
    assert ratio == pytest.approx(
        (weak * WHOLE + strong * (1 - WHOLE)) / (strong * WHOLE + weak * (1 - WHOLE)), rel=1e-4
    )


def test_presence_is_a_mean_of_whole_and_clearest_clause():
    [window], _ = read_one("The courier was two hours late, but we got over it in the end")
    assert window.presence.tolist() == [4.0, -4.0]


def test_a_single_clause_is_read_once():
    text = "Kind staff"
    [window], asked = read_one(text)
    assert asked == [text]
    assert window.spans.tolist() == [[0, 10], [0, 10]]


def test_a_text_whose_language_is_not_known_is_not_read():
    network = WordNetwork([])
    assert read_texts(network, ["Kind staff", "x"], [None, "en"])[0] == []
    assert network.asked == ["x"]


def test_the_place_of_evidence_counts_from_the_start_of_the_text():
    text = " ".join(f"We came back for the {n}th time and sat down again." for n in range(40))
    text += " The courier was late."
    windows, _ = read_one(text)
    assert len(windows) > 1
    start, stop = windows[-1].spans[0]
    assert "courier" in text[start:stop]


def test_windows_hold_every_sentence_once_and_in_order():
    text = " ".join(f"Sentence number {n} is here for you to read." for n in range(60))
    windows = windows_of(text, "en", lambda texts: [len(t.split()) for t in texts])
    assert " ".join(window.text for window in windows) == text
    assert all(text[w.start :].startswith(w.text) for w in windows)


@pytest.mark.parametrize(
    ("spans", "sizes", "expected"),
    [
        ([], [], []),
        ([(0, 5)], [500], [(0, 5)]),
        ([(0, 5), (6, 9)], [60, 60], [(0, 9)]),
        ([(0, 5), (6, 9)], [60, 61], [(0, 5), (6, 9)]),
    ],
)
def test_neighbours_are_packed_while_they_fit(spans, sizes, expected):
    assert packed(spans, sizes) == expected


def test_an_endless_sentence_is_cut_into_pieces_that_cover_it():
    pieces = cut(10, 1000)
    assert (pieces[0][0], pieces[-1][1]) == (10, 1000)
    assert all(a[1] == b[0] for a, b in pairwise(pieces))


def test_softmax_is_not_upset_by_large_logits():
    assert softmax(np.array([1000.0, 0.0], np.float32)).tolist() == [1.0, 0.0]
