"""Ends every process of a run that opens a socket to a network; a test copies it to where it works.

As `sitecustomize.py` on PYTHONPATH it is run by each Python at its start, also by workers. What
Python opens is seen by an audit hook (PEP 578); what a library in C or Rust opens, past Python,
is ended by the kernel: a filter of system calls (seccomp, Linux alone) lets `socket` make local
ones (AF_UNIX) and no other. The place is told in the file that SOCKETS_TOLD_IN names.
"""

from __future__ import annotations

import ctypes
import faulthandler
import os
import signal
import sys
import traceback
from pathlib import Path
from typing import Any

TOLD_IN = "SOCKETS_TOLD_IN"
ENDED = 97
AF_UNIX = 1
ASKING = ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr")
ADDRESSING = ("socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg")
MACHINES = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}  # kind, number of `socket`
NO_NEW_PRIVILEGES, SET_SECCOMP, MODE_FILTER = 38, 22, 2  # prctl(2)
LOAD, EQUAL, RETURN = 0x20, 0x15, 0x06  # bpf: a word, jump if equal, end
LET, TRAP = 0x7FFF0000, 0x00030000
NUMBER_AT, MACHINE_AT, FAMILY_AT = 0, 4, 16  # in struct seccomp_data


class _Step(ctypes.Structure):
    _fields_ = (("code", ctypes.c_uint16), ("yes", ctypes.c_uint8), ("no", ctypes.c_uint8),
                ("value", ctypes.c_uint32))  # fmt: skip


class _Filter(ctypes.Structure):
    _fields_ = (("count", ctypes.c_uint16), ("steps", ctypes.POINTER(_Step)))


def end_on_sockets(told_in: Path) -> None:
    """End this process, and those it starts, where one opens a socket to a network."""

    def heard(event: str, told: tuple[Any, ...]) -> None:
        if event in ASKING or _is_network(event, told):
            with told_in.open("a", encoding="utf-8") as file:
                file.write(f"{event} {told[1:]}\n")
                traceback.print_stack(file=file)
            os._exit(ENDED)

    sys.addaudithook(heard)
    if sys.platform == "linux" and os.uname().machine in MACHINES:
        faulthandler.register(signal.SIGSYS, file=told_in.open("a"), chain=True)
        _filter_calls(*MACHINES[os.uname().machine])


def _is_network(event: str, told: tuple[Any, ...]) -> bool:
    if event == "socket.__new__":
        return told[1] not in (AF_UNIX, -1)  # -1: made of one that is open already
    return event in ADDRESSING and told[0].family != AF_UNIX


def _filter_calls(machine: int, socket: int) -> None:
    steps = (
        (LOAD, 0, 0, MACHINE_AT), (EQUAL, 0, 5, machine),
        (LOAD, 0, 0, NUMBER_AT), (EQUAL, 0, 3, socket),
        (LOAD, 0, 0, FAMILY_AT), (EQUAL, 1, 0, AF_UNIX),
        (RETURN, 0, 0, TRAP), (RETURN, 0, 0, LET),
    )  # fmt: skip
    program = (_Step * len(steps))(*(_Step(*step) for step in steps))
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    if libc.prctl(SET_SECCOMP, MODE_FILTER, ctypes.byref(_Filter(len(steps), program))):
        os.environ["SOCKETS_UNFILTERED"] = os.strerror(ctypes.get_errno())


if TOLD_IN in os.environ:
    end_on_sockets(Path(os.environ[TOLD_IN]))
