"""The line that says what everything else stands on."""

from __future__ import annotations

from tpfeedback.report.passages import readable, shortened
from tpfeedback.report.speech import Speech

LONGEST_SOURCE = 80


def scope_line(speech: Speech) -> str:
    """Return source, number of texts and their first and last day, as far as they are known."""
    sure, source = speech.facts["sure"], speech.facts["settings"].get("source")
    parts = [shortened(readable(str(source)), LONGEST_SOURCE)] if source else []
    count = speech.count("sure.texts", sure["texts"])
    parts.append(speech.say("headings", "texts", n=sure["texts"], count=count))
    if sure["first_date"]:
        days = [speech.date(f"sure.{end}_date", sure[f"{end}_date"]) for end in ("first", "last")]
        parts.append(" – ".join(dict.fromkeys(days)))
    return " · ".join(parts)
