"""How good a tagger is on labelled texts, and how far the people who labelled them agree."""

from tpfeedback.evaluation.agreement import measure_agreement
from tpfeedback.evaluation.alpha import krippendorff_alpha
from tpfeedback.evaluation.coefficient import Coefficient
from tpfeedback.evaluation.evaluation import Evaluation
from tpfeedback.evaluation.kappa import cohen_kappa
from tpfeedback.evaluation.measuring import evaluate

__all__ = [
    "Coefficient",
    "Evaluation",
    "cohen_kappa",
    "evaluate",
    "krippendorff_alpha",
    "measure_agreement",
]
