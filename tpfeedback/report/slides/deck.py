"""Opens a deck, has its slides written, and saves it: same findings, same bytes."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import Any

from tpfeedback.errors import WriteError
from tpfeedback.report.facts import Findings, report_facts
from tpfeedback.report.slides.pages import write_pages
from tpfeedback.report.speech import Speech
from tpfeedback.wording import load_wording

SLIDE_WIDTH, SLIDE_HEIGHT = 13.333, 7.5  # inches, 16:9
# A deck and its zip carry the time they were made; a fixed one keeps the bytes the same.
_CREATED = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_ZIPPED = (1980, 1, 1, 0, 0, 0)


def write_slides(
    findings: Findings, path: str | Path, *, language: str = "en", mask: bool = True
) -> None:
    """Write the report as a PowerPoint file with native, editable texts and chart.

    Slides: the answer; the ranking with intervals; each of the first three touchpoints with
    quotes; what is going well; how sure we are. Personal data in quotes is masked unless `mask`
    is False. Raises `WriteError` where the package python-pptx is not installed.
    """
    if find_spec("pptx") is None:
        raise WriteError(
            "Slides are written by the package python-pptx, which is not installed. "
            "Install it with: pip install 'tpfeedback[pptx]'. HTML, Markdown and Excel need "
            "nothing more."
        )
    from pptx import Presentation
    from pptx.util import Inches

    speech = Speech(report_facts(findings, mask=mask), load_wording(language))
    deck = Presentation()
    deck.slide_width, deck.slide_height = Inches(SLIDE_WIDTH), Inches(SLIDE_HEIGHT)
    write_pages(deck, speech)
    _sign(deck.core_properties, speech.say("headings", "title"), language)
    made = BytesIO()
    deck.save(made)
    Path(path).write_bytes(_rezipped(made))


def _sign(properties: Any, title: str, language: str) -> None:
    signed: Mapping[str, Any] = {
        "title": title,
        "author": "tpfeedback",
        "last_modified_by": "tpfeedback",
        "language": language,
        "created": _CREATED,
        "modified": _CREATED,
        "last_printed": _CREATED,
        "revision": 1,
    }
    for name, value in signed.items():
        setattr(properties, name, value)


def _rezipped(made: BytesIO) -> bytes:
    """Return the same archive with every entry dated alike."""
    kept = BytesIO()
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            entry = zipfile.ZipInfo(name, date_time=_ZIPPED)
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, old.read(name))
    return kept.getvalue()
