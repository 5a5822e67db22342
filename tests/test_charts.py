"""The charts show every name whole and every number in its place, in any language and size."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from tests.chart_cases import (
    CASES,
    LONG,
    TAXONOMY,
    changes,
    english_written_as,
    journey,
    many_effects,
    many_priorities,
    matrix,
    mix,
    months,
    said,
    shapes,
    weeks,
)
from tests.small_findings import impact_table, priorities_table
from tpfeedback.charts import (
    journey_chart,
    language_chart,
    penalty_reward_chart,
    performance_map_chart,
    priority_chart,
    segment_chart,
    slope_chart,
    to_svg,
    trend_chart,
)
from tpfeedback.charts.cells import contrast
from tpfeedback.charts.lettering import text_width
from tpfeedback.charts.look import BLUE, GREEN, VERMILLION
from tpfeedback.errors import TableError
from tpfeedback.priority import map_performance
from tpfeedback.wording import available_wordings, load_wording

EVERY = pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
NAMED = pytest.mark.parametrize(
    "case",
    [case for name, case in CASES.items() if name not in ("trend", "languages")],
    ids=[name for name in CASES if name not in ("trend", "languages")],
)


def letters(texts: list[str] | str) -> str:
    return re.sub(r"\s", "", "".join(texts))


@NAMED
@pytest.mark.parametrize("name", LONG.values(), ids=LONG.keys())
def test_a_name_is_shown_whole_in_every_script(case, name):
    svg = to_svg(case.draw(case.small(), {"delivery": name}))
    assert letters(name) in letters(said(svg))


@NAMED
def test_all_27_touchpoints_are_named(case):
    names = {key: TAXONOMY.name_of(key, "ru") for key in TAXONOMY.keys}
    options = (
        {} if case.draw in (performance_map_chart, journey_chart, segment_chart) else {"top": 27}
    )
    drawn = letters(said(to_svg(case.draw(case.large(), names, **options))))
    assert [name for name in names.values() if letters(name) not in drawn] == []


@EVERY
@pytest.mark.parametrize("language", ["en", "ru", "zh", "pl"])
def test_no_text_leaves_the_picture_or_covers_another(case, language):
    names = {key: TAXONOMY.name_of(key, language) for key in TAXONOMY.keys}
    names["advertising"] = LONG[language]
    svg = to_svg(case.draw(case.large(), names, words=english_written_as(language)))
    boxes = [text_box(shape) for shape in shapes(svg) if shape.kind == "text" and shape.said]
    height = float(re.search(r'viewBox="0 0 440 (\d+)"', svg)[1])
    assert [one for one in boxes if one[0] < -8 or one[2] > 432 or one[3] > height] == []
    assert [(a, b) for n, a in enumerate(boxes) for b in boxes[:n] if overlap(a, b)] == []


def text_box(shape):
    """Return the room a text takes; the real width is about 9/10 of what is judged from above."""
    wide = 0.9 * text_width(shape.said, bold=shape.bold)
    left = shape.x - {"start": 0, "middle": wide / 2, "end": wide}[shape.anchor]
    return left, shape.y - 12, left + wide, shape.y + 2, shape.said


def overlap(one, other):
    return min(one[2], other[2]) > max(one[0], other[0]) and min(one[3], other[3]) > max(
        one[1], other[1]
    )


@EVERY
def test_letters_are_11_pixels_on_a_phone_of_360(case):
    svg = to_svg(case.draw(case.large()))
    wide = float(re.search(r'viewBox="0 0 ([\d.]+) ', svg)[1])
    sizes = {float(size) for size in re.findall(r'font-size="([\d.]+)px"', svg)}
    assert min(sizes) * (360 - 2 * 16) / wide >= 11


@EVERY
def test_the_same_table_gives_the_same_bytes(case):
    first, second = (to_svg(case.draw(case.large())) for _ in range(2))
    assert first == second


@EVERY
def test_the_picture_holds_no_script_and_no_foreign_address(case):
    svg = to_svg(case.draw(case.small(), {"delivery": "<script>alert(1)</script>"}))
    assert "<script" not in svg
    assert not re.search(r"\son\w+=|javascript:|<image|<foreignObject", svg)
    addresses = re.findall(r"https?://[^\"' ]+", svg)
    assert set(addresses) <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}


@EVERY
def test_the_callers_table_stays_as_it_was(case):
    given = case.large()
    before = given.copy(deep=True)
    case.draw(given)
    pd.testing.assert_frame_equal(given, before)


@EVERY
def test_an_empty_table_gives_a_picture_that_says_so(case):
    assert said(to_svg(case.draw(case.small().head(0)))) == ["Nothing to show yet."]


@EVERY
def test_a_table_without_a_needed_column_is_refused(case):
    with pytest.raises(TableError, match=rf"lacks the columns {case.needed}"):
        case.draw(case.small().drop(columns=case.needed))


@EVERY
def test_what_is_no_table_is_refused(case):
    with pytest.raises(TableError, match="given: list"):
        case.draw([1, 2])


@EVERY
def test_without_intervals_and_numbers_there_is_still_a_picture(case):
    table = case.small()
    ends = [
        name for name in table.columns if name.endswith(("_low", "_high")) and "rank" not in name
    ]
    assert to_svg(case.draw(table.assign(**dict.fromkeys(ends, float("nan"))))).startswith("<svg")
    if case.needed in ("prize", "penalty", "after"):
        assert to_svg(case.draw(table.assign(**{case.needed: float("nan")}))).startswith("<svg")


@EVERY
def test_only_the_palette_and_the_pages_ink_are_used(case):
    if case.draw in (journey_chart, segment_chart):
        pytest.skip("cells have colours between two of the palette")
    colours = set(re.findall(r'(?:fill|stroke)="([^"]+)"', to_svg(case.draw(case.large()))))
    assert colours <= {BLUE, GREEN, VERMILLION, "currentColor", "none"}


@pytest.mark.parametrize("colour", [BLUE, GREEN, VERMILLION])
@pytest.mark.parametrize("paper", ["#FFFFFF", "#14171C"])
def test_marks_stand_out_on_light_and_dark_pages(colour, paper):
    assert contrast(colour, paper) >= 3


@EVERY
@pytest.mark.parametrize("language", available_wordings())
def test_every_language_has_the_words(case, language):
    svg = to_svg(case.draw(case.large(), words=load_wording(language)))
    assert not [text for text in said(svg) if "{" in text]


def place_of(svg, low, high):
    """Return the function from a number to its place, read off two numbers of the axis."""
    at = {shape.said: shape.x for shape in shapes(svg) if shape.kind == "text"}
    a, b = at[low], at[high]
    first, second = float(low.replace("−", "-")), float(high.replace("−", "-"))
    return lambda value: a + (value - first) * (b - a) / (second - first)


def test_bars_and_intervals_stand_where_the_axis_says():
    svg = to_svg(priority_chart(priorities_table()))
    place = place_of(svg, "0.0", "0.4")
    bars = sorted(s.x2 - s.x for s in shapes(svg) if s.kind == "path" and s.colour == BLUE)
    wanted = sorted(priorities_table()["prize"])
    assert bars == pytest.approx([place(prize) - place(0) for prize in wanted], abs=0.05)
    spans = {(round(s.x, 1), round(s.x2, 1)) for s in shapes(svg) if s.kind == "line"}
    for row in priorities_table().itertuples():
        assert (round(place(row.prize_low), 1), round(place(row.prize_high), 1)) in spans


def test_penalty_and_reward_stand_where_the_axis_says():
    svg = to_svg(penalty_reward_chart(impact_table()))
    place = place_of(svg, "−1.0", "0.5")
    points = [(s.x, s.colour) for s in shapes(svg) if s.kind == "path" and s.x == s.x2]
    wanted = [
        (place(value), colour)
        for measure, colour in (("penalty", VERMILLION), ("reward", GREEN))
        for value in impact_table()[measure]
    ]
    assert [c for _, c in points] == [c for _, c in wanted]
    assert [x for x, _ in points] == pytest.approx([x for x, _ in wanted], abs=0.05)


def test_the_largest_prize_stands_on_top():
    shuffled = priorities_table().iloc[[2, 0, 1]]
    shown = [
        one for one in said(to_svg(priority_chart(shuffled))) if one in set(shuffled.touchpoint)
    ]
    assert shown == ["delivery", "staff", "assortment"]


def test_what_is_left_out_is_said():
    texts = said(to_svg(priority_chart(priorities_table(), top=1)))
    assert "staff" not in texts
    assert "The first 1 of 3." in texts


def test_numbers_stand_beside_the_bars_in_the_readers_language():
    for language, shown in (("en", "0.36 (0.31 … 0.41)"), ("pl", "0,36 (0,31 … 0,41)")):
        chart = priority_chart(priorities_table(), words=english_written_as(language))
        assert shown in said(to_svg(chart))


def test_a_missing_number_is_a_dash():
    table = impact_table()
    table.loc[0, ["reward", "reward_low", "reward_high"]] = float("nan")
    texts = said(to_svg(penalty_reward_chart(table)))
    assert "●−1.20◆–" in [letters(text) for text in texts]


def test_neighbours_that_share_a_letter_are_shaded_together():
    table = priorities_table().assign(tie_group=["a", "ab", "b"])
    svg = to_svg(priority_chart(table))
    shades = re.findall(r'opacity="0.08"', svg)
    assert len(shades) == 2
    assert 'opacity="0.08"' not in to_svg(priority_chart(table.assign(tie_group=list("abc"))))
    assert "cannot tell" not in " ".join(said(to_svg(priority_chart(priorities_table()))))


def test_roles_are_told_in_words():
    texts = said(to_svg(penalty_reward_chart(many_effects())))
    assert {"basic", "performance", "excitement", "minor"} <= set(texts)


def test_the_map_numbers_its_points_and_names_them_below():
    table = map_performance(many_effects())
    texts = said(to_svg(performance_map_chart(table)))
    assert [texts.count(str(number)) for number in range(1, 28)] == [2] * 27
    assert {"Fix first", "Keep up", "Low priority", "Possible overkill"} <= set(texts)


def test_a_touchpoint_without_a_place_on_the_map_is_still_named():
    table = impact_table()
    table.loc[0, ["importance", "importance_low", "importance_high"]] = float("nan")
    texts = said(to_svg(performance_map_chart(map_performance(table))))
    assert "delivery" in texts
    assert "Not placed: a number is missing" in texts


def test_the_journey_goes_stage_by_stage_with_numbers_in_cells():
    texts = said(to_svg(journey_chart(journey().iloc[::-1].reset_index(drop=True))))
    stages = [
        load_wording().name("stages", one) for one in ("before", "choosing", "buying", "after")
    ]
    assert [text for text in texts if text in stages] == stages
    assert {"96%", "0%", "too few", "26,005"} <= set(texts)


def test_a_stage_that_is_not_known_comes_after_the_journey():
    table = journey(("delivery", "staff")).assign(stage=["renewal", None])
    texts = said(to_svg(journey_chart(table)))
    assert texts.index("renewal") < texts.index("no stage")


@pytest.mark.parametrize(
    "draw", [lambda: journey_chart(journey()), lambda: segment_chart(matrix())]
)
def test_numbers_in_cells_are_easy_to_read(draw):
    found = shapes(to_svg(draw()))
    cells = [s for s in found if s.kind == "path" and re.fullmatch("#[0-9A-F]{6}", s.colour)]
    inks = [s for s in found if s.kind == "text" and s.colour in ("#000000", "#FFFFFF")]
    assert len(cells) == len(inks) > 10
    for cell, ink in zip(cells, inks, strict=True):
        assert cell.x < ink.x < cell.x2
        assert cell.y < ink.y < cell.y2
        assert contrast(ink.colour, cell.colour) >= 4.5


def test_contrast_is_the_one_of_the_web_guidelines():
    # #767676 is the lightest grey that passes AA on white: 4.54 to 1.
    assert contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.005)
    assert contrast("#FFFFFF", "#777777") < 4.5


def test_a_pair_with_too_few_texts_says_so():
    table = matrix().drop(index=0)  # a pair that is not in the table counts as too few
    texts = said(to_svg(segment_chart(table)))
    assert texts.count("too few") == table["value"].isna().sum() + 1
    assert "−0.10" in texts


def test_shares_are_percentages():
    table = matrix(("delivery",)).assign(value=0.25)
    assert said(to_svg(segment_chart(table, as_share=True))).count("25%") == 7
    assert "30%" in said(to_svg(trend_chart(weeks(), as_share=True)))
    assert "100%" in said(to_svg(slope_chart(changes(), as_share=True)))


def test_the_line_breaks_where_the_value_is_missing():
    svg = to_svg(trend_chart(weeks()))
    lines = re.findall(r'<path d="M[^"]*" stroke="#0072B2"', svg)
    assert len(lines) == 3  # two gaps


def test_the_trend_shows_limits_outliers_and_changes():
    svg = to_svg(trend_chart(weeks(), words=english_written_as("ru")))
    assert svg.count('stroke-dasharray="5,4"') == 2
    outside = [s for s in shapes(svg) if s.colour == VERMILLION]
    assert len(outside) == ((weeks()["value"] > 0.37) | (weeks()["value"] < 0.25)).sum()
    assert "27 февр. 2023\u202fг." in said(svg)


def test_an_unequal_pace_of_periods_is_drawn_to_scale():
    table = weeks(3).assign(period=["2024-01-01", "2024-01-11", "2024-01-31"], change_point=True)
    rules = sorted(
        s.x for s in shapes(to_svg(trend_chart(table))) if s.kind == "line" and s.x == s.x2
    )
    assert (rules[2] - rules[1]) / (rules[1] - rules[0]) == pytest.approx(2, abs=0.01)


@pytest.mark.parametrize(
    "periods", [["2023", "2024"], ["2024-Q1", "2024-Q2"], ["2024-W05", "2024-W06"]]
)
def test_years_quarters_and_weeks_are_periods_too(periods):
    assert to_svg(trend_chart(weeks(2).assign(period=periods))).startswith("<svg")


@pytest.mark.parametrize("period", ["soon", "2024-13", "2024-02-30", "", None])
def test_a_period_that_is_none_is_refused(period):
    with pytest.raises(TableError, match="cannot place the period"):
        trend_chart(weeks(2).assign(period=period))


def test_each_touchpoint_has_a_picture_of_its_own_with_one_scale():
    texts = said(to_svg(trend_chart(months())))
    assert [texts.count(one) for one in (*TAXONOMY.keys[:3], "−2")] == [1, 1, 1, 3]


@pytest.mark.parametrize(
    ("ends", "rises"),
    [((0.9, 1.1, 1.9, 2.1), True), ((0.2, 1.8, 1.2, 2.8), False), ((None, 1.1, 1.9, 2.1), False)],
)
def test_only_a_clear_change_is_called_one(ends, rises):
    columns = ("before_low", "before_high", "after_low", "after_high")
    table = pd.DataFrame({"touchpoint": ["x"], "before": [1.0], "after": [2.0]})
    svg = to_svg(slope_chart(table.assign(**dict(zip(columns, ends, strict=True)))))
    assert (BLUE in svg) == rises


def test_rise_and_fall_differ_by_more_than_colour():
    svg = to_svg(slope_chart(changes()))
    assert len(re.findall(r'<line [^>]*stroke="#D55E00"[^>]*stroke-dasharray', svg)) == 1
    assert len(re.findall(r'<line [^>]*stroke="#0072B2"', svg)) == 1
    assert not re.findall(r'<line [^>]*stroke="#0072B2"[^>]*stroke-dasharray', svg)


def test_languages_stand_by_size_with_their_shares():
    texts = said(to_svg(language_chart(mix())))
    assert texts.index("Russian") < texts.index("Chinese") < texts.index("Polish")
    assert "120,345 (60%)" in texts
    assert "0 (0%)" in texts


def test_numbers_of_very_different_size_keep_their_words():
    texts = said(to_svg(priority_chart(many_priorities(), decimals=3, top=27)))
    assert "1,000.000 (500.000 … 1,500.000)" in texts
    assert "0.004 (0.002 … 0.006)" in texts


def test_two_pictures_in_one_page_share_no_id():
    ids = [set(re.findall(r'\bid="([^"]+)"', to_svg(priority_chart(priorities_table()), prefix=p)))
           for p in ("a", "b")]  # fmt: skip
    assert not ids[0] & ids[1]
