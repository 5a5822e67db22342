"""Every notebook runs from top to bottom, and was saved with the outputs of today.

`python -m tests.test_notebooks` runs all of them and saves their outputs anew.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))
OF_A_MACHINE = re.compile(r"/tmp/|/home/|/root/|/Users/|[A-Z]:\\\\|\bat 0x[0-9a-f]{6}")


def test_there_are_notebooks():
    assert len(NOTEBOOKS) >= 3


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_notebook_runs_and_says_what_was_saved(path):
    saved = nbformat.read(path, as_version=4)
    assert all(cell.outputs for cell in code_cells(saved) if not cell.source.startswith("import"))
    fresh = executed(path)
    assert said(fresh) == said(saved), "run: python -m tests.test_notebooks"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_what_was_saved_tells_nothing_of_the_machine(path):
    outputs = [cell.outputs for cell in code_cells(nbformat.read(path, as_version=4))]
    assert OF_A_MACHINE.search(json.dumps(outputs)) is None
    assert {one.output_type for cell in outputs for one in cell} <= {
        "display_data",
        "execute_result",
    }


def code_cells(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def said(notebook: nbformat.NotebookNode) -> list[list[str]]:
    """Return what the cells say in letters; pictures are drawn by tests of their own."""
    return [
        [one.get("data", {}).get("text/plain", str(one)) for one in cell.outputs]
        for cell in code_cells(notebook)
    ]


def executed(path: Path) -> nbformat.NotebookNode:
    notebook = nbformat.read(path, as_version=4)
    if sys.platform == "win32":
        asyncio.set_event_loop_policy(asyncio.WindowsSelectorEventLoopPolicy())
    NotebookClient(
        notebook,
        timeout=300,
        record_timing=False,
        resources={"metadata": {"path": str(path.parent)}},
    ).execute()
    return notebook


def save_anew() -> None:
    for path in NOTEBOOKS:
        metadata = nbformat.read(path, as_version=4).metadata
        notebook = executed(path)
        notebook.metadata = metadata  # the kernel writes its own version there
        nbformat.write(notebook, path)


if __name__ == "__main__":
    save_anew()
