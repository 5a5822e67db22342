"""Markdown says what the page says, and no text in it is read as a sign, a tag or a link."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from tests.nasty_texts import NASTY
from tests.small_findings import SLOW, findings, impact_table, priorities_table
from tpfeedback.report import render_markdown, report_facts
from tpfeedback.report.markdown import bold, escaped
from tpfeedback.report.passages import readable
from tpfeedback.wording import available_wordings, load_wording

READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def _text(markdown: str) -> str:
    """Return what a reader sees of one paragraph."""
    tokens = READER.parse(markdown)
    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    return _seen(tokens[1], {"text", "text_special", "strong_open", "strong_close"})


def _seen(inline, allowed):
    assert {child.type for child in inline.children} <= allowed
    return "".join(child.content for child in inline.children)


def _types(markdown: str) -> set[str]:
    tokens = READER.parse(markdown)
    return {one.type for token in tokens for one in (token, *(token.children or ()))}


@pytest.mark.parametrize(
    "text",
    [
        *(text for text in NASTY if readable(text).strip()),
        "1. late", "12) late", "# late", "- late", "+ late", "=== late", "> late", "~~late~~",
        "www.evil.example", "&lt;b&gt; &copy;", "[^1] late", "\\*late\\*", "$x$ late", "late!",
        "__late__ and *late*", "<https://evil.example>", "| a | b |", "***", "---",
    ],
)  # fmt: skip
def test_a_text_is_read_as_it_was_written(text):
    assert _text(escaped(text)) == readable(text).strip()


@given(st.text(st.characters(exclude_categories=["Cs", "Zs", "Zl", "Zp"]), min_size=1))
@example("0\r\x1b\r0")
@settings(deadline=None, max_examples=300)
def test_any_text_is_read_as_it_was_written(text):
    plain = readable(text).strip()
    if plain:
        assert _text(escaped(plain)) == plain
        assert _text(f"a{bold(plain)}b") == f"a{plain}b"


@pytest.mark.parametrize("text", ["https://evil.example", "WWW.evil.example", "mailto:a@b.example"])
def test_an_address_is_broken_so_that_no_reader_makes_a_link_of_it(text):
    assert not re.search(r"https?://|www\.|mailto:", escaped(text), re.IGNORECASE)


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("late", "**late**"),
        ("“质量不行。”", "“**质量不行**。”"),
        ("*late*!", r"\***late**\*!"),
        ("1. late", r"**1. late**"),
        ("!?", "!?"),
        ("и́", "**и́**"),
        ("", ""),
    ],
)
def test_bold_goes_from_the_first_letter_to_the_last(text, marked):
    assert bold(text) == marked


def test_bold_is_read_as_bold_between_chinese_letters():
    kinds = [token.type for token in READER.parse(f"价{bold('“质量不行。”')}便")[1].children]
    assert "strong_open" in kinds


def test_the_whole_report_holds_no_link_picture_or_html():
    markdown = findings(extra=NASTY).to_markdown()
    assert not _types(markdown) & {"link_open", "image", "html_inline", "html_block", "fence",
                                   "code_block", "code_inline", "s_open"}  # fmt: skip


def test_every_row_of_a_table_has_as_many_cells_as_its_head():
    markdown = findings(extra=["a | b", *NASTY]).to_markdown()
    tables = [block for block in markdown.split("\n\n") if block.startswith("| ")]
    assert len(tables) >= 6
    for table in tables:
        widths = {len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}
        assert len(widths) == 1


def test_the_report_has_the_parts_of_the_page_in_its_order():
    heads = re.findall(r"^## (.+)$", findings().to_markdown(), re.MULTILINE)
    parts = ("ranking", "rewards", "changes", "sure", "method", "appendix")
    assert heads == [load_wording().say("headings", part) for part in parts]


def test_the_ranking_has_prize_interval_reason_and_quotes():
    markdown = findings().to_markdown()
    assert "| Delivery | 1 (1–1) | 0.360 | 0.310 to 0.410 | 30% |" in markdown
    assert "### 1. Delivery" in markdown
    assert "> **Заказ привезли на три дня позже**, курьер не позвонил." in markdown
    assert "> — Russian · row 1 · rated 2" in markdown


def test_personal_data_in_quotes_are_masked_unless_it_is_asked_otherwise():
    made = findings(extra=["+44 20 7946 0958 is my number, " + SLOW])
    shown = {mask: render_markdown(report_facts(made, mask=mask)) for mask in (True, False)}
    assert "7946" not in shown[True]
    assert "7946" in shown[False]


def test_without_mentions_there_is_no_ranking():
    empty = findings(
        mentions=findings().mentions.head(0),
        impact=impact_table().head(0),
        priorities=priorities_table().head(0),
    )
    markdown = empty.to_markdown()
    assert "No touchpoint was recognised" in markdown
    assert "What is going well" not in markdown


@pytest.mark.parametrize("language", available_wordings())
def test_the_report_speaks_each_language(language):
    facts = report_facts(findings())
    markdown = render_markdown(facts, language=language)
    assert markdown == render_markdown(facts, language=language)
    assert facts["names"]["delivery"][language] in markdown.splitlines()[4]
