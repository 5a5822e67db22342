"""README says what is so. `python -m tests.test_readme` writes its tables of columns anew."""

from __future__ import annotations

import re
import shutil
import warnings
from pathlib import Path
from typing import Any

import pytest

from docs.filling import column_tables
from tpfeedback.errors import TpfeedbackWarning

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
BLOCK = re.compile(r"(<!-- tables: begin .*? -->\n).*?(<!-- tables: end -->)", re.DOTALL)
PYTHON = re.compile(r"```python\n(.*?)```", re.DOTALL)
FIGURES = re.compile(
    r"delivery is found to cost (?P<delivery>[\d.]+) stars.*?gets (?P<call_center>[\d.]+)\)",
    re.DOTALL,
)


@pytest.fixture(scope="module")
def readme() -> str:
    return README.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def ran(readme, tmp_path_factory) -> tuple[dict[str, Any], Path]:
    """The names that README's Python blocks make, run in order, and the folder they wrote to."""
    folder = tmp_path_factory.mktemp("readme")
    shutil.copytree(ROOT / "data" / "samples", folder / "data" / "samples")
    names: dict[str, Any] = {}
    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        patch.chdir(folder)
        warnings.simplefilter("ignore", TpfeedbackWarning)
        for block in PYTHON.findall(readme):
            exec(block, names)
    return names, folder


def written_anew(readme: str) -> str:
    return BLOCK.sub(lambda found: f"{found[1]}\n{column_tables()}\n\n{found[2]}", readme)


def test_the_tables_of_columns_are_those_of_the_code(readme):
    assert written_anew(readme) == readme, "run: python -m tests.test_readme"


def test_ci_runs_the_test_command_of_the_readme(readme):
    commands = re.findall(r"```bash\n(.*?)\n```", readme, re.DOTALL)
    assert commands[1] in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_every_file_that_the_readme_names_is_there(readme):
    named = re.findall(r"(?<![\w/])(?:data|docs|notebooks|tpfeedback|tests)/[\w/.-]+\.\w+", readme)
    assert len(named) > 10
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_the_python_of_the_readme_runs_as_written(ran):
    names, folder = ran
    assert names["priorities"]["touchpoint"].iloc[0] == "delivery"
    assert (folder / "report.html").stat().st_size < 2_000_000
    assert (folder / "report.xlsx").exists()


def test_the_figures_of_the_readme_are_those_of_the_sample_data(readme, ran):
    names, _ = ran
    prizes = names["analysis"].impact.set_index("touchpoint")["prize"]
    told = FIGURES.search(readme)
    assert told is not None
    assert {key: float(value) for key, value in told.groupdict().items()} == {
        key: round(prizes[key], 2) for key in told.groupdict()
    }


if __name__ == "__main__":
    README.write_text(written_anew(README.read_text(encoding="utf-8")), encoding="utf-8")
