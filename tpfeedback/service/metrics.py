"""Counts for Prometheus: how much, how long, how full. No text and no key among them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)

CONTENT_TYPE = CONTENT_TYPE_LATEST
SECONDS = (0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30)


@dataclass(frozen=True, eq=False)
class Metrics:
    """The counts of one service, made by `new_metrics`."""

    registry: CollectorRegistry
    requests: Counter
    seconds: Histogram
    batches: Counter
    batched: Counter
    texts: Counter

    def watch(self, name: str, meaning: str, value: Callable[[], float]) -> None:
        """Tell the value of something whenever it is asked for."""
        Gauge(f"tpfeedback_{name}", meaning, registry=self.registry).set_function(value)

    def answered(self, route: str, status: int, seconds: float) -> None:
        """Count one answer."""
        self.requests.labels(route, str(status)).inc()
        self.seconds.labels(route).observe(seconds)

    def tagged(self, calls: int, texts: int) -> None:
        """Count one call of the tagger that answered `calls` requests."""
        self.batches.inc()
        self.batched.inc(calls)
        self.texts.inc(texts)

    def told(self) -> bytes:
        """Return all counts as Prometheus reads them."""
        return generate_latest(self.registry)


def new_metrics() -> Metrics:
    """Return counts that stand at 0, beside the memory and the time of the process."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    return Metrics(
        registry,
        Counter("tpfeedback_requests", "Requests.", ("route", "status"), registry=registry),
        Histogram(
            "tpfeedback_request_seconds",
            "Seconds from a request to its answer.",
            ("route",),
            buckets=SECONDS,
            registry=registry,
        ),
        Counter("tpfeedback_batches", "Calls of the tagger.", registry=registry),
        Counter("tpfeedback_batched", "Requests that they answered.", registry=registry),
        Counter("tpfeedback_texts", "Texts tagged.", registry=registry),
    )
