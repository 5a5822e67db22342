"""`python -m tests`: formatting and lint, then every test while the types are checked beside them.

The first failure of formatting or lint ends it; types and tests are told together.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

FIRST = (("ruff", "format", "--check", "."), ("ruff", "check", "."))
TYPES = ("mypy",)
TESTS = ("pytest", "-n", "auto", "--dist", "worksteal")
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
"""Tests run side by side: threads of one would only wait for those of the other."""


def main() -> int:
    """Run the steps from the repository's root."""
    for step in FIRST:
        if failed := started(step).wait():
            return failed
    types = started(TYPES, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    failed = started(TESTS).wait()
    told, _ = types.communicate()
    print(told.decode(), flush=True)  # noqa: T201
    return failed or types.returncode


def started(step: tuple[str, ...], **options: int) -> subprocess.Popen[bytes]:
    """Start one step; its output goes where ours goes, or as `options` say."""
    print("==", *step, flush=True)  # noqa: T201
    environment = {**os.environ, **ONE_THREAD}
    root = Path(__file__).parents[1]
    return subprocess.Popen([sys.executable, "-m", *step], cwd=root, env=environment, **options)


if __name__ == "__main__":
    sys.exit(main())
