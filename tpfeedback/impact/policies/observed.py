"""Only those who mention a touchpoint are compared with one another.

Every touchpoint gets a column that marks its mentions, so that those who do not speak of it say
nothing about its effects: the missing-indicator method (Cohen & Cohen 1975, Applied Multiple
Regression/Correlation Analysis, chapter 7; Jones 1996, JASA 91:222-230, tells when it is biased:
where a touchpoint's experience hangs together with that of others). It holds fixed why a
touchpoint is mentioned, which the baseline does not.

The penalty compares a complaint with the average of the other mentions of the touchpoint, the
reward compares praise with the average of the other ones. Where nobody mentions it neutrally,
the one is the reverse of the other: both say what lies between a bad and a good mention.
"""

from __future__ import annotations

from tpfeedback.impact.contrasts import compare_mentions
from tpfeedback.impact.gram import Array
from tpfeedback.impact.policies import Layout, Policy


def contrast(gram: Array, layout: Layout) -> Array:
    """Return the effects as sums of the coefficients of the sources."""
    return compare_mentions(gram, layout, layout.sources)


POLICY = Policy(mentions=True, nothing=True, contrast=contrast)
