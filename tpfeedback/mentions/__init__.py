"""The bridge: the only place that knows both tables and texts."""

from tpfeedback.mentions.comparatives import extract_comparisons
from tpfeedback.mentions.rolling import roll_up
from tpfeedback.mentions.tagging import Tagged, extract_mentions, tag_feedback
from tpfeedback.mentions.waits import extract_waits

__all__ = [
    "Tagged",
    "extract_comparisons",
    "extract_mentions",
    "extract_waits",
    "roll_up",
    "tag_feedback",
]
