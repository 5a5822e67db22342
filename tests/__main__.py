"""`python -m tests`: formatting, lint, types, then every test; the first failure ends it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

STEPS = (
    ("ruff", "format", "--check", "."),
    ("ruff", "check", "."),
    ("mypy",),
    ("pytest", "-n", "auto", "--dist", "worksteal"),
)
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
"""Tests run side by side: threads of one would only wait for those of the other."""


def main() -> int:
    """Run the steps from the repository's root."""
    root = Path(__file__).parents[1]
    alone = {**os.environ, **ONE_THREAD}
    for step in STEPS:
        print("==", *step, flush=True)  # noqa: T201
        done = subprocess.run([sys.executable, "-m", *step], cwd=root, env=alone, check=False)
        if done.returncode:
            return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
