"""Bodies are counted while they arrive, and refused before anything is made of them."""

from __future__ import annotations

import asyncio

import pytest

from tests.service_client import JSON, WatchedTagger, ask, talk
from tpfeedback.service.limits import Limits

SMALL = Limits(body_bytes=1000)


def tag(content, headers=JSON, limits=SMALL):
    return ask("POST", "/v1/tag", content=content, headers=headers, service={"limits": limits})


async def pieces(count, size=100):
    for _ in range(count):
        yield b" " * size


@pytest.mark.parametrize("path", ["/v1/tag", "/v1/analyze", "/v1/taxonomies", "/nowhere"])
def test_a_body_that_is_too_large_is_refused_wherever_it_is_sent(path):
    answer = ask("POST", path, content=b" " * 1001, headers=JSON, service={"limits": SMALL})
    assert answer.status_code == 413
    assert answer.json()["error"] == "too_large"
    assert "more than 1000 bytes" in answer.json()["message"]


@pytest.mark.parametrize(("count", "status"), [(10, 400), (11, 413), (10_000, 413)])
def test_chunks_are_counted_while_they_arrive(count, status):
    assert tag(pieces(count)).status_code == status


@pytest.mark.parametrize("content", [b"[" * 101, b"{}" * 101, b"1," * 1001, b'{"a":[' * 51])
def test_a_body_of_very_many_tiny_things_is_refused_before_it_is_parsed(content):
    answer = tag(content, limits=Limits(objects=100, values=1000))
    assert answer.status_code == 413
    assert "more than 100 objects and lists" in answer.json()["message"]


def test_no_more_is_read_than_a_few_bodies_so_that_the_client_hears_of_it():
    read = []

    async def endless():
        while True:
            read.append(1)
            yield b" " * 500

    assert tag(endless()).status_code == 413
    assert len(read) < 20


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "multipart/form-data; boundary=x"},
        {**JSON, "Content-Encoding": "gzip"},
        {**JSON, "Content-Encoding": "br, gzip"},
    ],
    ids=str,
)
def test_what_is_not_plain_json_is_refused(headers):
    answer = tag(b'{"texts": ["a"]}', headers)
    assert answer.status_code == 415
    assert answer.json()["error"] == "no_json"


@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "Application/JSON"])
def test_json_is_json_however_it_is_written(kind):
    assert tag(b'{"texts": ["a"]}', {"Content-Type": kind}).status_code == 200


def test_a_body_that_arrives_too_slowly_is_refused():
    async def slow():
        yield b"{"
        await asyncio.sleep(5)

    answer = tag(slow(), limits=Limits(body_seconds=0.1))
    assert answer.status_code == 408
    assert "0.1 seconds" in answer.json()["message"]


def test_bodies_that_are_too_much_together_are_refused():
    tagger = WatchedTagger()
    body = b'{"texts": ["' + b"a" * 500 + b'"]}'

    async def conversation(client):
        first = asyncio.create_task(client.post("/v1/tag", content=body, headers=JSON))
        while len(tagger.calls) < 2:
            await asyncio.sleep(0.01)
        second = await client.post("/v1/tag", content=body, headers=JSON)
        tagger.go.set()
        return [(await first).status_code, second.status_code,
                (await client.post("/v1/tag", content=body, headers=JSON)).status_code]  # fmt: skip

    statuses = talk(conversation, load=lambda: tagger, limits=Limits(held_bytes=800))
    assert statuses == [200, 503, 200]


def test_nothing_is_held_once_all_is_answered():
    async def conversation(client):
        for content in (b"{", b" " * 2000, b'{"texts": ["a"]}'):
            await client.post("/v1/tag", content=content, headers=JSON)
        layer = client.app.middleware_stack
        while not hasattr(layer, "held"):
            layer = layer.app
        return layer.held

    assert talk(conversation, limits=SMALL) == {}


def test_a_client_that_hangs_up_is_no_failure(caplog):
    sent = []

    async def conversation(client):
        async def receive():
            return {"type": "http.disconnect"}

        async def send(message):
            sent.append(message)

        scope = {"type": "http", "method": "POST", "path": "/v1/tag", "query_string": b"",
                 "headers": [(b"content-type", b"application/json")]}  # fmt: skip
        await client.app(scope, receive, send)

    talk(conversation)
    assert sent == []
    assert "ERROR" not in caplog.text


def test_refusals_are_counted_by_their_route():
    async def conversation(client):
        await client.post("/v1/tag", content=b" " * 2000, headers=JSON)
        return (await client.get("/metrics")).text

    told = talk(conversation, limits=SMALL)
    assert 'tpfeedback_requests_total{route="/v1/tag",status="413"} 1.0' in told
