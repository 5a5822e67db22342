"""The charts: each takes a table and returns an altair chart, one file a chart.

A chart shows itself in a notebook; `to_svg` and `to_png` turn it into a picture with no browser
and no network. `names` gives the name to show for a touchpoint's key, `words` the language.
"""

from tpfeedback.charts.journey import journey_chart
from tpfeedback.charts.language_mix import language_chart
from tpfeedback.charts.penalty_reward import penalty_reward_chart
from tpfeedback.charts.performance_map import performance_map_chart
from tpfeedback.charts.pictures import to_png, to_svg
from tpfeedback.charts.priority import priority_chart
from tpfeedback.charts.segment_matrix import segment_chart
from tpfeedback.charts.slope import slope_chart
from tpfeedback.charts.trend import trend_chart

__all__ = [
    "journey_chart",
    "language_chart",
    "penalty_reward_chart",
    "performance_map_chart",
    "priority_chart",
    "segment_chart",
    "slope_chart",
    "to_png",
    "to_svg",
    "trend_chart",
]
