"""A connection is closed, with the reason, when the head of a request comes slowly or without end.

The server would hold it for ever: as many as there may be of them, and nobody else is answered.
What comes after the head is watched by `gate`.
"""

from __future__ import annotations

from asyncio import TimerHandle, Transport
from http import HTTPStatus
from typing import Any

from tpfeedback.service.limits import Limits
from tpfeedback.service.problems import Refused


def watched_protocol(limits: Limits) -> Any:
    """Return uvicorn's protocol, but that it bounds the time and the bytes of a head."""
    from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

    class Watched(HttpToolsProtocol):
        timer: TimerHandle | None = None  # while a head is awaited
        taken: int = 0  # bytes of it

        def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            self.await_head()

        def on_message_begin(self) -> None:
            super().on_message_begin()
            self.await_head()

        def on_headers_complete(self) -> None:
            self.end_wait()
            super().on_headers_complete()

        def connection_lost(self, exc: Exception | None) -> None:
            self.end_wait()
            super().connection_lost(exc)

        def data_received(self, data: bytes) -> None:
            awaited = self.timer is not None
            super().data_received(data)
            if awaited and self.timer is not None:
                self.taken += len(data)
                if self.taken > limits.head_bytes:
                    self.refuse(head_too_large(limits))

        def await_head(self) -> None:
            self.end_wait()
            self.taken = 0
            self.timer = self.loop.call_later(limits.head_seconds, self.refuse, _too_slow(limits))

        def end_wait(self) -> None:
            if self.timer is not None:
                self.timer.cancel()
                self.timer = None

        def refuse(self, refused: Refused) -> None:
            self.end_wait()
            if self.cycle is not None and not self.cycle.response_complete:
                self.transport.abort()  # words of ours would stand in the middle of that answer
            elif not self.transport.is_closing():
                self.transport.write(_answer(refused))
                self.transport.close()

    return Watched


def head_too_large(limits: Limits) -> Refused:
    """Return the refusal of a head with too many bytes."""
    message = f"The head has more than {limits.head_bytes} bytes. Send shorter headers."
    return Refused(431, "head_too_large", message)


def _too_slow(limits: Limits) -> Refused:
    message = f"The head did not arrive within {limits.head_seconds:g} seconds. Connect again."
    return Refused(408, "too_slow", message)


def _answer(refused: Refused) -> bytes:
    body = refused.problem.model_dump_json().encode()
    head = (
        f"HTTP/1.1 {refused.status} {HTTPStatus(refused.status).phrase}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        "Connection: close",
    )
    return "\r\n".join((*head, "", "")).encode() + body
