"""tpfeedback: which touchpoint costs satisfaction, and what fixing it would gain.

>>> import tpfeedback as tp
>>> sorted(tp.__all__)[:3]
['Analysis', 'Batch', 'BatchAnalysis']
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tpfeedback.analysis import Analysis as Analysis
    from tpfeedback.analysis import analyze as analyze
    from tpfeedback.batch import Batch as Batch
    from tpfeedback.batch import BatchAnalysis as BatchAnalysis
    from tpfeedback.batch import analyze_tagged as analyze_tagged
    from tpfeedback.batch import read_batch as read_batch
    from tpfeedback.batch import tag_file as tag_file
    from tpfeedback.discovery import Discovery as Discovery
    from tpfeedback.discovery import Problems as Problems
    from tpfeedback.discovery import discover as discover
    from tpfeedback.discovery import load_discovery as load_discovery
    from tpfeedback.discovery import problems as problems
    from tpfeedback.evaluation import Evaluation as Evaluation
    from tpfeedback.evaluation import cohen_kappa as cohen_kappa
    from tpfeedback.evaluation import evaluate as evaluate
    from tpfeedback.evaluation import krippendorff_alpha as krippendorff_alpha
    from tpfeedback.evaluation import measure_agreement as measure_agreement
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
    from tpfeedback.labelling import LabellingSample as LabellingSample
    from tpfeedback.labelling import read_labels as read_labels
    from tpfeedback.labelling import sample_for_labelling as sample_for_labelling
    from tpfeedback.labelling import settle_labels as settle_labels
    from tpfeedback.masking import mask_personal as mask_personal
    from tpfeedback.mentions import extract_comparisons as extract_comparisons
    from tpfeedback.mentions import extract_mentions as extract_mentions
    from tpfeedback.mentions import extract_waits as extract_waits
    from tpfeedback.mentions import roll_up as roll_up
    from tpfeedback.priority import choose_fixes as choose_fixes
    from tpfeedback.priority import map_performance as map_performance
    from tpfeedback.priority import rank_touchpoints as rank_touchpoints
    from tpfeedback.priority import what_if as what_if
    from tpfeedback.report import verify_report as verify_report
    from tpfeedback.shares import measure_shares as measure_shares
    from tpfeedback.shares import share_differences as share_differences
    from tpfeedback.tagger import Tagger as Tagger
    from tpfeedback.taxonomy import available_taxonomies as available_taxonomies
    from tpfeedback.taxonomy import load_taxonomy as load_taxonomy
    from tpfeedback.teaching.estimator import TouchpointTagger as TouchpointTagger
    from tpfeedback.teaching.estimator import load_tagger as load_tagger
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
    "Batch": "batch",
    "BatchAnalysis": "batch",
    "Discovery": "discovery",
    "Evaluation": "evaluation",
    "Export": "ingest",
    "ImpactFit": "impact",
    "LabellingSample": "labelling",
    "Problems": "discovery",
    "Tagger": "tagger",
    "TouchpointTagger": "teaching.estimator",
    "analyze": "analysis",
    "analyze_tagged": "batch",
    "available_taxonomies": "taxonomy",
    "benchmark": "tracking",
    "choose_fixes": "priority",
    "cohen_kappa": "evaluation",
    "compare": "tracking",
    "discover": "discovery",
    "evaluate": "evaluation",
    "explain": "impact",
    "extract_comparisons": "mentions",
    "extract_mentions": "mentions",
    "extract_waits": "mentions",
    "fit_impact": "impact",
    "journey": "tracking",
    "krippendorff_alpha": "evaluation",
    "ledger": "tracking",
    "load_discovery": "discovery",
    "load_state": "tracking",
    "load_tagger": "teaching.estimator",
    "load_taxonomy": "taxonomy",
    "map_performance": "priority",
    "mask_personal": "masking",
    "measure_agreement": "evaluation",
    "measure_impact": "impact",
    "measure_shares": "shares",
    "merge_states": "tracking",
    "monitor": "tracking",
    "problems": "discovery",
    "rank_touchpoints": "priority",
    "read_batch": "batch",
    "read_export": "ingest",
    "read_feedback": "ingest",
    "read_labels": "labelling",
    "rivals": "tracking",
    "roll_up": "mentions",
    "sample_for_labelling": "labelling",
    "save_state": "tracking",
    "segments": "tracking",
    "sensitivity_band": "impact",
    "settle_labels": "labelling",
    "share_differences": "shares",
    "stress_test": "impact",
    "tag_file": "batch",
    "verify_report": "report",
    "waits": "follow_up",
    "what_if": "priority",
}

__all__ = [
    "Analysis",
    "Batch",
    "BatchAnalysis",
    "Discovery",
    "Evaluation",
    "Export",
    "ImpactFit",
    "LabellingSample",
    "Problems",
    "Tagger",
    "TouchpointTagger",
    "analyze",
    "analyze_tagged",
    "available_taxonomies",
    "benchmark",
    "choose_fixes",
    "cohen_kappa",
    "compare",
    "discover",
    "evaluate",
    "explain",
    "extract_comparisons",
    "extract_mentions",
    "extract_waits",
    "fit_impact",
    "journey",
    "krippendorff_alpha",
    "ledger",
    "load_discovery",
    "load_state",
    "load_tagger",
    "load_taxonomy",
    "map_performance",
    "mask_personal",
    "measure_agreement",
    "measure_impact",
    "measure_shares",
    "merge_states",
    "monitor",
    "problems",
    "rank_touchpoints",
    "read_batch",
    "read_export",
    "read_feedback",
    "read_labels",
    "rivals",
    "roll_up",
    "sample_for_labelling",
    "save_state",
    "segments",
    "sensitivity_band",
    "settle_labels",
    "share_differences",
    "stress_test",
    "tag_file",
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
