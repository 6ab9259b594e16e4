"""The core without I/O: states, samples and evidence in step, on a clock that the test moves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from types import MappingProxyType

import pytest

from collector.clock import ManualClock
from collector.core import Core, Plan
from collector.decode import interfaces, system
from collector.decode.section import batch_of
from collector.discovery import REDISCOVER_AT_MOST_S
from collector.expose.blocks import Blocks
from collector.expose.catalogue.all import DEVICE_FAMILIES
from collector.inventory.planning_values import Calendar, MaintenanceWindow
from collector.inventory.values import (
    Area,
    CollectorSettings,
    Device,
    HttpSettings,
    Inventory,
    Organisation,
    Probe,
    Side,
    SnmpCheck,
    SshCheck,
    Uplink,
)
from collector.ledger.evidence import Evidence, LeftOutEvidence, SpoolEvidence, TrafficEvidence
from collector.ledger.restored import LastEvidence
from collector.ledger.rows import Run
from collector.live import Pace, Transition
from collector.model import (
    Check,
    Doubt,
    Oid,
    Reason,
    Series,
    SnmpValue,
    SpoolCursor,
    State,
    Uptime,
    Verdict,
    Walk,
)
from collector.pipeline import Subject
from collector.schedule import Schedule
from collector.traffic.measure import Line
from tests.unit.collector.polls import fault, got, outcome, walked

START_MS = int(datetime(2026, 10, 1, tzinfo=UTC).timestamp() * 1000)
ROWS: dict[Oid, SnmpValue] = {
    system.SYS_UPTIME: 1_000,
    (*interfaces.IFX_ENTRY, 1, 1): b"wan0",
    (*interfaces.IFX_ENTRY, 6, 1): 10,
}


@dataclass
class Books:
    """A sink that keeps what it was given."""

    polls: list[Evidence] = field(default_factory=list)
    uptimes: list[tuple[str, Uptime]] = field(default_factory=list)
    cursors: dict[str, SpoolCursor] = field(default_factory=dict)
    buckets: list[TrafficEvidence] = field(default_factory=list)
    lefts: list[LeftOutEvidence] = field(default_factory=list)

    def poll(self, evidence: Evidence) -> None:
        self.polls.append(evidence)

    def uptime(self, device: str, uptime: Uptime) -> None:
        self.uptimes.append((device, uptime))

    def agent_range(self, spool: SpoolEvidence) -> None:
        raise AssertionError(f"no agent here: {spool}")

    def traffic(self, evidence: TrafficEvidence) -> None:
        self.buckets.append(evidence)

    def left_out(self, evidence: LeftOutEvidence) -> None:
        self.lefts.append(evidence)

    def cursor(self, device: str) -> SpoolCursor | None:
        return self.cursors.get(device)


def device(name: str, *parents: str, area: str = "A") -> Device:
    return Device(
        id=name,
        name=name.upper(),
        role="commune",
        address="127.0.0.1",
        area=area,
        parents=parents,
        icmp=None,
        snmp=SnmpCheck(credential="c"),
        ssh=None,
        reachability=(Probe.SNMP,),
        interval_ms=30_000,
        deadline_ms=5_000,
        serves=3,
    )


def inventory(*devices: Device, maintenance: tuple[MaintenanceWindow, ...] = ()) -> Inventory:
    return Inventory(
        source="/nowhere/inventory.yaml",
        organisation=Organisation(
            name="Tỉnh", superior=None, place=None, language="vi", timezone="Asia/Ho_Chi_Minh"
        ),
        collector=CollectorSettings(http=HttpSettings(host="127.0.0.1", port=9620), ledger="/nowhere"),
        calendar=Calendar(holidays=None, weekdays=(0, 1, 2, 3, 4), seasons=()),
        areas=(Area(id="A", name="Huyện A", hub=None), Area(id="B", name="Huyện B", hub=None)),
        devices=devices,
        maintenance=maintenance,
    )


def plans(found: Inventory) -> dict[str, Plan]:
    return {
        d.id: Plan(
            subject=Subject(device=d.id, probes=d.probes, reachability=d.reachability),
            endpoint=(d.address,),
            pace=Pace(interval=d.interval_ms / 1000, deadline=d.deadline_ms / 1000),
            unencrypted=False,
        )
        for d in found.devices
    }


class Rig:
    """A core with everything around it, and a clock to move."""

    def __init__(self, *devices: Device, last: Mapping[str, LastEvidence] = MappingProxyType({})) -> None:
        self.clock = ManualClock(START_MS)
        self.books = Books()
        self.blocks = Blocks(DEVICE_FAMILIES)
        self.moves: list[Transition] = []
        self.schedule = Schedule(epoch=self.clock.mono() - START_MS / 1000)
        self.core = Core(
            clock=self.clock,
            sink=self.books,
            schedule=self.schedule,
            blocks=self.blocks,
            moved=self.moves.append,
        )
        self.take(inventory(*devices))
        self.core.restore(last)

    def take(self, found: Inventory) -> None:
        self.core.apply(found, plans(found))

    def poll(self, name: str, check: Check, *, took: float = 0.02) -> None:
        started = self.clock.mono()
        self.clock.advance(took)
        moved = replace(check, sent_at=started, done_at=started + took)
        if check.answered_at is not None:
            moved = replace(moved, answered_at=started + took / 2)
        self.core.ended(outcome(moved, device=name, at=started))

    def text(self) -> str:
        return self.blocks.render().decode()

    def state(self, name: str) -> State:
        view = self.core.current.view(name)
        assert view is not None
        return view.state


def silent() -> Check:
    return fault(Probe.SNMP, Reason.TIMEOUT)


def test_a_poll_is_evidence_state_and_samples_at_once() -> None:
    """One answered poll books a verdict, shows the device as up and its counters."""
    rig = Rig(device("a"))
    assert rig.state("a") is State.UNKNOWN
    rig.poll("a", walked(ROWS))
    (evidence,) = rig.books.polls
    assert (evidence.verdict, evidence.sent_ms, evidence.done_ms) == (
        Verdict.ANSWERED,
        START_MS,
        START_MS + 20,
    )
    assert rig.state("a") is State.UP
    assert (
        'ifHCInOctets{instance="a",job="snmp",ifAlias="",ifDescr="",ifIndex="1",ifName="wan0"} 10'
        in rig.text()
    )
    assert (
        'haidang_device_state{instance="a",job="haidang",role="commune",area="A",state="up"} 1' in rig.text()
    )
    assert 'haidang_device_serves{instance="a",job="haidang",role="commune",area="A"} 3' in rig.text()


def test_values_leave_at_the_first_silent_poll_and_the_state_stays() -> None:
    """Old counters would read as an idle line."""
    rig = Rig(device("a"))
    rig.poll("a", walked(ROWS))
    rig.clock.advance(30)
    rig.poll("a", silent(), took=2.0)
    assert "ifHCInOctets" not in rig.text()
    assert 'state="up"} 1' in rig.text()
    assert 'haidang_probe_fault{instance="a",job="haidang",probe="snmp",reason="timeout"} 1' in rig.text()


def test_values_leave_after_one_and_a_half_intervals_without_a_newer_reading() -> None:
    """However it comes that nobody polls."""
    rig = Rig(device("a"))
    rig.poll("a", walked(ROWS))
    rig.clock.advance(44)
    rig.core.tick()
    assert "ifHCInOctets" in rig.text()
    rig.clock.advance(2)
    rig.core.tick()
    assert "ifHCInOctets" not in rig.text()


def test_a_walk_between_polls_does_not_interrupt_what_is_shown() -> None:
    """A new discovery leaves the old values until the next reading."""
    rig = Rig(device("a"))
    rig.poll("a", walked(ROWS))
    rig.poll("a", got(1_100, 20))
    shown = [line for line in rig.text().splitlines() if line.startswith("ifHCInOctets{")]
    rig.poll("a", walked(ROWS))
    assert [line for line in rig.text().splitlines() if line.startswith("ifHCInOctets{")] == shown


def test_an_answer_for_a_device_that_has_left_is_dropped() -> None:
    """No evidence, no state, and the caller is told."""
    rig = Rig(device("a"), device("b"))
    rig.take(inventory(device("a")))
    assert rig.core.ended(outcome(walked(ROWS), device="b")) is None
    assert rig.books.polls == []
    assert 'instance="b"' not in rig.text()


def test_a_device_that_leaves_takes_all_its_series_along() -> None:
    """State, probes and values."""
    rig = Rig(device("a"), device("b"))
    rig.poll("b", walked(ROWS))
    assert 'instance="b"' in rig.text()
    rig.take(inventory(device("a")))
    assert 'instance="b"' not in rig.text()


def test_what_was_learned_at_another_address_is_forgotten() -> None:
    """A device that moves is discovered anew; one that only changes its name is not."""
    rig = Rig(device("a"))
    rig.poll("a", walked(ROWS))
    question = rig.core.question("a", rig.clock.mono())[0]
    rig.take(inventory(replace(device("a"), name="Another")))
    assert rig.core.question("a", rig.clock.mono())[0] is question
    moved = inventory(replace(device("a"), address="127.0.0.9"))
    rig.core.apply(moved, plans(moved))
    assert rig.core.question("a", rig.clock.mono())[0] is not question


def test_a_poll_of_the_old_address_says_nothing_of_the_new_one() -> None:
    """Neither evidence nor values nor what to ask come from a poll begun before a device moved."""
    rig = Rig(device("a"))
    rig.poll("a", walked(ROWS))
    rig.poll("a", got(1_100, 20))
    began = rig.clock.mono()
    rig.clock.advance(1)
    moved = inventory(replace(device("a"), address="127.0.0.9"))
    rig.take(moved)
    assert "ifHCInOctets" not in rig.text()
    assert "haidang_probe_success" not in rig.text()
    assert rig.core.ended(outcome(walked(ROWS, at=began), device="a", at=began)) is None
    assert len(rig.books.polls) == 2
    assert "ifHCInOctets" not in rig.text()
    assert isinstance(rig.core.question("a", rig.clock.mono())[0], Walk)
    rig.clock.advance(10)
    assert {due.device for due in rig.schedule.due(rig.clock.mono())} == {"a"}


def test_a_device_that_is_polled_more_often_keeps_its_values_and_counts() -> None:
    """An interval is no reason to discover a device anew."""
    rig = Rig(device("a"))
    rig.poll("a", walked(ROWS))
    question = rig.core.question("a", rig.clock.mono())[0]
    rig.take(inventory(replace(device("a"), interval_ms=10_000)))
    assert rig.core.question("a", rig.clock.mono())[0] is question
    assert "ifHCInOctets" in rig.text()


def test_a_probe_that_is_taken_away_takes_its_values_along() -> None:
    """What it read would stay for ever, and beside it what another probe now reads of the same."""
    both = replace(device("a"), ssh=SshCheck(credential="s"))
    rig = Rig(both)
    rig.blocks.publish(("a", "ssh"), [batch_of({Series("node_load1", (("instance", "a"),)): 1.5}, 0)])
    rig.take(inventory(device("a")))
    assert "node_load1" not in rig.text()


def test_a_device_that_is_polled_no_more_is_shown_as_planned_and_without_probes() -> None:
    """Maintenance begins and ends for it too, and its last probes do not stay."""
    start = datetime.fromtimestamp(START_MS / 1000 + 60, tz=UTC)
    window = MaintenanceWindow(
        id="w",
        devices=("a",),
        areas=(),
        start=start,
        end=datetime.fromtimestamp(START_MS / 1000 + 120, tz=UTC),
        reason="swap",
        author="NOC",
    )
    rig = Rig(device("a"))
    rig.poll("a", walked(ROWS))
    unpolled = inventory(replace(device("a"), snmp=None, reachability=()), maintenance=(window,))
    rig.core.apply(unpolled, {})
    assert "haidang_probe" not in rig.text()
    view = rig.core.current.view("a")
    assert view is not None
    assert view.probes == ()
    seen = []
    for _ in range(3):
        seen.append(rig.state("a"))
        rig.clock.advance(61)
        rig.core.tick()
    assert seen == [State.UNKNOWN, State.MAINTENANCE, State.UNKNOWN]


def test_new_devices_are_polled_within_ten_seconds() -> None:
    """Nobody waits a whole interval to see a first state."""
    rig = Rig(*(device(f"d{n}") for n in range(20)))
    rig.clock.advance(10.0)
    assert {due.device for due in rig.schedule.due(rig.clock.mono())} == {f"d{n}" for n in range(20)}


def test_confirmation_polls_reach_the_schedule() -> None:
    """After a first silence the device and its parent are due again within ten seconds."""
    rig = Rig(device("hub"), device("c", "hub"))
    rig.poll("hub", walked(ROWS))
    rig.poll("c", walked(ROWS))
    rig.clock.advance(12)
    for due in rig.schedule.due(rig.clock.mono()):
        rig.schedule.finish(due.device)
    rig.poll("c", silent(), took=2.0)
    rig.clock.advance(5.1)
    assert {due.device for due in rig.schedule.due(rig.clock.mono())} >= {"c", "hub"}


def test_maintenance_covers_what_hangs_on_it_by_every_path() -> None:
    """The window's device and its only children are in maintenance, one with a second way up is not."""
    start = datetime.fromtimestamp(START_MS / 1000 + 60, tz=UTC)
    window = MaintenanceWindow(
        id="w",
        devices=("hub",),
        areas=(),
        start=start,
        end=datetime.fromtimestamp(START_MS / 1000 + 120, tz=UTC),
        reason="swap",
        author="NOC",
    )
    devices = (device("hub"), device("other"), device("c", "hub"), device("d", "hub", "other"))
    rig = Rig(*devices)
    rig.take(inventory(*devices, maintenance=(window,)))
    for name in ("hub", "other", "c", "d"):
        rig.poll(name, walked(ROWS))
    rig.clock.advance(61)
    rig.core.tick()
    assert {name: rig.state(name) for name in ("hub", "other", "c", "d")} == {
        "hub": State.MAINTENANCE,
        "other": State.UP,
        "c": State.MAINTENANCE,
        "d": State.UP,
    }
    rig.clock.advance(60)
    for name in ("hub", "c"):
        rig.poll(name, walked(ROWS))
    rig.core.tick()
    assert rig.state("c") is State.UP


def test_before_commissioning_and_after_withdrawal_a_device_is_out_of_service() -> None:
    """Dates of the inventory, not silence, say so."""
    later = datetime.fromtimestamp(START_MS / 1000 + 100, tz=UTC)
    rig = Rig(replace(device("new"), commissioned=later), replace(device("old"), withdrawn=later))
    for name in ("new", "old"):
        rig.poll(name, walked(ROWS))
    assert (rig.state("new"), rig.state("old")) == (State.OUT_OF_SERVICE, State.UP)
    rig.clock.advance(101)
    rig.core.tick()
    for name in ("new", "old"):
        rig.poll(name, walked(ROWS))
    assert (rig.state("new"), rig.state("old")) == (State.UP, State.OUT_OF_SERVICE)


def last(verdict: Verdict, *, age_ms: int = 10_000, since_ms: int = 3_600_000) -> LastEvidence:
    sent = START_MS - age_ms - 20
    return LastEvidence(
        run=Run(
            device="a",
            session="s",
            revision=1,
            verdict=verdict,
            reason=None,
            interval_ms=30_000,
            deadline_ms=5_000,
            first_sent_ms=sent - 90_000,
            first_end_ms=sent - 89_980,
            last_sent_ms=sent,
            last_end_ms=sent + 20,
            polls=4,
            longest_gap_ms=30_020,
            ended=None,
        ),
        since_ms=START_MS - since_ms,
    )


def test_young_evidence_of_the_ledger_stands_after_a_restart() -> None:
    """A device is shown at once as it was, since when it was; old evidence is unknown."""
    rig = Rig(
        device("a"),
        device("b"),
        device("c"),
        last={
            "a": last(Verdict.ANSWERED),
            "b": last(Verdict.SILENT),
            "c": last(Verdict.ANSWERED, age_ms=70_000),
            "gone": last(Verdict.ANSWERED),
        },
    )
    assert [rig.state(name) for name in "abc"] == [State.UP, State.DOWN, State.UNKNOWN]
    view = rig.core.current.view("a")
    assert view is not None
    assert view.since_ms == START_MS - 3_600_000


def test_a_step_of_the_wall_clock_moves_no_state() -> None:
    """Polls are timed by the monotonic clock; only what is written carries the wall clock's time."""
    rig = Rig(device("a"))
    rig.poll("a", walked(ROWS))
    rig.clock.step(3_600_000)
    rig.core.tick()
    rig.poll("a", got(1_100, 20))
    assert rig.state("a") is State.UP
    assert [move.after for move in rig.moves] == [State.UP]
    assert rig.books.polls[-1].sent_ms >= START_MS + 3_600_000


def line_rows(index: int, octets: int, *, uptime: int) -> dict[Oid, SnmpValue]:
    return {
        system.SYS_UPTIME: uptime,
        (*interfaces.IFX_ENTRY, 1, index): b"wan0",
        (*interfaces.IFX_ENTRY, 1, 9): b"lan0",
        (*interfaces.IFX_ENTRY, 6, index): octets,
        (*interfaces.IFX_ENTRY, 10, index): 2 * octets,
        (*interfaces.IFX_ENTRY, 6, 9): 7,
        (*interfaces.IFX_ENTRY, 10, 9): 7,
        (*interfaces.IFX_ENTRY, 15, index): 1000,
    }


class LineRig(Rig):
    """A device with a line, answered from a table as a device would."""

    def __init__(self) -> None:
        self.rows: dict[Oid, SnmpValue] = {}
        super().__init__(replace(device("a"), uplink=Uplink(interface="wan0", side=Side.SITE)))

    def take(self, found: Inventory) -> None:
        lines = {d.id: Line.of(d) for d in found.devices}
        self.core.apply(
            found,
            {
                name: replace(plan, line=lines[name], subject=replace(plan.subject, uplink="wan0"))
                for name, plan in plans(found).items()
            },
        )

    def ask(self, octets: int, *, index: int = 4, uptime_s: float | None = None) -> None:
        """Poll once; counters and uptime as the device has them now."""
        now = self.clock.mono()
        ticks = round((now if uptime_s is None else uptime_s) * 100)
        self.rows = line_rows(index, octets, uptime=ticks)
        ask, _ = self.core.question("a", now)
        if isinstance(ask, Walk):
            self.poll("a", walked(self.rows))
        else:
            self.poll("a", got(*(self.rows.get(name) for name in ask.names)))


def test_a_line_is_followed_across_renumbering_and_restart() -> None:
    """Its interface moves to another row, then the device restarts: no byte of another's, no spike."""
    rig = LineRig()
    rig.ask(1_000)  # discovers
    for minute in range(12):
        rig.clock.advance(59.98)
        rig.ask(2_000 + 600 * minute, index=4 if minute < 6 else 5)
        if minute == 6:
            rig.ask(2_000 + 600 * minute, index=5)  # was a reading of nothing, then a discovery
            rig.clock.advance(REDISCOVER_AT_MOST_S)
    rig.clock.advance(60)
    rig.ask(50, index=5, uptime_s=20)
    rig.core.stop()
    assert sum(e.bucket.in_bytes for e in rig.books.buckets) == 600 * 11
    assert sum(e.bucket.out_bytes for e in rig.books.buckets) == 2 * 600 * 11
    assert [(left.doubt, left.in_bytes) for left in rig.books.lefts] == [(Doubt.RESTART, 0)]


def test_what_is_shown_of_a_line_leaves_with_the_device_and_its_figures_stay() -> None:
    """Rates are what was read; what the last days came to is no reading."""
    rig = LineRig()
    for minute in range(12):
        rig.ask(1_000 * minute)
        rig.clock.advance(60)
    assert 'haidang_line_bits_per_second{instance="a",job="haidang",direction="in"}' in rig.text()
    rig.poll("a", silent())
    assert "haidang_line_bits_per_second{" not in rig.text()
    assert 'haidang_line_p95_bits_per_second{instance="a"' in rig.text()
    rig.take(inventory(device("b")))
    assert "haidang_line_" not in rig.text().replace("# ", "")


@pytest.mark.parametrize(("devices", "within_s"), [(3, 10.0), (600, 20.0), (2_000, 30.0)])
def test_first_polls_of_many_devices_are_spread(devices: int, within_s: float) -> None:
    """A first poll is a walk: two thousand within ten seconds would be more than a core can do."""
    rig = Rig(*(device(f"d{number}") for number in range(devices)))
    start = rig.clock.mono()
    begun = {due.device for due in rig.schedule.due(start + within_s / 2)}
    assert len(begun) <= devices * 0.6 + 2
    begun |= {due.device for due in rig.schedule.due(start + within_s)}
    assert len(begun) == devices
