"""Charts become PNGs in which every letter is drawn, or an error says what to install."""

from __future__ import annotations

import re
import struct
from itertools import combinations

import pytest

from tests.chart_cases import english_written_as, many_priorities, mix, said
from tests.small_findings import priorities_table
from tpfeedback.charts import fonts, language_chart, priority_chart, to_png, to_svg
from tpfeedback.charts.lettering import longest_word, text_width, wrap
from tpfeedback.charts.pictures import on_paper
from tpfeedback.charts.placing import beside_points, lanes, spread
from tpfeedback.charts.scales import round_scale
from tpfeedback.errors import WriteError

WITHOUT_CHINESE = "配送"


@pytest.fixture
def no_chinese_font(monkeypatch):
    """Let the letters of one name be drawn as boxes, as they are where no font has them."""
    drawn = fonts.can_draw
    monkeypatch.setattr(fonts, "can_draw", lambda c: c not in WITHOUT_CHINESE and drawn(c))


def test_a_png_is_as_large_as_asked():
    chart = language_chart(mix())
    height = chart.to_dict()["height"] + 16
    for scale in (1, 2):
        wide, tall = struct.unpack(">II", to_png(chart, scale=scale)[16:24])
        assert (wide, tall) == (440 * scale, height * scale)


def test_a_png_is_written_where_asked(tmp_path):
    path = tmp_path / "chart.png"
    assert path.exists() is False
    assert to_png(language_chart(mix()), path) == path.read_bytes()


def test_a_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(WriteError, match=r"cannot be written to .*nowhere"):
        to_png(language_chart(mix()), tmp_path / "nowhere" / "chart.png")


def test_on_paper_the_ink_is_dark_on_white():
    svg = on_paper(to_svg(language_chart(mix())))
    assert "currentColor" not in svg
    assert re.match(r'<svg [^>]*><rect width="100%" height="100%" fill="#FFFFFF"/>', svg)
    assert 'fill="#1B1F24"' in svg


def test_a_name_that_looks_like_an_attribute_stays_as_it_is():
    name = 'fill="currentColor" id="a"'
    svg = to_svg(priority_chart(priorities_table(), {"delivery": name}))
    assert name in said(svg)
    assert name in said(on_paper(svg))


def test_letters_without_a_font_are_named_with_what_to_install(no_chinese_font):
    chart = priority_chart(priorities_table(), {"delivery": "配送物流"})
    with pytest.raises(WriteError, match=r"no installed font can draw: 送配.*fonts-noto-cjk.*SVG"):
        to_png(chart)


def test_without_such_letters_no_font_is_asked_for(no_chinese_font):
    names = {"delivery": "Доставка", "staff": "Świętość", "assortment": "Range"}
    assert to_png(priority_chart(priorities_table(), names)).startswith(b"\x89PNG")


def test_the_one_who_draws_tells_which_letters_there_are():
    assert all(map(fonts.can_draw, "aŻЖ"))
    assert not fonts.can_draw("\U0010fffc")  # set aside for private use, as the box itself


def test_what_is_no_letter_needs_no_font():
    assert fonts.missing_letters("☂ 7 → \U0010fffc") == ""


def test_chinese_is_drawn_in_a_chinese_font_and_polish_is_not(monkeypatch):
    monkeypatch.setattr(fonts, "can_draw", lambda letter: True)
    names = {"delivery": "配送 2024", "staff": "Świętość", "assortment": "上海 Śródmieście"}
    svg = on_paper(to_svg(priority_chart(priorities_table(), names)))
    in_chinese = re.findall(r"<tspan font-family=\"'Noto Sans CJK SC'[^>]*>([^<]*)</tspan>", svg)
    assert in_chinese == ["配送 2024", "上海"]


def test_a_chart_looks_the_same_each_time():
    assert to_png(language_chart(mix())) == to_png(language_chart(mix()))


def test_axis_numbers_are_written_as_the_language_does():
    chart = priority_chart(priorities_table(), words=english_written_as("ru"))
    assert {"0,0", "0,2"} <= set(said(to_svg(chart)))


def test_large_axis_numbers_stand_clear_of_each_other():
    table = many_priorities()
    ends = ["prize", "prize_low", "prize_high"]
    table[ends] = table[ends] * 1e9
    assert "0" in said(to_svg(priority_chart(table, decimals=0)))


@pytest.mark.parametrize(
    ("values", "low", "high"),
    [
        ([], 0, 1),
        ([0], 0, 1),
        ([None, float("nan"), float("inf")], 0, 1),
        ([5], 0, 5),
        ([-3, 2], -3, 2),
        ([1e-9], 0, 1e-9),
        ([1e12], 0, 1e12),
        ([0.31], 0, 0.4),
    ],
)
def test_a_scale_reaches_from_round_number_to_round_number(values, low, high):
    scale = round_scale(values, 0, 100)
    assert (scale.low, scale.high) == pytest.approx((low, high))
    assert scale.place(scale.low) == 0
    assert scale.place(scale.high) == pytest.approx(100)
    assert 2 <= len(scale.ticks) <= 8


def test_a_scale_of_one_value_without_zero_has_it_inside():
    scale = round_scale([5, 5], 0, 100, zero=False)
    assert scale.low < 5 < scale.high


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", [""]),
        ("one two three", ["one two", "three"]),
        ("配送与物流，很好", ["配送与物", "流，很好"]),
        ("well-known name", ["well-", "known", "name"]),
        ("a\nb\tc", ["a b c"]),
        ("1\u00a0234\u00a0567\u00a0890", ["1\u00a0234\u00a056", "7\u00a0890"]),
        ("\ud800\x00x", ["x"]),
    ],
)
def test_lines_break_where_the_script_allows(text, lines):
    assert wrap(text, 75) == lines


def test_a_mark_above_a_letter_stays_with_it():
    assert all(not line.startswith("\u0301") for line in wrap("e\u0301" * 50, 40))


@pytest.mark.parametrize("text", ["WWWW", "ЩЩЩЩ", "配送配送", "źdźbło", "12 345,6"])
def test_bold_letters_are_judged_wider(text):
    assert text_width(text, bold=True) >= text_width(text) > 0
    assert longest_word(text) <= text_width(text)


def test_spread_labels_keep_their_order_and_leave_room():
    placed = spread([5, 4, 6, 100], [10, 10, 20, 10])
    assert placed[1] < placed[0] < placed[2] < placed[3]
    assert placed[0] - placed[1] == pytest.approx(10)
    assert placed[2] - placed[0] == pytest.approx(15)
    assert placed[3] == 100


def test_spans_that_meet_share_no_lane():
    spans = [(0, 5), (1, 2), (5, 6), (3, 4)]
    given = lanes(spans)
    for a, b in combinations(range(4), 2):
        if spans[a][0] <= spans[b][1] and spans[b][0] <= spans[a][1]:
            assert given[a] != given[b]


def test_labels_of_points_in_one_place_do_not_cover_each_other():
    places = beside_points([(50, 50)] * 6, [(12, 12)] * 6, (0, 0, 100, 100))
    apart = [
        max(abs(a[0] - b[0]), abs(a[1] - b[1])) for n, a in enumerate(places) for b in places[:n]
    ]
    assert min(apart) >= 12 - 1e-6


def test_no_two_labels_beside_each_other_read_as_one():
    crowded = [(68, 41), (49, 30), (69, 56), (108, 38), (90, 37)]
    places = beside_points(crowded, [(12, 16)] * 5, (0, 0, 140, 80))
    apart = [
        abs(a[0] - b[0]) - 12
        for n, a in enumerate(places)
        for b in places[:n]
        if abs(a[1] - b[1]) < 12
    ]
    assert min(apart) >= 6
