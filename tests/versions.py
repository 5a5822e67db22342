"""`python -m tests.versions --oldest`, `--newest` or `--wheel`: it works where others install it.

Builds source archive and wheel, looks into them (`tests.packed`), and for each `--python` makes a
clean environment with only the wheel and what it asks for, in the oldest or newest versions that
pyproject.toml allows (no pre-releases); there `tests/smoke.py` uses it as a stranger would, and
the tests below run against the installed package. `--wheel` stops after the smoke test, without
extras; `--smoke` leaves out the tests elsewhere too. `--python` is a version (3.12) or a path; it
and `--extra` can be repeated. Needs the package registry, and Java for Spark.

Oldest means the direct dependencies; what these need in turn is the newest that goes with them.
Where the oldest has no wheel for a Python, the first that has one is taken: nobody gets the other.

Why floors are not lower:

- pandas 3.0: since then `astype("str")` keeps missing values missing; before, they become the text
  "nan" or "None", which would be counted as a respondent, a role or a control like any other.
- pyarrow 19: the first that hands texts to pandas 3 as its text type, and to Spark as Spark's.
- statsmodels 0.14.6, duckdb 1.4.4: the first that work with pandas 3.
- pytz 2024.2: pandas 3.0 does not see an older one, pyarrow 19 hands out its zones all the same.
- pyspark 4.3: from 4.0 missing values came to pandas 3 as something else, which counted as a
  text; 4.1 and 4.2 were not tried.
- snowballstemmer 3.1: the first with Polish.
- nltk 3.9.1: 3.9 asks for a corpus that is downloaded as soon as it is imported.
- pymorphy3 2.0.1: 2.0.0 loads its dictionary by `pkg_resources`, which setuptools no longer has.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.packed import build, problems, size_told

ROOT = Path(__file__).parents[1]
EXTRAS = ("duckdb", "mcp", "pptx", "serve", "spark")
FROM_SOURCE = ("jieba", "pyspark")  # have no wheels; all others are taken as wheels only
TOOLS = (
    "pytest",
    "pytest-xdist",
    "hypothesis",
    "html5lib",
    "httpx",
    "jsonschema",
    "openpyxl",
    "polars",
)
RESOLUTION = {"oldest": "lowest-direct", "newest": "highest"}
# What each library does for us is tried by at least one of these.
TESTS = (
    "assistants", "batch", "batch_analysis", "chart_pictures", "detection", "evaluation_agreement",
    "impact_fit", "impact_oracles", "ingest", "ingest_databases", "ingest_fidelity",
    "ingest_values", "labelling_reading", "languages", "priority_ranks", "report", "schema",
    "service", "service_tagging", "slides", "spark", "tagger", "taxonomy_files",
    "teaching_estimator", "themes", "tracking_waits", "wording", "workbook",
)  # fmt: skip
OLD = ("DeprecationWarning", "PendingDeprecationWarning", "FutureWarning", "SyntaxWarning")
"""What an old library warns of on a newer Python is no fault of ours."""


def main(words: Sequence[str] | None = None) -> int:
    """Go through the environments; return how many failed."""
    options = _options(words)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        archive, wheel = build(ROOT, place / "dist")
        print(size_told(archive), size_told(wheel), sep="\n")
        failed = problems(archive, wheel)
        print(*failed, sep="\n", end="\n" if failed else "")
        for mode in options.modes:
            for number, python in enumerate(options.python):
                where = place / f"{mode}-{number}"
                print(f"\n== {mode}, Python {python}", flush=True)
                tests = mode != "wheel" and not options.smoke
                if not tried(mode, python, wheel, where, options.extra, tests=tests):
                    failed.append(f"FAILED {mode}, Python {python}")
    print("", *failed, sep="\n")
    print("FAILED" if failed else "All passed.")
    return len(failed)


def _options(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.versions")
    for mode in ("oldest", "newest", "wheel"):
        parser.add_argument(f"--{mode}", dest="modes", action="append_const", const=mode)
    parser.add_argument("--python", action="append", help="version or path; default: this one")
    parser.add_argument("--smoke", action="store_true", help="the smoke test alone")
    parser.add_argument("--extra", action="append", choices=[*EXTRAS, "none"])
    options = parser.parse_args(words)
    if not options.modes:
        parser.error("say --oldest, --newest or --wheel")
    options.python = options.python or [sys.executable]
    options.extra = [e for e in options.extra or EXTRAS if e != "none"]
    return options


def tried(
    mode: str, python: str, wheel: Path, where: Path, extras: Sequence[str], *, tests: bool
) -> bool:
    """Make one environment and try the wheel in it; say whether all went well."""
    extras = () if mode == "wheel" else extras
    if not installed(mode, python, wheel, where, extras):
        return False
    ours = str(where / "bin" / "python")
    smoke = [ours, "-I", str(ROOT / "tests/smoke.py"), str(where.resolve())]
    files = [str(ROOT / "data/samples"), str(ROOT / "README.md")]
    if not done([*smoke, *files, *extras], cwd=where):
        return False
    return not tests or tested(mode, ours, where)


def installed(mode: str, python: str, wheel: Path, where: Path, extras: Sequence[str]) -> bool:
    """Make the environment with the wheel, and tell the versions of what pyproject.toml names."""
    if not done([*UV, "venv", "-q", "--no-python-downloads", "--python", python, str(where)]):
        return False
    into = ["--python", str(where / "bin" / "python")]
    if mode == "wheel":
        return done([*UV, "pip", "install", "-q", *into, *_wheels_only(), str(wheel)])
    wanted = [word for extra in extras for word in ("--extra", extra)]
    pinned = where / "pinned.txt"
    resolved = done(
        [*UV, "pip", "compile", "-q", *into, *_wheels_only(), *wanted, "--no-annotate",
         "--no-header", "--resolution", RESOLUTION[mode], "--prerelease", "disallow",
         "--output-file", str(pinned), str(ROOT / "pyproject.toml")]
    )  # fmt: skip
    if not resolved:
        return False
    print("  ", " ".join(pinned.read_text(encoding="utf-8").split()), flush=True)
    asked = f"{wheel}[{','.join(extras)}]" if extras else str(wheel)
    pins = ["-c", str(pinned), *_wheels_only()]
    return done([*UV, "pip", "install", "-q", *into, *pins, asked]) and done(
        [*UV, "pip", "install", "-q", *into, *pins, *TOOLS]
    )


def _wheels_only() -> list[str]:
    return ["--only-binary", ":all:", *(w for n in FROM_SOURCE for w in ("--no-binary", n))]


def tested(mode: str, python: str, where: Path) -> bool:
    """Run the tests in a copy of the checkout that has all but the package."""
    copy = where / "checkout"
    left_out = shutil.ignore_patterns("tpfeedback", ".*", "__pycache__", "pictures", "notebooks")
    shutil.copytree(ROOT, copy, ignore=left_out)
    warned = [f"-Wignore::{name}" for name in (OLD if mode == "oldest" else ())]
    files = [f"tests/test_{name}.py" for name in TESTS]
    options = ["-n", "auto", "-p", "no:cacheprovider", "--hypothesis-profile", "ci", *warned]
    return done([python, "-m", "pytest", *options, *files], cwd=copy)


def done(command: Sequence[str], *, cwd: Path = ROOT) -> bool:
    """Run a command, whose output is seen; say whether it went well."""
    alone = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    alone |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    return subprocess.run(command, cwd=cwd, env=alone, check=False).returncode == 0


UV = (sys.executable, "-m", "uv")

if __name__ == "__main__":
    sys.exit(main())
