"""Taxonomies in TOML."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from fuzzing.contract import never_refused
from fuzzing.reading import bytes_of, file_of
from fuzzing.target import Target
from tpfeedback.errors import WriteError
from tpfeedback.taxonomy import Taxonomy, load_taxonomy

BAR = """\
key = "noodle_bar"
version = 3
names = {en = "Noodle bar", pl = "Bar z makaronem"}

[[touchpoints]]
key = "broth"
stage = "after"
channel = "physical"
parent = "product"
names = {en = "Broth", pl = "Bulion"}
descriptions = {en = "Taste and warmth of the broth."}
cues = {en = ["broth", "soup base"], pl = ["bulion"]}
"""
EXTENDING = """\
key = 'station'
extends = "general"
names.ru = "Зарядка"
[[touchpoints]]
key = "charging"
stage = "buying"
channel = "digital"
parent = "premises"
catch_all = true
[touchpoints.names]
ru = "Зарядка"
[touchpoints.cues]
ru = ["зарядка", '''кабель''']
zh = ["充电"]
"""
WORDS = bytes_of(r"""
    [[touchpoints]] [touchpoints.names] key="a" names={ "" ''' \u0000 \uFFFF extends general parent
    catch_all true =1 =1979-05-27 [] inf nan # .en " product broth =cmd| -
""")


def check(data: bytes) -> None:
    """Load a TOML file."""
    with file_of(data, "any.toml") as path:
        check_taxonomy(path)


def check_taxonomy(source: Path | dict[str, Any]) -> None:
    """Load a taxonomy twice, write what it held as TOML and as a workbook: all are equal."""
    taxonomy = load_taxonomy(source)
    assert load_taxonomy(source) == taxonomy
    assert repr(taxonomy)
    assert taxonomy._repr_html_()
    assert len(taxonomy) == len(set(taxonomy.keys))
    with tempfile.TemporaryDirectory() as folder:
        _check_saved(taxonomy, Path(folder))


def _check_saved(taxonomy: Taxonomy, folder: Path) -> None:
    taxonomy.to_toml(folder / "saved.toml")
    with never_refused("a saved taxonomy"):
        again = load_taxonomy(folder / "saved.toml")
        assert load_taxonomy(taxonomy.to_dict()) == taxonomy
    assert again == taxonomy
    assert again.digest == taxonomy.digest
    try:
        taxonomy.to_excel(folder / "saved.xlsx")
    except WriteError:  # a text that no cell holds
        return
    with never_refused("a saved workbook"):
        assert load_taxonomy(folder / "saved.xlsx") == taxonomy


TARGET = Target(check, (BAR.encode(), EXTENDING.encode()), WORDS, quick=100)
