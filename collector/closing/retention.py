"""Which evidence may be removed: that of closed periods beyond the time to keep it. Pure."""

from __future__ import annotations

from collections.abc import Collection

from collector.figures.period import Period, month_before

MARGIN_MS = 7 * 86_400_000
"""Kept before the first period whose evidence stays: its figures look over its border."""


def removable_before_ms(
    now: Period, *, months_kept: int, closed: Collection[str], evidence_from_ms: int
) -> tuple[int, tuple[str, ...]] | None:
    """Return before which instant evidence may go, and of which periods that is; None if none may.

    `now` is the running period. The `months_kept` periods before it stay, and so does everything from the
    first period with evidence on that is not closed, and the period closed last, wherever it lies.
    """
    first = now
    for _ in range(months_kept):
        first = month_before(first)
    older: list[Period] = []
    one = month_before(first)
    while one.end_ms > evidence_from_ms:
        older.append(one)
        one = month_before(one)
    gone: list[str] = []
    newest = max(closed, default="")
    for one in reversed(older):
        if one.name not in closed or one.name == newest:
            first = one
            break
        gone.append(one.name)
    if not gone:
        return None
    return first.start_ms - MARGIN_MS, tuple(gone)
