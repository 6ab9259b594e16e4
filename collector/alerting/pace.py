"""How often Prometheus looks, and how long an outage that ended is shown so that it has been seen. Pure."""

from __future__ import annotations

from collections.abc import Iterable

EVALUATION_S = 5
"""How often the rules about outages are evaluated; a message's time hangs on it."""

_SCRAPES = 3
"""Within three scrapes lie two evaluations, whoever begins when."""

_USUAL_SCRAPE_S = 15
"""A Prometheus of one's own may scrape more rarely than half a short poll interval."""


def scrape_interval_s(poll_intervals_ms: Iterable[int]) -> int:
    """Return half the shortest poll interval, within 1 to 60 s: no reading is scraped less than once."""
    shortest_ms = min(poll_intervals_ms, default=60_000)
    return max(1, min(60, shortest_ms // 2_000))


def hold_ms(scrape_s: int) -> int:
    """Return how long the end of an outage is shown, for two evaluations at least."""
    return _SCRAPES * max(scrape_s, _USUAL_SCRAPE_S) * 1000
