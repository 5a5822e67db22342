"""The charts: each takes a table and returns an altair chart, one file a chart.

A chart shows itself in a notebook; `to_svg` and `to_png` turn it into a picture with no browser
and no network. `names` gives the name to show for a touchpoint's key, `words` the language.
"""

from tpfeedback.charts.gaps import gap_chart
from tpfeedback.charts.journey import journey_chart
from tpfeedback.charts.language_mix import language_chart
from tpfeedback.charts.ledger import ledger_chart
from tpfeedback.charts.parts import parts_chart
from tpfeedback.charts.penalty_reward import penalty_reward_chart
from tpfeedback.charts.performance_map import performance_map_chart
from tpfeedback.charts.pictures import to_png, to_svg
from tpfeedback.charts.priority import priority_chart
from tpfeedback.charts.rivals import rivals_chart
from tpfeedback.charts.segment_matrix import segment_chart
from tpfeedback.charts.slope import slope_chart
from tpfeedback.charts.trend import trend_chart
from tpfeedback.charts.waits import waits_chart

__all__ = [
    "gap_chart",
    "journey_chart",
    "language_chart",
    "ledger_chart",
    "parts_chart",
    "penalty_reward_chart",
    "performance_map_chart",
    "priority_chart",
    "rivals_chart",
    "segment_chart",
    "slope_chart",
    "to_png",
    "to_svg",
    "trend_chart",
    "waits_chart",
]
