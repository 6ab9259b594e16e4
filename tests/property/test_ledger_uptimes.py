"""Boot evidence under Hypothesis: every restart is seen, and nothing else is taken for one."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from collector.ledger.rows import Boot, Ended
from collector.ledger.uptimes import DRIFT_PPM, GRAIN_MS, UptimeBook, continues, first_reading, last_reading
from collector.model import Uptime, UptimeSource

START_MS = 1_795_366_800_000
HOUR_MS = 3_600_000
WRAP = 2**32


@dataclass(frozen=True)
class Life:
    """One life of a device: how long before the first reading it booted, and when it is read, in ms."""

    age_ms: int
    waits_ms: tuple[int, ...]


@st.composite
def lives(draw: st.DrawFn) -> list[Life]:
    """Draw lives of a device that are longer than the tolerance, read at times with gaps of up to days."""
    wait = st.one_of(st.integers(10_000, 300_000), st.integers(HOUR_MS, 80 * HOUR_MS))
    # Old enough for a roll-over of TimeTicks within the story, or young.
    age = st.one_of(st.integers(60_000, 40 * 24 * HOUR_MS), st.integers(WRAP * 10 - 20 * HOUR_MS, WRAP * 20))
    return [
        Life(draw(age) if number == 0 else 0, tuple(draw(st.lists(wait, min_size=2, max_size=8))))
        for number in range(draw(st.integers(1, 4)))
    ]


@dataclass(frozen=True)
class Counter:
    """How a device counts its uptime and how long it takes to answer."""

    wraps: bool
    whole_seconds: bool = False
    drift_ppm: int = 0
    latency_ms: int = 50


COUNTERS = st.builds(
    Counter,
    wraps=st.booleans(),
    whole_seconds=st.booleans(),
    drift_ppm=st.integers(-DRIFT_PPM // 2, DRIFT_PPM // 2),
    latency_ms=st.integers(0, 5_000),
)


def readings(story: list[Life], counter: Counter) -> list[tuple[int, Uptime]]:
    """Return the readings of a device with the number of the life each was taken in."""
    found, at_ms, booted = [], START_MS, list[int]()
    for number, life in enumerate(story):
        # A later life began somewhere in the gap before its first reading.
        boot_ms = at_ms - life.age_ms if number == 0 else at_ms + life.waits_ms[0] // 2
        # Two boots a whole roll-over apart cannot be told from one by anybody.
        apart_ms = boot_ms - booted[-1] if booted else 0
        assume(apart_ms < WRAP * 5 or HOUR_MS < apart_ms % (WRAP * 10) < WRAP * 10 - HOUR_MS)
        booted.append(boot_ms)
        for wait_ms in life.waits_ms:
            at_ms += wait_ms
            up_ms = (at_ms - boot_ms) * (1_000_000 + counter.drift_ppm) // 1_000_000
            ticks = up_ms // 1_000 * 100 if counter.whole_seconds else up_ms // 10
            uptime = Uptime(
                source=UptimeSource.SYS_UPTIME,
                ticks=ticks % WRAP if counter.wraps else ticks,
                sent_ms=at_ms - counter.latency_ms // 3,
                at_ms=at_ms + counter.latency_ms - counter.latency_ms // 3,
                wraps=counter.wraps,
            )
            found.append((number, uptime))
    return found


@given(lives(), COUNTERS, st.sampled_from([ZoneInfo("Asia/Ho_Chi_Minh"), ZoneInfo("UTC")]))
@settings(deadline=None)
def test_rows_break_where_the_device_restarted_and_nowhere_else(
    story: list[Life], counter: Counter, zone: ZoneInfo
) -> None:
    """Over outages, roll-overs, drift and coarse counters each life of the device is told from the next."""
    taken = readings(story, counter)
    book = UptimeBook("s1", zone)
    rows: dict[int, Boot] = {}
    for _, uptime in taken:
        rows |= {boot.first_at_ms: boot for boot in book.feed("r1", uptime)}
    life_at = {uptime.at_ms: number for number, uptime in taken}
    ordered = sorted(rows.values(), key=lambda boot: boot.first_at_ms)
    assert sum(boot.readings for boot in ordered) == len(taken)
    for boot in ordered:
        assert life_at[boot.first_at_ms] == life_at[boot.last_at_ms]
    for before, after in pairwise(ordered):
        same_life = life_at[before.last_at_ms] == life_at[after.first_at_ms]
        assert before.ended is (Ended.MIDNIGHT if same_life else Ended.JUMP)
        assert continues(last_reading(before), first_reading(after), wraps=counter.wraps) is same_life


@given(lives(), COUNTERS)
@settings(deadline=None)
def test_readings_count_once(story: list[Life], counter: Counter) -> None:
    """Feeding everything again changes nothing."""
    taken = readings(story, counter)
    book = UptimeBook("s1", ZoneInfo("UTC"))
    for _, uptime in taken:
        assert book.feed("r1", uptime)
    assert all(book.feed("r1", uptime) == () for _, uptime in taken)


def test_lives_are_longer_than_the_tolerance() -> None:
    """The stories above can be told apart: the shortest wait is far longer than the grain."""
    assert GRAIN_MS * 2 < 10_000
