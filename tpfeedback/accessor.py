"""`df.feedback.analyze(...)`: importing this module adds the accessor `feedback` to pandas.

>>> import pandas as pd
>>> import tpfeedback.accessor
>>> texts = pd.DataFrame({"comment": ["Rude staff, never again"]})
>>> texts.feedback.read(text="comment").feedback["text"].tolist()
['Rude staff, never again']

`import tpfeedback` alone does not add it: a frame may have a column of that name, which
`df.feedback` would no longer give (`df["feedback"]` always does). So it has to be asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from tpfeedback.analysis import Analysis
    from tpfeedback.ingest import Export


@pd.api.extensions.register_dataframe_accessor("feedback")
class FeedbackAccessor:
    """What tpfeedback does with a DataFrame of reviews or answers; the frame stays as it is."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self._frame = frame

    def read(self, **columns: Any) -> Export:
        """Return what `tpfeedback.read_export` makes of the frame; options as there."""
        from tpfeedback.ingest import read_export

        return read_export(self._frame, **columns)

    def analyze(self, **options: Any) -> Analysis:
        """Return what `tpfeedback.analyze` finds in the frame; options as there."""
        from tpfeedback.analysis import analyze

        return analyze(self._frame, **options)
