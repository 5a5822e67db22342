"""What a closer look found stands in the report: answered first, every figure named."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import html5lib
import openpyxl
import pytest
from jsonschema import Draft202012Validator

from tests.closer_cases import (
    NASTY,
    PHONE,
    TwoLanguages,
    analysed,
    discovery,
    labels_of,
    looked,
    nothing_found,
    recurrent,
    survey,
)
from tests.impact_cases import quiet
from tpfeedback.evaluation import evaluate
from tpfeedback.report import (
    render_evaluation,
    render_html,
    render_markdown,
    report_facts,
    verify_report,
)
from tpfeedback.report.figures import figure_value, figures
from tpfeedback.report.schema import analysis_schema
from tpfeedback.report.speech import Speech
from tpfeedback.report.tracked import tracked_sections
from tpfeedback.taxonomy import load_taxonomy
from tpfeedback.wording import load_wording

LANGUAGES = ("en", "pl", "ru", "zh")
ALL = ("problems", "themes", "shares", "evaluation")


@pytest.fixture(scope="module")
def analysis():
    return analysed(survey())


@pytest.fixture(scope="module")
def labels(analysis):
    return labels_of(analysis)


@pytest.fixture(scope="module")
def closer(analysis, labels):
    return looked(analysis, labels)


@pytest.fixture(scope="module")
def facts(closer):
    return report_facts(closer)


@pytest.fixture(scope="module")
def pages(facts):
    return {language: render_html(facts, language=language) for language in LANGUAGES}


def sections_of(facts, language="en"):
    return {one.key: one for one in tracked_sections(Speech(facts, load_wording(language)))}


def tree_of(page: str):
    return html5lib.parse(page, namespaceHTMLElements=False)


def text_of(page: str) -> str:
    return "".join(tree_of(page).itertext())


def test_an_analysis_that_was_not_looked_at_closer_has_no_such_sections(analysis):
    bare = report_facts(analysis)
    assert bare["closer"] == {}
    assert not any(f'<section id="{key}"' in render_html(bare) for key in ALL)


def test_the_sections_stand_in_one_order_whatever_was_found_first(closer, facts):
    turned = replace(closer, closer=dict(reversed(closer.closer.items())))
    assert tuple(sections_of(facts)) == ALL
    assert report_facts(turned)["closer"] == facts["closer"]


def test_the_facts_are_plain_enough_for_json_and_follow_the_schema(closer, facts):
    assert json.loads(json.dumps(facts, allow_nan=False)) == facts
    written = json.loads(json.dumps(closer.to_dict(), allow_nan=False))
    Draft202012Validator(analysis_schema()).validate(written)
    assert tuple(written["closer"]) == ALL


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_valid_in_each_language_and_every_figure_is_named(facts, pages, language):
    html5lib.HTMLParser(strict=True).parse(pages[language])
    values = {name: figure_value(value) for name, value in figures(facts).items()}
    shown = tree_of(pages[language]).iter("data")
    assert {(one.get("data-figure"), one.get("value")) for one in shown} == set(values.items())
    assert {name.split(".")[0] for name in values} >= set(ALL)


GOLDEN = {
    "problems": [
        "Delivery: what recurs most is “two weeks” (12 customers, 25% of those who complain about "
        "it).",
    ],
    "themes": [
        "1 theme that none of our touchpoints names: smell, mould (40 customers).",
        "The dearest that is certain: “smell, mould”. Without its complaints the mean would be "
        "0.200 higher (95% interval 0.150 to 0.250).",
    ],
}


@pytest.mark.parametrize("key", GOLDEN)
def test_a_section_begins_with_the_answer(facts, key):
    lines = [re.sub(r"(0\.\d\d)0\b", r"\1", line) for line in sections_of(facts)[key].lines]
    wanted = [re.sub(r"(0\.\d\d)0\b", r"\1", line) for line in GOLDEN[key]]
    assert lines[: len(wanted)] == wanted


@pytest.mark.parametrize(
    ("key", "answer"),
    [
        ("shares", r"^Most often complained about: Delivery, by 3\d% of customers \(95% interval"),
        ("shares", r"Price 1\d% \(not 0%\)"),
        ("shares", r"Surely different between the languages: Delivery \(more in Polish than in"),
        ("evaluation", r"^Compared with what people found in 200 texts: F1 \d\d% \(95% interval"),
    ],
)
def test_what_labels_tell_is_said_in_words(facts, key, answer):
    assert re.search(answer, "\n".join(sections_of(facts)[key].lines), re.MULTILINE)


@pytest.mark.parametrize(
    ("language", "shown"),
    [
        ("en", ["1 customer", "2 customers"]),
        ("pl", ["1 klient", "2 klienci", "5 klientów"]),
        ("ru", ["1 клиент", "2 клиента", "5 клиентов"]),
        ("zh", ["1位客户", "5位客户"]),
    ],
)
def test_customers_are_counted_as_the_language_does(language, shown):
    words = load_wording(language)
    numbers = [int(re.match(r"\d+", one)[0]) for one in shown]
    assert [words.say("closer", "customers", n=n, count=n) for n in numbers] == shown


def test_verify_names_the_figure_that_changed_and_no_other(closer, pages):
    shares = closer.closer["shares"]
    whole = shares.whole.copy()
    price = (whole["touchpoint"] == "price") & (whole["polarity"] == "negative")
    whole.loc[price, "raw_share"] = 0.01
    other = {**closer.closer, "shares": replace(shares, whole=whole)}
    found = verify_report(pages["ru"], replace(closer, closer=other))
    assert [(one.kind, one.name) for one in found] == [("value", "shares.raw_share.negative.price")]
    assert verify_report(pages["zh"], closer) == ()


def test_the_words_of_customers_stay_text(analysis, labels):
    found = looked(analysis, labels, name=NASTY)
    facts = report_facts(found)
    page = render_html(facts)
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert {one.get("data-figure") for one in tree_of(page).iter("data")} == set(figures(facts))
    assert "<script" not in render_markdown(facts)


def test_nothing_personal_is_shown_unless_asked_for(labels):
    table = survey().assign(comment=lambda t: t["comment"] + f", call {PHONE}")
    found = looked(analysed(table), labels, name=f"call {PHONE}")
    for shown in (found.to_html(), found.to_markdown(), json.dumps(found.to_dict())):
        assert "7946" not in shown
    assert PHONE in found.to_html(mask=False)


@pytest.mark.parametrize("language", LANGUAGES)
def test_markdown_says_what_the_page_says(facts, language):
    told = render_markdown(facts, language=language)
    for section in sections_of(facts, language).values():
        assert f"## {section.title}" in told
        assert all(card.title in told for card in section.cards)


def test_the_workbook_has_a_sheet_for_each_question_and_no_formula(analysis, labels, tmp_path):
    path = tmp_path / "report.xlsx"
    looked(analysis, labels, name=NASTY).to_excel(path, lang="ru")
    book = openpyxl.load_workbook(path)
    words = load_wording("ru")
    names = [words.say("closer", f"sheet_{key}") for key in ALL]
    assert set(names) <= set(book.sheetnames)
    kinds = {cell.data_type for name in names for row in book[name].iter_rows() for cell in row}
    assert kinds <= {"s", "n"}


def test_numbers_of_the_workbook_are_numbers(closer, facts, tmp_path):
    path = tmp_path / "report.xlsx"
    closer.to_excel(path)
    page = openpyxl.load_workbook(path)[load_wording().say("closer", "sheet_shares")]
    wanted = facts["closer"]["shares"]["negative"][0]["share"]
    values = [cell.value for row in page.iter_rows() for cell in row]
    assert any(isinstance(one, float) and one == pytest.approx(wanted) for one in values)


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_nothing_was_found_the_page_says_so_and_stays_whole(analysis, language):
    found = report_facts(replace(analysis, closer=nothing_found(analysis)))
    page = render_html(found, language=language)
    html5lib.HTMLParser(strict=True).parse(page)
    words = load_wording(language)
    assert words.say("closer", "themes_none", count="\x00").partition("\x00")[2] in text_of(page)
    assert [len(one.cards) for one in sections_of(found, language).values()] == [0, 0]
    assert {one.get("data-figure") for one in tree_of(page).iter("data")} == set(figures(found))


def test_effects_in_other_units_than_the_report_are_not_told(analysis):
    told = {"delivery": recurrent(analysis, "delivery")}
    found = {"themes": discovery(analysis), "problems": told}
    settings = {**analysis.settings, "model": "ordered_logit"}
    other = replace(analysis, closer=found, settings=settings)
    sections = sections_of(report_facts(other))
    heads = [column.name for one in sections.values() for column in one.listings[0].columns]
    assert "prize" not in heads
    assert not any("mean" in line for line in sections["themes"].lines)


def test_a_quote_stands_in_its_text_with_its_row_and_rating(facts):
    quote = facts["closer"]["themes"]["themes"][0]["quotes"]["negative"][0]
    assert (quote["evidence"], quote["row"]) == ("the" if "the" in quote["evidence"] else "all", 1)
    assert quote["overall"] is not None


def test_the_evaluation_alone_can_be_read_in_a_terminal(analysis, labels):
    found = quiet(evaluate, TwoLanguages(), labels, feedback=analysis.feedback)
    shown = render_evaluation(found, load_taxonomy(), language="pl")
    assert "W porównaniu z tym, co ludzie znaleźli w 200 tekstach" in shown
    assert "Dostawa" in shown
    assert max(map(len, shown.splitlines())) <= 110


def test_same_results_same_page(closer, pages):
    assert render_html(report_facts(closer)) == pages["en"]
