"""A sentiment in doubt is read once more in the words that the touchpoint was read from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from tests.word_network import WORDS, WordNetwork
from tpfeedback.reading import read_texts
from tpfeedback.rereading import ALONE, DOUBTED, read_again

SURE, TORN = [0.02, 0.02, 0.95, 0.01], [0.45, 0.05, 0.05, 0.45]
LONGER = 45  # characters
BOTH = "The courier was two hours late, but the staff were very kind"


@dataclass(frozen=True)
class LeakyNetwork(WordNetwork):
    """Finds a touchpoint by its word; in longer texts it doubts what is said of `doubted`.

    Otherwise the courier is a complaint and the staff are praise.
    """

    doubted: tuple[str, ...] = WORDS

    @property
    def settings(self):
        line = {"slope": 1.0, "intercept": 0.0, "bend": 1e3, "threshold": 0.4}
        return {"calibration": {"en": line}}

    def polarity(self, text):
        torn = len(text) > LONGER
        held = [TORN if torn and key in self.doubted else alone(key) for key in WORDS]
        return np.array(held)


def alone(key: str) -> list[float]:
    return SURE if key == "staff" else SURE[::-1]


def read_twice(network: LeakyNetwork, text: str, question: str = ""):
    """Return what was held of the sentiments at first, and what is after the second look."""
    windows = read_texts(network, [text], ["en"], [question])
    first = [window.reading.polarity.copy() for window in windows[0]]
    network.asked.clear()
    read_again(network, windows, [question])
    return first, [window.reading.polarity for window in windows[0]]


def test_a_sentiment_in_doubt_is_that_of_the_text_and_of_its_words_alone_together():
    network = LeakyNetwork()
    _, [second] = read_twice(network, BOTH)
    assert [text for text, _ in network.asked] == [
        "The courier was two hours late,",
        "but the staff were very kind",
    ]
    expected = [ALONE * np.array(alone(key)) + (1 - ALONE) * np.array(TORN) for key in WORDS]
    assert second == pytest.approx(np.array(expected))


def test_a_sentiment_that_is_sure_is_not_read_again():
    network = LeakyNetwork(doubted=("staff",))
    [first], [second] = read_twice(network, BOTH)
    assert [text for text, _ in network.asked] == ["but the staff were very kind"]
    assert first[0].max() >= DOUBTED
    assert second[0].tolist() == first[0].tolist()


@pytest.mark.parametrize(
    "text",
    [
        "The courier was late. We waited for two hours and then went home.",  # one touchpoint
        "Courier and staff: the courier as much as the staff were kind",  # one clause for both
        "It rained all day. We ate at home.",  # none at all
        f"{BOTH}. " + "We came back for another week and sat down again. " * 40,  # several windows
    ],
)
def test_words_that_tell_nothing_new_are_not_read_again(text):
    network = LeakyNetwork()
    first, second = read_twice(network, text)
    assert network.asked == []
    assert np.array_equal(first, second)


def test_the_question_is_asked_again_with_the_words():
    network = LeakyNetwork(doubted=("staff",))
    read_twice(network, BOTH, "What could we improve?")
    assert network.asked == [("but the staff were very kind", "What could we improve?")]
