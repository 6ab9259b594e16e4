"""The rate cap: a flood is cut off, one peer's flood is not the others' problem, the table is bounded."""

from __future__ import annotations

from agent.rate import RateCap, RateLimits


def allowed(cap: RateCap, peer: str, many: int, now: float) -> int:
    return sum(cap.allows(peer, now) for _ in range(many))


def test_twice_the_rate_may_come_at_once_and_then_the_rate() -> None:
    """A burst of two seconds' worth passes, after that what the rate gives back."""
    cap = RateCap(RateLimits(per_peer=10, total=1_000), 0.0)
    assert allowed(cap, "a", 100, 0.0) == 20
    assert allowed(cap, "a", 100, 0.5) == 5
    assert allowed(cap, "a", 100, 100.0) == 20


def test_one_peers_flood_leaves_the_others_their_share() -> None:
    """What a flooding peer is denied does not count against the total."""
    cap = RateCap(RateLimits(per_peer=10, total=100), 0.0)
    assert allowed(cap, "flood", 10_000, 0.0) == 20
    assert allowed(cap, "b", 15, 0.0) == 15


def test_the_total_holds_over_many_peers() -> None:
    """Many peers, each within its own rate, cannot take more than the total."""
    cap = RateCap(RateLimits(per_peer=10, total=50), 0.0)
    assert sum(allowed(cap, f"peer{number}", 5, 0.0) for number in range(1_000)) == 100


def test_a_clock_that_goes_back_gives_nothing() -> None:
    """Time going back neither fills a bucket nor empties it for good."""
    cap = RateCap(RateLimits(per_peer=1, total=1_000), 100.0)
    assert allowed(cap, "a", 10, 100.0) == 2
    assert allowed(cap, "a", 10, 50.0) == 0
    assert allowed(cap, "a", 10, 51.0) == 1


def test_the_table_of_peers_is_bounded() -> None:
    """A million addresses leave a thousand buckets; the one heard last is not the one forgotten."""
    cap = RateCap(RateLimits(per_peer=1, total=100_000), 0.0)
    for number in range(5_000):
        cap.allows(f"peer{number}", 0.0)
        cap.allows("steady", 0.0)
    assert len(cap._peers) == 1_024
    assert allowed(cap, "steady", 1, 0.0) == 0
