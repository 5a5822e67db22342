"""The same numbers from a Spark cluster (extra [spark]).

`extraction` tags a Spark DataFrame where its rows lie, with the model loaded once in each Python
worker; `rows` reads a piece as any export, `languages` tells what short texts are written in.
`impact` measures what the touchpoints do: `counting` turns respondents into counted patterns in
the cluster, and only these come to the driver.
"""

from tpfeedback.spark.extraction import extract_mentions
from tpfeedback.spark.impact import fit_impact, measure_impact

__all__ = ["extract_mentions", "fit_impact", "measure_impact"]
