"""What a taxonomy misses, and what exactly goes wrong inside a touchpoint.

`discover` proposes touchpoints that the taxonomy lacks; `problems` tells the recurrent problems
of one touchpoint. Both gather clauses of the customers by meaning, across languages.
"""

from __future__ import annotations

from tpfeedback.discovery.complaints import Problems, problems
from tpfeedback.discovery.finding import discover
from tpfeedback.discovery.result import Discovery
from tpfeedback.discovery.saving import load_discovery

__all__ = ["Discovery", "Problems", "discover", "load_discovery", "problems"]
