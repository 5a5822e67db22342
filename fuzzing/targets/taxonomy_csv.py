"""Taxonomies in CSV."""

from __future__ import annotations

from fuzzing.reading import file_of
from fuzzing.target import Target
from fuzzing.targets.taxonomy_toml import check_taxonomy

SEEDS = (
    b"key,parent,stage,channel,name_en,name_pl,phrases_en\n"
    b'soup,product,after,physical,Soup,Zupa,"soup\nbroth"\n',
    "key;stage;channel;name_ru;description_ru;catch_all\nсуп;after;physical;Суп;Вкус;да\n".encode(),
    b"\xef\xbb\xbfkey\tStage\tchannel\tname-en\tcues_en\nbroth\tAFTER\tphysical\t=1+1\tsoup\n",
)
WORDS = (b"key", b"name_en", b"name_zh", b"phrases_en", b"description_ru", b"catch_all", b",yes",
         b",", b";", b"\t", b'"', b"\n", b"product", b"soup", b"general",
         b"-1", b"1.0")  # fmt: skip


def check(data: bytes) -> None:
    """Load a CSV file."""
    with file_of(data, "any.csv") as path:
        check_taxonomy(path)


TARGET = Target(check, SEEDS, WORDS, quick=200)
