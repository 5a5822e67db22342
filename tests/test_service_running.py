"""`tpfeedback serve`: what it is started with, and how it stops."""

from __future__ import annotations

import asyncio
import http.client
import json
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import fields
from importlib import import_module
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.service_client import KEY, OTHER_KEY
from tpfeedback import cli
from tpfeedback.errors import TpfeedbackError
from tpfeedback.service.keys import digest, owner_of, read_keys
from tpfeedback.service.limits import Limits, read_limits
from tpfeedback.service.rates import Rates

pytest.importorskip("uvicorn", reason="the extra 'serve' is not installed")


def serve(*words):
    return CliRunner().invoke(cli.app, ["serve", *map(str, words)])


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--host", "0.0.0.0"], "other machines can ask, and there is no key"),
        (["--host", "::"], "other machines can ask"),
        (["--host", "service.example"], "other machines can ask"),
        (["--limit", "row=5"], "Unknown limit 'row'"),
        (["--limit", "rows=many"], "Write such as rows=50000"),
        (["--limit", "rows=0"], "a whole number from 1"),
        (["--limit", "seconds=inf"], "a number above 0"),
        (["--api-key-file", "missing.txt"], "No such file"),
    ],
)
def test_a_wrong_start_is_one_line_and_exit_code_2(words, message):
    result = serve(*words)
    assert result.exit_code == 2
    assert message in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize("module", ["uvicorn", "fastapi", "prometheus_client"])
def test_without_the_extra_the_command_says_what_to_install(monkeypatch, module):
    for name in [name for name in sys.modules if name.startswith("tpfeedback.service.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, module, None)
    result = serve()
    assert result.exit_code == 2
    assert "pip install 'tpfeedback[serve]'" in result.stderr


def test_the_threads_asked_for_are_those_of_the_jobs_too(monkeypatch):
    made = []
    monkeypatch.setattr("uvicorn.Server.run", lambda self: made.append(self.config.app))
    asked = []

    async def analyze_apart(body, **options):
        asked.append(options)
        return b"{}"

    monkeypatch.setattr(import_module("tpfeedback.service.apart"), "analyze_apart", analyze_apart)
    assert serve("--threads", 3, "--limit", "job_seconds=9").exit_code == 0
    asyncio.run(made[0].state.service.jobs.run(b"{}"))
    assert asked == [{"seconds": 9.0, "threads": 3}]


def test_every_limit_can_be_changed_and_says_what_it_is():
    for one in fields(Limits):
        assert one.metadata["meaning"]
        changed = read_limits([f"{one.name}=7"])
        assert getattr(changed, one.name) == 7
        assert isinstance(getattr(changed, one.name), type(one.default) | float)


def test_the_page_tells_every_limit_as_it_is():
    page = (Path(__file__).parents[1] / "docs" / "service.md").read_text(encoding="utf-8")
    for one in fields(Limits):
        assert f"| `{one.name}` | {one.metadata['meaning']} | {one.default:,} |" in page


# --- keys ---------------------------------------------------------------------------------------


def test_keys_are_read_one_a_line_and_kept_as_hashes(tmp_path):
    file = tmp_path / "keys.txt"
    file.write_text(f"\ufeff# who may ask\n{KEY}\n\n  {OTHER_KEY}  \n{KEY}\n", encoding="utf-8")
    assert read_keys(file) == (digest(KEY), digest(OTHER_KEY))


@pytest.mark.parametrize("gap", [" ", "\t", "  "])
def test_a_comment_may_follow_a_key(tmp_path, gap):
    file = tmp_path / "keys.txt"
    file.write_text(f"{KEY}{gap}# Anna\n{OTHER_KEY}#1\n", encoding="utf-8")
    assert read_keys(file) == (digest(KEY), digest(f"{OTHER_KEY}#1"))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"two\twords-are-no-key", "without a space"),
        (b"", "holds no key"),
        (b"# none\n", "holds no key"),
        (b"# one\nshort\n", "line 2: the key has 5 characters"),
        ("ключ-ключ-ключ-ключ".encode(), "16 ASCII characters"),
        (b"two words are no key", "without a space"),
        (b"\xff\xfe", "not UTF-8"),
    ],
)
def test_a_file_without_good_keys_is_refused_and_no_key_repeated(tmp_path, content, message):
    file = tmp_path / "keys.txt"
    file.write_bytes(content)
    with pytest.raises(TpfeedbackError, match=message) as error:
        read_keys(file)
    assert "two words" not in str(error.value)


def test_every_key_is_compared_whichever_fits(monkeypatch):
    compared = []
    monkeypatch.setattr(
        "tpfeedback.service.keys.hmac.compare_digest",
        lambda one, given: compared.append(one) or one == given,
    )
    keys = (digest(KEY), digest(OTHER_KEY))
    assert owner_of(f"Bearer {KEY}", keys) == keys[0]
    assert compared == list(keys)


def test_a_bucket_fills_again_by_the_clock_and_never_above_its_size():
    now = [0.0]
    rates = Rates(rate=2, burst=3, clock=lambda: now[0])
    assert [rates.wait(b"a") for _ in range(4)] == [0, 0, 0, 0.5]
    now[0] = 0.5
    assert [rates.wait(b"a"), rates.wait(b"a")] == [0, 0.5]
    now[0] = 100.0
    assert [rates.wait(b"a") for _ in range(4)] == [0, 0, 0, 0.5]


# --- a real process -------------------------------------------------------------------------------


@pytest.fixture
def service(tmp_path):
    with running(tmp_path) as process:
        yield process


@pytest.fixture(scope="module")
def one_service(tmp_path_factory):
    with running(tmp_path_factory.mktemp("service")) as process:
        yield process


@contextmanager
def running(tmp_path):
    (tmp_path / "keys.txt").write_text(KEY, encoding="utf-8")
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    command = [sys.executable, "-m", "tpfeedback", "serve", "--port", port, "--threads", 1,
               "--api-key-file", tmp_path / "keys.txt", "--limit", "body_bytes=100000",
               "--limit", "body_seconds=1", "--limit", "head_seconds=1"]  # fmt: skip
    process = subprocess.Popen([*map(str, command)], stderr=subprocess.PIPE, text=True)
    try:
        until_ready(port, process)
        process.port = port
        yield process
    finally:
        process.kill()
        process.wait()
        process.stderr.close()


def until_ready(port, process):
    while process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail(process.stderr.read())


def post(port, texts):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
    connection.request("POST", "/v1/tag", json.dumps({"texts": texts}), headers)
    response = connection.getresponse()
    content = json.loads(response.read())
    connection.close()
    return response.status, content


def raw(port, *parts):
    """Send the parts of a request as they are and return the first line of the answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as one:
        try:
            for part in parts:
                one.sendall(part)
            return first_line(one)
        except ConnectionError:  # it is refused before all was sent
            return " refused "


def first_line(connection):
    with connection.makefile("rb") as lines:
        return lines.readline().decode()


def test_no_connection_is_held_by_a_head_that_comes_slowly_or_without_end(service):
    port = service.port
    start = b"GET /healthz HTTP/1.1\r\nHost: x\r\n"
    idle = [socket.create_connection(("127.0.0.1", port), timeout=30) for _ in range(20)]
    for one in idle[:10]:
        one.sendall(start)
    told = [first_line(one) for one in idle]
    assert {line.split()[1] for line in told} == {"408"}
    for one in idle:
        one.close()
    assert " 431 " in raw(port, start + b"X: " + b"y" * 40_000 + b"\r\n\r\n")
    assert " 431 " in raw(port, start + b"X: y\r\n" * 9_000 + b"\r\n")
    assert " 431 " in raw(port, b"GET /healthz?" + b"y" * 40_000 + start[12:] + b"\r\n")
    assert " 200 " not in raw(port, start, *[b"X: " + b"y" * 60_000 + b"\r\n"] * 500)
    assert " 200 " in raw(port, start + b"X: " + b"y" * 30_000 + b"\r\n\r\n")
    with socket.create_connection(("127.0.0.1", port), timeout=30) as one:  # its second head
        one.sendall(start + b"\r\n" + start)
        with one.makefile("rb") as lines:
            assert re.findall(rb"HTTP/1.1 (\d+)", lines.read()) == [b"200", b"408"]
    assert service.poll() is None


@pytest.mark.parametrize(
    "head",
    [
        b"Transfer-Encoding: gzip, chunked",
        b"Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked",
        b"Content-Length: 4\r\nContent-Length: 5",
        b"Content-Length: 4\r\nTransfer-Encoding: chunked",
        b"Content-Length: -1",
        b"Content-Length: 0x4",
        b"X: a\r\n folded: b",
        b"X: a\0b",
    ],
)
def test_a_head_that_can_be_read_in_two_ways_is_refused(one_service, head):
    told = raw(
        one_service.port,
        f"POST /v1/tag HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {KEY}\r\n"
        "Content-Type: application/json\r\n".encode()
        + head
        + b"\r\n\r\n4\r\n{}  \r\n0\r\n\r\n",
    )
    assert " 400 " in told


def test_it_refuses_what_is_too_large_or_too_slow_and_finishes_what_it_accepted(service):
    port = service.port
    head = (
        f"POST /v1/tag HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {KEY}\r\n"
        "Content-Type: application/json\r\n"
    ).encode()
    chunk = b"4000\r\n" + b" " * 0x4000 + b"\r\n"
    assert " 413 " in raw(port, head + b"Transfer-Encoding: chunked\r\n\r\n", *[chunk] * 100)
    assert " 413 " in raw(port, head + b"Content-Length: 99999999\r\n\r\n")
    assert " 408 " in raw(port, head + b"Content-Length: 100\r\n\r\n{")
    assert " 400 " in raw(port, b"nonsense\r\n\r\n")

    status, content = post(port, ["Mrs Secret: the courier was late"])
    assert status == 200
    assert content["tagged"][0]["mentions"][0]["touchpoint"] == "delivery"

    answers = []
    texts = ["The courier was late and rude, and nobody answered my calls. " * 5] * 300
    asking = threading.Thread(target=lambda: answers.append(post(port, texts)))
    asking.start()
    time.sleep(0.5)
    service.send_signal(signal.SIGTERM)
    asking.join()
    assert answers[0][0] == 200
    assert len(answers[0][1]["tagged"]) == 300
    assert service.wait(30) == 0
    log = service.stderr.read()
    assert "POST /v1/tag 200" in log
    assert "Secret" not in log
    assert KEY not in log
