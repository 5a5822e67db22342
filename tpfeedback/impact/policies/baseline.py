"""Not mentioned means no effect; texts that name nothing at all have a term of their own.

An effect compares a text with such a mention to one that does not mention the touchpoint, and
else is alike. This is right where people mention what moved them, and silence says that a
touchpoint was neither good nor bad enough to matter.
"""

from __future__ import annotations

from tpfeedback.impact.policies import Policy

POLICY = Policy(mentions=False, nothing=True)
