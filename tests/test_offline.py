"""The library opens no socket, neither by Python nor past it; `tpfeedback serve` alone listens."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests import no_sockets, offline_steps

LINUX = sys.platform == "linux" and os.uname().machine in no_sockets.MACHINES
WORKER = """
import multiprocessing
if __name__ == "__main__":
    worker = multiprocessing.get_context("spawn").Process(target=print, args=("done",))
    {first}
    worker.start()
    worker.join()
"""


def run(folder: Path, *command: object) -> tuple[subprocess.CompletedProcess[str], str]:
    """Run Python where a socket ends it; return how it ended and what was told of sockets."""
    shutil.copy(no_sockets.__file__, folder / "sitecustomize.py")
    told = folder / "sockets.txt"
    path = os.pathsep.join([str(folder), *filter(None, [os.environ.get("PYTHONPATH")])])
    ended = subprocess.run(
        [sys.executable, *map(str, command)],
        env={**os.environ, "PYTHONPATH": path, no_sockets.TOLD_IN: str(told)},
        capture_output=True,
        text=True,
        check=False,
    )
    return ended, told.read_text(encoding="utf-8") if told.exists() else ""


def test_no_step_of_the_library_opens_a_socket(tmp_path):
    ended, told = run(tmp_path, offline_steps.__file__, tmp_path)
    assert told == ""
    assert ended.returncode == 0, ended.stderr[-3000:]
    assert ended.stdout.split() == [step.__name__ for step in offline_steps.STEPS]


@pytest.mark.parametrize(
    ("code", "event"),
    [
        ("import socket; socket.create_connection(('127.0.0.1', 9))", "socket.getaddrinfo"),
        ("import socket; socket.socket().bind(('127.0.0.1', 0))", "socket.__new__"),
        ("import socket; socket.gethostbyname('localhost')", "socket.gethostbyname"),
        ("import urllib.request as r; r.urlopen('http://127.0.0.1:9')", "socket.getaddrinfo"),
        ("import socket; socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)", "socket.__new__"),
    ],
)
def test_a_socket_that_python_opens_is_told_even_if_the_error_is_caught(tmp_path, code, event):
    (tmp_path / "planted.py").write_text(f"try:\n    {code}\nexcept BaseException: pass\n")
    ended, told = run(tmp_path, tmp_path / "planted.py")
    assert ended.returncode == no_sockets.ENDED
    assert told.startswith(event)
    assert "planted.py" in told


@pytest.mark.skipif(not LINUX, reason="calls past Python are filtered on Linux alone")
@pytest.mark.parametrize("family", [2, 10, 16])  # IPv4, IPv6, netlink, which resolvers ask
def test_a_socket_that_a_library_opens_past_python_is_told(tmp_path, family):
    (tmp_path / "planted.py").write_text(
        f"import ctypes\nctypes.CDLL(None).socket({family}, 1, 0)\nprint('went on')\n"
    )
    ended, told = run(tmp_path, tmp_path / "planted.py")
    assert (ended.stdout, ended.returncode) == ("", -31)  # SIGSYS
    assert 'planted.py", line 2' in told


@pytest.mark.parametrize("planted", [True, False])
def test_a_socket_of_a_worker_is_told_and_what_workers_talk_by_is_none(tmp_path, planted):
    opens = "worker._target = __import__('socket').gethostbyname"
    (tmp_path / "planted.py").write_text(WORKER.format(first=opens if planted else "pass"))
    ended, told = run(tmp_path, tmp_path / "planted.py")
    assert ended.returncode == 0
    assert ("socket.gethostbyname" in told) == planted
    assert ("done" in ended.stdout) != planted


def test_local_sockets_are_let(tmp_path):
    code = "import asyncio, socket; socket.socketpair(); asyncio.run(asyncio.sleep(0))"
    ended, told = run(tmp_path, "-c", code)
    assert (ended.returncode, told) == (0, ""), ended.stderr
