"""The charts show every name whole, the same bytes each time, and nothing that runs."""

from __future__ import annotations

import math
import re
import xml.etree.ElementTree as ET

import pandas as pd
import pytest

from tests.small_findings import impact_table, priorities_table
from tpfeedback.charts import penalty_reward_chart, priority_chart, text_width, to_svg
from tpfeedback.errors import TableError

LONG = "Zażółć gęślą jaźń: obsługa posprzedażowa i reklamacje w sklepie stacjonarnym i w sieci"
BOTH = pytest.mark.parametrize(
    ("draw", "table"),
    [(priority_chart, priorities_table), (penalty_reward_chart, impact_table)],
    ids=["priority", "penalty_reward"],
)


def texts_of(svg: str) -> list[str]:
    return [node.text or "" for node in ET.fromstring(svg).iter() if node.tag.endswith("}text")]


@BOTH
@pytest.mark.parametrize(
    "name", [LONG, "呼叫中心电话支持与售后服务", "Доставка и курьер", "<b>&\"'"]
)
def test_a_name_is_shown_whole_in_every_script(draw, table, name):
    assert name in texts_of(to_svg(draw(table(), {"delivery": name})))


@BOTH
def test_a_long_name_widens_the_chart(draw, table):
    short, long = (draw(table(), {"delivery": name}).to_dict()["width"] for name in ("x", LONG))
    assert long >= text_width(LONG) > short


@BOTH
def test_the_same_table_gives_the_same_bytes(draw, table):
    first, second = (to_svg(draw(table())) for _ in range(2))
    assert first == second


@BOTH
def test_the_picture_holds_no_script_and_no_foreign_address(draw, table):
    svg = to_svg(draw(table(), {"delivery": "<script>alert(1)</script>"}))
    assert "<script" not in svg
    assert not re.search(r"\son\w+=|javascript:|<image|<foreignObject", svg)
    addresses = re.findall(r"https?://[^\"' ]+", svg)
    assert set(addresses) <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}


@BOTH
def test_the_callers_table_stays_as_it_was(draw, table):
    given = table()
    before = given.copy(deep=True)
    draw(given)
    pd.testing.assert_frame_equal(given, before)


def test_the_largest_prize_stands_on_top():
    shuffled = priorities_table().iloc[[2, 0, 1]]
    svg = to_svg(priority_chart(shuffled))
    shown = [text for text in texts_of(svg) if text in set(shuffled["touchpoint"])]
    assert shown == ["delivery", "staff", "assortment"]


def test_only_the_first_ones_are_drawn():
    svg = to_svg(priority_chart(priorities_table(), top=1))
    assert "delivery" in texts_of(svg)
    assert "staff" not in texts_of(svg)


def test_prizes_stand_beside_their_intervals():
    svg = to_svg(priority_chart(priorities_table()))
    assert "0.36 (0.31 … 0.41)" in texts_of(svg)


def test_a_missing_number_is_a_dash():
    table = impact_table()
    table.loc[0, ["reward", "reward_low", "reward_high"]] = math.nan
    assert "● −1.20   ◆ –" in texts_of(to_svg(penalty_reward_chart(table)))


@BOTH
def test_an_empty_table_gives_an_empty_picture(draw, table):
    assert to_svg(draw(table().head(0))).startswith("<svg")


@BOTH
def test_a_wrong_table_is_refused(draw, table):
    with pytest.raises(TableError, match="lacks the columns"):
        draw(table().drop(columns="prize"))


def test_two_pictures_in_one_page_share_no_id():
    ids = [set(re.findall(r'\bid="([^"]+)"', to_svg(priority_chart(priorities_table()), prefix=p)))
           for p in ("a", "b")]  # fmt: skip
    assert not ids[0] & ids[1]


@pytest.mark.parametrize(
    ("text", "cells"), [("", 0), ("late", 4), ("配送", 4), ("Ж", 1), ("ｆ", 2)]
)
def test_a_wide_letter_counts_as_two(text, cells):
    assert text_width(text, size=10) == pytest.approx(6.0 * cells)
