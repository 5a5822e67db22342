"""Taxonomies in workbooks."""

from __future__ import annotations

from fuzzing.reading import file_of, parts_of
from fuzzing.target import Target
from fuzzing.targets.taxonomy_csv import WORDS
from fuzzing.targets.taxonomy_toml import check_taxonomy
from fuzzing.targets.workbook_cells import book_of

HEADER = b"key\tparent\tcatch_all\tstage\tchannel\tname_en\tname_zh\tphrases_en\n"
ROWS = (
    b"soup\tproduct\tyes\tafter\tphysical\tSoup\t\xe6\xb1\xa4\tsoup\\nbroth\n"
    b"24\t\tTRUE\tafter\tperson\t24\t2024-01-01\tround the clock; day and night\n"
)
HEAD = b"field\tvalue\nkey\tbar\nversion\t3\nextends\tgeneral\nname_en\tBar\nname_zh\tBar\n"
NAMES = ("touchpoints", "help", "taxonomy")


def check(data: bytes) -> None:
    """Load a workbook with three sheets of these rows."""
    with file_of(book_of(parts_of(data, 3), NAMES), "any.xlsx") as path:
        check_taxonomy(path)


TARGET = Target(check, (HEADER + ROWS + b"\0\0" + HEAD, HEADER + ROWS), WORDS, quick=80)
