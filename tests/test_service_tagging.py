"""Requests that wait together are tagged together; too many are sent away, none is lost."""

from __future__ import annotations

import asyncio

import pytest

from tests.service_client import WatchedTagger, talk
from tpfeedback.service.limits import Limits


def texts_of(answer):
    return [one["mentions"][0]["evidence"] for one in answer.json()["tagged"]]


async def tag(client, *texts, **options):
    return await client.post("/v1/tag", json={"texts": list(texts), **options})


async def together(client, tagger, *requests):
    """Send requests while the tagger is held back by a first one; return their answers."""
    asked = [asyncio.create_task(tag(client, "the first"))]
    while len(tagger.calls) < 2:
        await asyncio.sleep(0.01)
    for texts, options in requests:
        asked.append(asyncio.create_task(tag(client, *texts, **options)))
        await asyncio.sleep(0.02)
    tagger.go.set()
    return (await asyncio.gather(*asked))[1:]


def held_back(*requests, **limits):
    tagger = WatchedTagger()
    options = {"load": lambda: tagger, "limits": Limits(**limits)}
    answers = talk(lambda client: together(client, tagger, *requests), **options)
    return answers, tagger.calls[2:]


WORDS = ("courier", "staff", "price", "shoes")


def test_what_waits_together_is_one_call_and_each_gets_its_own():
    answers, calls = held_back(*(([f"bad {word}", f"good {word}"], {}) for word in WORDS))
    assert calls == [[f"{how} {word}" for word in WORDS for how in ("bad", "good")]]
    assert [texts_of(answer) for answer in answers] == [[word, word] for word in WORDS]


def test_options_that_differ_are_calls_that_differ():
    wishes = [{"min_confidence": 0.5}, {}, {"min_confidence": 0.5}, {"precision": 0.9}]
    answers, calls = held_back(*([[word], wish] for word, wish in zip(WORDS, wishes, strict=True)))
    assert calls == [["courier", "price"], ["staff"], ["shoes"]]
    assert [texts_of(answer) for answer in answers] == [[word] for word in WORDS]


def test_a_batch_grows_no_larger_than_its_limit():
    _, calls = held_back(*([[word], {}] for word in WORDS), batch_characters=120)
    assert calls == [["courier", "staff"], ["price", "shoes"]]


def test_a_text_that_the_tagger_fails_on_is_the_fault_of_its_own_request():
    answers, calls = held_back((["courier"], {}), (["poison"], {}), (["price"], {}))
    assert [answer.status_code for answer in answers] == [200, 500, 200]
    assert calls == [["courier", "poison", "price"], ["courier"], ["poison"], ["price"]]


def test_more_than_may_wait_is_sent_away_and_told_when_to_come_back():
    answers, _ = held_back(*([[word], {}] for word in WORDS), waiting_characters=120)
    assert [answer.status_code for answer in answers] == [200, 200, 503, 503]
    assert answers[2].headers["Retry-After"] == "1"
    assert answers[2].json()["error"] == "busy"


def test_more_requests_than_may_be_held_are_sent_away():
    answers, _ = held_back(*([[word], {}] for word in WORDS), at_once=3)
    assert [answer.status_code for answer in answers] == [200, 200, 503, 503]


def test_a_request_that_waits_too_long_is_answered_so_and_not_tagged_any_more():
    tagger = WatchedTagger()

    async def conversation(client):
        first = asyncio.create_task(tag(client, "the first"))
        while len(tagger.calls) < 2:
            await asyncio.sleep(0.01)
        late = await tag(client, "the second")
        tagger.go.set()
        after = await tag(client, "the third")
        return [await first, late, after]

    answers = talk(conversation, load=lambda: tagger, limits=Limits(seconds=0.3))
    assert [answer.status_code for answer in answers] == [503, 503, 200]
    assert "0.3 seconds" in answers[1].json()["message"]
    assert ["the second"] not in tagger.calls


def test_a_large_request_that_is_given_up_is_not_tagged_to_its_end():
    tagger = WatchedTagger()

    async def conversation(client):
        late = await tag(client, *(f"bad {word}" for word in WORDS))
        tagger.go.set()
        return late, await tag(client, "good staff")

    limits = Limits(seconds=0.3, batch_characters=120)
    late, after = talk(conversation, load=lambda: tagger, limits=limits)
    assert (late.status_code, after.status_code) == (503, 200)
    assert "Send fewer texts at once." in late.json()["message"]
    assert tagger.calls[1:] == [["bad courier", "bad staff"], ["good staff"]]


def test_a_large_request_is_answered_in_order_however_many_calls_it_takes():
    tagger = WatchedTagger()
    tagger.go.set()
    answer = talk(
        lambda client: tag(client, *WORDS, languages=["en"] * 4, questions=[*WORDS]),
        load=lambda: tagger, limits=Limits(batch_characters=120),
    )  # fmt: skip
    assert texts_of(answer) == list(WORDS)
    assert tagger.calls[1:] == [["courier", "staff"], ["price", "shoes"]]


@pytest.mark.parametrize("texts", [1, 7])
def test_any_number_of_requests_are_each_answered_in_order(texts):
    async def conversation(client):
        asked = [[f"{WORDS[(i + k) % 4]}" for k in range(texts)] for i in range(60)]
        answers = await asyncio.gather(*(tag(client, *one) for one in asked))
        return asked, [texts_of(answer) for answer in answers]

    asked, told = talk(conversation)
    assert told == asked
