"""When to send again and when to give up, learned per device from round trips (after RFC 6298)."""

from __future__ import annotations

from snmp.errors import UsageError

# RFC 6298 section 2: weights of a new sample, and how many variations the time-out lies above the mean.
_ALPHA = 1 / 8
_BETA = 1 / 4
_VARIATIONS = 4
# Section 2.1: before the first sample, a second.
_FIRST_TIMEOUT = 1.0


class RoundTrip:
    """One device's smoothed round trip, all in seconds. `floor` and `ceiling` bound every single wait.

    The n-th transmission waits twice as long as the one before (section 5.5), so that a slow device is not
    buried. Karn's rule (section 3) needs no care here: each transmission has its own message id, so a sample
    always belongs to the one that was answered.
    """

    __slots__ = ("_ceiling", "_floor", "_retries", "smoothed", "variation")

    def __init__(self, *, floor: float = 0.2, ceiling: float = 3.0, retries: int = 2) -> None:
        if not 0 < floor <= ceiling:
            raise UsageError(f"time-outs from {floor:g} s to {ceiling:g} s: must be above 0 and not cross")
        if retries < 0:
            raise UsageError(f"retries is {retries}; must be 0 or more")
        self._floor = floor
        self._ceiling = ceiling
        self._retries = retries
        self.smoothed: float | None = None
        self.variation = 0.0

    def observe(self, rtt: float) -> None:
        """Learn from the round trip of an answer (RFC 6298 section 2.2 and 2.3)."""
        if self.smoothed is None:
            self.smoothed, self.variation = rtt, rtt / 2
            return
        self.variation += _BETA * (abs(self.smoothed - rtt) - self.variation)
        self.smoothed += _ALPHA * (rtt - self.smoothed)

    def timeout(self, transmission: int) -> float | None:
        """Return how long to wait for the answer to the n-th transmission, from 1; None means: give up."""
        if transmission > self._retries + 1:
            return None
        first = _FIRST_TIMEOUT if self.smoothed is None else self.smoothed + _VARIATIONS * self.variation
        # The exponent is bounded by the ceiling long before it matters to a float.
        doubled = max(first, self._floor) * 2.0 ** min(transmission - 1, 32)
        return min(doubled, self._ceiling)
