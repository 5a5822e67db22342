"""tpfeedback: which touchpoint costs satisfaction, and what fixing it would gain.

>>> import tpfeedback as tp
>>> sorted(tp.__all__)[:3]
['Analysis', 'Export', 'ImpactFit']
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tpfeedback.analysis import Analysis as Analysis
    from tpfeedback.analysis import analyze as analyze
    from tpfeedback.follow_up import waits as waits
    from tpfeedback.impact import ImpactFit as ImpactFit
    from tpfeedback.impact import explain as explain
    from tpfeedback.impact import fit_impact as fit_impact
    from tpfeedback.impact import measure_impact as measure_impact
    from tpfeedback.impact import sensitivity_band as sensitivity_band
    from tpfeedback.impact import stress_test as stress_test
    from tpfeedback.ingest import Export as Export
    from tpfeedback.ingest import read_export as read_export
    from tpfeedback.ingest import read_feedback as read_feedback
    from tpfeedback.masking import mask_personal as mask_personal
    from tpfeedback.mentions import extract_comparisons as extract_comparisons
    from tpfeedback.mentions import extract_mentions as extract_mentions
    from tpfeedback.mentions import extract_waits as extract_waits
    from tpfeedback.priority import choose_fixes as choose_fixes
    from tpfeedback.priority import map_performance as map_performance
    from tpfeedback.priority import rank_touchpoints as rank_touchpoints
    from tpfeedback.priority import what_if as what_if
    from tpfeedback.report import verify_report as verify_report
    from tpfeedback.tagger import Tagger as Tagger
    from tpfeedback.tagger import load_tagger as load_tagger
    from tpfeedback.taxonomy import available_taxonomies as available_taxonomies
    from tpfeedback.taxonomy import load_taxonomy as load_taxonomy
    from tpfeedback.tracking import benchmark as benchmark
    from tpfeedback.tracking import compare as compare
    from tpfeedback.tracking import journey as journey
    from tpfeedback.tracking import ledger as ledger
    from tpfeedback.tracking import load_state as load_state
    from tpfeedback.tracking import merge_states as merge_states
    from tpfeedback.tracking import monitor as monitor
    from tpfeedback.tracking import rivals as rivals
    from tpfeedback.tracking import save_state as save_state
    from tpfeedback.tracking import segments as segments

__version__ = "0.1.0"

# A name is imported when it is first asked for, so that `import tpfeedback` stays cheap.
_HOME = {
    "Analysis": "analysis",
    "Export": "ingest",
    "ImpactFit": "impact",
    "Tagger": "tagger",
    "analyze": "analysis",
    "available_taxonomies": "taxonomy",
    "benchmark": "tracking",
    "choose_fixes": "priority",
    "compare": "tracking",
    "explain": "impact",
    "extract_comparisons": "mentions",
    "extract_mentions": "mentions",
    "extract_waits": "mentions",
    "fit_impact": "impact",
    "journey": "tracking",
    "ledger": "tracking",
    "load_state": "tracking",
    "load_tagger": "tagger",
    "load_taxonomy": "taxonomy",
    "map_performance": "priority",
    "mask_personal": "masking",
    "measure_impact": "impact",
    "merge_states": "tracking",
    "monitor": "tracking",
    "rank_touchpoints": "priority",
    "read_export": "ingest",
    "read_feedback": "ingest",
    "rivals": "tracking",
    "save_state": "tracking",
    "segments": "tracking",
    "sensitivity_band": "impact",
    "stress_test": "impact",
    "verify_report": "report",
    "waits": "follow_up",
    "what_if": "priority",
}

__all__ = [
    "Analysis",
    "Export",
    "ImpactFit",
    "Tagger",
    "analyze",
    "available_taxonomies",
    "benchmark",
    "choose_fixes",
    "compare",
    "explain",
    "extract_comparisons",
    "extract_mentions",
    "extract_waits",
    "fit_impact",
    "journey",
    "ledger",
    "load_state",
    "load_tagger",
    "load_taxonomy",
    "map_performance",
    "mask_personal",
    "measure_impact",
    "merge_states",
    "monitor",
    "rank_touchpoints",
    "read_export",
    "read_feedback",
    "rivals",
    "save_state",
    "segments",
    "sensitivity_band",
    "stress_test",
    "verify_report",
    "waits",
    "what_if",
]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f"tpfeedback.{_HOME[name]}"), name)
    raise AttributeError(f"module 'tpfeedback' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
