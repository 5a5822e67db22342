"""The wheel holds what it should, and works where nothing else of the checkout is."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path

import pytest

from tests.packed import NEEDED, build, problems

ROOT = Path(__file__).parents[1]
MODULES = {"duckdb": "duckdb", "mcp": "mcp", "pptx": "pptx", "serve": "uvicorn"}
"""Extra -> a module of it. Without Spark: it starts for longer than all the rest takes."""


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> tuple[Path, Path]:
    """Return the source archive, and the wheel that was made from it."""
    return build(ROOT, tmp_path_factory.mktemp("packed") / "dist")


def test_wheel_and_source_archive_hold_the_package_and_nothing_else(built):
    assert problems(*built) == []


def test_an_installed_wheel_does_the_main_job(built, tmp_path):
    place = tmp_path / "clean"
    uv = [sys.executable, "-m", "uv", "--offline", "--no-progress"]
    run(*uv, "venv", "--python", sys.executable, place)
    python = place / "bin" / "python"
    run(*uv, "pip", "install", "--no-deps", "--python", python, built[1])
    lend_libraries(place)
    extras = [extra for extra, module in MODULES.items() if find_spec(module)]
    smoke = [ROOT / "tests" / "smoke.py", place, ROOT / "data" / "samples", ROOT / "README.md"]
    assert "README's first example" in run(python, "-I", *smoke, *extras, cwd=tmp_path)


def lend_libraries(place: Path) -> None:
    """Let a clean environment see the libraries of this one, but not its tpfeedback.

    The checkout is found by a `.pth` file of its own, which counts only in the folder of an
    environment itself and not in one that is lent.
    """
    (own,) = place.glob("lib/python*/site-packages")
    lent = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    (own / "lent.pth").write_text("\n".join(sorted(lent)), encoding="utf-8")


def run(*command: object, cwd: Path = ROOT) -> str:
    alone = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(
        [*map(str, command)], cwd=cwd, env=alone, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ({"tests/test_a.py": b""}, "tests/test_a.py does not belong there"),
        ({"tpfeedback/a.pyc": b""}, "a.pyc is of a kind that the package does not have"),
        ({"tpfeedback/a.py": b"x = '/home/me/x.csv'"}, "a.py holds the path /home/me"),
        ({"tpfeedback/models/a.onnx": b"\0/root/net.py\0"}, "a.onnx holds the path /root/net.py"),
        ({"tpfeedback/py.typed": None}, "tpfeedback/py.typed is missing"),
        ({"tpfeedback/late.py": b""}, "its package is not that of the wheel"),
    ],
)
def test_what_is_wrong_with_a_wheel_is_named(tmp_path, more, problem):
    right = dict.fromkeys(NEEDED, b"")
    files = {name: data for name, data in (right | more).items() if data is not None}
    assert any(problem in one for one in problems(*packed(tmp_path, files, right)))


@pytest.mark.parametrize("name", ["data/read/README.md", "tests/test_a.py", ".venv/a.cfg"])
def test_what_is_wrong_with_a_source_archive_is_named(tmp_path, name):
    right = dict.fromkeys(NEEDED, b"")
    (found,) = problems(*packed(tmp_path, right, right | {name: b""}))
    assert f"{name} does not belong there" in found


def test_a_wheel_that_is_too_large_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr("tests.packed.MOST_BYTES", 1_000_000)
    right = dict.fromkeys(NEEDED, b"")
    large = right | {"tpfeedback/models/general/embedding.npy": bytes(2_000_000)}
    (found,) = problems(*packed(tmp_path, large, large))
    assert found == "a.whl: 2.0 MB, at most 1 MB"


def test_a_right_pair_has_no_problem(tmp_path):
    right = dict.fromkeys([*NEEDED, "tpfeedback-1.dist-info/RECORD"], b"")
    source = dict.fromkeys([*NEEDED, "PKG-INFO", "data/samples/a.csv"], b"")
    assert problems(*packed(tmp_path, right, source)) == []


def packed(folder: Path, wheel: dict[str, bytes], source: dict[str, bytes]) -> tuple[Path, Path]:
    with zipfile.ZipFile(folder / "a.whl", "w") as one:
        for name, data in wheel.items():
            one.writestr(name, data)
    with tarfile.open(folder / "a.tar.gz", "w:gz") as other:
        for name, data in source.items():
            entry = tarfile.TarInfo(f"tpfeedback-1/{name}")
            entry.size = len(data)
            other.addfile(entry, BytesIO(data))
    return folder / "a.tar.gz", folder / "a.whl"
