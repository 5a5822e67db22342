"""A conversation with the service inside the test's own process, and a tagger to watch."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.small_findings import KeywordTagger

MISSING = "the extra 'serve' is not installed"
httpx = pytest.importorskip("httpx", reason="httpx, which asks the service, is not installed")
pytest.importorskip("fastapi", reason=MISSING)
pytest.importorskip("prometheus_client", reason=MISSING)

from tpfeedback.service.app import create_app  # noqa: E402

KEY, OTHER_KEY = "sesame-open-sesame", "another-good-long-key"
JSON = {"Content-Type": "application/json"}


def talk(
    conversation: Callable[[Any], Awaitable[Any]], *, load: Any = KeywordTagger, **options: Any
) -> Any:
    """Return what `conversation` makes of a client of a service that has started."""

    async def run() -> Any:
        app = create_app(load=load, **options)
        transport = httpx.ASGITransport(app)
        asking = httpx.AsyncClient(transport=transport, base_url="http://service")
        async with app.router.lifespan_context(app), asking as client:
            client.app = app
            return await conversation(client)

    return asyncio.run(run())


def ask(method: str, path: str, *, service: dict[str, Any] | None = None, **request: Any) -> Any:
    """Return the answer to one request."""
    return talk(lambda client: client.request(method, path, **request), **(service or {}))


@dataclass(frozen=True)
class WatchedTagger(KeywordTagger):
    """Notes the texts of every call; holds the calls back until `go` is set.

    It fails on a text with "poison", by an error that repeats the text.
    """

    calls: list[list[str]] = field(default_factory=list)
    go: threading.Event = field(default_factory=threading.Event)

    def tag(self, texts, **options):
        """Tag as the keyword tagger does."""
        self.calls.append(list(texts))
        if len(self.calls) > 1:  # the first warms it up
            assert self.go.wait(20)
        if any("poison" in text for text in texts):
            raise RuntimeError(f"cannot tag {texts}")
        return super().tag(texts)
