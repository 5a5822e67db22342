"""One file per model of the outcome; the name of the model is the name of the file.

A model is a module with a function `estimate_effects(design)` that returns the `Effects` of the
terms of the design. Where the outcome must be checked or recoded, the module has a function
`prepare_outcome(outcome, *, name)` too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from tpfeedback.impact.gram import Array, Flags
from tpfeedback.impact.named import load_named, names_in

if TYPE_CHECKING:
    from tpfeedback.impact.regression import Design


@dataclass(frozen=True, eq=False)
class Effects:
    """What each term of a design does to the expected outcome, in units of the outcome.

    `values` (terms,): change of the expected outcome by the term, all else as it is, averaged
    over the rated texts. `covariance` (terms, terms): of `values`, robust. `degrees` (terms,):
    degrees of freedom of the t quantile; infinite for the normal one. `prizes` (terms,): what the
    mean outcome would gain if no rated text held the term; `prize_variance` (terms,): its
    variance. `known` (terms,): False where the effect cannot be told; all numbers of such a term
    are to be taken as missing. `notes`: what the reader has to know.
    """

    values: Array
    covariance: Array
    degrees: Array
    prizes: Array
    prize_variance: Array
    known: Flags
    notes: tuple[str, ...] = ()


class Model(Protocol):
    """What the function `estimate_effects` of a model's file looks like."""

    def __call__(self, design: Design) -> Effects:
        """Return the effects of the terms of the design, in their order."""


def available_models() -> tuple[str, ...]:
    """Return the names of the models.

    >>> available_models()
    ('binary_logit', 'linear', 'nps', 'ordered_logit')
    """
    return names_in(__path__)


def load_model(name: str) -> Model:
    """Return the `estimate_effects` function of a model.

    >>> load_model("ordered")
    Traceback (most recent call last):
    ...
    tpfeedback.errors.ImpactError: Unknown model 'ordered'. ... Did you mean 'ordered_logit'?
    """
    model: Model = load_named("model", name, __name__, __path__).estimate_effects
    return model


def prepare_outcome(model: str, outcome: Array, *, name: str) -> Array:
    """Return the outcome in the units in which the model tells effects.

    `outcome` holds one number per text, NaN where it is unrated; `name` is its column, for
    messages.

    Raises:
        ImpactError: the model is unknown, or not made for such an outcome; says what to do.

    >>> import numpy as np
    >>> prepare_outcome("nps", np.array([10.0, 8.0, 3.0, np.nan]), name="recommend").tolist()
    [100.0, 0.0, -100.0, nan]
    """
    module = load_named("model", model, __name__, __path__)
    prepare = getattr(module, "prepare_outcome", None)
    return outcome if prepare is None else prepare(outcome, name=name)
