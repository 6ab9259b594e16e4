"""The traffic of a simulated day against the octets that truly passed, whatever befell the counters."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from collector.ledger import lines
from collector.ledger.reader import LedgerReader
from collector.model import Doubt
from collector.traffic.buckets import BUCKET_MS
from lab import faults
from lab.month.chances import Absence, Chances
from lab.month.run import simulate
from lab.month.wanted import Month
from lab.scenario import Deed, perform
from lab.world import World
from tests.unit.lab.test_month import COMMUNES, MINUTE, SMALL, month

HOUR = 60 * MINUTE
NARROW, RESET, MOVED, BOOTED, QUIET = COMMUNES[:5]


def befallen() -> Month:
    """Return a day of minute polls on which every fault of counters befalls some commune."""
    empty = month(chances=Chances(deeds=(), own=()), minutes=1)
    at = empty.from_ms
    deeds = [
        Deed(at_ms=at + 1 * HOUR, do=faults.Counter32Only(target=NARROW)),
        Deed(at_ms=at + 7 * HOUR, do=faults.CounterReset(target=RESET, announced=True)),
        Deed(at_ms=at + 10 * HOUR, do=faults.CounterReset(target=RESET, announced=False)),
        Deed(at_ms=at + 8 * HOUR, do=faults.Renumbered(target=MOVED)),
        Deed(at_ms=at + 9 * HOUR, do=faults.Reboot(target=BOOTED)),
        Deed(at_ms=at + 11 * HOUR, do=faults.CounterWrap(target=QUIET, within_s=900)),
        Deed(at_ms=at + 14 * HOUR, do=faults.UptimeRollOver(target=QUIET)),
    ]
    absence = Absence(at_ms=at + 15 * HOUR + 7 * MINUTE, until_ms=at + 16 * HOUR)
    chances = Chances(deeds=tuple(sorted(deeds, key=lambda deed: deed.at_ms)), own=(absence,))
    return month(chances=chances, minutes=1)


def truth(wanted: Month, instants: Iterable[int]) -> dict[tuple[str, int], tuple[int, int]]:
    """Return the octets that every line had carried at these instants: (towards the site, from it)."""
    world = World(wanted.province, seed=wanted.seed, began_ms=wanted.from_ms)
    deeds = list(wanted.chances.deeds)
    found = {}
    for at_ms in sorted(instants):
        while deeds and deeds[0].at_ms <= at_ms:
            perform(world, deeds.pop(0))
        for place in SMALL.places:
            if place.uplink is not None:
                found[place.id, at_ms] = world.octets(place.id, place.uplink, at_ms)
    return found


def test_every_byte_is_counted_or_listed(tmp_path: Path) -> None:
    """Whole buckets hold what truly passed, to a tenth of a per cent over the day; the rest says why not."""
    wanted, ledger = befallen(), tmp_path / "ledger"
    simulate(wanted, ledger, truth=lambda _truth: None)
    with LedgerReader(ledger) as reader:
        found = dict(lines.buckets(reader, wanted.from_ms, wanted.to_ms))
        left = {one: lines.left_out(reader, wanted.from_ms, wanted.to_ms, one) for one in found}
    true = truth(wanted, range(wanted.from_ms, wanted.to_ms + 1, BUCKET_MS))
    assert set(found) == {place.id for place in SMALL.places if place.uplink is not None}
    for device, buckets in found.items():
        whole = [bucket for bucket in buckets.values() if bucket.covered_ms == BUCKET_MS]
        assert len(whole) > 200, device
        for way, counted in enumerate(
            (sum(bucket.in_bytes for bucket in whole), sum(bucket.out_bytes for bucket in whole))
        ):
            passed = sum(
                true[device, bucket.start_ms + BUCKET_MS][way] - true[device, bucket.start_ms][way]
                for bucket in whole
            )
            assert abs(counted - passed) <= passed / 1000, (device, way)
    doubts = {device: [row.doubt for row in rows] for device, rows in left.items()}
    # A month's devices show no packet counters, which would prove that a counter went round.
    assert doubts[NARROW][0] is Doubt.CHANGED
    assert set(doubts[NARROW][1:]) <= {Doubt.WRAP_OR_RESET}
    assert doubts[RESET] == [Doubt.DISCONTINUITY, Doubt.RESET]
    assert doubts[MOVED] == []
    assert doubts[BOOTED] == [Doubt.RESTART]
    # Where the roll-over is put, the uptime jumps; it then goes over without a word.
    assert doubts[QUIET] == [Doubt.DISCONTINUITY, Doubt.WRAP_OR_RESET, Doubt.RESTART]
