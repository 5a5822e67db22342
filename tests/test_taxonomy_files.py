"""Taxonomies go into files and come back the same: TOML, Excel, CSV."""

from __future__ import annotations

import csv
import json
import tomllib
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.taxonomy_cases import bar, broth
from tpfeedback.errors import TaxonomyError, WriteError
from tpfeedback.languages import available_languages
from tpfeedback.taxonomy import CHANNELS, STAGES, Taxonomy, available_taxonomies, load_taxonomy
from tpfeedback.taxonomy import to_toml as toml_of
from tpfeedback.taxonomy.rules import find_problems
from tpfeedback.taxonomy.toml_lines import spot_lines
from tpfeedback.taxonomy.touchpoints import clean

Rows = list[list[Any]]

HEADER = ["key", "parent", "stage", "channel", "name_en", "name_pl", "description_en", "phrases_en"]
SOUP = ["soup", "product", "after", "physical", "Soup", "Zupa", "Soup of the day.", "soup; broth"]


def workbook(path: Path, **sheets: Rows) -> Path:
    """Write the rows of each sheet as they are."""
    with xlsxwriter.Workbook(str(path)) as book:
        for name, rows in sheets.items():
            page = book.add_worksheet(name)
            for number, row in enumerate(rows):
                page.write_row(number, 0, row)
    return path


# --- where a taxonomy is read from ------------------------------------------------------------


def test_a_taxonomy_is_read_from_a_name_a_path_a_mapping_or_itself(tmp_path: Path) -> None:
    expected = load_taxonomy(bar())
    path = tmp_path / "bar.toml"
    assert expected.to_toml(path) == path.read_text(encoding="utf-8") == toml_of(expected)
    for source in (path, str(path), bar(), expected.to_dict(), expected):
        assert load_taxonomy(source) == expected
    assert load_taxonomy(expected) is expected
    assert load_taxonomy("general") is load_taxonomy("general")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_file_is_read_as_editors_save_it(tmp_path: Path, encoding: str, line_end: str) -> None:
    path = tmp_path / "bar.toml"
    path.write_bytes(load_taxonomy(bar()).to_toml().replace("\n", line_end).encode(encoding))
    assert load_taxonomy(path) == load_taxonomy(bar())


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("generel", r"Unknown taxonomy 'generel'.*Did you mean 'general'\?.*\.toml"),
        ("bank", r"Unknown taxonomy 'bank'\. Known: .*Nearest: retail_bank\..*\.xlsx"),
        ("Hotel", r"Did you mean 'hotel'\?"),
        ("grocery", r"Nearest: grocery_delivery\."),
        ("noodles", r"Known: airline, ecommerce.* telecom\. For a file of your own pass its path"),
    ],
)
def test_an_unknown_name_is_answered_with_the_known_ones_and_how_to_pass_a_file(
    name: str, message: str
) -> None:
    with pytest.raises(TaxonomyError, match=message):
        load_taxonomy(name)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("absent.toml", None, r"There is no file '.*absent\.toml'\. Allowed: .*Check the path"),
        ("absent.xlsx", None, r"There is no file '.*absent\.xlsx'\..*to_excel\(.*to start from"),
        ("list.yaml", b"key: a", r"cannot be read from '.*list\.yaml'.*\.toml, \.xlsx, \.csv"),
        ("list.xlsx", b"PK", r"list\.xlsx' is no readable workbook.*Save it again with Excel"),
        ("cp1251.toml", "names = {ru = 'Бар'}".encode("cp1251"), r"not UTF-8.*Save it again"),
        ("cp1251.csv", "key;name_ru\nbar;Бар".encode("cp1251"), r"not UTF-8.*Save it again"),
        ("broken.toml", b"key = 'a'\nnames = {en = \n", r"not valid TOML: line 2"),
    ],
)
def test_an_unreadable_file_is_named_with_what_to_do(
    tmp_path: Path, name: str, content: bytes | None, message: str
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(TaxonomyError, match=message):
        load_taxonomy(path)


def test_a_folder_is_no_taxonomy(tmp_path: Path) -> None:
    with pytest.raises(TaxonomyError, match="There is no file"):
        load_taxonomy(tmp_path)


@pytest.mark.parametrize("source", [None, 7, [bar()], b"general"])
def test_something_that_is_no_taxonomy_is_refused_with_what_is_allowed(source: Any) -> None:
    with pytest.raises(TaxonomyError, match=r"cannot be read from \w+\. Allowed: the name"):
        load_taxonomy(source)


# --- there and back ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", available_taxonomies())
def test_a_shipped_taxonomy_survives_the_way_through_files(name: str, tmp_path: Path) -> None:
    shipped = load_taxonomy(name)
    for path in (tmp_path / "again.toml", tmp_path / "again.xlsx"):
        (shipped.to_excel if path.suffix == ".xlsx" else shipped.to_toml)(path)
        again = load_taxonomy(path)
        assert again == shipped
        assert again.digest == shipped.digest
        assert again.to_toml() == shipped.to_toml()


WORDS = st.text(min_size=1, max_size=30).filter(clean)
KEYS = st.from_regex(r"[a-z][a-z0-9]{0,4}(_[a-z0-9]{1,3})?", fullmatch=True)
GENERAL = sorted(load_taxonomy("general").keys)


@st.composite
def taxonomies(draw: st.DrawFn) -> Taxonomy:
    """Return any sound taxonomy."""
    languages = st.sampled_from(available_languages())
    named = draw(st.lists(languages, min_size=1, max_size=4, unique=True))
    keys = draw(st.lists(KEYS, min_size=1, max_size=4, unique=True))
    phrases = draw(
        st.lists(WORDS, min_size=8, max_size=16, unique_by=lambda w: clean(w).casefold())
    )
    records = []
    for number, key in enumerate(keys):
        parent = draw(st.sampled_from([None, *GENERAL, *keys[:number]]))
        cues = draw(st.dictionaries(languages, st.just(phrases[4 * number : 4 * number + 4])))
        records.append({
            "key": key,
            "stage": draw(st.sampled_from(STAGES)),
            "channel": draw(st.sampled_from(CHANNELS)),
            **({} if parent is None else {"parent": parent}),
            "names": {code: draw(WORDS) for code in named},
            "descriptions": draw(st.dictionaries(languages, WORDS, min_size=1)),
            "cues": {code: some for code, some in cues.items() if some},
        })  # fmt: skip
    return load_taxonomy({
        "key": draw(KEYS),
        "version": draw(st.integers(1, 99)),
        **draw(st.sampled_from([{}, {"extends": "general"}])),
        "names": {code: draw(WORDS) for code in named},
        "descriptions": draw(st.dictionaries(languages, WORDS)),
        "touchpoints": records,
    })  # fmt: skip


@given(taxonomies())
@settings(deadline=None, max_examples=60)
def test_any_taxonomy_survives_the_way_through_toml_and_json(taxonomy: Taxonomy) -> None:
    assert load_taxonomy(tomllib.loads(taxonomy.to_toml())) == taxonomy
    assert load_taxonomy(json.loads(json.dumps(taxonomy.to_dict()))) == taxonomy


@given(taxonomies())
@settings(deadline=None, max_examples=60)
def test_any_taxonomy_survives_the_way_through_excel(
    tmp_path_factory: pytest.TempPathFactory, taxonomy: Taxonomy
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.xlsx"
    taxonomy.to_excel(path)
    again = load_taxonomy(path)
    assert again == taxonomy
    assert again.digest == taxonomy.digest


@given(taxonomies())
@settings(deadline=None, max_examples=40)
def test_the_lines_of_a_toml_text_are_where_its_fields_stand(taxonomy: Taxonomy) -> None:
    text = taxonomy.to_toml()
    lines = text.split("\n")
    for (number, field, language), line in spot_lines(text).items():
        shown = lines[line - 1]
        if not field:
            assert shown == "[[touchpoints]]"
        elif language:
            assert shown.startswith(f"{language} = ")
        else:
            above = "touchpoints." if number else ""
            assert shown.startswith(f"{field} = ") or shown == f"[{above}{field}]"


@pytest.mark.parametrize(
    ("text", "spot", "line"),
    [
        ('a = """\n[[touchpoints]]\n"""\n[[touchpoints]]\nkey = "x"', (1, "key", ""), 5),
        ("a = '''\nkey = 1'''\nkey = 'x'", (0, "key", ""), 3),
        ('a = [\n"]", # ]\n]\n\nkey = "x"', (0, "key", ""), 5),
        ('touchpoints = [\n {key = "x"},\n\n {key = "y"}]', (2, "", ""), 4),
        ('[[touchpoints]]\n[touchpoints.cues]\nen = [\n"a"]\npl = ["b"]', (1, "cues", "pl"), 5),
        ('[[touchpoints]]\n"names"."pl" = "b"', (1, "names", "pl"), 2),
        ('[[touchpoints]]\n\n[[touchpoints]] # second\nkey = "#"', (2, "key", ""), 4),
        ('key = "\\""\nversion = 1', (0, "version", ""), 2),
    ],
)
def test_lines_are_counted_through_whatever_toml_allows(
    text: str, spot: tuple[int, str, str], line: int
) -> None:
    tomllib.loads(text)
    assert spot_lines(text)[spot] == line


# --- Excel ------------------------------------------------------------------------------------


def test_a_workbook_has_a_sheet_to_fill_one_that_explains_and_one_for_the_list(
    tmp_path: Path,
) -> None:
    path = tmp_path / "bar.xlsx"
    load_taxonomy(bar(extends="general")).to_excel(path)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["touchpoints", "help", "taxonomy"]
    rows = list(book["touchpoints"].iter_rows(values_only=True))
    assert rows[0][:9] == ("key", "parent", "catch_all", "stage", "channel",
                           "name_en", "name_pl", "name_ru", "name_zh")  # fmt: skip
    assert rows[1][:7] == ("broth", "product", None, "after", "physical", "Broth", "Bulion")
    assert rows[1][rows[0].index("phrases_en")] == "broth\nsoup base"
    explained = {row[0] for row in book["help"].iter_rows(values_only=True)}
    fields = {name.partition("_")[0] if "_en" not in name else name for name in rows[0]}
    assert {"key", "parent", "catch_all", "stage", "name_en", "phrases_en"} <= explained
    assert {"key", "parent", "stage", "channel"} <= fields
    assert ("extends", "general") in list(book["taxonomy"].iter_rows(values_only=True))


def test_the_same_taxonomy_makes_the_same_bytes(tmp_path: Path) -> None:
    taxonomy = load_taxonomy("hotel")
    taxonomy.to_excel(tmp_path / "one.xlsx")
    taxonomy.to_excel(str(tmp_path / "two.xlsx"))
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()


@pytest.mark.parametrize("text", ["=1+1", "+48 600", "-5%", "@home", ' =HYPERLINK("x")'])
def test_a_text_that_looks_like_a_formula_stays_text(tmp_path: Path, text: str) -> None:
    path = tmp_path / "bar.xlsx"
    load_taxonomy(bar(touchpoints=[broth(cues={"en": [text]})])).to_excel(path)
    sheet = openpyxl.load_workbook(path)["touchpoints"]
    cell = next(cell for cell in sheet[2] if cell.value == text.strip())
    assert (cell.data_type, cell.quotePrefix) == ("s", True)
    assert load_taxonomy(path).touchpoint("broth").cues["en"] == (text.strip(),)


@pytest.mark.parametrize(
    ("name", "message"),
    [("bar.xls", r"'bar\.xls'.*Allowed: a name ending in \.xlsx"),
     ("absent/bar.xlsx", r"there is no folder '.*absent'. Create")],
)  # fmt: skip
def test_a_workbook_is_written_where_it_can_be(tmp_path: Path, name: str, message: str) -> None:
    with pytest.raises(WriteError, match=message):
        load_taxonomy(bar()).to_excel(tmp_path / name)


def test_a_text_too_long_for_a_cell_is_told_with_its_place(tmp_path: Path) -> None:
    long = load_taxonomy(bar(touchpoints=[broth(descriptions={"en": "soup " * 7_000})]))
    with pytest.raises(WriteError, match=r"description_en in row 2 has 34999.*32767.*to_toml"):
        long.to_excel(tmp_path / "bar.xlsx")


def test_a_sheet_alone_is_named_after_its_file(tmp_path: Path) -> None:
    path = workbook(tmp_path / "Noodle Bar.xlsx", Sheet1=[HEADER, SOUP])
    taxonomy = load_taxonomy(path)
    assert (taxonomy.key, taxonomy.version) == ("noodle_bar", 1)
    assert taxonomy.names == {"en": "Noodle Bar", "pl": "Noodle Bar"}
    assert taxonomy.touchpoint("soup").cues == {"en": ("soup", "broth")}


def test_what_belongs_to_the_list_stands_in_its_own_sheet(tmp_path: Path) -> None:
    head = [["field", "value"], ["key", "noodles"], ["version", 4], ["name_en", "Noodles"],
            ["description_pl", "Zupy."], ["extends", "general"]]  # fmt: skip
    taxonomy = load_taxonomy(workbook(tmp_path / "x.xlsx", one=[HEADER, SOUP], taxonomy=head))
    assert (taxonomy.key, taxonomy.version, taxonomy.extends) == ("noodles", 4, "general")
    assert (taxonomy.names, taxonomy.descriptions) == ({"en": "Noodles"}, {"pl": "Zupy."})


def test_a_sheet_is_read_as_people_fill_it(tmp_path: Path) -> None:
    header = [
        "Key ",
        "STAGE",
        "channel",
        "names en",
        "cues.en",
        "Phrases-pl",
        "catch all",
        "parent",
    ]
    rows: Rows = [["Our touchpoints"], [], header,
                  [" soup ", "After", "Physical ", 24, "soup\nwarm; hot\n", "zupa；rosół", "X",
                   "product"],
                  [],
                  ["rice", "after", "physical", "Rice", "rice", None, "no", None]]  # fmt: skip
    taxonomy = load_taxonomy(workbook(tmp_path / "bar.xlsx", notes=[["x"]], mine=rows))
    soup, rice = taxonomy
    assert (soup.key, soup.stage, soup.channel, soup.names["en"]) == (
        "soup", "after", "physical", "24")  # fmt: skip
    assert soup.cues == {"en": ("soup", "warm; hot"), "pl": ("zupa", "rosół")}
    assert (soup.catch_all, rice.catch_all, rice.parent) == (True, False, None)


@pytest.mark.parametrize("parted", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_csv_file_is_a_sheet(tmp_path: Path, parted: str, encoding: str) -> None:
    path = tmp_path / "noodle_bar.csv"
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=parted).writerows([HEADER, [*SOUP[:-1], "soup\nhot, hot broth"]])
    assert load_taxonomy(path).touchpoint("soup").cues["en"] == ("soup", "hot, hot broth")


def test_a_file_to_start_from_can_be_changed_and_read(tmp_path: Path) -> None:
    path = tmp_path / "mine.xlsx"
    load_taxonomy("general").to_excel(path)
    book = openpyxl.load_workbook(path)
    sheet = book["touchpoints"]
    columns = {cell.value: cell.column for cell in sheet[1]}
    new = {"key": "charging", "parent": "premises", "stage": "after", "channel": "physical",
           "name_en": "Charging", "name_ru": "Зарядка", "name_zh": "充电", "name_pl": "Ładowanie",
           "phrases_en": "charging point"}  # fmt: skip
    row = sheet.max_row + 1
    for name, value in new.items():
        sheet.cell(row, columns[name], value)
    book.save(path)
    assert load_taxonomy(path).touchpoint("charging").names["zh"] == "充电"


# --- anything that parses ---------------------------------------------------------------------

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["key", "stage", "names", "cues", "en", "parent", "catch_all"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(
    st.fixed_dictionaries(
        {"touchpoints": st.lists(ANYTHING, max_size=3) | ANYTHING},
        optional={"key": ANYTHING, "names": ANYTHING, "version": ANYTHING, "extends": ANYTHING},
    )
)
@settings(deadline=None, max_examples=150)
def test_no_content_whatever_breaks_the_check_itself(content: dict[str, Any]) -> None:
    if find_problems(content, general_keys=load_taxonomy("general").keys):
        with pytest.raises(TaxonomyError, match=r"Allowed|Known"):
            load_taxonomy(content)
    else:
        assert len(load_taxonomy(content)) > 0


CELLS = st.none() | st.floats(allow_nan=False, allow_infinity=False) | st.booleans() | st.text(
    st.characters(blacklist_categories=("Cs", "Cc")), max_size=8
)  # fmt: skip


@given(st.lists(st.lists(CELLS, max_size=8), max_size=4))
@settings(deadline=None, max_examples=40)
def test_no_sheet_whatever_breaks_the_reading(
    tmp_path_factory: pytest.TempPathFactory, rows: Rows
) -> None:
    path = workbook(tmp_path_factory.getbasetemp() / "odd.xlsx", touchpoints=[HEADER, *rows])
    filled = [row for row in rows if any(str(c or "").strip() or c in (0, False) for c in row)]
    if filled:
        with pytest.raises(TaxonomyError, match=r"row \d+, (column \w+, )?touchpoint 1"):
            load_taxonomy(path)
    else:
        with pytest.raises(TaxonomyError, match="Write a row for each"):
            load_taxonomy(path)
