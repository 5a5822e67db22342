"""What was tracked, a sheet each: the sentences, the tables as typed cells, native charts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tpfeedback.report.passages import Passage
from tpfeedback.report.records import Facts
from tpfeedback.report.sources import TRACKED_SOURCES
from tpfeedback.report.speech import Speech
from tpfeedback.report.tracked import Card, Listing, Section, tracked_sections
from tpfeedback.report.workbook.answer import LAST_COLUMN, sentence_height
from tpfeedback.report.workbook.cells import fit_text
from tpfeedback.report.workbook.grid import LINE_HEIGHT, write_cell
from tpfeedback.report.workbook.listing_charts import chart_height, listing_chart, sheet_rows
from tpfeedback.wording import Wording

_TITLE_AND_HEAD = 2  # rows above the first of a table


def write_tracked(book: Any, facts: Facts, words: Wording, formats: Mapping[str, Any]) -> None:
    """Write one sheet for each thing that was tracked; none where nothing was."""
    speech = Speech(facts, words)
    for section in tracked_sections(speech):
        page = book.add_worksheet(words.say(section.words, f"sheet_{section.key}"))
        page.set_column(0, 0, 34)
        page.set_column(1, LAST_COLUMN, 13)
        page.hide_gridlines(2)
        _write_section(book, page, section, speech, formats)
        page.set_landscape()
        page.set_paper(9)
        page.fit_to_pages(1, 0)


def _write_section(
    book: Any, page: Any, section: Section, speech: Speech, formats: Mapping[str, Any]
) -> None:
    row = _write_lines(page, 0, [(section.title, "title")], formats)
    row = _write_lines(page, row, [(line, "sentence") for line in section.lines], formats)
    for listing in section.listings:
        # The chart lies above its table, whose rows follow in constant memory.
        row = _insert_chart(book, page, row + 1, listing, speech)
        row = _write_listing(page, row, listing, speech, formats)
    for card in section.cards:
        row = _write_card(page, row + 1, card, formats)
    source = f"{speech.say('headings', 'sources')}: {TRACKED_SOURCES[section.key]}"
    told = [*section.sure, *(speech.remark(note) for note in section.notes), source]
    title = (speech.say("headings", "sure"), "sentence")
    _write_lines(page, row + 1, [title, *((line, "small") for line in told)], formats)


def _insert_chart(book: Any, page: Any, row: int, listing: Listing, speech: Speech) -> int:
    """Insert the chart of a table, if it has one; return the row in which the table begins."""
    height = chart_height(listing)
    if height is None:
        return row
    below = row + sheet_rows(height)
    chart = listing_chart(book, page.get_name(), listing, below + _TITLE_AND_HEAD, speech)
    page.insert_chart(row, 0, chart, {"object_position": 2})
    return below


def _write_lines(
    page: Any, row: int, lines: list[tuple[str, str]], formats: Mapping[str, Any]
) -> int:
    for place, (text, look) in enumerate(lines, start=row):
        page.set_row(place, sentence_height(text, look))
        page.merge_range(place, 0, place, LAST_COLUMN, "", formats[look])
        page.write_string(place, 0, fit_text(text), formats[look])
    return row + len(lines)


def _write_listing(
    page: Any, row: int, listing: Listing, speech: Speech, formats: Mapping[str, Any]
) -> int:
    """Write a table with its title and note; return the first row below."""
    row = _write_lines(page, row, [(listing.title, "sentence")], formats)
    table, heads = listing.frame(speech)
    page.set_row(row, 3 * LINE_HEIGHT)
    for place, (head, _) in enumerate(heads):
        page.write_string(row, place, head, formats["head"])
    for number, values in enumerate(table.itertuples(index=False, name=None), start=row + 1):
        for place, (value, (_, kind)) in enumerate(zip(values, heads, strict=True)):
            write_cell(page, (number, place), value, kind, formats)
    row += 1 + len(table)
    return _write_lines(page, row, [(listing.note, "small")] if listing.note else [], formats)


def _write_card(page: Any, row: int, card: Card, formats: Mapping[str, Any]) -> int:
    lines = [(card.title, "sentence"), *((line, "small") for line in card.lines)]
    row = _write_lines(page, row, lines, formats)
    for said in card.said:
        row = _write_lines(page, row, [(said.title, "small")], formats)
        for quote in said.quotes:
            passage = Passage(quote["before"], quote["evidence"], quote["after"])
            page.set_row(row, sentence_height(str(passage), "sentence"))
            page.merge_range(row, 0, row, LAST_COLUMN, "", formats["text"])
            write_cell(page, (row, 0), passage, "text", formats)
            row += 1
    return row
