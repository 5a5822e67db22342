"""What to fix first, why, and the words of customers that show it."""

from __future__ import annotations

from tpfeedback.priority.quotes import pick_quotes
from tpfeedback.priority.ranks import rank_touchpoints

__all__ = ["pick_quotes", "rank_touchpoints"]
