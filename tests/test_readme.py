"""README says what is so. `python -m tests.test_readme` writes its tables of columns anew."""

from __future__ import annotations

import re
from pathlib import Path

from tpfeedback.tables import TABLES

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
BLOCK = re.compile(r"(<!-- tables: begin .*? -->\n).*?(<!-- tables: end -->)", re.DOTALL)
ROWS = {
    "feedback": "one text; further columns of the export stay beside these",
    "mentions": "one touchpoint in one text",
    "impact": "one touchpoint",
    "priorities": "one touchpoint, what to fix first on top",
}


def column_tables() -> str:
    parts = []
    for name, columns in TABLES.items():
        lines = [f"**{name}**: one row is {ROWS[name]}.", "", "| column | meaning |", "|---|---|"]
        lines += [f"| `{c.name}` | {c.meaning} |" for c in columns]
        parts.append("\n".join(lines))
    return "\n" + "\n\n".join(parts) + "\n\n"


def written_anew(readme: str) -> str:
    return BLOCK.sub(lambda found: found[1] + column_tables() + found[2], readme)


def test_the_tables_of_columns_are_those_of_the_code():
    readme = README.read_text(encoding="utf-8")
    assert written_anew(readme) == readme, "run: python -m tests.test_readme"


def test_ci_runs_the_test_command_of_the_readme():
    commands = re.findall(r"```bash\n(.*?)\n```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert commands[1] in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_every_file_that_the_readme_names_is_there():
    readme = README.read_text(encoding="utf-8")
    named = re.findall(r"(?<![\w/])(?:data|tpfeedback|tests)/[\w/.-]+\.\w+", readme)
    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []


if __name__ == "__main__":
    README.write_text(written_anew(README.read_text(encoding="utf-8")), encoding="utf-8")
