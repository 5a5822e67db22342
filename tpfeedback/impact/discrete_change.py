"""Average effects of a logit: what turning a term on or off does to the expected outcome."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from tpfeedback.impact.gram import Array, Flags
from tpfeedback.impact.likelihood import CumulativeFit, Sample, fit_cumulative, read_sample
from tpfeedback.impact.models import Effects
from tpfeedback.impact.regression import Design
from tpfeedback.impact.sandwich import build_sandwich
from tpfeedback.wording import write_note


@dataclass(frozen=True, eq=False)
class Switch:
    """A term to be turned on and off.

    `state` (rows,) is how far it is on, 1 or 0 where the policy fills nothing in; `holds` marks
    the rows whose texts hold the term. `slopes` (columns,): from off to on, the linear predictor
    changes by their product with the slopes of the columns.
    """

    state: Array
    holds: Array
    slopes: Array


def average_changes(design: Design) -> Effects:
    """Return the effects of a cumulative logit of the outcome (see `likelihood.fit_cumulative`).

    The effect of a term is its discrete change: the expected outcome with the term on less that
    with it off, all else as it is, averaged over the rated texts (Bartus 2005, Stata Journal
    5:309-329). The prize is the average of what each text would gain with the term off.

    Intervals take into account that the parameters are estimated, by the delta method, and that
    the texts averaged over are a sample: the influence of a text is gradient x its influence on
    the parameters + (its own change - the average)/number of texts.
    """
    sample = read_sample(design)
    fit = fit_cumulative(sample)
    sandwich = build_sandwich(fit, design.weight, jackknife=design.clusters is None)
    switches = read_switches(design)
    cuts = np.zeros((len(switches), len(sample.values) - 1))
    contrasts = np.hstack([cuts, design.effects[:, 1:]])
    told = fit.inverse.can_tell(contrasts)
    compared = np.array([term.told for term in design.terms], dtype=bool)
    known = told & compared & ~sandwich.lonely(contrasts.T, design)
    averages, degrees = np.full((2, len(known)), np.nan), np.full(len(known), np.nan)
    influences = np.full((2, len(sample.mass), len(known)), np.nan)
    for i in np.flatnonzero(known):
        gains, gradients = change(sample, fit, switches[i])
        averages[:, i] = sample.mass @ gains / sample.mass.sum()
        own = (gains - averages[:, i]) * (sample.weight / sample.mass.sum())[:, None]
        influences[:, :, i] = (sandwich.influences(gradients) + own).T
        degrees[i] = sandwich.degrees(gradients, design)[0]
    return Effects(
        values=averages[0],
        covariance=design.covary(influences[0]),
        degrees=degrees,
        prizes=averages[1],
        prize_variance=np.diag(design.covary(influences[1])),
        known=known,
        notes=_separated(design, told),
    )


def read_switches(design: Design) -> tuple[Switch, ...]:
    """Return the terms of the design, in their order."""
    first, layout = len(design.held), design.sources.layout
    states = design.columns[:, first:].toarray()
    holds = design.sources.texts[design.sources.rows][:, layout.terms].toarray()
    slopes = design.effects[:, 1:]  # without the constant
    return tuple(Switch(states[:, i], holds[:, i], slopes[i]) for i in range(len(design.terms)))


def change(sample: Sample, fit: CumulativeFit, switch: Switch) -> tuple[Array, Array]:
    """Return what a term changes, and how that follows the parameters.

    The first array (rows, 2) holds the change of the row's expected outcome by the term, and what
    the row would gain without the term (zero where the texts do not hold it). The second holds
    the gradients (parameters, 2) of their averages.
    """
    cuts, steps = fit.cut_values(sample), np.diff(sample.values)
    shift = switch.slopes @ fit.parameters[len(steps) :]
    state = switch.state[:, None]
    below_on, below_off = expit(cuts - (1 - state) * shift), expit(cuts + state * shift)
    effect = (below_off - below_on) @ steps
    gains = np.column_stack([effect, -switch.holds * effect])
    bend_on = below_on * (1 - below_on) * steps
    bend_off = below_off * (1 - below_off) * steps
    parts = np.column_stack([np.ones_like(effect), -switch.holds])
    parts = parts * (sample.mass / sample.mass.sum())[:, None]
    bent = (bend_on - bend_off).sum(axis=1, keepdims=True)
    by_shift = ((1 - state) * bend_on + state * bend_off).sum(axis=1)
    slopes = sample.columns.T @ (parts * bent) + np.outer(switch.slopes, by_shift @ parts)
    return gains, np.vstack([(bend_off - bend_on).T @ parts, slopes])


def _separated(design: Design, told: Flags) -> tuple[str, ...]:
    """Return a note that names the terms lost to separation (not those entangled anyway)."""
    lost = design.inverse.can_tell(design.effects) & ~told
    terms = [term.told_as for term, gone in zip(design.terms, lost, strict=True) if gone]
    return (write_note("separated", terms=terms),) if terms else ()
