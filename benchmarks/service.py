"""Measures the service under twice the load it can bear, from a process of its own.

    python benchmarks/service.py [--seconds 60] [--warm-up 60] [--connections 16] [--threads 2]

1. Capacity: so many connections ask again as soon as they are answered; answers a second.
2. Twice that, after a warm-up: requests are sent by the clock, answered or not, each by a
   connection of its own. Told are the statuses (only 200, 429 and 503 may be there), the time of
   the accepted ones (it must stay below the limit `seconds`), and the service's memory in each
   tenth of the time.
3. Malformed, huge and hostile bodies: every status must be 4xx.
4. A stop (SIGTERM) under load: every request that was accepted must be answered.

One request is one short text of ours, of about 30 tokens. The load runs on the same processors as
the service, so read the statuses, the times and the memory; the rate is that of both together.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

from tagging import short_texts

HOST = "127.0.0.1"
NOT_ANSWERED = 0
MEASURED = 20  # seconds in which the capacity is found
LIMITS = {"rate": 1_000_000, "burst": 1_000_000}


@dataclass(frozen=True)
class Answer:
    """The status of one request (0: the connection broke) and how many seconds it took."""

    status: int
    seconds: float


def main() -> None:
    """Run the four measurements and print what came out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--warm-up", type=float, default=60)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    port = free_port()
    command = [sys.executable, "-m", "tpfeedback", "serve", "--port", str(port)]
    for name, value in LIMITS.items():
        command += ["--limit", f"{name}={value}"]
    command += ["--threads", str(options.threads)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as service:
        try:
            asyncio.run(measured(options, port, service))
        finally:
            service.kill()


async def measured(
    options: argparse.Namespace, port: int, service: subprocess.Popen[bytes]
) -> None:
    """Measure a service that has just been started."""
    await until_ready(port)
    bodies = cycle([body_of(text) for text in islice(short_texts(), 2000)])
    rate = await capacity(port, bodies, options.connections, min(options.seconds, MEASURED))
    print(f"capacity: {rate:.0f} requests a second with {options.connections} connections")
    await overload(port, bodies, 2 * rate, options.warm_up, service.pid)
    answers, memory = await overload(port, bodies, 2 * rate, options.seconds, service.pid)
    tell("twice the capacity", answers)
    print("memory, MB, by tenths of the time: " + " ".join(f"{one:.0f}" for one in memory))
    for name, status in (await hostile(port)).items():
        print(f"{name}: {status}")
    answers = await stopped(port, bodies, rate, service)
    tell("stopped under load", answers)
    print(f"exit code: {service.wait(60)}")


async def capacity(port: int, bodies: Iterator[bytes], connections: int, seconds: float) -> float:
    """Return the answers a second when every connection asks again at once."""
    until = time.perf_counter() + seconds

    async def ask_on() -> int:
        count = 0
        while time.perf_counter() < until:
            count += (await ask(port, next(bodies))).status == 200
        return count

    await ask(port, next(bodies))
    counts = await asyncio.gather(*(ask_on() for _ in range(connections)))
    return sum(counts) / seconds


async def overload(
    port: int, bodies: Iterator[bytes], rate: float, seconds: float, pid: int
) -> tuple[list[Answer], list[float]]:
    """Send by the clock; return every answer, and the memory in each tenth of the time."""
    asked: list[asyncio.Task[Answer]] = []
    memory = []
    begun = time.perf_counter()
    for tenth in range(1, 11):
        while len(asked) < rate * seconds * tenth / 10:
            asked.append(asyncio.create_task(ask(port, next(bodies))))
            late = time.perf_counter() - begun - len(asked) / rate
            await asyncio.sleep(max(0, -late))
        memory.append(resident(pid))
    return await asyncio.gather(*asked), memory


async def stopped(
    port: int, bodies: Iterator[bytes], rate: float, service: subprocess.Popen[bytes]
) -> list[Answer]:
    """Ask the service to stop while requests wait; return the answers to those that were sent."""
    asked = [asyncio.create_task(ask(port, next(bodies))) for _ in range(int(min(rate, 100)))]
    await asyncio.sleep(0.3)
    service.send_signal(signal.SIGTERM)
    return await asyncio.gather(*asked)


async def hostile(port: int) -> dict[str, int]:
    """Return the status of each malformed, huge or hostile body."""
    rows = json.dumps({"rows": [{"a": 1}] * 60_000}).encode()
    sent = {
        "empty": b"",
        "no JSON": b"{",
        "not UTF-8": b'{"texts": ["\xff"]}',
        "a lone surrogate": b'{"texts": ["\\ud800"]}',
        "NUL bytes": bytes(1000),
        "an array, not an object": b"[]",
        "nested 1,000,000 deep": b"[" * 1_000_000,
        "nested objects": b'{"texts":' * 100_000,
        "a number of 1,000,000 digits": b'{"texts": ' + b"9" * 1_000_000 + b"}",
        "not a number": b'{"texts": ["a"], "precision": NaN}',
        "a huge exponent": b'{"texts": ["a"], "min_confidence": 1e999}',
        "millions of empty objects": b"[" + b"{}," * 5_000_000 + b"1]",
        "no texts": b'{"texts": []}',
        "too many texts": json.dumps({"texts": ["a"] * 2000}).encode(),
        "a text that is too long": json.dumps({"texts": ["a" * 100_000]}).encode(),
        "a name twice": b'{"texts": ["a"], "texts": ["b"]}',
        "an unknown option": b'{"texts": ["a"], "x": 1}',
        "a path as taxonomy": b'{"texts": ["a"], "taxonomy": "../../etc/passwd"}',
        "50 MB": b" " * 50_000_000,
    }
    found = {name: (await ask(port, body)).status for name, body in sent.items()}
    found["too many rows"] = (await ask(port, rows, path="/v1/analyze")).status
    endless = (await ask(port, b"", chunks=5_000)).status
    gzipped = (await ask(port, b"{}", headers="Content-Encoding: gzip\r\n")).status
    encoded = "Transfer-Encoding: gzip\r\n"
    twofold = (await ask(port, b"", headers=encoded, chunks=1)).status
    headed = (await ask(port, b"{}", headers=f"X: {'x' * 100_000}\r\n")).status
    form = (await ask(port, b"{}", kind="text/plain")).status
    lying = (await ask(port, b"{}", headers="Content-Length: 99999999999999999999\r\n")).status
    return {
        **found,
        "chunks without end": endless,
        "compressed": gzipped,
        "encoded twofold": twofold,
        "a head of 100,000 bytes": headed,
        "no JSON type": form,
        "a declared size of 10**20": lying,
    }


async def ask(
    port: int,
    body: bytes,
    *,
    path: str = "/v1/tag",
    kind: str = "application/json",
    headers: str = "",
    chunks: int = 0,
) -> Answer:
    """Send one request by a connection of its own; with `chunks`, so many of 10,000 bytes."""
    begun = time.perf_counter()
    length = "Transfer-Encoding: chunked" if chunks else f"Content-Length: {len(body)}"
    length = "" if "Content-Length" in headers else f"{length}\r\n"
    head = f"POST {path} HTTP/1.1\r\nHost: {HOST}\r\nContent-Type: {kind}\r\n{headers}{length}\r\n"
    status = NOT_ANSWERED
    try:
        reader, writer = await asyncio.open_connection(HOST, port)
        answered = asyncio.create_task(status_of(reader))
        try:
            writer.write(head.encode() + body)
            for _ in range(chunks):
                writer.write(b"2710\r\n" + b" " * 10_000 + b"\r\n")
                await writer.drain()
            await writer.drain()
        except OSError:
            pass  # it was refused before all was sent: the answer is there
        status = await answered
        writer.close()
    except OSError:
        pass
    return Answer(status, time.perf_counter() - begun)


async def status_of(reader: asyncio.StreamReader) -> int:
    """Return the status of an answer, read to its end."""
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        length = int(head.partition("content-length:")[2].split()[0])
        await reader.readexactly(length)
    except (OSError, asyncio.IncompleteReadError, IndexError):
        return NOT_ANSWERED
    return int(head.split()[1])


def tell(name: str, answers: list[Answer]) -> None:
    """Print the statuses, and how long the accepted requests took."""
    counts = Counter(answer.status for answer in answers)
    told = ", ".join(f"{status or 'broken'}: {n}" for status, n in sorted(counts.items()))
    taken = sorted(answer.seconds for answer in answers if answer.status == 200)
    print(f"{name}: {len(answers)} requests; {told}")
    if taken:
        places = {"p50": 0.5, "p99": 0.99, "most": 1.0}
        print(
            "  seconds of the accepted: "
            + ", ".join(f"{k} {taken[int(p * (len(taken) - 1))]:.2f}" for k, p in places.items())
        )


async def until_ready(port: int) -> None:
    """Wait until the service listens, which it does once the model is loaded."""
    for _ in range(600):
        try:
            _, writer = await asyncio.open_connection(HOST, port)
        except OSError:
            await asyncio.sleep(0.2)
        else:
            writer.close()
            return
    raise SystemExit("The service did not start.")


def resident(pid: int) -> float:
    """Return the memory that a process holds, in MB."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def free_port() -> int:
    """Return a port that nobody listens at."""
    with socket.socket() as one:
        one.bind((HOST, 0))
        return int(one.getsockname()[1])


def body_of(text: str) -> bytes:
    """Return the body that asks for the tags of one text."""
    return json.dumps({"texts": [text]}, ensure_ascii=False).encode()


if __name__ == "__main__":
    main()
