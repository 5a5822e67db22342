"""Builds the source archive and the wheel, and tells what is wrong with what they hold."""

from __future__ import annotations

import re
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

MOST_BYTES = 60_000_000
NEEDED = (
    "tpfeedback/__init__.py",
    "tpfeedback/py.typed",
    "tpfeedback/models/general/embedding.npy",
    "tpfeedback/models/general/network.onnx",
    "tpfeedback/models/general/pieces.onnx",
    "tpfeedback/models/general/scale.npy",
    "tpfeedback/models/general/settings.json",
    "tpfeedback/models/general/space.npz",
    "tpfeedback/models/general/tokenizer.json",
    "tpfeedback/models/detection.npz",
    "tpfeedback/templates/report.html",
    "tpfeedback/taxonomies/general.toml",
    "tpfeedback/schemas/analysis.schema.json",
)
KINDS = {
    ".py",
    ".typed",
    ".toml",
    ".json",
    ".jsonl",
    ".html",
    ".css",
    ".md",
    ".npy",
    ".npz",
    ".onnx",
}
"""What the package is made of; another kind of file came in by mistake."""
BESIDE = {"data", "README.md", "CHANGELOG.md", "LICENSE", "NOTICE", "pyproject.toml", "PKG-INFO",
          ".gitignore"}  # fmt: skip
"""What a source archive holds beside the package: the samples, with which README begins."""
MACHINE = re.compile(
    rb"/(?:home|root|work|tmp|Users|usr/local)/[\w.-]+|site-packages/|[A-Z]:\\\\Users"
)
"""Where a file lay on some machine; such a path helps nobody and may name somebody."""


def build(root: Path, into: Path) -> tuple[Path, Path]:
    """Return source archive and wheel, the wheel made from the unpacked archive."""
    into.mkdir(parents=True)
    _hatch(root, "sdist", into)
    (archive,) = into.glob("*.tar.gz")
    unpacked = into / "unpacked"
    with tarfile.open(archive) as packed:
        packed.extractall(unpacked, filter="data")
    (source,) = unpacked.iterdir()
    _hatch(source, "wheel", into)
    (wheel,) = into.glob("*.whl")
    return archive, wheel


def _hatch(root: Path, target: str, into: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(into)]
    subprocess.run(command, cwd=root, check=True, capture_output=True)


def size_told(file: Path) -> str:
    """Return name and size."""
    return f"{file.name}: {file.stat().st_size / 1e6:.1f} MB"


def problems(archive: Path, wheel: Path) -> list[str]:
    """Return what is wrong with source archive and wheel, one sentence each."""
    packed, source = wheel_files(wheel), archive_files(archive)
    found = [f"{wheel.name}: {one}" for one in _wheel_problems(packed)]
    found += [f"{archive.name}: {one}" for one in _archive_problems(source, packed)]
    found += [f"{size_told(file)}, at most {MOST_BYTES / 1e6:.0f} MB"
              for file in (archive, wheel) if file.stat().st_size > MOST_BYTES]  # fmt: skip
    for name, data in (source | packed).items():
        if not name.startswith("data/") and (path := MACHINE.search(data)):
            found.append(f"{name} holds the path {path[0].decode()}")
    return found


def wheel_files(wheel: Path) -> dict[str, bytes]:
    """Return the files of a wheel."""
    with zipfile.ZipFile(wheel) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def archive_files(archive: Path) -> dict[str, bytes]:
    """Return the files of a source archive, without the folder that all of them lie in."""
    with tarfile.open(archive) as packed:
        return {
            one.name.split("/", 1)[1]: reading.read()
            for one in packed.getmembers()
            if (reading := packed.extractfile(one)) is not None
        }


def _wheel_problems(packed: Mapping[str, bytes]) -> Iterator[str]:
    yield from (f"{name} is missing" for name in NEEDED if name not in packed)
    for name in packed:
        top = name.split("/")[0]
        if top != "tpfeedback" and not top.endswith(".dist-info"):
            yield f"{name} does not belong there"
        elif top == "tpfeedback" and Path(name).suffix not in KINDS:
            yield f"{name} is of a kind that the package does not have"


def _archive_problems(source: Mapping[str, bytes], packed: Mapping[str, bytes]) -> Iterator[str]:
    for name in source:
        top = name.split("/")[0]
        if (top not in BESIDE | {"tpfeedback"}) or (
            top == "data" and not name.startswith("data/samples/")
        ):
            yield f"{name} does not belong there"
    ours = {name: data for name, data in packed.items() if name.startswith("tpfeedback/")}
    if ours != {name: data for name, data in source.items() if name.startswith("tpfeedback/")}:
        yield "its package is not that of the wheel"
