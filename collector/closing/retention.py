"""Which evidence may be removed: that of closed periods beyond the time to keep it. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from collector.figures.period import Period, month_before
from collector.figures.spans import Span

MARGIN_MS = 7 * 86_400_000
"""Kept before the first period whose evidence stays: its figures look over its border."""


def removable_before_ms(
    now: Period, *, months_kept: int, closed: Mapping[str, Span], evidence_from_ms: int
) -> tuple[int, tuple[str, ...]] | None:
    """Return before which instant evidence may go, and of which periods that is; None if none may.

    `now` is the running period, `closed` from when to when the closed ones last. The `months_kept` periods
    before `now` stay, and so does everything from the first instant with evidence on that no closed period
    covers, and the period closed last, wherever it lies.
    """
    kept = now
    for _ in range(months_kept):
        kept = month_before(kept)
    newest_ms = max((end_ms for _, end_ms in closed.values()), default=0)
    upto_ms = evidence_from_ms
    gone: list[str] = []
    for name, (start_ms, end_ms) in sorted(closed.items(), key=lambda one: one[1]):
        if end_ms <= upto_ms:
            continue
        if start_ms > upto_ms or end_ms > kept.start_ms or end_ms == newest_ms:
            break
        gone.append(name)
        upto_ms = end_ms
    return (upto_ms - MARGIN_MS, tuple(gone)) if gone else None
