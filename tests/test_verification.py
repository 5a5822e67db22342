"""A page is taken at its word: each figure, what it shows, what it was made with, what it says."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.small_findings import findings, impact_table
from tpfeedback.errors import ReadError
from tpfeedback.report import html, read_page, report_facts, verify_report
from tpfeedback.report.figures import figure_value, figures

FINDINGS = findings()
FIGURE = re.compile(r'<data data-figure="([^"]*)" value="([^"]*)">([^<]*)</data>')


@pytest.fixture(autouse=True)
def undrawn(monkeypatch):
    """Charts hold no figures by name, and drawing them anew for each page takes its time."""
    names = ("prizes", "effects", "map", "journey", "trend")
    monkeypatch.setattr(html, "draw_charts", lambda facts, words: dict.fromkeys(names))


@pytest.fixture
def page(undrawn) -> str:
    return FINDINGS.to_html()


def told(page, of=FINDINGS):
    return [(one.kind, one.name) for one in verify_report(page, of)]


def with_value(page: str, name: str, value: str) -> str:
    """Return the page with another value in the first place where the figure stands."""
    head, tail = page.split(f'data-figure="{name}" value="', 1)
    return f'{head}data-figure="{name}" value="{value}"{tail.split(chr(34), 1)[1]}'


@pytest.mark.parametrize("lang", ["en", "ru", "zh", "pl"])
def test_a_page_holds_for_the_analysis_it_was_made_from(lang):
    analysis = findings(extra=["late again, call +44 20 7946 0958, Mr Brown"])
    for mask in (True, False):
        assert told(analysis.to_html(lang=lang, mask=mask), analysis) == []


def test_a_page_holds_every_figure_it_shows_by_the_value_that_was_computed(page):
    known = figures(report_facts(FINDINGS))
    found = read_page(page).figures
    assert len(found) > 50
    assert [value for _, value, _ in found] == [figure_value(known[name]) for name, *_ in found]


def test_every_figure_with_another_value_is_named_once(page):
    changed = FIGURE.sub(r'<data data-figure="\1" value="123456.5">\3</data>', page)
    names = dict.fromkeys(name for name, *_ in read_page(page).figures)
    assert told(changed) == [("value", name) for name in names]


def test_every_figure_shown_as_another_is_named_once(page):
    changed = FIGURE.sub(r'<data data-figure="\1" value="\2">123456.5</data>', page)
    names = dict.fromkeys(name for name, *_ in read_page(page).figures)
    assert told(changed) == [("shown", name) for name in names]


def test_each_place_where_a_figure_stands_is_checked(page):
    places = [m for m in FIGURE.finditer(page) if m[1] == "prize.delivery"]
    assert len(places) > 1
    for place in places:
        changed = place[0].replace(f">{place[3]}<", ">9.99<")
        other = page[: place.start()] + changed + page[place.end() :]
        assert told(other) == [("shown", "prize.delivery")]


def test_a_figure_that_is_gone_and_one_that_was_made_up_are_named(page):
    gone = FIGURE.sub(lambda one: one[3] if one[1] == "sure.rows" else one[0], page)
    assert told(gone) == [("missing", "sure.rows")]
    made_up = page.replace("</main>", '<data data-figure="prize.tea" value="3">3</data></main>')
    assert told(made_up) == [("unknown", "prize.tea")]


def test_a_difference_in_the_tenth_digit_is_no_difference(page):
    assert told(with_value(page, "prize.delivery", "0.3600000001")) == []
    assert told(with_value(page, "prize.delivery", "0.3601")) == [("value", "prize.delivery")]


def test_other_numbers_of_the_analysis_are_named(page):
    worse = impact_table()
    worse.loc[worse["touchpoint"] == "staff", "penalty"] = -0.9
    assert ("value", "penalty.staff") in told(page, replace(FINDINGS, impact=worse))


@pytest.mark.parametrize("key", ["tagger", "taxonomy", "random_state", "columns"])
def test_another_setting_is_named(key):
    made = findings(settings={**FINDINGS.settings, key: "this"})
    other = findings(settings={**FINDINGS.settings, key: "that"})
    ((first, *_),) = (verify_report(made.to_html(), other),)
    assert str(first) == f'Setting {key}: the page was made with "this", this run with "that".'


def test_a_setting_that_only_one_of_both_has_is_named():
    plain, more = dict(FINDINGS.settings), {**FINDINGS.settings, "extra": "this"}
    for made, other in ((plain, more), (more, plain)):
        page = findings(settings=made).to_html()
        assert told(page, findings(settings=other)) == [("setting", "extra")]


def test_without_hashes_another_name_is_another_file():
    made = findings(settings={**FINDINGS.settings, "source": "a.csv"})
    other = findings(settings={**FINDINGS.settings, "source": "b.csv"})
    assert told(made.to_html(), other) == [("setting", "source")]


def test_another_file_is_named():
    made = findings(settings={"source": "a.csv", "source_sha256": "1f"})
    other = findings(settings={"source": "b.csv", "source_sha256": "2e"})
    assert told(made.to_html(), other) == [("data", "source_sha256")]


def test_the_same_file_under_another_name_is_the_same():
    made = findings(settings={"source": "a.csv", "source_sha256": "1f"})
    renamed = findings(settings={"source": "b.csv", "source_sha256": "1f"})
    assert told(made.to_html(), renamed) == []


def test_another_version_is_named(page):
    other = re.sub(r'content="tpfeedback [^"]*"', 'content="tpfeedback 0.0.1"', page)
    assert told(other) == [("version", "version")]


@pytest.mark.parametrize(
    ("was", "becomes"),
    [("The courier was late", "The courier was early"), ("costs most", "costs least")],
)
def test_other_words_around_the_figures_are_told(page, was, becomes):
    assert was in page
    assert told(page.replace(was, becomes, 1)) == [("text", "text")]


def test_words_after_the_end_are_shown_as_what_differs(page):
    (one,) = verify_report(page.replace("</body>", "<p>Buy now!</p></body>"), FINDINGS)
    assert one.kind == "text"
    assert one.page.endswith("Buy now!")
    assert not one.found or one.page.startswith(one.found)


def test_a_discrepancy_says_in_a_sentence_what_does_not_hold(page):
    (one,) = verify_report(with_value(page, "prize.delivery", "9"), FINDINGS)
    assert str(one) == "prize.delivery: the page says 9, the data give 0.36."


@pytest.mark.parametrize(
    "text",
    ["", "<p>hello", '<meta name="tpfeedback-settings" content="{broken">', "\x00<data", "<html>"],
)
def test_what_is_no_report_is_refused(text):
    with pytest.raises(ReadError, match="This is no report of tpfeedback"):
        verify_report(text, FINDINGS)


SHORT = """<html lang="en"><head><meta name="generator" content="tpfeedback 1">
<meta name="tpfeedback-settings" content="{&#34;model&#34;: &#34;nps&#34;}">
<style>p{}</style><script>let x = 1</script></head>
<body><p>About <data data-figure="prize.x" value="0.25">0.3</data> &lt; 1</p></body></html>"""


def test_a_page_is_read_as_a_browser_reads_it():
    found = read_page(SHORT)
    assert found.figures == [("prize.x", "0.25", "0.3")]
    assert (found.version, found.settings, found.text) == ("1", {"model": "nps"}, "About 0.3 < 1")


@given(st.integers(0, len(SHORT) - 1), st.sampled_from(["", "<", "&", '"', "</data>", "<!--"]))
def test_a_page_damaged_anywhere_is_read_or_refused(place, piece):
    try:
        found = read_page(SHORT[:place] + piece + SHORT[place + 1 :])
    except ReadError:
        return
    assert found.language == "en"
