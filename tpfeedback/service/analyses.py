"""A table in a body becomes an analysis: small ones one after another, in one thread.

One thread, because Python's warnings, which an analysis gathers, belong to the whole process.
"""

from __future__ import annotations

import asyncio
import json
import warnings
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from tpfeedback.errors import TpfeedbackWarning
from tpfeedback.service.bodies import AnalyzeRequest
from tpfeedback.service.limits import Limits
from tpfeedback.service.problems import busy
from tpfeedback.service.taggers import Taggers

ROLES = ("overall", "date", "channel", "language", "question")
OPTIONS = ("taxonomy", "min_confidence", "precision", "controls", "model", "weights", "cluster",
           "policy")  # fmt: skip


@dataclass(frozen=True, eq=False)
class Analyses:
    """Small tables, analyzed in order; `waiting` are those that wait or are under way."""

    limits: Limits
    thread: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "analysis"))
    waiting: set[asyncio.Future[bytes]] = field(default_factory=set)

    async def answer(self, request: AnalyzeRequest, taggers: Taggers) -> bytes:
        """Return the analysis as JSON; `Refused` where too many wait, or it takes too long."""
        if len(self.waiting) >= self.limits.analyses_waiting:
            raise busy(f"{len(self.waiting)} tables wait already.", retry_after=5)
        loop = asyncio.get_running_loop()
        under_way = loop.run_in_executor(self.thread, analysis_json, request, taggers)
        self.waiting.add(under_way)
        under_way.add_done_callback(self.waiting.discard)
        try:
            async with asyncio.timeout(self.limits.seconds):
                return await under_way
        except TimeoutError as late:
            raise busy(f"No answer within {self.limits.seconds:g} seconds.") from late


def analysis_json(request: AnalyzeRequest, taggers: Taggers) -> bytes:
    """Return `Analysis.to_dict` of the table as JSON; errors are those of `analyze`."""
    import pandas as pd

    from tpfeedback.analysis import analyze

    table = pd.DataFrame.from_records(request.rows)
    tagger = taggers.of(request.taxonomy)
    asked: dict[str, Any] = {name: getattr(request, name) for name in (*ROLES, *OPTIONS)}
    text = tuple(request.text) if isinstance(request.text, list) else request.text
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TpfeedbackWarning)  # the answer tells them
        analysis = analyze(table, text=text, **asked, tagger=tagger, progress=False)
        content = analysis.to_dict(mask=request.mask)
    return json.dumps(content, ensure_ascii=False, allow_nan=False).encode()
