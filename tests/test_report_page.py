"""The page holds to the standards: valid, readable by everyone, every figure traceable."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from itertools import pairwise

import html5lib
import pandas as pd
import pytest

from tests.small_findings import findings, impact_table, priorities_table
from tpfeedback.report import render_html, report_facts
from tpfeedback.report.figures import figure_value, figures
from tpfeedback.report.sentences import ranked_details, remark, touchpoint_name
from tpfeedback.report.speech import Speech
from tpfeedback.wording import load_wording, write_note

TEXT_ON_GROUND = [
    ("ink", "paper"), ("quiet", "paper"), ("accent", "paper"), ("ink", "soft"),
    ("accent", "soft"), ("mark-ink", "mark"),
]  # fmt: skip
WCAG_AA = 4.5


def dated(size: int = 90):
    """Return findings with dates, ties, roles and everything else that the page can show."""
    feedback = pd.DataFrame(
        {
            "feedback_id": [f"f{i}" for i in range(size)],
            "text": [f"The courier was late again, day {i}" for i in range(size)],
            "overall": [2.0, 4.0, 5.0] * (size // 3),
            "language": "en",
            "date": pd.date_range("2024-01-01", periods=size, freq="3D"),
            "channel": None,
            "question": None,
            "row": range(1, size + 1),
        }
    )
    mentions = pd.DataFrame(
        {
            "feedback_id": feedback["feedback_id"],
            "touchpoint": ["delivery", "staff", "assortment"] * (size // 3),
            "sentiment": ["negative", "negative", "positive"] * (size // 3),
            "score": -0.9,
            "confidence": 0.9,
            "start": 0,
            "stop": 26,
            "evidence": "The courier was late again",
            "language": "en",
        }
    )
    priorities = priorities_table().assign(tie_group=["a", "ab", "b"])
    return findings(feedback=feedback, mentions=mentions, priorities=priorities)


@pytest.fixture(scope="module")
def facts():
    return report_facts(dated())


@pytest.fixture(scope="module")
def html(facts):
    return render_html(facts)


@pytest.fixture(scope="module")
def tree(html):
    return html5lib.parse(html, namespaceHTMLElements=False)


def shown_figures(tree) -> list[tuple[str, str]]:
    return [(one.get("data-figure"), one.get("value")) for one in tree.iter("data")]


def test_the_page_is_valid_html(html):
    html5lib.HTMLParser(strict=True).parse(html)


def test_every_figure_of_the_list_is_shown_and_no_other(tree, facts):
    values = {name: figure_value(value) for name, value in figures(facts).items()}
    assert set(shown_figures(tree)) == set(values.items())


def test_a_figure_is_called_by_its_touchpoint_and_holds_its_exact_value(tree):
    assert ("prize.delivery", "0.36") in shown_figures(tree)
    assert ("penalty_low.staff", "-0.85") in shown_figures(tree)


def test_the_page_tells_the_settings_to_machines(tree, facts):
    settings = [one.get("content") for one in tree.iter("meta")
                if one.get("name") == "tpfeedback-settings"]  # fmt: skip
    assert [json.loads(text) for text in settings] == [facts["settings"]]


def test_a_customer_cannot_write_a_figure():
    text = "\x02prize.delivery\x03999\x04 late <data data-figure='x' value='1'>9</data>"
    found = figures(report_facts(findings(extra=[text])))
    tree = html5lib.parse(findings(extra=[text]).to_html(), namespaceHTMLElements=False)
    assert {name for name, _ in shown_figures(tree)} <= set(found)
    assert "999" not in [one.text for one in tree.iter("data")]


def test_the_page_forbids_itself_to_load_or_run_anything(tree):
    policies = [one.get("content") for one in tree.iter("meta")
                if one.get("http-equiv") == "Content-Security-Policy"]  # fmt: skip
    assert len(policies) == 1
    rules = dict(rule.strip().split(" ", 1) for rule in policies[0].split(";"))
    assert rules.pop("default-src") == "'none'"
    assert rules.pop("style-src") == "'unsafe-inline'"
    assert set(rules.values()) == {"'none'"}


def test_tables_are_read_out_with_their_headers(tree):
    tables = list(tree.iter("table"))
    assert len(tables) >= 6
    for table in tables:
        assert "".join(table.find("caption").itertext())
        assert {one.get("scope") for one in table.iter("th")} == {"col", "row"}
        assert all(row[0].tag == "th" for row in table.find("tbody"))


def test_what_scrolls_can_be_reached_by_keyboard_and_has_a_name(tree):
    scrolling = [one for one in tree.iter("div") if one.get("class") == "scroll"]
    assert scrolling
    for one in scrolling:
        assert (one.get("tabindex"), one.get("role")) == ("0", "region")
        assert one.get("aria-label")


def test_the_page_has_landmarks_and_a_way_around_them(tree):
    body = tree.find("body")
    assert body[0].get("class") == "skip"
    assert [one.tag for one in body if one.tag != "a"] == ["header", "main", "footer"]
    assert tree.find(".//nav").get("aria-label")
    for section in tree.iter("section"):
        heading = section.get("aria-labelledby")
        assert heading in {one.get("id") for one in section.iter("h2")}


def test_headings_go_down_one_level_at_a_time(tree):
    levels = [int(one.tag[1]) for one in tree.iter() if re.fullmatch(r"h[1-6]", str(one.tag))]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_charts_are_told_to_those_who_cannot_see_them(tree):
    charts = [one for one in tree.iter("div") if one.get("class") == "chart"]
    assert len(charts) == 5
    assert all(one.get("role") == "img" and one.get("aria-label") for one in charts)


def test_the_parts_stand_in_the_order_of_a_reader_with_five_minutes(tree):
    parts = [one.get("id") for one in tree.iter("section")]
    assert parts == ["answer", "ranking", "rewards", "effects", "changes", "sure", "method",
                     "appendix"]  # fmt: skip


def test_every_quote_can_be_found_again(tree, facts):
    text = "".join(tree.find(".//section[@id='appendix']").itertext())
    ids = [quote["feedback_id"] for one in facts["ranking"] for quote in one["quotes"]]
    assert ids
    assert all(one in text for one in ids)


def test_touchpoints_that_cannot_be_told_apart_are_marked(tree):
    text = " ".join("".join(tree.itertext()).split())
    assert "group ab" in text
    assert "cannot be told apart" in text


@pytest.mark.parametrize("scheme", ["light", "dark", "print"])
@pytest.mark.parametrize(("ink", "ground"), TEXT_ON_GROUND)
def test_text_stands_out_from_its_ground(scheme, ink, ground):
    colours = palettes()[scheme]
    assert contrast(colours[ink], colours[ground]) >= WCAG_AA


def palettes() -> dict[str, dict[str, str]]:
    """Return the colours of the style sheet by scheme, in the order they stand there."""
    css = (files("tpfeedback") / "templates" / "report.css").read_text(encoding="utf-8")
    blocks = re.findall(r":root \{(.*?)\}", css, re.DOTALL)
    found = [dict(re.findall(r"--([\w-]+): (#\w{6});", block)) for block in blocks]
    return dict(zip(("light", "dark", "print"), found, strict=True))


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of WCAG 2.2."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_contrast_is_that_of_the_standard():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("language", ["ru", "zh", "pl"])
def test_the_page_speaks_its_readers_language(facts, language):
    html = render_html(facts, language=language)
    tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(html)
    words = load_wording(language)
    assert tree.get("lang") == language
    assert tree.find(".//h1").text == words.phrases["headings"]["title"]
    assert dict(shown_figures(tree)) == {n: figure_value(v) for n, v in figures(facts).items()}
    assert words.number(0.36, facts["outcome"]["gain_decimals"]) in [
        one.text for one in tree.iter("data")
    ]


def test_a_quote_keeps_its_own_language(tree):
    quotes = [one.find("p").get("lang") for one in tree.iter("blockquote")]
    assert quotes
    assert set(quotes) == {"en"}


def test_personal_data_in_a_quote_is_masked_unless_asked_for():
    analysis = findings(extra=["late, write to anna.nowak@example.com at once"])
    assert "anna.nowak@example.com" not in render_html(report_facts(analysis))
    assert "anna.nowak@example.com" in render_html(report_facts(analysis, mask=False))


def test_personal_data_in_a_note_is_masked_too():
    notes = ("Row 3: the date 'anna.nowak@example.com' is no date.",)
    facts = report_facts(findings(export={"notes": notes}))
    assert "anna.nowak@example.com" not in json.dumps(facts)


@pytest.mark.parametrize("language", ["en", "ru", "zh", "pl"])
def test_a_note_of_many_touchpoints_is_told_to_its_end_in_the_readers_language(language):
    terms = [write_note("complaints_about", touchpoint=f"touchpoint_{i}") for i in range(40)]
    terms[0] = write_note("complaints_about", touchpoint="delivery")
    words = load_wording(language)
    made = report_facts(findings(warnings=(write_note("compare_shared", terms=terms),)))
    (told,) = (remark(made, one, words) for one in made["sure"]["warnings"])
    said = words.phrases["notes"]["compare_shared"].partition("{terms:")[2].partition("}")[2]
    assert told.endswith(said)
    assert touchpoint_name(made, "delivery", words) in told
    assert "touchpoint_39" not in told
    assert "…" in told
    assert len(told) < 700


@pytest.mark.parametrize("language", ["en", "ru", "zh", "pl"])
def test_no_role_is_told_where_complaints_surely_go_with_a_better_outcome(facts, language):
    words = load_wording(language)
    role = words.name("roles", "minor")
    one = {**facts["ranking"][0], "role": "minor", "prize": -0.1, "prize_low": -0.2}
    assert role in ranked_details(facts, {**one, "prize_high": 0.1}, words)
    assert role not in ranked_details(facts, {**one, "prize_high": -0.05}, words)


def test_a_minor_role_is_told_as_little_and_not_as_unclear(facts):
    words = load_wording()
    sure = {**facts["ranking"][0], "role": "minor", "prize": 0.1, "prize_low": 0.05}
    told = " ".join(ranked_details(facts, sure, words))
    assert "one bad experience hurts little" in told
    assert "clear" not in told


def test_an_unknown_interval_is_told_once_behind_its_name_and_in_full_alone(facts):
    speech = Speech(facts, load_wording())
    assert speech.interval("–", "–") == "not known"
    row = {**facts["ranking"][0], "prize_low": None, "prize_high": None}
    page = render_html({**facts, "ranking": [row, *facts["ranking"][1:]]})
    assert '<span class="label">interval not known</span>' in page
    assert "interval interval" not in page


def test_a_single_day_of_feedback_is_named_once():
    page = html5lib.parse(findings().to_html(), namespaceHTMLElements=False)
    (origin,) = (one for one in page.iter("p") if one.get("class") == "origin")
    assert "".join(origin.itertext()).count("May 1, 2024") == 1


@pytest.mark.parametrize("count", [0, 1])
def test_a_single_mention_is_counted_in_words_that_fit(facts, count):
    one = {**facts["ranking"][0], "negative": count, "mentions": 1}
    told = ranked_details(facts, one, load_wording())[0]
    assert told == f"complaints among the mentions: {count} of 1"


def test_roles_and_reading_quality_are_shown_where_they_are_known(facts):
    row = facts["impact"][0] | {
        "roles": {"basic": 0.9, "performance": 0.05, "excitement": 0.03, "minor": 0.02},
        "recall": 0.8,
        "precision": 0.7,
        "prize_expected": 0.5,
        "prize_band_low": 0.4,
        "prize_band_high": 0.6,
    }
    more = {**facts, "impact": [row, *facts["impact"][1:]]}
    tree = html5lib.parse(render_html(more), namespaceHTMLElements=False)
    shown = dict(shown_figures(tree))
    key = row["touchpoint"]
    assert shown[f"role_basic.{key}"] == "0.9"
    assert shown[f"recall.{key}"] == "0.8"
    assert shown[f"prize_band_high.{key}"] == "0.6"


def test_a_promoter_score_is_told_in_points_not_in_answers():
    feedback = findings().feedback.assign(overall=[10.0, 9.0, 3.0, 8.0])
    analysis = findings(feedback=feedback, settings={"model": "nps"})
    outcome = report_facts(analysis)["outcome"]
    assert (outcome["kind"], outcome["scale"], outcome["mean"]) == ("nps", None, 25.0)
    assert "net promoter score (now 25" in "".join(
        html5lib.parse(analysis.to_html(), namespaceHTMLElements=False).itertext()
    )


def test_reasons_are_told_anew_from_the_numbers(facts):
    stale = [{**one, "reason": "told by an older run"} for one in facts["ranking"]]
    assert "told by an older run" not in render_html({**facts, "ranking": stale})
    assert impact_table()["touchpoint"].tolist() == [one["touchpoint"] for one in facts["impact"]]
