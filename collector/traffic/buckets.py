"""Five-minute buckets aligned to the clock: bytes shared over them in proportion to time, none lost. Pure."""

from __future__ import annotations

from dataclasses import dataclass

BUCKET_MS = 300_000
"""TT 06/2026/TT-BKHCN article 5.6: "thời gian lấy mẫu giám sát là 05 (năm) phút/lần"."""

MISSING_BELOW = (4, 5)
"""A bucket of which less than this share is covered is missing; a day with fewer buckets does not count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """Bytes towards the site and from it in the five minutes from `start_ms` on.

    `covered_ms` of them lie between readings that were believed; what passed in the rest is not known.
    """

    start_ms: int
    in_bytes: int
    out_bytes: int
    covered_ms: int

    @property
    def missing(self) -> bool:
        """True if too little of it is covered to say how fast the line was."""
        share, of = MISSING_BELOW
        return self.covered_ms * of < BUCKET_MS * share

    @property
    def in_bps(self) -> int:
        """Bits a second towards the site over the covered time, cut down to a whole number."""
        return self.in_bytes * 8_000 // self.covered_ms

    @property
    def out_bps(self) -> int:
        """Bits a second from the site over the covered time, cut down to a whole number."""
        return self.out_bytes * 8_000 // self.covered_ms

    def joined(self, other: Bucket) -> Bucket:
        """Return this bucket with what another part of its time has brought."""
        return Bucket(
            start_ms=self.start_ms,
            in_bytes=self.in_bytes + other.in_bytes,
            out_bytes=self.out_bytes + other.out_bytes,
            covered_ms=min(BUCKET_MS, self.covered_ms + other.covered_ms),
        )


def bucket_start(ms: int) -> int:
    """Return when the bucket began in which an instant lies."""
    return ms - ms % BUCKET_MS


def shared(start_ms: int, end_ms: int, in_bytes: int, out_bytes: int) -> list[Bucket]:
    """Share what passed in [start, end) over the buckets it touches; the parts add up to it exactly."""
    length = end_ms - start_ms
    parts: list[Bucket] = []
    at_ms, in_done, out_done = start_ms, 0, 0
    while at_ms < end_ms:
        began = bucket_start(at_ms)
        edge_ms = min(began + BUCKET_MS, end_ms)
        in_upto = in_bytes * (edge_ms - start_ms) // length
        out_upto = out_bytes * (edge_ms - start_ms) // length
        parts.append(
            Bucket(
                start_ms=began,
                in_bytes=in_upto - in_done,
                out_bytes=out_upto - out_done,
                covered_ms=edge_ms - at_ms,
            )
        )
        at_ms, in_done, out_done = edge_ms, in_upto, out_upto
    return parts


class Filling:
    """The buckets of one line that are not finished yet. They leave in order, each once."""

    def __init__(self) -> None:
        self._open: dict[int, Bucket] = {}

    def add(self, parts: list[Bucket]) -> None:
        """Take in parts of buckets that `finished` has not given out yet."""
        for part in parts:
            before = self._open.get(part.start_ms)
            self._open[part.start_ms] = part if before is None else before.joined(part)

    def finished(self, upto_ms: int) -> list[Bucket]:
        """Give out the buckets that end at `upto_ms` or before."""
        if not self._open:
            return []
        done = [start for start in self._open if start + BUCKET_MS <= upto_ms]
        return [self._open.pop(start) for start in sorted(done)]

    def rest(self) -> list[Bucket]:
        """Give out everything, finished or not."""
        return [self._open.pop(start) for start in sorted(self._open)]
