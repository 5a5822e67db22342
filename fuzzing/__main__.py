"""`python -m fuzzing`: hostile inputs in great number for everything that takes some from outside.

    python -m fuzzing                               every target, 30 seconds each
    python -m fuzzing masking --seconds 600         one of them, for ten minutes
    python -m fuzzing masking --inputs 100000       ... or for so many inputs
    python -m fuzzing masking --corpus corpus       keeps what reached something new, and crashes
    python -m fuzzing --plain                       without atheris, even where it is installed

A target is a file in `fuzzing/targets`: what it hands to tpfeedback, inputs to start from, and
what must hold. For all of them: a `TpfeedbackError` that says something is a fine answer to a
hostile input. Any other error, any warning but a `TpfeedbackWarning`, more processor time than
the target allows for so many bytes (the time is linear), and a broken promise are crashes.
Promises are such as: every record that is read is kept or rejected once; segments cover a text in
order; evidence lies in its text; what was saved is read as equal; the same input gives the same
again.

Where the package atheris is installed (Linux; it comes with the extra `dev`), coverage leads from
input to input: each that reaches a new branch of tpfeedback is changed further. Elsewhere inputs
are changed at random. Either way half of the changes are our own (`mutation.py`): odd letters,
long runs, pieces that the target's files are made of. Seeds are our own sentences.

For each target the number of inputs and of crashes is told. Crashes at one place of our code are
one crash, told with the shortest input found. `--corpus DIR` keeps each crash as
`DIR/TARGET-crash-...`, and under `DIR/TARGET` the shortest inputs, which the next run begins with.

To mend a crash: put the input, cut down by hand, into the table of `fuzzing/found.py`, see
`tests/test_fuzzing.py` fail, mend it. The row stays, and is a seed from then on.

A new target is a new file with one value `TARGET`; it is found by itself, here and in the tests.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

from fuzzing.contract import Crash
from fuzzing.running import Tally, run_plainly
from fuzzing.target import available_targets

SECONDS = 30.0
KEPT = 200  # files of a corpus: the shortest
SHOWN = 200  # bytes of a crash


def main(arguments: list[str] | None = None) -> int:
    """Fuzz, tell what was found, and return 1 if anything was."""
    asked = _arguments(arguments)
    guided = not asked.plain and find_spec("atheris") is not None
    crashes = 0
    for name in asked.targets or available_targets():
        corpus = _corpus_of(asked.corpus, name)
        tally = (_run_guided if guided else _run_plain)(name, asked, corpus)
        crashes += len(tally.crashes)
        led = "led by coverage" if guided else "at random"
        _tell(f"{name:20} {tally.inputs:>9,} inputs  {len(tally.crashes):>3} crashes  ({led})")
        for crash in tally.crashes.values():
            _tell_crash(crash, asked.corpus, name)
        if asked.corpus:
            _keep_short(corpus)
        else:
            shutil.rmtree(corpus)
    return int(crashes > 0)


def _arguments(given: list[str] | None) -> argparse.Namespace:
    told = (__doc__ or "").split("\n\n")
    parser = argparse.ArgumentParser("python -m fuzzing", description=told[0])
    parser.add_argument("targets", nargs="*", metavar="TARGET", choices=[[], *available_targets()],
                        help=", ".join(available_targets()))  # fmt: skip
    parser.add_argument("--seconds", type=float, help=f"for each target; {SECONDS:g}")
    parser.add_argument("--inputs", type=int, help="for each target, instead")
    parser.add_argument("--corpus", type=Path, help="folder of inputs to begin with and to keep")
    parser.add_argument("--plain", action="store_true", help="without atheris")
    asked = parser.parse_args(given)
    if asked.seconds is None and asked.inputs is None:
        asked.seconds = SECONDS
    return asked


def _corpus_of(corpus: Path | None, name: str) -> Path:
    folder = Path(tempfile.mkdtemp()) if corpus is None else corpus / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _run_plain(name: str, asked: argparse.Namespace, corpus: Path) -> Tally:
    kept = tuple(path.read_bytes() for path in sorted(corpus.iterdir()))
    return run_plainly(name, inputs=asked.inputs, seconds=asked.seconds, corpus=kept)


def _run_guided(name: str, asked: argparse.Namespace, corpus: Path) -> Tally:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        (folder / "seeds").mkdir()
        told = {"target": name, "seconds": asked.seconds, "inputs": asked.inputs,
                "corpus": str(corpus), "folder": scratch}  # fmt: skip
        command = [sys.executable, "-m", "fuzzing.guided", json.dumps(told)]
        with (folder / "log").open("wb") as log:
            code = subprocess.run(command, stdout=log, stderr=log, check=False).returncode
        tally = _tally(folder / "tally.json")
        if code:
            died = [path.read_bytes() for path in sorted(folder.glob("died-*"))]
            last = (folder / "log").read_text(encoding="utf-8", errors="replace")[-600:]
            tally.note(Crash("Died", f"exit {code}", last, died[0] if died else b""))
    return tally


def _tally(path: Path) -> Tally:
    told = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"inputs": 0}
    tally = Tally(told["inputs"])
    for one in told.get("crashes", ()):
        crash = Crash(**{**one, "data": bytes.fromhex(one["data"])})
        tally.crashes[crash.kind, crash.place] = crash
    return tally


def _tell_crash(crash: Crash, corpus: Path | None, name: str) -> None:
    _tell(f"    {crash.kind} at {crash.place}: {crash.told}")
    _tell(f"        {crash.data[:SHOWN]!r}{' ...' if len(crash.data) > SHOWN else ''}")
    if corpus is not None:
        digest = hashlib.sha256(crash.data).hexdigest()[:12]
        (corpus / f"{name}-crash-{digest}").write_bytes(crash.data)


def _keep_short(corpus: Path) -> None:
    files = sorted(corpus.iterdir(), key=lambda path: (path.stat().st_size, path.name))
    for path in files[KEPT:]:
        path.unlink()


def _tell(line: str) -> None:
    print(line.encode("utf-8", "backslashreplace").decode(), flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
