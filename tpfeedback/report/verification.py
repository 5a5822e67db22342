"""Checks a page against an analysis run again: every figure, the settings, the words."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from tpfeedback.errors import ReadError
from tpfeedback.report.facts import Findings, report_facts
from tpfeedback.report.html import render_html
from tpfeedback.report.records import Facts, plain_value
from tpfeedback.wording import available_wordings, load_wording

# Machines add numbers up in different orders: equal is what is equal to six digits.
NEARLY = {"rel_tol": 1e-6, "abs_tol": 1e-9}
SHOWN_AROUND = 60  # characters of a differing text to tell


@dataclass(frozen=True)
class Discrepancy:
    """One thing that no longer holds.

    `kind` is "value" (the data give another one), "shown" (the value is shown as another one),
    "missing" or "unknown" (only the data, or only the page, have such a figure), "setting",
    "data" (another file), "version" or "text" (the words around the figures). `name` is that of
    the figure or the setting; `page` is what the page says and `found` what the analysis gives.
    """

    kind: str
    name: str
    page: str
    found: str

    def __str__(self) -> str:
        """Return it as an English sentence."""
        told = {"name": self.name, "page": self.page, "found": self.found}
        return load_wording().say("verify", self.kind, **told)


@dataclass
class Page:
    """What a report's page holds: `figures` are (name, value, shown) in the page's order."""

    language: str = "en"
    version: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    figures: list[tuple[str, str, str]] = field(default_factory=list)
    text: str = ""


def read_page(page: str) -> Page:
    """Return what a page written by `Analysis.to_html` holds.

    Raises `ReadError` where it is no such page.
    """
    reader = _Reader()
    reader.feed(page)
    reader.close()
    found = reader.page
    found.text = " ".join("".join(reader.pieces).split())
    if not found.settings or found.language not in available_wordings():
        raise ReadError(
            'This is no report of tpfeedback: it has no <meta name="tpfeedback-settings"> that '
            "tells how it was made. Give the HTML file that to_html or the command analyze wrote."
        )
    return found


def verify_report(page: str, findings: Findings) -> tuple[Discrepancy, ...]:
    """Return what in the HTML page of a report no longer holds; nothing if all does.

    `page` is the text of the file, `findings` the analysis, run again. Every figure is
    computed again and compared with what the page holds as its value and with what it shows.
    Settings, the hashes of taxonomy, tagger and data file, and the version are compared too, and
    where these agree the words around the figures. Numbers are equal if six digits are.

    Raises `ReadError` where the page is no report.
    """
    given = read_page(page)
    facts = _facts(given, findings, mask=True)
    again = read_page(render_html(facts, language=given.language))
    found = [*_settings(given, facts), *_figures(given, again)]
    if not found and not _same_words(given, again, findings):
        found.append(_first_difference(given.text, again.text))
    return tuple(found)


def _facts(given: Page, findings: Findings, *, mask: bool) -> Facts:
    """Return the facts of the analysis; the same bytes under another name are the same file."""
    facts = report_facts(findings, mask=mask)
    settings, was = facts["settings"], given.settings.get("source_sha256")
    if was is not None and was == settings.get("source_sha256"):
        settings["source"] = given.settings.get("source")
    return facts


def _settings(given: Page, facts: Facts) -> Iterator[Discrepancy]:
    current = {key: plain_value(value) for key, value in facts["settings"].items()}
    version = facts["versions"]["tpfeedback"]
    if given.version != version:
        yield Discrepancy("version", "version", given.version, version)
    for key in sorted({*given.settings, *current}):
        was, now = given.settings.get(key), current.get(key)
        if was != now and key == "source_sha256":
            yield Discrepancy("data", key, str(was), str(now))
        elif was != now and not (key == "source" and current.get("source_sha256")):
            yield Discrepancy("setting", key, _told(was), _told(now))


def _figures(given: Page, again: Page) -> Iterator[Discrepancy]:
    """Yield each figure that differs once, by name."""
    expected: dict[str, dict[str, set[str]]] = {}
    for name, value, shown in again.figures:
        expected.setdefault(name, {}).setdefault(value, set()).add(shown)
    told: set[str] = set()
    for name, value, shown in given.figures:
        if name not in told and (problem := _differing(name, value, shown, expected)):
            told.add(name)
            yield problem
    for name in sorted(set(expected) - {name for name, *_ in given.figures}):
        yield Discrepancy("missing", name, "", next(iter(expected[name])))


def _differing(
    name: str, value: str, shown: str, expected: dict[str, dict[str, set[str]]]
) -> Discrepancy | None:
    if name not in expected:
        return Discrepancy("unknown", name, value, "")
    for known, ways in expected[name].items():
        if _equal(value, known):
            right = shown in ways
            return None if right else Discrepancy("shown", name, shown, " / ".join(sorted(ways)))
    return Discrepancy("value", name, value, next(iter(expected[name])))


def _equal(one: str, other: str) -> bool:
    try:
        return one == other or math.isclose(float(one), float(other), **NEARLY)
    except ValueError:
        return False


def _same_words(given: Page, again: Page, findings: Findings) -> bool:
    """Tell whether the page says what this analysis says, with personal data masked or not."""
    if given.text == again.text:
        return True
    bare = render_html(_facts(given, findings, mask=False), language=given.language)
    return given.text == read_page(bare).text


def _first_difference(page: str, found: str) -> Discrepancy:
    place = next(
        (i for i, (a, b) in enumerate(zip(page, found, strict=False)) if a != b),
        min(len(page), len(found)),
    )
    around = slice(max(0, place - SHOWN_AROUND // 2), place + SHOWN_AROUND // 2)
    return Discrepancy("text", "text", page[around], found[around])


def _told(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


class _Reader(HTMLParser):
    """Collects what `Page` holds while the page goes by."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page()
        self.pieces: list[str] = []
        self._open: tuple[str, str, int] | None = None  # name and value, where its text begins
        self._hidden = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "html":
            self.page.language = given.get("lang", "")
        elif tag == "meta":
            self._meta(given.get("name", ""), given.get("content", ""))
        elif tag == "data" and "data-figure" in given:
            self._open = (given["data-figure"], given.get("value", ""), len(self.pieces))
        self._hidden = tag in ("style", "script")

    def handle_endtag(self, tag: str) -> None:
        if tag == "data" and self._open is not None:
            name, value, first = self._open
            self.page.figures.append((name, value, "".join(self.pieces[first:]).strip()))
            self._open = None
        self._hidden = False

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.pieces.append(data)

    def _meta(self, name: str, content: str) -> None:
        if name == "generator":
            self.page.version = content.removeprefix("tpfeedback ")
        elif name == "tpfeedback-settings":
            try:
                settings = json.loads(content)
            except ValueError:
                return
            self.page.settings = settings if isinstance(settings, dict) else {}
