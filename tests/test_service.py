"""The service answers what the library answers, and says plainly what it cannot answer."""

from __future__ import annotations

import asyncio
import json
import logging
from dataclasses import asdict

import pytest
from jsonschema import Draft202012Validator

from tests.nasty_texts import NASTY
from tests.service_client import JSON, KEY, OTHER_KEY, WatchedTagger, ask, talk
from tests.small_findings import KeywordTagger, reviews
from tpfeedback import analyze, available_taxonomies, load_taxonomy
from tpfeedback.report.schema import published_schema
from tpfeedback.service.bodies import LARGEST, MentionRow
from tpfeedback.service.keys import digest
from tpfeedback.service.limits import Limits
from tpfeedback.service.tagging import tag_answer
from tpfeedback.tables import MENTIONS
from tpfeedback.tagger import load_network_tagger

KEYS = (digest(KEY), digest(OTHER_KEY))
TEXTS = ["the courier was bad", "kind staff today", "nothing"]


def bearer(key):
    return {"Authorization": f"Bearer {key}"}


# --- tags -------------------------------------------------------------------------------------


def test_tags_are_those_of_the_tagger():
    answer = ask("POST", "/v1/tag", json={"texts": TEXTS}).json()
    assert answer["tagger"] == "keyword"
    assert answer["taxonomy"] == f"general {load_taxonomy().digest}"
    for text, body, tagged in zip(TEXTS, answer["tagged"], KeywordTagger().tag(TEXTS), strict=True):
        assert (body["language"], body["sentiment"]) == (tagged.language, tagged.sentiment)
        assert [row["touchpoint"] for row in body["mentions"]] == [
            m.touchpoint for m in tagged.mentions
        ]
        assert all(text[row["start"] : row["stop"]] == row["evidence"] for row in body["mentions"])


def test_the_shipped_tagger_gives_every_number_of_the_library_alone_and_in_company():
    texts = ["Доставка опоздала на три часа, но курьер вежливый", "送货太慢了", "Rude staff", "ok",
             "Obsługa miła, ale ceny za wysokie. " * 20]  # fmt: skip

    async def conversation(client):
        many = [client.post("/v1/tag", json={"texts": [text]}) for text in texts]
        alone = [answer.json()["tagged"][0] for answer in await asyncio.gather(*many)]
        return alone, (await client.post("/v1/tag", json={"texts": texts})).json()["tagged"]

    alone, together = talk(conversation, load=load_network_tagger)
    assert alone == together
    tagged = [load_network_tagger().tag([text])[0] for text in texts]
    for answer, one in zip(alone, tagged, strict=True):
        assert (answer["language"], answer["confidence"]) == (one.language, one.confidence)
        for name in ("mentions", "unsure"):
            expected = [asdict(mention) for mention in getattr(one, name)]
            assert [{key: told[key] for key in expected[0]} for told in answer[name]] == expected
    assert sum(len(answer["mentions"]) for answer in alone) >= 4


def test_a_language_that_is_not_read_has_no_sentiment():
    answer = ask("POST", "/v1/tag", json={"texts": ["これはとても良いです、ありがとう"]},
                 service={"load": load_network_tagger}).json()["tagged"][0]  # fmt: skip
    assert (answer["language"], answer["sentiment"], answer["mentions"]) == ("other", None, [])


def test_a_mention_has_the_columns_of_the_table():
    left_out = {"feedback_id", "language"}
    assert set(MentionRow.model_fields) == {column.name for column in MENTIONS} - left_out


def test_only_touchpoints_of_the_taxonomy_are_told_and_those_that_cannot_be_found():
    record = {"stage": "after", "channel": "person"}
    listed = [
        {"key": key, **record, "names": {"en": key}, "cues": {"en": [key]}}
        for key in ("staff", "sommelier")
    ]
    plan = load_taxonomy({"key": "bar", "names": {"en": "Bar"}, "touchpoints": listed})
    tagger = KeywordTagger()
    answer = tag_answer(tagger.tag(TEXTS), plan=plan, tagger=tagger)
    told = [[m["touchpoint"] for m in one["mentions"]] for one in answer["tagged"]]
    assert told == [[], ["staff"], []]
    assert answer["not_findable"] == ["sommelier"]


def test_a_taxonomy_of_an_industry_is_read_by_a_tagger_of_its_own():
    text = "The queue in the branch was an hour"

    async def conversation(client):
        wishes = ("retail_bank", "general", "retail_bank")
        return await asyncio.gather(
            *(client.post("/v1/tag", json={"texts": [text], "taxonomy": one}) for one in wishes)
        )

    answers = talk(conversation, load=load_network_tagger)
    bank, general, again = (answer.json() for answer in answers)
    assert bank == again
    assert bank["tagger"] != general["tagger"]
    assert bank["not_findable"] == []
    told = [[m["touchpoint"] for m in one["tagged"][0]["mentions"]] for one in (bank, general)]
    assert set(told[0]) <= set(load_taxonomy("retail_bank").keys)
    assert told[0] != told[1] != []


# --- analyses ---------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore::tpfeedback.errors.TpfeedbackWarning")
def test_a_small_table_is_answered_at_once_as_analyze_does():
    table = reviews(20)
    body = {"rows": table.to_dict("records"), "text": "comment", "overall": "stars"}
    answer = ask("POST", "/v1/analyze", json=body)
    assert answer.status_code == 200, answer.text
    Draft202012Validator(published_schema()).validate(answer.json())
    here = analyze(table, text="comment", overall="stars", tagger=KeywordTagger())
    assert answer.json() == json.loads(json.dumps(here.to_dict()))


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"rows": [{"comment": "late"}], "text": "commment"}, "Unknown column 'commment'"),
        ({"rows": [{"stars": 1}]}, "No column looks like what customers wrote"),
        ({"rows": [{"comment": "-"}], "text": "comment"}, "no text"),
    ],
)
def test_what_cannot_be_analyzed_is_told_in_our_words(body, message):
    answer = ask("POST", "/v1/analyze", json=body)
    assert answer.status_code == 422
    assert message in answer.json()["message"]
    assert set(answer.json()) == {"error", "message", "details"}


# --- taxonomies, health, counts ----------------------------------------------------------------


def test_every_taxonomy_is_listed_and_can_be_had():
    async def conversation(client):
        heads = (await client.get("/v1/taxonomies")).json()["taxonomies"]
        return heads, [(await client.get(f"/v1/taxonomies/{one['key']}")).json() for one in heads]

    heads, plans = talk(conversation)
    assert [one["key"] for one in heads] == list(available_taxonomies())
    assert [load_taxonomy(plan).digest for plan in plans] == [one["digest"] for one in heads]


@pytest.mark.parametrize("name", ["banc", "general.toml", "..%2Fgeneral.toml", "%5Cx.toml"])
def test_a_taxonomy_is_named_never_a_file(name):
    answer = ask("GET", f"/v1/taxonomies/{name}")
    assert answer.status_code == 404
    assert answer.json()["error"] in ("unknown_taxonomy", "no_route")


def test_it_is_healthy_while_the_model_is_loaded_and_no_stop_was_asked_for():
    async def conversation(client):
        service = client.app.state.service
        tagger = service.loaded.pop()
        loading = await client.get("/healthz")
        refused = await client.post("/v1/tag", json={"texts": ["a"]})
        service.loaded.append(tagger)
        ready = await client.get("/healthz")
        service.stopping.set()
        return [loading, refused, ready, await client.get("/healthz"),
                await client.post("/v1/tag", json={"texts": ["a"]})]  # fmt: skip

    answers = talk(conversation)
    assert [answer.status_code for answer in answers] == [503, 503, 200, 503, 503]
    assert [answers[i].json()["status"] for i in (0, 2, 3)] == ["loading", "ready", "stopping"]
    assert answers[1].headers["Retry-After"] == "5"


def test_what_was_done_is_counted():
    async def conversation(client):
        await client.post("/v1/tag", json={"texts": TEXTS})
        await client.post("/v1/tag", json={})
        return (await client.get("/metrics")).text

    told = talk(conversation)
    assert 'tpfeedback_requests_total{route="/v1/tag",status="200"} 1.0' in told
    assert 'tpfeedback_requests_total{route="/v1/tag",status="422"} 1.0' in told
    assert "tpfeedback_texts_total 3.0" in told
    assert "tpfeedback_waiting_characters 0.0" in told


# --- keys ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        (bearer("wrong-but-long-enough"), 401),
        ({"Authorization": f"Basic {KEY}"}, 401),
        ({"Authorization": KEY}, 401),
        ({"Authorization": b"Bearer \xff\xfe"}, 401),
        (bearer(KEY), 200),
        (bearer(OTHER_KEY), 200),
    ],
)
@pytest.mark.parametrize("path", ["/metrics", "/v1/taxonomies"])
def test_nothing_is_told_without_a_key_that_is_known(headers, status, path):
    answer = ask("GET", path, headers=headers, service={"keys": KEYS})
    assert answer.status_code == status
    assert ("WWW-Authenticate" in answer.headers) == (status == 401)


@pytest.mark.parametrize("second", [KEY, "wrong-but-long-enough"])
def test_two_keys_are_no_key(second):
    headers = [("Authorization", f"Bearer {KEY}"), ("Authorization", f"Bearer {second}")]
    assert ask("GET", "/metrics", headers=headers, service={"keys": KEYS}).status_code == 401


@pytest.mark.parametrize("path", ["/healthz", "/openapi.json"])
def test_health_and_description_need_no_key(path):
    assert ask("GET", path, service={"keys": KEYS}).status_code == 200


def test_a_body_without_a_key_is_not_read():
    async def endless():
        while True:
            yield b" " * 1000
            pytest.fail("the body was read")

    with pytest.raises(pytest.fail.Exception, match="the body was read"):
        ask("POST", "/v1/tag", headers={**JSON, **bearer(KEY)}, content=endless(),
            service={"keys": KEYS})  # fmt: skip
    answer = ask("POST", "/v1/tag", headers=JSON, content=endless(), service={"keys": KEYS})
    assert answer.status_code == 401


def test_a_key_that_asks_too_often_is_told_to_wait_and_others_are_not():
    async def conversation(client):
        mine = [await client.get("/v1/taxonomies", headers=bearer(KEY)) for _ in range(3)]
        return [*mine, await client.get("/v1/taxonomies", headers=bearer(OTHER_KEY))]

    answers = talk(conversation, keys=KEYS, limits=Limits(rate=0.1, burst=2))
    assert [answer.status_code for answer in answers] == [200, 200, 429, 200]
    assert answers[2].headers["Retry-After"] == "10"
    assert answers[2].json()["error"] == "too_often"


# --- what is not written down ----------------------------------------------------------------


def test_no_text_gets_into_the_log_even_from_a_crash(caplog):
    tagger = WatchedTagger()
    tagger.go.set()
    caplog.set_level(logging.DEBUG)

    async def conversation(client):
        return [
            await client.post("/v1/tag", json={"texts": ["Mrs Secret drinks poison"]}),
            await client.post("/v1/tag", json={"texts": ["Mrs Secret is late"], "Secret": 1}),
            await client.get("/Secret?name=Secret"),
            await client.get("/metrics"),
        ]

    crash, wrong, lost, metrics = talk(conversation, load=lambda: tagger)
    assert [one.status_code for one in (crash, wrong, lost)] == [500, 422, 404]
    assert crash.json()["error"] == "internal"
    assert "RuntimeError" in caplog.text
    ours = [r.getMessage() for r in caplog.records if r.name.startswith("tpfeedback")]
    assert len(ours) >= 5
    assert not [line for line in ours if "Secret" in line]
    assert "Secret" not in crash.text + metrics.text + lost.text


# --- bodies that are wrong ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"\x00" * 100, 400),
        (b'{"texts": ["\xff"]}', 400),
        (b'{"texts": ["\\ud800"]}', 400),
        (b"[" * 200_000, 400),
        (b"[" * 2_000_000, 413),
        (b'{"texts":' * 200_000, 400),
        (b'{"texts": ["a"], "precision": ' + b"9" * 100_000 + b"}", 400),
        (b'{"texts": ["late"], "texts": ["early"]}', 422),
        (b"null", 422),
        (b"[]", 422),
        (b'"texts"', 422),
        (b'{"texts": "a"}', 422),
        (b'{"texts": []}', 422),
        (b'{"texts": [null]}', 422),
        (b'{"texts": ["a"], "text": 1}', 422),
        (b'{"texts": ["a"], "precision": NaN}', 422),
        (b'{"texts": ["a"], "precision": 0.123}', 422),
        (b'{"texts": ["a"], "precision": 0.9, "min_confidence": 0.5}', 422),
        (b'{"texts": ["a"], "min_confidence": 1e999}', 422),
        (b'{"texts": ["a"], "min_confidence": "0.5"}', 422),
        (b'{"texts": ["a"], "languages": ["fr"]}', 422),
        (b'{"texts": ["a"], "languages": ["en", "en"]}', 422),
        (b'{"texts": ["a"], "questions": ["why", "how"]}', 422),
        (b'{"texts": ["a"], "taxonomy": "/etc/passwd"}', 422),
        (b'{"texts": ["a"], "taxonomy": "x.toml"}', 422),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_a_wrong_body_is_a_problem_and_no_failure(content, status, tagger_once):
    answer = ask("POST", "/v1/tag", content=content, headers=JSON, service={"load": tagger_once})
    assert answer.status_code == status, answer.text
    assert set(answer.json()) == {"error", "message", "details"}


def test_whatever_a_text_holds_it_is_tagged(tagger_once):
    texts = [text for text in NASTY if text.encode("utf-8", "replace").decode() == text]
    answer = ask("POST", "/v1/tag", json={"texts": [text[:10_000] for text in texts]},
                 service={"load": tagger_once})  # fmt: skip
    assert answer.status_code == 200, answer.text
    assert len(answer.json()["tagged"]) == len(texts) > 10


@pytest.fixture(scope="module")
def tagger_once():
    tagger = load_network_tagger()
    return lambda: tagger


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [{}],
        ["a"],
        [{"a": []}],
        [{"a": {"b": 1}}],
        [{"a": LARGEST + 1}],
        [{"": "a"}],
        [{"x" * 300: "a"}],
        [dict.fromkeys(map(str, range(101)), 1)],
    ],
    ids=lambda rows: repr(rows)[:30],
)
def test_a_wrong_table_is_a_problem(rows):
    answer = ask("POST", "/v1/analyze", json={"rows": rows})
    assert answer.status_code == 422
    assert answer.json()["error"] == "invalid"


def test_a_name_that_stands_twice_is_refused_and_not_chosen_from():
    rows = (
        b'{"rows": [{"comment": "late", "stars": 1}, {"comment": "late", "stars": 1, "stars": 5}]}'
    )
    answer = ask("POST", "/v1/analyze", content=rows, headers=JSON)
    assert answer.status_code == 422
    assert answer.json()["message"].startswith("'stars' is named twice in one object.")


def test_every_wrong_cell_is_told_once_with_its_place():
    answer = ask("POST", "/v1/analyze", json={"rows": [{"a": "x"}, {"a": [1], "b": {}}]}).json()
    assert [one["where"] for one in answer["details"]] == ["rows.1.a", "rows.1.b"]
    assert answer["message"].startswith(
        "rows.1.a: Allowed in a cell: a text, not too long, a number"
    )


ROW = {"comment": "late", "stars": 1}


@pytest.mark.parametrize(
    ("changed", "where", "message"),
    [
        ({"rows": [{"stars": float("nan")}]}, "rows.0.stars", "Send null for what is missing"),
        ({"rows": [{"comment": "x" * 10_001}]}, "rows.0.comment", "at most 10000 characters"),
        ({"overall": ""}, "overall", "the name of a column, null to have it guessed, false"),
        ({"date": True}, "date", "the name of a column, null to have it guessed, false"),
        ({"text": False}, "text", "the name of a column, a list of such names, null"),
        ({"text": ["comment", 1]}, "text", "the name of a column, a list of such names, null"),
    ],
)
def test_what_is_wrong_is_told_in_one_sentence_with_its_place(changed, where, message):
    content = json.dumps({"rows": [ROW], **changed})
    answer = ask("POST", "/v1/analyze", content=content, headers=JSON)
    assert answer.status_code == 422
    told = answer.json()
    assert [one["where"] for one in told["details"]] == [where]
    assert message in told["details"][0]["message"]
    assert told["message"].startswith(f"{where}: ")
    assert ".." not in told["message"]


def test_a_name_of_any_length_is_told_shortened():
    answer = ask("POST", "/v1/analyze", json={"rows": [{"x" * 100_000: "a"}], "y" * 100_000: 1})
    assert answer.status_code == 422
    assert len(answer.text) < 1000


@pytest.mark.parametrize("code", ["utf-8-sig", "utf-16", "cp1251"])
def test_another_encoding_than_utf8_is_refused_with_the_one_to_send(code):
    content = '{"texts": ["плохо"]}'.encode(code)
    answer = ask("POST", "/v1/tag", content=content, headers=JSON)
    assert answer.status_code == 400
    assert "Send JSON in UTF-8, without a byte order mark." in answer.json()["message"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404),
        ("GET", "/docs", 404),
        ("GET", "/v1/taxonomies/", 404),
        ("GET", "/v1/tag", 405),
        ("PUT", "/v1/tag", 405),
    ],
)
def test_an_unknown_path_or_method_is_a_problem_too(method, path, status):
    answer = ask(method, path)
    assert answer.status_code == status
    assert answer.json()["error"] == "no_route"
    assert ("Allow" in answer.headers) == (status == 405)
