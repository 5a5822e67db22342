"""Requests that wait together are tagged together, in one call of the tagger.

Nobody waits for company: while one batch is tagged the next one gathers, so batches grow with
the load by themselves.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from tpfeedback.service.bodies import TagRequest
from tpfeedback.service.limits import Limits
from tpfeedback.service.problems import busy
from tpfeedback.tables import LANGUAGES
from tpfeedback.tagged import Mention, TaggedText
from tpfeedback.tagger import Tagger
from tpfeedback.tagger_input import check_each
from tpfeedback.taxonomy import Taxonomy

TEXT_COST = 50  # characters that a text costs beside its own


@dataclass(frozen=True, eq=False)
class Call:
    """One request that waits for its tagged texts; `size` is what it costs, in characters."""

    request: TagRequest
    tagger: Tagger
    answer: asyncio.Future[list[TaggedText]]

    @property
    def size(self) -> int:
        """Return the characters of it all."""
        texts = self.request.texts
        return sum(map(len, texts)) + TEXT_COST * len(texts)

    @property
    def alike(self) -> tuple[int, float | None, float | None]:
        """Return what has to be the same in one call of a tagger."""
        return id(self.tagger), self.request.min_confidence, self.request.precision


@dataclass(frozen=True, eq=False)
class TagQueue:
    """Requests to tag, in order; `told` hears of every batch: its requests and its texts."""

    limits: Limits
    told: Callable[[int, int], None] = lambda calls, texts: None
    waiting: deque[Call] = field(default_factory=deque)
    under_way: set[Call] = field(default_factory=set)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def size(self) -> int:
        """Return the characters that wait."""
        return sum(call.size for call in self.waiting)

    @property
    def idle(self) -> bool:
        """Tell whether nothing is left to do."""
        return not (self.waiting or self.under_way)

    async def tag(self, request: TagRequest, tagger: Tagger) -> list[TaggedText]:
        """Return the tagged texts; `Refused` where too much waits, or it takes too long."""
        check_each("language", request.languages, len(request.texts))
        check_each("question", request.questions, len(request.texts))
        call = Call(request, tagger, asyncio.get_running_loop().create_future())
        if self.waiting and self.size + call.size > self.limits.waiting_characters:
            raise busy(f"Texts of {self.size} characters wait already.")
        self.waiting.append(call)
        self.arrived.set()
        try:
            async with asyncio.timeout(self.limits.seconds):
                return await call.answer
        except TimeoutError as late:
            message = f"No answer within {self.limits.seconds:g} seconds. Send fewer texts at once."
            raise busy(message) from late

    async def work(self) -> None:
        """Tag what arrives, for ever."""
        with ThreadPoolExecutor(1, "tagging") as thread:
            while True:
                await self.arrived.wait()
                batch = self._next_batch()
                if batch:
                    self.under_way.update(batch)
                    await self._answer(batch, thread)
                    self.under_way.clear()
                else:
                    self.arrived.clear()

    def _next_batch(self) -> list[Call]:
        """Take the first that waits, and all that can be tagged together with it."""
        batch: list[Call] = []
        passed: list[Call] = []
        size = 0
        while self.waiting:
            call = self.waiting.popleft()
            if call.answer.done():  # nobody waits for it any more
                continue
            fits = size + call.size <= self.limits.batch_characters
            if batch and not (fits and call.alike == batch[0].alike):
                passed.append(call)
                continue
            batch.append(call)
            size += call.size
        self.waiting.extend(passed)
        return batch

    async def _answer(self, batch: list[Call], thread: ThreadPoolExecutor) -> None:
        loop = asyncio.get_running_loop()
        try:
            tagged = await loop.run_in_executor(
                thread, tag_together, batch, self.limits.batch_characters
            )
        except Exception as error:
            if len(batch) == 1:
                _settle(batch[0], error=error)
            else:  # one of them is to blame: the others must not suffer
                for call in batch:
                    await self._answer([call], thread)
            return
        if tagged is None:
            return
        self.told(len(batch), sum(map(len, tagged)))
        for call, texts in zip(batch, tagged, strict=True):
            _settle(call, texts)


def tag_together(batch: list[Call], characters: int) -> list[list[TaggedText]] | None:
    """Return the tagged texts of each request, None once nobody waits for them any more.

    One call of their tagger takes up to so many `characters`: only a request that is larger
    by itself needs several, and the others need not wait to the end of one that was given up.
    """
    first = batch[0]
    asked = [call.request for call in batch]
    nothing: list[Any] = [[None] * len(one.texts) for one in asked]
    codes = [one.languages or none for one, none in zip(asked, nothing, strict=True)]
    questions = [one.questions or none for one, none in zip(asked, nothing, strict=True)]
    texts = [text for one in asked for text in one.texts]
    spoken = [code for some in codes for code in some]
    answered = [question for some in questions for question in some]
    tagged: list[TaggedText] = []
    for part in _parts(texts, characters):
        if all(call.answer.done() for call in batch):
            return None
        tagged += first.tagger.tag(
            texts[part],
            languages=spoken[part],
            questions=answered[part],
            min_confidence=first.request.min_confidence,
            precision=first.request.precision,
        )
    left = iter(tagged)
    return [[next(left) for _ in one.texts] for one in asked]


def _parts(texts: Sequence[str], characters: int) -> Iterator[slice]:
    """Yield slices of the texts, each of at most so many characters, or of one text.

    >>> list(_parts(["late"] * 3, 2 * (4 + TEXT_COST)))
    [slice(0, 2, None), slice(2, 3, None)]
    """
    start, size = 0, 0
    for place, text in enumerate(texts):
        cost = len(text) + TEXT_COST
        if size and size + cost > characters:
            yield slice(start, place)
            start, size = place, 0
        size += cost
    yield slice(start, len(texts))


def tag_answer(tagged: list[TaggedText], *, plan: Taxonomy, tagger: Tagger) -> dict[str, Any]:
    """Return the answer as plain values: see `bodies.TagAnswer`."""
    return {
        "taxonomy": f"{plan.key} {plan.digest}",
        "tagger": tagger.digest,
        "not_findable": [key for key in plan.keys if key not in tagger.touchpoints],
        "tagged": [_tagged_body(one, frozenset(plan.keys)) for one in tagged],
    }


def _tagged_body(tagged: TaggedText, keys: frozenset[str]) -> dict[str, Any]:
    known = tagged.language in LANGUAGES
    found = {"mentions": tagged.mentions, "unsure": tagged.unsure}
    return {
        "language": tagged.language,
        "sentiment": tagged.sentiment if known else None,
        "confidence": tagged.confidence,
        **{
            name: [_mention_row(one, tagged.text) for one in mentions if one.touchpoint in keys]
            for name, mentions in found.items()
        },
    }


def _mention_row(mention: Mention, text: str) -> dict[str, Any]:
    return {
        "touchpoint": mention.touchpoint,
        "sentiment": mention.sentiment,
        "score": mention.score,
        "confidence": mention.confidence,
        "start": mention.start,
        "stop": mention.stop,
        "evidence": text[mention.start : mention.stop],
    }


def _settle(
    call: Call, tagged: list[TaggedText] | None = None, *, error: Exception | None = None
) -> None:
    if call.answer.done():
        return
    if error is not None:
        call.answer.set_exception(error)
    elif tagged is not None:
        call.answer.set_result(tagged)
