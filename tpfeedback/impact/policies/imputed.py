"""A text that does not mention a touchpoint counts as the average of those that do.

Unconditional mean imputation (Little & Rubin 2019, section 4.2.1), which most tools do without
saying so. It holds only where silence hangs on nothing that matters (missing completely at
random), and the intervals take the filled values for known ones, so that they are too narrow
(section 4.2). It is here to see what hangs on that: people complain where there is something to
complain about, and the silent ones are then taken for much unhappier than they are.

When the silence is filled everybody has an experience of the touchpoint, so that penalty and
reward compare it with the other experiences, as under the policy "observed".
"""

from __future__ import annotations

import numpy as np

from tpfeedback.impact.contrasts import compare_mentions
from tpfeedback.impact.gram import Array
from tpfeedback.impact.policies import Layout, Policy


def fill_silence(gram: Array, layout: Layout) -> Array:
    """Return the columns: held ones as they are, terms with their mean among the mentions.

    The columns of the mentions are left out. term + mean x (constant - mention) is the term
    where the touchpoint is mentioned, and its mean where not.
    """
    kept = np.setdiff1d(np.arange(layout.sources), layout.mentions)
    mix = np.zeros((*gram.shape[:-2], layout.sources, len(kept)))
    mix[..., kept, np.arange(len(kept))] = 1.0
    first = len(kept) - len(layout.terms)
    for i, (term, mention) in enumerate(zip(layout.terms, layout.mentions, strict=True)):
        found, mentioned = gram[..., term, term], gram[..., mention, mention]
        mean = np.divide(found, mentioned, out=np.zeros_like(found), where=mentioned > 0)
        mix[..., 0, first + i] = mean
        mix[..., mention, first + i] = -mean
    return mix


def contrast(gram: Array, layout: Layout) -> Array:
    """Return the effects as sums of the coefficients of the columns."""
    return compare_mentions(gram, layout, layout.sources - len(np.unique(layout.mentions)))


POLICY = Policy(mentions=True, nothing=False, mix=fill_silence, contrast=contrast)
