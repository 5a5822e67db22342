"""The slides say what the page says, editable in PowerPoint, the same bytes each time."""

from __future__ import annotations

import re
import sys
import zipfile
from io import BytesIO

import openpyxl
import pytest

from tests.nasty_texts import NASTY
from tests.small_findings import SLOW, findings, impact_table, priorities_table
from tpfeedback.errors import WriteError
from tpfeedback.report.slides import write_slides
from tpfeedback.wording import available_wordings, load_wording

pptx = pytest.importorskip("pptx")


def _deck(path, analysis, **options):
    write_slides(analysis, path / "t.pptx", **options)
    return pptx.Presentation(str(path / "t.pptx"))


def _texts(slide):
    return "\n".join(shape.text_frame.text for shape in slide.shapes if shape.has_text_frame)


@pytest.fixture(scope="module")
def deck(tmp_path_factory):
    return _deck(tmp_path_factory.mktemp("deck"), findings())


def test_the_slides_answer_rank_quote_praise_and_doubt(deck):
    titles = [slide.shapes.title.text_frame.text for slide in deck.slides]
    say = load_wording().say
    assert titles == [
        say("headings", "title"), say("headings", "ranking"), "1. Delivery", "2. Staff",
        "3. Assortment", say("headings", "rewards"), say("headings", "sure"),
    ]  # fmt: skip


def test_the_first_slide_holds_the_answer(deck):
    told = _texts(deck.slides[0])
    assert "Delivery costs most" in told
    assert "What carries satisfaction is" in told


def test_the_chart_is_native_and_holds_the_prizes(deck):
    chart = next(shape.chart for shape in deck.slides[1].shapes if shape.has_chart)
    assert list(chart.plots[0].categories) == ["Delivery", "Staff", "Assortment"]
    assert list(chart.plots[0].series[0].values) == pytest.approx(priorities_table()["prize"])


def test_the_intervals_are_error_bars_of_the_numbers_behind_the_chart(deck):
    chart = next(shape.chart for shape in deck.slides[1].shapes if shape.has_chart)
    xml = chart.part.blob.decode()
    bars = re.search(r"<c:errBars>.*</c:errBars>", xml).group()
    assert re.findall(r"<c:f>(.*?)</c:f>", bars) == ["Sheet1!$C$2:$C$4", "Sheet1!$D$2:$D$4"]
    sheet = openpyxl.load_workbook(BytesIO(chart.part.chart_workbook.xlsx_part.blob))["Sheet1"]
    table = priorities_table()
    told = {column: [sheet[f"{column}{row}"].value for row in (2, 3, 4)] for column in "BCD"}
    assert told["B"] == pytest.approx(table["prize"])
    assert told["C"] == pytest.approx(table["prize_high"] - table["prize"])
    assert told["D"] == pytest.approx(table["prize"] - table["prize_low"])
    assert xml.index("</c:dPt>") < xml.index("<c:errBars>") < xml.index("<c:cat>")


def test_the_axis_holds_zero_and_every_interval(deck):
    axis = next(shape.chart for shape in deck.slides[1].shapes if shape.has_chart).value_axis
    assert axis.minimum_scale <= min(0, *priorities_table()["prize_low"])
    assert axis.maximum_scale >= priorities_table()["prize_high"].max()


def test_a_screen_reader_is_told_what_the_chart_shows(deck):
    frame = next(shape for shape in deck.slides[1].shapes if shape.has_chart)
    assert "Delivery 0.360; Staff 0.080" in frame._element.nvGraphicFramePr.cNvPr.get("descr")


def test_the_evidence_of_a_quote_is_in_bold(deck):
    runs = [run for shape in deck.slides[2].shapes if shape.has_text_frame
            for paragraph in shape.text_frame.paragraphs for run in paragraph.runs]  # fmt: skip
    bold = [run.text for run in runs if run.font.bold]
    assert "Заказ привезли на три дня позже" in bold
    assert any(", курьер не позвонил." in run.text and not run.font.bold for run in runs)


def test_every_text_stays_on_its_slide(tmp_path):
    deck = _deck(tmp_path, findings(extra=NASTY, warnings=("late " * 400,) * 9))
    for slide in deck.slides:
        for shape in slide.shapes:
            assert shape.left >= 0
            assert shape.left + shape.width <= deck.slide_width
            assert shape.top + shape.height <= deck.slide_height
            if shape.has_text_frame:
                assert len(shape.text_frame.text) <= 3_000


def test_nasty_texts_are_shown_and_nothing_else(tmp_path):
    deck = _deck(tmp_path, findings(extra=NASTY))
    assert not [run for slide in deck.slides for shape in slide.shapes if shape.has_text_frame
                for paragraph in shape.text_frame.paragraphs for run in paragraph.runs
                if run.hyperlink.address]  # fmt: skip


def test_personal_data_are_masked_unless_it_is_asked_otherwise(tmp_path):
    made = findings(extra=["+44 20 7946 0958 is my number, " + SLOW])
    shown = {mask: "".join(map(_texts, _deck(tmp_path, made, mask=mask).slides))
             for mask in (True, False)}  # fmt: skip
    assert "7946" not in shown[True]
    assert "7946" in shown[False]


@pytest.mark.parametrize(
    "changed",
    [
        {"mentions": findings().mentions.head(0), "impact": impact_table().head(0),
         "priorities": priorities_table().head(0)},
        {"priorities": priorities_table().assign(prize=None, prize_low=None, prize_high=None)
            .astype({"prize": float, "prize_low": float, "prize_high": float})},
    ],
    ids=["without mentions", "unmeasured"],
)  # fmt: skip
def test_without_prizes_no_chart_is_drawn(tmp_path, changed):
    deck = _deck(tmp_path, findings(**changed))
    assert not [shape for slide in deck.slides for shape in slide.shapes if shape.has_chart]
    assert len(deck.slides) == 3


def test_a_prize_without_an_interval_has_no_error_bar(tmp_path):
    ends = {"prize_low": float("nan"), "prize_high": float("nan")}
    deck = _deck(tmp_path, findings(priorities=priorities_table().assign(**ends)))
    chart = next(shape.chart for shape in deck.slides[1].shapes if shape.has_chart)
    bars = re.search(r"<c:errBars>.*</c:errBars>", chart.part.blob.decode()).group()
    assert set(re.findall(r"<c:v>(.*?)</c:v>", bars)) == {"0.0"}


@pytest.mark.parametrize("language", available_wordings())
def test_the_same_findings_give_the_same_bytes_in_each_language(tmp_path, language):
    for name in ("a", "b"):
        write_slides(findings(), tmp_path / f"{name}.pptx", language=language)
    assert (tmp_path / "a.pptx").read_bytes() == (tmp_path / "b.pptx").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.pptx") as parts:
        assert {entry.date_time for entry in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"2000-01-01T00:00:00Z" in parts.read("docProps/core.xml")


def test_without_the_extra_it_is_said_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pptx", None)
    with pytest.raises(WriteError, match=r"pip install 'tpfeedback\[pptx\]'"):
        write_slides(findings(), tmp_path / "t.pptx")
