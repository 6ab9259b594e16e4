"""Limits how many requests are answered: token buckets per peer and for all together. Pure, bounded."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

_MAX_PEERS = 1_024


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimits:
    """Requests per second that are sustained, for one peer and for all; twice as many may come at once."""

    per_peer: int = 200
    total: int = 1_000


class _Bucket:
    __slots__ = ("_at", "_capacity", "_level", "_rate")

    def __init__(self, rate: float, now: float) -> None:
        self._rate = rate
        self._capacity = 2 * rate
        self._level = self._capacity
        self._at = now

    def take(self, now: float) -> bool:
        elapsed = max(0.0, now - self._at)
        self._at = now
        self._level = min(self._capacity, self._level + elapsed * self._rate)
        if self._level < 1:
            return False
        self._level -= 1
        return True


class RateCap:
    """Says whether a request may be worked on. `now` is seconds of a clock that does not go back."""

    def __init__(self, limits: RateLimits, now: float) -> None:
        self._limits = limits
        self._total = _Bucket(limits.total, now)
        self._peers: OrderedDict[str, _Bucket] = OrderedDict()

    def allows(self, peer: str, now: float) -> bool:
        """Count one request of a peer; False if it is one too many.

        The peer's own bucket is asked first, so that a flood from one address does not use up what is there
        for the others. A peer that has not been heard for longest is forgotten when the table is full.
        """
        bucket = self._peers.get(peer)
        if bucket is None:
            if len(self._peers) >= _MAX_PEERS:
                self._peers.popitem(last=False)
            bucket = self._peers[peer] = _Bucket(self._limits.per_peer, now)
        else:
            self._peers.move_to_end(peer)
        return bucket.take(now) and self._total.take(now)
