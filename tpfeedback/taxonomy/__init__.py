"""Taxonomies: the touchpoints that feedback is read against, one TOML or Excel file for each.

A taxonomy is read from a shipped name, a path or a mapping, checked, and frozen:

    key = "noodle_bar"
    extends = "general"                   # optional: find the other general touchpoints as well
    names = {en = "Noodle bar"}

    [[touchpoints]]
    key = "broth"
    stage = "after"                       # before, choosing, buying or after
    channel = "physical"                  # digital, physical, person, phone, written or media
    parent = "product"                    # optional: a touchpoint of `general` or of this list
    catch_all = false                     # optional: takes what else is said of its parent
    names = {en = "Broth"}                # in each language that the taxonomy itself is named in
    descriptions = {en = "Taste of ..."}  # in at least one language a description,
    cues = {en = ["broth", "soup base"]}  # or phrases that customers use, or both

In an Excel sheet the same is a row: `load_taxonomy("general").to_excel("mine.xlsx")` writes one to
start from. Shipped taxonomies lie in `tpfeedback/taxonomies`; a file put there is found by itself.
"""

from __future__ import annotations

from tpfeedback.taxonomy.files import available_taxonomies, load_taxonomy, to_toml
from tpfeedback.taxonomy.generals import fallbacks, general_parent
from tpfeedback.taxonomy.touchpoints import CHANNELS, STAGES, PerLanguage, Taxonomy, Touchpoint

__all__ = [
    "CHANNELS",
    "STAGES",
    "PerLanguage",
    "Taxonomy",
    "Touchpoint",
    "available_taxonomies",
    "fallbacks",
    "general_parent",
    "load_taxonomy",
    "to_toml",
]
