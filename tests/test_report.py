"""The report answers, quotes and explains, and nothing a customer wrote can run in it."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.nasty_texts import NASTY
from tests.small_findings import LATE, findings, impact_table, priorities_table
from tpfeedback.errors import TpfeedbackError
from tpfeedback.outcome import Outcome
from tpfeedback.report import (
    answer,
    plain_records,
    readable,
    render_html,
    render_markdown,
    render_summary,
    report_facts,
)
from tpfeedback.report.passages import passage, shortened
from tpfeedback.wording import Note

VOID = {"meta", "br", "img", "link", "input", "hr"}


class Page(HTMLParser):
    """Collects elements, attributes and text; complains of tags that do not close."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.open: list[str] = []
        self.texts: list[str] = []
        self.marked: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)
        if self.open and self.open[-1] == "mark":
            self.marked.append(data)


@pytest.fixture
def without_charts(monkeypatch):
    """Leave the charts out, which take most of the time and hold no customer's words."""
    missing = dict.fromkeys(("prizes", "effects", "map", "journey", "trend"))
    monkeypatch.setattr("tpfeedback.report.html.draw_charts", lambda facts, words: missing)


@pytest.fixture(scope="module")
def page() -> Page:
    return Page(findings().to_html())


def test_the_page_is_well_formed(page):
    assert page.open == []


def test_the_page_loads_nothing_and_runs_nothing(page):
    assert not {"script", "link", "img", "iframe", "object", "form"} & set(page.tags)
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    targets = [value for name, value in page.attributes if name in ("src", "href")]
    assert all(target.startswith("#") for target in targets)


def test_every_link_of_the_page_leads_somewhere(page):
    ids = {value for name, value in page.attributes if name == "id"}
    assert {value[1:] for name, value in page.attributes if name == "href"} <= ids


def test_the_page_names_no_address_but_the_svg_namespace():
    addresses = set(re.findall(r"(?:https?:)?//[\w.-]+", findings().to_html()))
    assert addresses <= {"http://www.w3.org"}


def test_the_page_answers_in_three_sentences(page):
    text = "".join(page.texts)
    assert "Delivery costs most" in text
    assert "rise by about 0.360 (95% interval 0.310 to 0.410)" in " ".join(text.split())
    assert "What carries satisfaction is" in text


def test_the_evidence_is_marked_in_its_context(page):
    assert "Заказ привезли на три дня позже" in page.marked
    assert ", курьер не позвонил." in "".join(page.texts)


def test_each_quote_is_flagged_with_its_language(page):
    languages = [value for name, value in page.attributes if name == "lang"]
    assert {"en", "ru", "zh", "pl"} <= set(languages)


@pytest.mark.parametrize("nasty", NASTY)
def test_a_nasty_text_does_nothing_in_the_page(nasty, without_charts):
    html = findings(extra=[nasty]).to_html()
    page = Page(html)
    assert page.open == []
    assert "script" not in page.tags
    assert "img" not in page.tags
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    assert "49" not in [text.strip() for text in page.texts]
    assert not set("\u202e\u202d\u2066\x00\x1b\x07") & set(html)


def test_names_and_warnings_are_escaped_too():
    bad = "<script>alert(1)</script>"
    impact, priorities = impact_table(), priorities_table()
    impact["touchpoint"] = impact["touchpoint"].replace("staff", bad)
    priorities["touchpoint"] = priorities["touchpoint"].replace("staff", bad)
    priorities["reason"] = bad
    analysis = findings(
        impact=impact,
        priorities=priorities,
        warnings=(bad,),
        settings={bad: bad},
        export={
            "notes": (bad,),
            "columns": {bad: bad},
            "rejected": pd.DataFrame({"row": [1], "reason": [bad]}),
        },
        outcome=Outcome("overall", bad, bad, "rating"),
    )
    for html in (analysis.to_html(), analysis._repr_html_()):
        assert "<script" not in html
        assert "&lt;script&gt;" in html


def test_the_page_stays_small_whatever_the_input():
    keys = [f"touchpoint_{i}" for i in range(2_000)]
    many = {"touchpoint": keys}
    impact = pd.concat([impact_table().head(1)] * 2_000, ignore_index=True).assign(**many)
    ranks = range(1, 2_001)
    priorities = pd.concat([priorities_table().head(1)] * 2_000, ignore_index=True)
    priorities = priorities.assign(rank=ranks, reason="long " * 10_000, **many)
    html = findings(
        extra=["late " * 200_000],
        impact=impact,
        priorities=priorities,
        warnings=tuple(f"{i} " + "w" * 10_000 for i in range(1_000)),
        export={
            "notes": tuple(f"{i} " + "n" * 10_000 for i in range(1_000)),
            "columns": {"text": tuple("c" * 500 + str(i) for i in range(1_000))},
            "rejected": pd.DataFrame(
                {"row": range(5_000), "reason": ["r" * i for i in range(5_000)]}
            ),
        },
    ).to_html()
    assert len(html.encode()) < 2_000_000


def test_same_findings_give_the_same_bytes(tmp_path):
    for name in ("a", "b"):
        findings().to_html(tmp_path / f"{name}.html")
        findings().to_excel(tmp_path / f"{name}.xlsx")
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_the_page_tells_how_sure_it_is(page):
    text = " ".join("".join(page.texts).split())
    assert "Rows read: 6; texts used: 4; rows set aside: 2." in text
    assert "Only four texts were rated." in text
    assert "Row 3: the date 'soon' is no date and is missing." in text
    assert "Russian" in text


def test_a_text_in_another_language_is_counted_aloud(without_charts):
    feedback = findings().feedback.assign(language=["ru", "zh", "other", "en"])
    said = "".join(Page(findings(feedback=feedback).to_html()).texts)
    assert "none of the four languages: 1 (25" in said


def test_without_mentions_the_page_says_so():
    empty = findings(
        mentions=findings().mentions.head(0),
        impact=impact_table().head(0),
        priorities=priorities_table().head(0),
    )
    assert "No touchpoint was recognised" in empty.to_html()
    assert "No touchpoint was recognised" in empty.to_markdown()


def test_without_effects_the_page_says_so():
    effects = [c for c in impact_table() if c.startswith(("penalty", "reward", "prize"))]
    prizes = [c for c in priorities_table() if c.startswith("prize")]
    missing = dict.fromkeys(effects, float("nan"))
    analysis = findings(
        impact=impact_table().assign(**missing),
        priorities=priorities_table().assign(**dict.fromkeys(prizes, float("nan"))),
    )
    assert "The gain could not be measured for any touchpoint" in analysis.to_html()


def test_where_nobody_complains_the_page_says_that_and_still_tells_what_is_praised():
    impact = impact_table().assign(
        negative=0, negative_share=0.0, **dict.fromkeys(PRIZES, float("nan"))
    )
    priorities = priorities_table().assign(**dict.fromkeys(PRIZES, float("nan")))
    said = "".join(Page(findings(impact=impact, priorities=priorities).to_html()).texts)
    assert "Nobody complains of anything in these texts" in said
    assert "could not be measured" not in said
    assert "What carries satisfaction is" in said


PRIZES = ("prize", "prize_low", "prize_high")


def test_without_a_gain_the_page_says_so():
    prizes = {"prize": -0.1, "prize_low": -0.2, "prize_high": 0.0}
    assert "No touchpoint shows a gain" in _answer(priorities_table().assign(**prizes))


def test_a_shared_first_place_is_told():
    priorities = priorities_table().assign(rank_low=1, rank_high=3)
    assert "may stand anywhere from 1 to 3" in _answer(priorities)


def test_a_first_gain_that_reaches_zero_is_called_uncertain():
    priorities = priorities_table().assign(prize_low=-0.1)
    assert "No gain is certain yet: Delivery stands first" in _answer(priorities)


def test_a_certain_gain_behind_an_uncertain_one_is_not_said_to_cost_most():
    priorities = priorities_table().assign(prize_low=[-0.1, 0.03, -0.1])
    said = _answer(priorities)
    assert "The largest gain that is certain lies with Staff" in said
    assert "Delivery may hold more (0.360), but its interval reaches zero" in said
    assert "costs most" not in said


def test_only_certain_gains_follow_the_first():
    assert "Staff (0.080) follows; the two hold" in _answer(priorities_table())
    priorities = priorities_table().assign(prize_low=[0.3, -0.1, -0.1])
    assert "No other touchpoint shows a certain gain." in _answer(priorities)


def _answer(priorities):
    return " ".join(answer(report_facts(findings(priorities=priorities))))


def test_facts_hold_nothing_that_json_cannot():
    facts = report_facts(findings())
    assert json.loads(json.dumps(facts, allow_nan=False)) == facts


def test_facts_leave_the_tables_as_they_were():
    analysis = findings()
    before = analysis.feedback.copy(deep=True), analysis.impact.copy(deep=True)
    report_facts(analysis)
    pd.testing.assert_frame_equal(analysis.feedback, before[0])
    pd.testing.assert_frame_equal(analysis.impact, before[1])


def test_equal_texts_are_quoted_once():
    extra = [LATE, LATE, "late once more, as every single week"]
    quotes = report_facts(findings(extra=extra))["ranking"][0]["quotes"]
    said = [quote["before"] + quote["evidence"] + quote["after"] for quote in quotes]
    assert len(set(said)) == len(said) == 3


def test_praise_that_may_be_worth_nothing_is_not_called_going_well():
    impact = impact_table().assign(reward_low=[0.1, -0.1, -0.1])
    rewards = report_facts(findings(impact=impact))["rewards"]
    assert [one["touchpoint"] for one in rewards] == ["delivery"]


def test_what_is_going_well_is_sorted_by_share_times_reward():
    rewards = report_facts(findings())["rewards"]
    assert [one["touchpoint"] for one in rewards] == ["assortment", "staff", "delivery"]
    assert rewards[0]["gain"] == pytest.approx(0.3 * 0.4)


def test_the_summary_is_a_fragment_with_the_ranking():
    summary = render_summary(report_facts(findings()))
    assert "<html" not in summary
    assert "Delivery" in summary


@pytest.mark.parametrize("render", [render_html, render_markdown, render_summary])
def test_an_unknown_report_language_is_answered_with_the_known_ones(render):
    with pytest.raises(TpfeedbackError, match=r"Unknown report language 'xx'\. Known: .*en"):
        render(report_facts(findings()), language="xx")


# --- small parts


@given(st.text(max_size=400), st.integers(-5, 400), st.integers(-5, 400))
@settings(deadline=None, max_examples=150)
def test_a_passage_is_short_and_on_one_line(text, start, stop):
    cut = passage(text, start, stop, around=20)
    assert len(cut.before) <= 21
    assert len(cut.after) <= 21
    assert not re.search(r"[\n\r\t\x00]", str(cut))


@given(st.text(max_size=30), st.text(min_size=1, max_size=30), st.text(max_size=30))
@settings(deadline=None, max_examples=100)
def test_a_short_text_is_shown_whole(before, evidence, after):
    text = before + evidence + after
    cut = passage(text, len(before), len(before) + len(evidence), around=100)
    assert str(cut).replace(" ", "") == readable(text).replace(" ", "")


@pytest.mark.parametrize(
    ("text", "longest", "short"),
    [
        ("late", 4, "late"),
        ("delivery was late", 14, "delivery was…"),
        ("一二三四五六", 4, "一二三…"),
        ("ab👩‍👩‍👧cd", 5, "ab…"),
        ("ae\u0301io", 3, "a…"),
    ],
)
def test_a_cut_parts_no_letter_from_its_accent(text, longest, short):
    assert shortened(text, longest) == short


def test_records_hold_plain_values():
    table = pd.DataFrame(
        {
            "date": [pd.Timestamp("2024-01-02"), pd.NaT],
            "count": pd.array([1, None], dtype="Int64"),
            "number": [float("inf"), 2.5],
            "text": pd.array(["a", None], dtype="str"),
            "flag": [True, False],
        }
    )
    assert plain_records(table) == [
        {"date": "2024-01-02T00:00:00", "count": 1, "number": None, "text": "a", "flag": True},
        {"date": None, "count": None, "number": 2.5, "text": None, "flag": False},
    ]


@pytest.mark.parametrize(
    ("outcomes", "decimals"),
    [([1, 5], 2), ([4, 5], 3), ([0, 10], 2), ([0, 1000], 0), ([0.01, 0.02], 4), ([3, 3], 2)],
)
def test_numbers_have_the_digits_that_matter_for_the_outcome(outcomes, decimals):
    feedback = findings().feedback.assign(overall=[float(one) for one in outcomes * 2])
    assert report_facts(findings(feedback=feedback))["outcome"]["decimals"] == decimals


def test_a_masked_analysis_holds_no_address_in_what_it_tells_of_reading():
    cells = pd.DataFrame({"row": [3], "column": ["date"], "value": ["anna@example.com"]})
    found = findings(
        warnings=("Ask anna@example.com.",),
        export={"notes": (Note("Of anna@example.com.", "known", {"column": "anna@example.com"}),),
                "unreadable": cells},
    ).masked()  # fmt: skip
    told = [*found.warnings, *found.notes, *found.export.unreadable["value"]]
    assert told == ["Ask [e-mail].", "Of [e-mail].", "[e-mail]"]
    assert (found.notes[0].key, found.notes[0].values) == ("known", {"column": "[e-mail]"})


@pytest.mark.parametrize(
    ("content", "shown"),
    [
        ("5 | - | anna.brown@exam…", "5 | - | …"),
        ("5 | - | anna.bro…", "5 | - | …"),
        ("5 | - | +44 20 79…", "5 | - | …"),
        ("5 | - | 上海市静安区…", "5 | - | 上海市静安区…"),
        ("5 | - | Łódź", "5 | - | Łódź"),
    ],
)
def test_an_address_cut_at_the_end_of_an_excerpt_is_not_shown_in_part(content, shown):
    rejected = pd.DataFrame({"row": [7], "reason": ["no text"], "content": [content]})
    found = findings(export={"rejected": rejected})
    assert found.masked().rejected["content"].tolist() == [shown]
    assert found.rejected["content"].tolist() == [content]


def test_a_column_of_the_source_is_masked_though_a_table_of_ours_has_one_of_its_name():
    feedback = findings().feedback.assign(touchpoint="anna@example.com")
    assert set(findings(feedback=feedback).masked().feedback["touchpoint"]) == {"[e-mail]"}
