"""A text is read in windows, and a touchpoint's evidence is the clauses it was read from."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from tests.word_network import WORDS, WordNetwork, Words
from tpfeedback.network import softmax
from tpfeedback.reading import read_texts, shortest_run
from tpfeedback.rows import first_of, row_of
from tpfeedback.windows import cut, packed, windows_of


def evidence(text: str) -> list[str]:
    [windows] = read_texts(WordNetwork(), [text], ["en"])
    spans = [windows[-1].evidence(k, least=0.0) for k in range(len(WORDS))]
    return [text[start:stop] for start, stop in spans]


def test_each_touchpoint_takes_its_clause_as_evidence():
    courier, staff = evidence("The courier was two hours late, but the staff were very kind")
    assert courier == "The courier was two hours late,"
    assert staff == "but the staff were very kind"


def test_evidence_reaches_over_all_clauses_that_say_it():
    text = "The staff were kind. We ate. The staff were quick. We paid. It rained all day."
    _, staff = evidence(text)
    assert staff == "The staff were kind. We ate. The staff were quick."


def test_the_evidence_of_a_single_clause_is_all_of_it():
    assert evidence("Kind staff") == ["Kind staff", "Kind staff"]


def test_the_place_of_evidence_counts_from_the_start_of_the_text():
    text = " ".join(f"We came back for the {n}th time and sat down again." for n in range(40))
    assert "courier" in evidence(text + " The courier was late.")[0]


def test_a_question_goes_with_every_window_of_its_answer():
    network = WordNetwork()
    long = " ".join(f"We came back for the {n}th time and sat down again." for n in range(40))
    read_texts(network, ["Kind staff", long], ["en", "en"], ["What was good?", "And bad?"])
    assert network.asked[0] == ("Kind staff", "What was good?")
    assert {question for _, question in network.asked[1:]} == {"And bad?"}
    assert len(network.asked) > 3


def test_the_text_begins_where_the_row_says():
    for question in ([], [5, 6], list(range(100, 190))):
        row = row_of(question, [7, 8, 9], longest=160)
        assert row[first_of(question) : -1] == [7, 8, 9]


def word_ends(text: str) -> list[int]:
    return [stop for _, stop in Words(text).offsets]


CLAUSES = [(0, 10), (11, 15), (16, 40)]


@pytest.mark.parametrize(
    ("share", "part", "expected"),
    [
        ([0.9, 0.05, 0.05], [3.6, -0.1, -0.1], (0, 0)),
        ([0.05, 0.9, 0.05], [-0.1, 3.6, -0.1], (1, 1)),
        ([0.45, 0.45, 0.1], [1.8, 1.8, -0.2], (0, 1)),
        ([0.45, 0.1, 0.45], [1.8, -0.2, 1.8], (0, 2)),
        ([0.4, 0.1, 0.5], [-1.2, -0.4, -2.0], (1, 1)),
    ],
)
def test_the_shortest_run_that_carries_the_touchpoint_is_found(share, part, expected):
    assert shortest_run(CLAUSES, [*share, 0.0], [*part, 0.0], least=0.0) == expected


def test_a_text_whose_language_is_not_known_is_not_read():
    network = WordNetwork()
    assert read_texts(network, ["Kind staff", "x"], [None, "en"])[0] == []
    assert network.asked == [("x", "")]


def test_windows_hold_every_sentence_once_and_in_order():
    text = " ".join(f"Sentence number {n} is here for you to read." for n in range(60))
    windows = windows_of(text, "en", word_ends(text))
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
    pieces = cut("x" * 1000, 10, 1000)
    assert (pieces[0][0], pieces[-1][1]) == (10, 1000)
    assert all(a[1] == b[0] for a, b in pairwise(pieces))


def test_softmax_is_not_upset_by_large_logits():
    assert softmax(np.array([1000.0, 0.0], np.float32)).tolist() == [1.0, 0.0]


def test_a_window_of_single_signs_is_not_longer_than_the_network_reads():
    text = "! ? " * 200
    windows = windows_of(text, "en", word_ends(text))
    assert all(len(window.text) <= 240 for window in windows)
    assert "".join(window.text for window in windows).split() == text.split()
