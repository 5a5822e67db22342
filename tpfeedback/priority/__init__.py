"""What to fix first, why, what it would gain, and the words of customers that show it."""

from __future__ import annotations

from tpfeedback.priority.fixes import Fixes, choose_fixes
from tpfeedback.priority.performance_map import map_performance
from tpfeedback.priority.quotes import pick_quotes, quotes_with_texts
from tpfeedback.priority.ranks import rank_touchpoints
from tpfeedback.priority.what_if import Scenario, what_if

__all__ = [
    "Fixes",
    "Scenario",
    "choose_fixes",
    "map_performance",
    "pick_quotes",
    "quotes_with_texts",
    "rank_touchpoints",
    "what_if",
]
