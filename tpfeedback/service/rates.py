"""How often one key may ask: a token bucket each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic


@dataclass(frozen=True)
class Rates:
    """Buckets that hold up to `burst` requests and fill by `rate` a second.

    Only owners of a key have one, so there are never more buckets than keys.
    """

    rate: float
    burst: int
    clock: Callable[[], float] = monotonic
    buckets: dict[bytes, tuple[float, float]] = field(default_factory=dict)

    def wait(self, owner: bytes) -> float:
        """Take one request out of the bucket: 0, or the seconds until there is one to take.

        >>> rates = Rates(rate=2, burst=1, clock=lambda: 0.0)
        >>> rates.wait(b""), rates.wait(b"")
        (0.0, 0.5)
        """
        now = self.clock()
        left, at = self.buckets.get(owner, (float(self.burst), now))
        left = min(float(self.burst), left + (now - at) * self.rate)
        enough = left >= 1
        self.buckets[owner] = (left - 1 if enough else left, now)
        return 0.0 if enough else (1 - left) / self.rate
