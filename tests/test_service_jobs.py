"""Large tables become jobs: theirs alone who sent them, bounded, and gone after a while."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time

import pytest

from tests.service_client import KEY, OTHER_KEY, talk
from tests.small_findings import reviews
from tpfeedback.service.apart import analyze_apart
from tpfeedback.service.jobs import Jobs
from tpfeedback.service.keys import digest
from tpfeedback.service.limits import Limits
from tpfeedback.service.problems import Refused

ROWS = [{"comment": "late again"}] * 301
ENDED = ("done", "failed")


async def result_of(body):
    """Return what a job would: here, how many rows there were."""
    count = len(json.loads(body)["rows"])
    if count == 303:
        raise Refused(422, "impact", "Nothing can be measured.")
    if count == 304:
        raise RuntimeError("Mrs Secret")
    return json.dumps({"rows": count}).encode()


async def send(client, count=301, **request):
    body = {"rows": ROWS[:1] * count}
    return await client.post("/v1/analyze", json=body, **request)


async def ended(client, url, **request):
    while True:
        answer = await client.get(url, **request)
        if answer.status_code != 200 or answer.json()["status"] in ENDED:
            return answer
        await asyncio.sleep(0.01)


def test_a_large_table_is_a_job_whose_result_can_be_had():
    async def conversation(client):
        answer = await send(client)
        return answer, await ended(client, answer.json()["url"])

    answer, job = talk(conversation, run_job=result_of)
    assert answer.status_code == 202
    assert answer.headers["Location"] == answer.json()["url"] == f"/v1/jobs/{answer.json()['job']}"
    assert job.json() == {**answer.json(), "status": "done", "result": {"rows": 301}}


@pytest.mark.parametrize(("length", "status"), [(10, 200), (900, 202)])
def test_a_table_of_few_rows_but_long_texts_is_a_job_too(length, status):
    body = {"rows": [{"comment": "late again " + "a" * length}] * 3}
    answer = talk(
        lambda client: client.post("/v1/analyze", json=body),
        run_job=result_of, limits=Limits(small_bytes=1000),
    )  # fmt: skip
    assert answer.status_code == status


@pytest.mark.parametrize(
    ("count", "error", "message"),
    [(303, "impact", "Nothing can be measured."), (304, "internal", "a mistake of ours")],
)
def test_a_job_that_fails_says_why_and_repeats_no_text(count, error, message, caplog):
    async def conversation(client):
        return await ended(client, (await send(client, count)).json()["url"])

    job = talk(conversation, run_job=result_of).json()
    assert (job["status"], job["result"]) == ("failed", None)
    assert job["problem"]["error"] == error
    assert message in job["problem"]["message"]
    assert "Secret" not in json.dumps(job) + caplog.text


def test_a_job_exists_for_the_key_that_sent_it_alone():
    mine, other = ({"Authorization": f"Bearer {key}"} for key in (KEY, OTHER_KEY))

    async def conversation(client):
        url = (await send(client, headers=mine)).json()["url"]
        await ended(client, url, headers=mine)
        return [
            await client.get(url, headers=other),
            await client.delete(url, headers=other),
            await client.get(url),
            await client.get(url, headers=mine),
        ]

    keys = (digest(KEY), digest(OTHER_KEY))
    answers = talk(conversation, run_job=result_of, keys=keys)
    assert [answer.status_code for answer in answers] == [404, 404, 401, 200]
    assert answers[0].json()["error"] == "unknown_job"


def test_a_job_can_be_dropped_at_once():
    async def conversation(client):
        url = (await send(client)).json()["url"]
        return [await client.delete(url), await client.get(url)]

    answers = talk(conversation, run_job=result_of)
    assert [answer.status_code for answer in answers] == [204, 404]


def test_a_job_that_runs_is_ended_when_it_is_dropped_and_the_next_one_begins():
    ended_early = []

    async def first_never_ends(body):
        try:
            await asyncio.sleep(60 if len(json.loads(body)["rows"]) == 301 else 0)
        except asyncio.CancelledError:
            ended_early.append(True)
            raise
        return b"{}"

    async def conversation(client):
        url = (await send(client)).json()["url"]
        while (await client.get(url)).json()["status"] != "running":
            await asyncio.sleep(0.01)
        dropped = await client.delete(url)
        return dropped, await ended(client, (await send(client, 302)).json()["url"])

    dropped, job = talk(conversation, run_job=first_never_ends)
    assert dropped.status_code == 204
    assert ended_early == [True]
    assert job.json()["status"] == "done"


def test_ids_of_jobs_are_long_and_never_the_same():
    jobs = Jobs(Limits(jobs_waiting=100), result_of)
    names = {jobs.accept(b"", b"{}") for _ in range(100)}
    assert len(names) == 100
    assert min(map(len, names)) >= 32


def test_more_jobs_than_may_wait_are_sent_away():
    go = asyncio.Event()

    async def held_back(body):
        await go.wait()
        return b"{}"

    async def conversation(client):
        statuses = []
        for _ in range(5):
            statuses.append((await send(client)).status_code)
            await asyncio.sleep(0.01)  # the first one begins
        go.set()
        return statuses

    limits = Limits(jobs_waiting=2)
    statuses = talk(conversation, run_job=held_back, limits=limits)
    assert statuses == [202, 202, 202, 503, 503]


def run_jobs(count, *, size=10, clock=None, **limits):
    async def run(body):
        return b"x" * size

    async def work():
        jobs = Jobs(Limits(jobs_waiting=100, **limits), run, clock or (lambda: 0.0))
        names = [jobs.accept(b"", b"{}") for _ in range(count)]
        worker = asyncio.create_task(jobs.work())
        while jobs.count("waiting", "running"):
            await asyncio.sleep(0)
        worker.cancel()
        return jobs, names

    return asyncio.run(work())


def test_the_oldest_results_go_when_there_are_too_many():
    jobs, names = run_jobs(6, jobs_kept=2)
    assert list(jobs.kept) == names[-2:]


def test_the_oldest_results_go_when_they_are_too_large():
    jobs, names = run_jobs(6, size=100, kept_bytes=350)
    assert list(jobs.kept) == names[-3:]


def test_a_result_is_kept_for_so_long_and_no_longer():
    now = [0.0]
    jobs, names = run_jobs(1, clock=lambda: now[0], kept_seconds=60)
    now[0] = 59.0
    assert jobs.find(b"", names[0]).status == "done"
    now[0] = 61.0
    with pytest.raises(Refused, match="kept for 60 seconds"):
        jobs.find(b"", names[0])
    assert jobs.kept == {}


def test_nothing_is_left_to_do_once_the_end_of_every_job_is_known():
    jobs, names = run_jobs(2)
    assert not jobs.idle
    for name in names:
        jobs.find(b"", name)
    assert jobs.idle


def body_of(table, **options):
    return json.dumps({"rows": table.to_dict("records"), **options}).encode()


def test_a_process_of_its_own_gives_the_analysis():
    body = body_of(reviews(8), text="comment", overall="stars")
    content = json.loads(asyncio.run(analyze_apart(body, seconds=120)))
    assert len(content["feedback"]) == 80
    assert content["outcome"]["name"] == "stars"


def test_a_process_of_its_own_says_what_is_wrong_with_the_table():
    body = body_of(reviews(1), text="commment")
    with pytest.raises(Refused, match="Unknown column 'commment'") as refused:
        asyncio.run(analyze_apart(body, seconds=120))
    assert refused.value.problem.error == "column"


STARTS_ONE = f"""
import os, subprocess, sys
one = subprocess.Popen([sys.executable, "-m", "{analyze_apart.__module__}", str(os.getpid())])
print(one.pid, flush=True)
one.wait()
"""


def test_a_process_of_its_own_ends_when_the_service_is_killed():
    reading, writing = os.pipe()
    service = subprocess.Popen(
        [sys.executable, "-c", STARTS_ONE], stdin=reading, stdout=subprocess.PIPE
    )
    os.close(reading)
    assert service.stdout.readline().strip().isdigit()
    service.kill()
    service.wait()
    service.stdout.close()
    with pytest.raises(BrokenPipeError):  # nobody is left who waits for a body
        write_on(writing)
    os.close(writing)


def write_on(pipe):
    for _ in range(1200):
        os.write(pipe, b" ")
        time.sleep(0.05)


def test_a_process_of_its_own_takes_the_threads_it_is_given():
    body = body_of(reviews(1), text="comment", overall="stars")
    content = json.loads(asyncio.run(analyze_apart(body, seconds=120, threads=1)))
    assert len(content["feedback"]) == 10


def test_a_process_that_the_system_ends_says_so(monkeypatch):
    started = asyncio.create_subprocess_exec

    async def killed(*given, **options):
        process = await started(*given, **options)
        process.kill()
        return process

    monkeypatch.setattr("asyncio.create_subprocess_exec", killed)
    with pytest.raises(Refused, match=r"system ended .* memory runs out\. Send fewer rows") as told:
        asyncio.run(analyze_apart(body_of(reviews(1)), seconds=60))
    assert told.value.problem.error == "ended"


def test_a_process_that_takes_too_long_is_ended():
    with pytest.raises(Refused, match=r"longer than 0\.2 seconds. Send fewer rows"):
        asyncio.run(analyze_apart(body_of(reviews(1)), seconds=0.2))
