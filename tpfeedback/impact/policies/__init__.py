"""What a text is taken to say about a touchpoint that it does not mention; one file per policy.

The name of the policy is the name of the file. Ratings of touchpoints that a text does not
mention are missing data (Little & Rubin 2019, Statistical Analysis with Missing Data, 3rd ed.),
and missing for a reason: people write about what went well or wrong. No policy is right for all
data, so the policy has a name, and `stress_test` tells which conclusions hang on it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tpfeedback.impact.gram import Array, Places
from tpfeedback.impact.named import load_named, names_in


@dataclass(frozen=True, eq=False)
class Layout:
    """Where the columns of the sources stand: first those held fixed, the constant first of all.

    One entry per term: `terms` its column, `partners` the column of the touchpoint's other term
    and `mentions` that of all mentions of the touchpoint; -1 where there is none. `sources` is
    the number of columns.
    """

    sources: int
    terms: Places
    partners: Places
    mentions: Places


Map = Callable[[Array, Layout], Array]
"""From Gram matrices of the sources (..., sources, sources) to matrices for each of them."""


@dataclass(frozen=True)
class Policy:
    """How the columns of the regression come from what is mentioned, and effects from both.

    `mentions`: a column per touchpoint that marks its mentions is among the sources.
    `nothing`: texts that name nothing have a term of their own.
    `mix` gives (..., sources, columns): the columns of the regression as sums of the sources.
    `contrast` gives (..., terms, columns): the effects as sums of the coefficients.
    Where they are None, columns are sources, effects are the coefficients of the terms.
    """

    mentions: bool
    nothing: bool
    mix: Map | None = None
    contrast: Map | None = None


def available_policies() -> tuple[str, ...]:
    """Return the names of the policies.

    >>> available_policies()
    ('baseline', 'imputed', 'observed')
    """
    return names_in(__path__)


def load_policy(name: str) -> Policy:
    """Return a policy.

    >>> load_policy("imputd")
    Traceback (most recent call last):
    ...
    tpfeedback.errors.ImpactError: Unknown policy 'imputd'. ... Did you mean 'imputed'?
    """
    policy: Policy = load_named("policy", name, __name__, __path__).POLICY
    return policy
