"""The description is true: what it allows is answered as it says, what it forbids is refused."""

from __future__ import annotations

import asyncio
import threading
from contextlib import contextmanager

import pytest

from tests.service_client import KEY, MISSING, ask
from tests.small_findings import KeywordTagger
from tpfeedback.report.schema import published_schema
from tpfeedback.service.app import create_app
from tpfeedback.service.keys import digest
from tpfeedback.service.limits import Limits

schemathesis = pytest.importorskip("schemathesis", reason="schemathesis is not installed")
uvicorn = pytest.importorskip("uvicorn", reason=MISSING)

from hypothesis import HealthCheck, Phase, given, settings  # noqa: E402
from schemathesis import GenerationMode  # noqa: E402
from schemathesis.specs.openapi.checks import positive_data_acceptance  # noqa: E402

EXAMPLES = 30
WITH_BODY = ("POST /v1/tag", "POST /v1/analyze")
WITHOUT_BODY = (
    "GET /v1/jobs/{name}",
    "DELETE /v1/jobs/{name}",
    "GET /v1/taxonomies",
    "GET /v1/taxonomies/{name}",
    "GET /healthz",
    "GET /metrics",
)


async def no_job(body):
    return b'{"answer": []}'


@contextmanager
def listening(app):
    """Give the address of the application, served by a thread."""
    config = uvicorn.Config(app, port=0, log_level="critical", lifespan="on")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()))
    thread.start()
    while not server.started:
        assert thread.is_alive()
        thread.join(0.05)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def app():
    limits = Limits(rate=1e6, burst=10**6, rows=20, texts=20, text_length=200, columns=10)
    return create_app(load=KeywordTagger, run_job=no_job, limits=limits)


@pytest.fixture(scope="module")
def address(app):
    with listening(app) as address:
        yield address


def operations(app):
    return [one.ok() for one in schemathesis.openapi.from_dict(app.openapi()).get_all_operations()]


@pytest.mark.parametrize(("name", "mode"), [
    *((name, mode) for name in WITH_BODY for mode in GenerationMode),
    *((name, GenerationMode.POSITIVE) for name in WITHOUT_BODY),
])  # fmt: skip
def test_answers_are_as_described(app, address, name, mode):
    operation = next(one for one in operations(app) if one.label == name)

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=EXAMPLES, derandomize=True, database=None, deadline=None,
        phases=[Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    def check(case):
        response = case.call(base_url=address)
        assert response.status_code < 500, response.text
        # What is allowed may still not fit together: two texts with three languages.
        case.validate_response(response, excluded_checks=[positive_data_acceptance])

    check()


def test_every_operation_is_checked(app):
    assert {one.label for one in operations(app)} == {*WITH_BODY, *WITHOUT_BODY}


def test_limits_are_stated_where_they_hold(app):
    schemas = app.openapi()["components"]["schemas"]
    assert schemas["TagRequest"]["properties"]["texts"]["maxItems"] == 20
    assert schemas["AnalyzeRequest"]["properties"]["rows"]["maxItems"] == 20
    assert schemas["TagRequest"]["additionalProperties"] is False


def test_an_analysis_is_described_by_the_published_schema(app):
    described = app.openapi()["components"]["schemas"]["Analysis"]
    assert described["required"] == published_schema()["required"]
    assert "#/$defs" not in str(described)


def test_the_key_is_described_where_one_is_needed():
    described = ask("GET", "/openapi.json", service={"keys": (digest(KEY),)}).json()
    assert described["security"] == [{"key": []}]
    assert described["paths"]["/healthz"]["get"]["security"] == []
    assert "401" in described["paths"]["/v1/tag"]["post"]["responses"]
