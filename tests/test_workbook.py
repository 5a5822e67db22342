"""The workbook is read by managers and by programs, and nothing in it can run."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
import zipfile

import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.nasty_texts import NASTY
from tests.small_findings import SLOW, findings, impact_table, priorities_table
from tpfeedback.errors import WriteError
from tpfeedback.report import write_workbook
from tpfeedback.report.workbook import book as book_module
from tpfeedback.report.workbook import grid
from tpfeedback.report.workbook.cells import LONGEST_CELL, fit_text, typed
from tpfeedback.wording import available_wordings, load_wording

SHEETS = ["Answer", "Priorities", "Touchpoints", "Quotes", "Mentions", "Feedback",
          "Rows set aside", "Method"]  # fmt: skip
UNFIT = (*NASTY, "x" * 40_000, "😀" * 20_000, "late\ufffe", "<r><t>late</t></r>",
         "<r>late", "late\r\nagain\rlate")  # fmt: skip


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    made = tmp_path_factory.mktemp("book") / "report.xlsx"
    write_workbook(findings(extra=UNFIT), made)
    return made


@pytest.fixture(scope="module")
def book(path):
    return openpyxl.load_workbook(path)


def _column(sheet, name):
    """Return the cells of a column by its machine name, below both rows of names."""
    place = [cell.value for cell in sheet[1]].index(name) + 1
    return [sheet.cell(row, place) for row in range(3, sheet.max_row + 1)]


def _parts(path, folder):
    with zipfile.ZipFile(path) as parts:
        return {name: parts.read(name).decode() for name in parts.namelist()
                if name.startswith(folder) and name.endswith(".xml")}  # fmt: skip


def test_every_sheet_to_filter_is_frozen_and_filtered_below_its_names(book):
    assert book.sheetnames == SHEETS
    for sheet in book.worksheets[1:]:
        assert sheet.freeze_panes.endswith("3")
        assert sheet.auto_filter.ref.startswith("A2:")


def test_machine_names_stand_above_the_names_for_people(book):
    names = [(book["Priorities"].cell(1, place).value, book["Priorities"].cell(2, place).value)
             for place in (1, 2, 3)]  # fmt: skip
    assert names == [("rank", "Rank"), ("name", "Touchpoint"), ("prize", "Prize")]


def test_a_program_reads_the_priorities_back(path):
    read = pd.read_excel(path, sheet_name=1, skiprows=[1], engine="calamine")
    wanted = ["rank", "touchpoint", "prize", "prize_low", "prize_high", "priority"]
    pd.testing.assert_frame_equal(read[wanted], priorities_table()[wanted], check_dtype=False)


def test_the_header_of_a_measure_says_what_it_means(book):
    head = book["Priorities"]["C2"]
    assert head.comment.text.startswith("What the mean would gain if nobody had")


def test_the_first_sheet_answers_in_three_sentences(book):
    told = [row[0].value for row in book["Answer"].iter_rows(max_row=5)]
    assert told[0] == "What to fix first"
    assert told[1].startswith("Delivery costs most")
    assert told[3].startswith("What carries satisfaction is")


def test_the_prize_chart_draws_the_prizes_and_their_intervals(path, book):
    chart = _parts(path, "xl/charts")["xl/charts/chart1.xml"]
    drawn = re.findall(r"<c:f>(?:=?)'?Answer'?!\$(\w)\$(\d+):\$\w\$(\d+)</c:f>", chart)
    assert [column for column, *_ in drawn] == ["F", "G", "A", "B"]
    ranges = {column: book["Answer"][f"{column}{first}:{column}{last}"]
              for column, first, last in drawn}  # fmt: skip
    cells = {column: [row[0].value for row in rows] for column, rows in ranges.items()}
    table = priorities_table()
    assert cells["A"] == ["Delivery", "Staff", "Assortment"]
    assert cells["B"] == pytest.approx(table["prize"])
    assert cells["F"] == pytest.approx(table["prize_high"] - table["prize"])
    assert cells["G"] == pytest.approx(table["prize"] - table["prize_low"])


def test_the_axis_of_the_chart_holds_every_interval(path):
    chart = _parts(path, "xl/charts")["xl/charts/chart1.xml"]
    low, high = (float(re.search(rf'<c:{end} val="(.*?)"', chart)[1]) for end in ("min", "max"))
    assert low <= priorities_table()["prize_low"].min()
    assert high >= priorities_table()["prize_high"].max()


def test_the_trend_is_drawn_where_there_are_dates(tmp_path):
    made = findings(extra=[SLOW] * 100)
    days = pd.Series(pd.date_range("2024-01-01", periods=len(made.feedback), freq="2D"))
    rated = made.feedback["overall"] + made.feedback["row"] % 3
    feedback = made.feedback.assign(date=days, overall=rated)
    write_workbook(findings(feedback=feedback, mentions=made.mentions), tmp_path / "t.xlsx")
    charts = _parts(tmp_path / "t.xlsx", "xl/charts")
    assert len(charts) == 2
    assert "Jan 2024" in charts["xl/charts/chart2.xml"]


def test_a_bar_whose_interval_reaches_zero_is_pale(path):
    chart = _parts(path, "xl/charts")["xl/charts/chart1.xml"]
    delivery, staff, assortment = re.findall(r'<c:dPt><c:idx val="\d"/>.*?Clr val="(\w+)"', chart)
    assert delivery == staff != assortment


def test_the_larger_a_prize_the_stronger_its_colour(book):
    ruled = {str(one.sqref): one.rules[0] for one in book["Priorities"].conditional_formatting}
    scale = ruled["C3:C5"].colorScale
    assert [one.type for one in scale.cfvo] == ["num", "max"]
    assert float(scale.cfvo[0].val) == 0


def test_no_cell_of_the_workbook_is_a_formula_or_a_link(path, book):
    cells = [cell for sheet in book for row in sheet for cell in row]
    assert not [cell.value for cell in cells if cell.data_type == "f" or cell.hyperlink]
    with zipfile.ZipFile(path) as parts:
        assert not [name for name in parts.namelist() if "externalLink" in name]
    assert "<f>" not in "".join(_parts(path, "xl/worksheets").values())


def test_a_text_like_a_formula_stays_a_text_when_edited(book):
    cells = [cell for cell in _column(book["Feedback"], "text")
             if str(cell.value).lstrip("\t").startswith(("=", "+", "-", "@"))]  # fmt: skip
    assert len(cells) == 4
    assert all(cell.data_type in {"s", "inlineStr"} and cell.quotePrefix for cell in cells)


@pytest.mark.parametrize("text", ["\xa0=1+1", "\u3000@cmd", " \u2003-2+3"])
def test_a_formula_after_any_space_keeps_its_mark_in_the_workbook(tmp_path, text):
    write_workbook(findings(extra=[text]), tmp_path / "t.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx")["Feedback"]
    assert [cell.quotePrefix for cell in _column(sheet, "text") if cell.value == text] == [True]


def test_the_name_of_a_source_column_cannot_run_either(tmp_path):
    feedback = findings().feedback.assign(**{"=1+1": "a"})
    write_workbook(findings(feedback=feedback), tmp_path / "t.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx")["Feedback"]
    named = [cell for row in sheet.iter_rows(max_row=2) for cell in row if cell.value == "=1+1"]
    assert [cell.quotePrefix for cell in named] == [True, True]


def test_a_column_of_the_source_keeps_its_own_name(tmp_path):
    feedback = findings().feedback.assign(reason="of the source", stage="mars")
    write_workbook(findings(feedback=feedback), tmp_path / "t.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx")["Feedback"]
    heads = {sheet.cell(1, place).value: sheet.cell(2, place).value
             for place in range(1, sheet.max_column + 1)}  # fmt: skip
    assert (heads["reason"], heads["stage"], heads["overall"]) == ("reason", "stage", "Overall")
    assert _column(sheet, "stage")[0].value == "mars"


def test_every_part_of_the_workbook_is_well_formed(path):
    for part in _parts(path, "").values():
        ET.fromstring(part)


@pytest.mark.parametrize("text", UNFIT)
def test_a_nasty_text_is_kept_as_far_as_a_cell_can_hold_it(book, text):
    values = {cell.value for cell in _column(book["Feedback"], "text")}
    assert fit_text(text).replace("\t", " ").strip() in {
        str(value).replace("\t", " ").strip() for value in values
    }


def test_numbers_are_numbers_shares_are_percent_and_dates_are_dates(book):
    prize, priority = (_column(book["Priorities"], name)[0] for name in ("prize", "priority"))
    assert prize.value == pytest.approx(0.36)
    assert re.fullmatch(r"0\.0+", prize.number_format)
    assert (priority.data_type, priority.number_format) == ("n", "0.0%")
    date = _column(book["Feedback"], "date")[0]
    assert date.is_date
    assert date.number_format == "yyyy-mm-dd"


@pytest.mark.parametrize(
    ("zone", "moments"),
    [
        ("Europe/Warsaw", ["2024-10-27 00:30", "2024-10-27 01:30"]),  # one hour comes twice
        ("America/Sao_Paulo", ["2018-11-04 03:00", "2018-11-05 02:00"]),  # a day without midnight
    ],
)
def test_moments_at_which_clocks_are_changed_are_written_as_the_clocks_show(
    tmp_path, zone, moments
):
    local = pd.to_datetime(pd.Series(moments * 2)).dt.tz_localize("UTC").dt.tz_convert(zone)
    source = findings()
    made = tmp_path / "report.xlsx"
    write_workbook(findings(feedback=source.feedback.assign(seen=local)), made)
    cells = _column(openpyxl.load_workbook(made)["Feedback"], "seen")
    assert [cell.value for cell in cells] == list(local.dt.tz_localize(None))


def test_a_workbook_that_cannot_be_written_is_told_with_what_to_do(tmp_path):
    (tmp_path / "report.xlsx").mkdir()
    with pytest.raises(WriteError, match=r"Cannot write 'report.xlsx'.*open in another program"):
        write_workbook(findings(), tmp_path / "report.xlsx")


def test_quotes_show_their_evidence_in_bold(tmp_path):
    write_workbook(findings(), tmp_path / "t.xlsx")
    sheet = _parts(tmp_path / "t.xlsx", "xl/worksheets/sheet4")["xl/worksheets/sheet4.xml"]
    rest = ", курьер не позвонил.</t>"
    marked = r"<r><rPr><b/>.{0,200}<t>Заказ привезли на три дня позже</t></r><r>.{0,200}"
    assert re.search(marked + re.escape(rest), sheet)


def test_an_escape_of_excel_in_a_text_is_not_read_as_one(tmp_path):
    write_workbook(findings(extra=["_x0041_ late"]), tmp_path / "t.xlsx")
    assert "_x005F_x0041_ late" in _parts(tmp_path / "t.xlsx", "xl")["xl/worksheets/sheet6.xml"]


def test_the_feedback_sheet_says_what_each_text_speaks_of(book):
    assert _column(book["Feedback"], "negative_touchpoints")[0].value == "Delivery"


def test_complaints_about_the_costliest_touchpoint_come_first(tmp_path):
    write_workbook(findings(), tmp_path / "t.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx")["Mentions"]
    told = [cell.value for cell in _column(sheet, "touchpoint")]
    assert told == ["delivery", "delivery", "staff", "assortment"]


CALL = "Call Mr Brown at +44 20 7946 0958, anna@mail.example, the courier was late"


@pytest.mark.parametrize(("mask", "found"), [(True, 0), (False, 1)])
def test_personal_data_are_masked_unless_it_is_asked_otherwise(tmp_path, mask, found):
    made = findings(extra=[CALL])
    feedback = made.feedback.assign(customer="anna@mail.example")
    rejected = pd.DataFrame({"row": [7], "reason": ["no text"], "content": ["anna@mail.example"]})
    export = {"rejected": rejected}
    shown = findings(extra=[CALL], feedback=feedback, mentions=made.mentions, export=export)
    write_workbook(shown, tmp_path / "t.xlsx", mask=mask)
    parts = "".join(_parts(tmp_path / "t.xlsx", "xl").values())
    for secret in ("anna@mail.example", "7946"):
        assert min(1, parts.count(secret)) == found


def test_evidence_is_cut_from_the_masked_text(tmp_path):
    start = CALL.index("the courier")
    made = findings(extra=[CALL])
    last = made.mentions.index[-1]
    mentions = made.mentions.copy()
    mentions.loc[last, ["start", "stop"]] = start, len(CALL)
    mentions.loc[last, "evidence"] = CALL[start:]
    write_workbook(findings(extra=[CALL], mentions=mentions), tmp_path / "t.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx")["Mentions"]
    assert "the courier was late" in [cell.value for cell in _column(sheet, "evidence")]


def test_rows_beyond_a_sheet_are_cut_and_the_method_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(grid, "MOST_ROWS", 150)
    monkeypatch.setattr(book_module, "MOST_ROWS", 150)
    write_workbook(findings(extra=[SLOW] * 200), tmp_path / "t.xlsx")
    read = openpyxl.load_workbook(tmp_path / "t.xlsx")
    assert read["Feedback"].max_row == 152
    told = [cell.value for cell in _column(read["Method"], "told")]
    assert any("“Feedback” holds only its first rows" in str(text) for text in told)


def test_without_mentions_the_workbook_still_opens(tmp_path):
    empty = findings(
        mentions=findings().mentions.head(0),
        impact=impact_table().head(0),
        priorities=priorities_table().head(0),
        export={"rejected": findings().rejected.head(0)},
    )
    write_workbook(empty, tmp_path / "t.xlsx")
    read = openpyxl.load_workbook(tmp_path / "t.xlsx")
    assert "No touchpoint was recognised" in read["Answer"]["A2"].value


def test_unmeasured_prizes_are_left_empty(tmp_path):
    prizes = [name for name in priorities_table() if name.startswith("prize")]
    missing = priorities_table().assign(**dict.fromkeys(prizes, float("nan")))
    write_workbook(findings(priorities=missing), tmp_path / "t.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx")["Priorities"]
    assert [cell.value for cell in _column(sheet, "prize")] == [None] * 3


@pytest.mark.parametrize("language", available_wordings())
def test_the_workbook_speaks_each_language(tmp_path, language):
    for name in ("a", "b"):
        write_workbook(findings(), tmp_path / f"{name}.xlsx", language=language)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    read = openpyxl.load_workbook(tmp_path / "a.xlsx")
    names = load_wording(language).phrases
    assert read.sheetnames == list(names["sheets"].values())
    assert all(len(name) <= 31 and not re.search(r"[\[\]:*?/\\]", name) for name in read.sheetnames)
    heads = [cell.value for cell in read.worksheets[1][2]]
    assert heads[:3] == [names["columns"][name] for name in ("rank", "name", "prize")]
    sentiment = _column(read.worksheets[4], "sentiment")[0].value
    assert sentiment == names["sentiments"]["negative"]


@given(st.text(st.characters(exclude_categories=()), max_size=60))  # lone surrogates too
@settings(deadline=None, max_examples=200)
def test_any_text_becomes_one_that_a_cell_can_hold(text):
    fit = fit_text(text, 20)
    assert len(fit.encode("utf-16-le")) <= 40
    assert not re.search("[\x00-\x08\x0b-\x1f\ufffe\uffff\u202a-\u202e\u2066-\u2069]", fit)
    assert not (fit.startswith("<r>") and fit.endswith("</r>"))


def test_an_ordinary_text_stays_as_it_is():
    assert fit_text("Заказ, 配送, zażółć 👩‍👩‍👧\nlate\t!") == "Заказ, 配送, zażółć 👩‍👩‍👧\nlate\t!"


@pytest.mark.parametrize("tail", ["", "x", "xy", "</r>"])
def test_a_cut_text_is_no_markup_either(tail):
    fit = fit_text("<r>" + "x" * 10 + "</r>" + tail, 17)
    assert len(fit) <= 17
    assert not fit.endswith("</r>")


def test_a_text_is_cut_at_whole_characters():
    assert fit_text("a" + "😀" * LONGEST_CELL) == "a" + "😀" * 16_383


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (pd.NA, None),
        (None, None),
        (float("nan"), None),
        (float("-inf"), "-inf"),
        (10**15, "1000000000000000"),
        (999_999_999_999_999, 999_999_999_999_999),
        (True, True),
        (pd.Timestamp("1812-09-07"), "1812-09-07 00:00:00"),
        (pd.Timestamp("2024-05-01 12:00", tz="Europe/Warsaw"), pd.Timestamp("2024-05-01 12:00")),
        (["a", 1], "['a', 1]"),
        ("", None),
    ],
)
def test_a_cell_gets_a_value_of_its_own_type(value, cell):
    told = typed(value)
    assert told == cell
    assert type(told) is type(cell) or isinstance(cell, pd.Timestamp)
