"""`python -m tests`: formatting, lint, types, then every test; the first failure ends it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

STEPS = (
    ("ruff", "format", "--check", "."),
    ("ruff", "check", "."),
    ("mypy",),
    ("pytest",),
)


def main() -> int:
    """Run the steps from the repository's root."""
    root = Path(__file__).parents[1]
    for step in STEPS:
        print("==", *step, flush=True)  # noqa: T201
        code = subprocess.run([sys.executable, "-m", *step], cwd=root, check=False).returncode
        if code:
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main())
