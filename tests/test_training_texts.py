"""Passages, labels by place, disguises and texts that stand in several languages."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain

import numpy as np
import pytest

from tpfeedback.training.data import LabelledText
from tpfeedback.training.disguise import disguised, misspelt
from tpfeedback.training.labels import READ, read_labels
from tpfeedback.training.parallel import align, likeness
from tpfeedback.training.passages import cut_again, passages

LONG = "The room was clean. Breakfast was cold! Nobody came when we rang? We will not return."


def text_of(text: str, id: str = "a-1", language: str = "en", **labels: object) -> LabelledText:
    plain = LabelledText(id, text, language, "made_up", None, {}, frozenset(), translated=False)
    return replace(plain, **labels)


def test_a_short_text_is_one_passage_without_its_labels():
    text = text_of("Rude staff, never again", touchpoints={"staff": "-"}, overall="-")
    [passage] = passages(text, longest=100, shortest=5)
    assert (passage.text, passage.touchpoints, passage.overall) == (text.text, {}, None)


def test_a_long_text_is_cut_between_sentences_and_ids_tell_where():
    pieces = list(passages(text_of(LONG), longest=60, shortest=5))
    assert len(pieces) > 1
    for piece in pieces:
        _, start, stop = piece.id.split(":")
        assert LONG[int(start) : int(stop)] == piece.text
        assert piece.text[-1] in ".!?"


def test_a_text_is_always_cut_in_the_same_places():
    assert list(passages(text_of(LONG), longest=60, shortest=5)) == list(
        passages(text_of(LONG), longest=60, shortest=5)
    )


def test_a_text_that_is_cut_again_is_cut_in_other_places_and_never_left_whole():
    turns = [[p.id for p in cut_again(text_of(LONG), turn, longest=90, shortest=5)]
             for turn in (1, 2, 3)]  # fmt: skip
    assert len({tuple(turn) for turn in turns}) > 1
    for place in chain(*turns):
        _, start, stop = place.split(":")
        assert int(stop) - int(start) < len(LONG)
    assert list(cut_again(text_of("One sentence."), 1, longest=90, shortest=5)) == []


def test_labels_find_their_passage_in_the_corpora(tmp_path):
    (tmp_path / "en.tsv").write_text("a-1\t20\t39\t-\tproduct-,staff+\na-1\t0\t19\t0\t\n")
    first, second = read_labels(tmp_path, [text_of(LONG)], ("product", "staff"))
    assert (first.text, first.touchpoints) == (
        "Breakfast was cold!", {"product": "-", "staff": "+"},
    )  # fmt: skip
    assert (second.text, second.touchpoints, second.overall) == ("The room was clean.", {}, "0")
    assert first.covers == {"product", "staff"}
    assert (first.source, second.source) == ("read", "read")
    asked = read_labels(tmp_path, [text_of(LONG)], ("product", "staff"), source="unsure")
    assert asked == [replace(first, source="unsure"), replace(second, source="unsure")]


def test_labels_of_rows_that_are_not_there_are_left_out(tmp_path):
    (tmp_path / "en.tsv").write_text("b-9\t0\t5\t-\t\n")
    assert read_labels(tmp_path, [text_of(LONG)], ("staff",)) == []


def test_disguised_texts_keep_their_labels_and_about_the_share_asked_for():
    texts = [text_of("Zażółć gęślą jaźń", id=f"p{i}", language="pl", overall="+")
             for i in range(400)]  # fmt: skip
    copies = disguised(texts, 0.25, random_state=1)
    assert 70 < len(copies) < 130
    assert {copy.overall for copy in copies} == {"+"}
    assert any(copy.text == "Zazolc gesla jazn" for copy in copies)


def test_what_is_no_letter_is_never_misspelt():
    text = "12:30, 5 % !!! 😀 " * 20
    assert misspelt(text, np.random.default_rng(0)) == text


NUMBERED = [text_of(f"Row number {i}, {'longer ' * (i % 5)}", overall="+-0*"[i % 4])
            for i in range(80)]  # fmt: skip


def test_two_files_that_lost_different_rows_are_aligned():
    first = [t for i, t in enumerate(NUMBERED) if i % 7]
    second = [t for i, t in enumerate(NUMBERED) if i % 5]
    pairs = align(first, second)
    assert all(first[i].text == second[k].text for i, k in pairs)
    assert len(pairs) == sum(bool(i % 7 and i % 5) for i in range(80))


def test_pairs_come_in_order_in_both_files():
    pairs = align(NUMBERED, NUMBERED[3:])
    assert pairs == sorted(pairs, key=lambda pair: pair[1])


@pytest.mark.parametrize("other", [
    text_of("Room 12 was dirty", touchpoints={"cleanliness": "-"}),
    text_of("Zimmer 13", touchpoints={"premises": "+"}),
    text_of("Room 12 was clean " * 9, touchpoints={"premises": "+"}),
])  # fmt: skip
def test_nothing_is_more_like_a_row_than_its_own_translation(other):
    row = text_of("Room 12 was clean", touchpoints={"premises": "+"})
    same = text_of("Pokój 12 był czysty", touchpoints={"premises": "+"})
    assert likeness(row, same, 1.0) > likeness(row, other, 1.0)


def test_no_passage_was_read_twice():
    lines = [
        tuple(line.split("\t")[:3])
        for path in sorted(set(READ.rglob("*.tsv")) - set(READ.glob("checks/*")))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    assert len(set(lines)) == len(lines) > 100_000
