"""Hostile inputs: each target holds what it promises, and what broke one once stays mended."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import warnings
from importlib.util import find_spec
from pathlib import Path

import pytest

from fuzzing import __main__ as fuzz
from fuzzing.contract import crash_of
from fuzzing.found import FOUND
from fuzzing.mutation import mutated
from fuzzing.running import Tally, run_plainly, seeds_of
from fuzzing.target import Target, available_targets, load_target
from tpfeedback.errors import ReadError, TpfeedbackWarning

GUIDED = pytest.mark.skipif(find_spec("atheris") is None, reason="needs the package atheris")
ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize(("target", "data"), [row[:2] for row in FOUND],
                         ids=[f"{row[0]}: {row[2]}" for row in FOUND])  # fmt: skip
def test_what_broke_a_contract_once_is_mended(target: str, data: bytes) -> None:
    assert crash_of(load_target(target), data) is None


@pytest.mark.parametrize("name", available_targets())
def test_no_hostile_input_breaks_the_contract(name: str) -> None:
    tally = run_plainly(name, inputs=load_target(name).quick)
    assert tally.inputs >= load_target(name).quick
    assert not tally.crashes


@GUIDED
def test_coverage_leads_to_more_inputs(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "fuzzing", "detection", "--inputs", "1000",
               "--corpus", str(tmp_path)]  # fmt: skip
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 crashes  (led by coverage)" in done.stdout
    assert len(list((tmp_path / "detection").iterdir())) > 5


# --- what counts as a crash -------------------------------------------------------------------


def refuse(_: bytes) -> None:
    raise ReadError("This is no table. Allowed: a table.")


def warn_of_ours(_: bytes) -> None:
    warnings.warn("Few texts.", TpfeedbackWarning, stacklevel=2)


def fail(_: bytes) -> None:
    raise KeyError("text")


def refuse_silently(_: bytes) -> None:
    raise ReadError("")


def warn(_: bytes) -> None:
    warnings.warn("deprecated", DeprecationWarning, stacklevel=2)


def dawdle(_: bytes) -> None:
    end = time.process_time() + 0.02
    while time.process_time() < end:
        pass


def leave(_: bytes) -> None:
    sys.exit(3)


@pytest.mark.parametrize("check", [refuse, warn_of_ours, len])
def test_an_answer_a_refusal_and_our_own_warning_are_no_crashes(check) -> None:
    assert crash_of(Target(check, (b"",)), b"x") is None


@pytest.mark.parametrize(
    ("check", "kind"),
    [(fail, "KeyError"), (refuse_silently, "SilentError"), (warn, "DeprecationWarning"),
     (leave, "SystemExit"), (dawdle, "TooSlow")],
)  # fmt: skip
def test_any_other_error_warning_or_delay_is_a_crash(check, kind: str) -> None:
    crash = crash_of(Target(check, (b"",), seconds=0.01, per_byte=0), b"x")
    assert crash is not None
    assert (crash.kind, crash.data) == (kind, b"x")


def test_crashes_at_one_place_are_one_with_the_shortest_input() -> None:
    tally, target = Tally(), Target(fail, (b"",))
    for data in (b"long", b"x", b"longer"):
        tally.try_one(target, data)
    assert tally.inputs == 3
    assert [crash.data for crash in tally.crashes.values()] == [b"x"]


# --- the runner -------------------------------------------------------------------------------


def test_every_target_has_seeds_it_accepts_or_refuses_and_promises_something() -> None:
    for name in available_targets():
        assert len(seeds_of(name)) >= 2, name
        assert load_target(name).check.__doc__, name


def test_the_same_inputs_are_tried_each_time() -> None:
    from random import Random

    def some() -> list[bytes]:
        random = Random(7)
        return [mutated(b"a;b\nc", random, others=[b"xyz"], words=[b"|"], longest=50)
                for _ in range(200)]  # fmt: skip

    assert some() == some()
    assert len(set(some())) > 100
    assert max(map(len, some())) <= 50


def test_the_runner_tells_inputs_and_crashes_and_keeps_the_crash(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr("fuzzing.running.load_target", lambda _: Target(fail, (b"a", b"b")))
    assert fuzz.main(["detection", "--plain", "--inputs", "20", "--corpus", str(tmp_path)]) == 1
    told = capsys.readouterr().out
    assert "20 inputs    1 crashes  (at random)" in told
    assert "KeyError at" in told
    assert len(list(tmp_path.glob("detection-crash-*"))) == 1


def test_the_runner_ends_well_where_nothing_is_found(capsys: pytest.CaptureFixture[str]) -> None:
    assert fuzz.main(["detection", "--plain", "--inputs", "30"]) == 0
    assert "0 crashes" in capsys.readouterr().out


def test_a_tally_is_read_as_it_was_written(tmp_path: Path) -> None:
    crash = {"kind": "KeyError", "place": "a.py:1 f", "told": "'x'", "data": b"\xff".hex()}
    path = tmp_path / "tally.json"
    path.write_text(json.dumps({"inputs": 5, "crashes": [crash]}), encoding="utf-8")
    tally = fuzz._tally(path)
    assert tally.inputs == 5
    assert [one.data for one in tally.crashes.values()] == [b"\xff"]
