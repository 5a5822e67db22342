"""Has it got better? Tracking, comparing and the journey, from tables alone."""

from __future__ import annotations

from tpfeedback.tracking.benchmark import Benchmark, benchmark
from tpfeedback.tracking.compare import Comparison, compare
from tpfeedback.tracking.journey import Journey, journey
from tpfeedback.tracking.ledger import Ledger, ledger
from tpfeedback.tracking.monitor import Monitor, monitor
from tpfeedback.tracking.rivals import Standing, rivals
from tpfeedback.tracking.segments import Segments, segments
from tpfeedback.tracking.state import MonitorState, merge_states
from tpfeedback.tracking.state_files import load_state, save_state
from tpfeedback.tracking.tracked import Tracked, tables_of
from tpfeedback.tracking.waits import WaitCurve, dose_response

__all__ = [
    "Benchmark",
    "Comparison",
    "Journey",
    "Ledger",
    "Monitor",
    "MonitorState",
    "Segments",
    "Standing",
    "Tracked",
    "WaitCurve",
    "benchmark",
    "compare",
    "dose_response",
    "journey",
    "ledger",
    "load_state",
    "merge_states",
    "monitor",
    "rivals",
    "save_state",
    "segments",
    "tables_of",
]
