"""Big files: tagged piece by piece into a folder of Parquet parts, and analyzed from there.

Way of the data: `sources` (a file in pieces, nothing guessed twice), `plan` (what is guessed, once,
from the head), `reading` (a piece as the plan wants it), `parts` (files written whole or not at
all), `folder` (what is done, and whose it is), `workers` (all cores), `tagging` (`tag_file`).
Back from the parts: `patterns` (equal texts counted), `counted` (impact of counted texts), and
`analysis` (`analyze_tagged`).
"""

from tpfeedback.batch.analysis import BatchAnalysis, analyze_tagged
from tpfeedback.batch.folder import is_batch
from tpfeedback.batch.tagging import Batch, read_batch, tag_file

__all__ = ["Batch", "BatchAnalysis", "analyze_tagged", "is_batch", "read_batch", "tag_file"]
