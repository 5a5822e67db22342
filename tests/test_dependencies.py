"""What the code imports is declared, what is declared is used, and extras can be missing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import tpfeedback
from tests.declared import FLOOR, FOUND_THERE, HOMES, USED_UNNAMED, declared, imported, names
from tests.declared import undeclared as undeclared_in
from tests.declared import unused as unused_in

ROOT = Path(__file__).parents[1]
PACKAGE = Path(tpfeedback.__file__).parent
REQUIREMENTS = declared(ROOT / "pyproject.toml")
DEVELOPING = [ROOT / name for name in ("tests", "benchmarks", "docs", "fuzzing")]


def test_all_that_the_library_imports_is_declared_where_it_is_imported():
    assert undeclared_in(REQUIREMENTS, PACKAGE) == []


def test_all_that_tests_benchmarks_and_docs_import_is_declared():
    known = names(REQUIREMENTS, *REQUIREMENTS) | set(FOUND_THERE)
    found = [pair for folder in DEVELOPING for pair in imported(folder) if pair[1] not in known]
    assert found == []


def test_nothing_is_declared_that_is_not_used():
    within = list(imported(PACKAGE))
    used = {name for _, name in within}
    groups = {"": used} | {
        extra: {name for file, name in within if file.startswith(home)}
        for extra, home in HOMES.items()
    }
    outside = {name for folder in DEVELOPING for _, name in imported(folder)}
    assert unused_in(REQUIREMENTS, groups | {"dev": outside, "docs": outside}) == []


def test_what_is_said_to_be_used_unnamed_is_declared_and_unnamed():
    found = {name for folder in (PACKAGE, *DEVELOPING) for _, name in imported(folder)}
    assert set(USED_UNNAMED) <= names(REQUIREMENTS, *REQUIREMENTS)
    assert not set(USED_UNNAMED) & found
    assert not set(FOUND_THERE) & names(REQUIREMENTS, *REQUIREMENTS)


@pytest.mark.parametrize("group", ["", *HOMES])
def test_every_requirement_of_a_user_has_a_floor(group):
    assert [one for one in REQUIREMENTS[group] if not FLOOR.match(one)] == []


@pytest.mark.parametrize(
    ("file", "source", "problem"),
    [
        ("tagger.py", "import yaml", "tagger.py imports yaml, which the library does not declare"),
        (
            "tagger.py",
            "def f():\n    import fastapi",
            "tagger.py imports fastapi, which the library",
        ),
        ("service/a.py", "from pptx import b", "imports python-pptx, which the library or [serve]"),
    ],
)
def test_an_undeclared_import_is_named(tmp_path, file, source, problem):
    path = tmp_path / file
    path.parent.mkdir(exist_ok=True)
    path.write_text(source)
    (found,) = undeclared_in(REQUIREMENTS, tmp_path)
    assert problem in found


def test_a_requirement_that_nothing_imports_is_named():
    assert unused_in({"": ["yaml>=1", "numpy>=2"]}, {"": {"numpy"}}) == [
        "[] declares yaml, which nothing there imports"
    ]


WITHOUT = """
import sys
missing = set({missing!r})

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in missing:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name.split(".")[0])

sys.meta_path.insert(0, Missing())
import tpfeedback, tpfeedback.spark, tpfeedback.service, tpfeedback.assistants
for name in tpfeedback.__all__:
    getattr(tpfeedback, name)
from tpfeedback.cli import main
sys.argv = ["tpfeedback", *{words!r}]
main()
"""
OTHERS = ["PIL", "IPython", "duckdb", "fastapi", "httptools", "lxml", "mcp", "onnx", "polars",
          "pptx", "prometheus_client", "pyspark", "starlette", "torch", "uvicorn",
          "uvloop"]  # fmt: skip


def run_without(*words: str) -> subprocess.CompletedProcess[str]:
    code = WITHOUT.format(missing=OTHERS, words=list(words))
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


def test_without_any_extra_every_public_name_can_be_had_and_the_command_works():
    done = run_without("taxonomies")
    assert done.returncode == 0, done.stderr
    assert "general" in done.stdout


@pytest.mark.parametrize(("command", "extra"), [("serve", "serve"), ("mcp", "mcp")])
def test_without_its_extra_a_command_says_how_to_install_it(command, extra):
    done = run_without(command)
    assert done.returncode == 2
    assert f"pip install 'tpfeedback[{extra}]'" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
