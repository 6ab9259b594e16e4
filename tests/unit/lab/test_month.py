"""A simulated month: the same for the same seed, with either core, and true to its own truth log."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from collector.cli import app
from collector.ledger.errors import LedgerForeignError, LedgerUnavailableError
from collector.ledger.lines import buckets
from collector.ledger.reader import LedgerReader
from collector.ledger.store import open_store
from lab import faults
from lab.intervals import intervals, outages
from lab.month.chances import Absence, Chances, Step, Suspend, Work, drawn
from lab.month.make import days_of, make
from lab.month.run import simulate
from lab.month.wanted import Month
from lab.province import reference
from lab.scenario import Deed, Restore
from lab.truth import Truth, Watcher
from lab.truth_log import read
from lab.world import World

WHOLE = reference()
COMMUNES = [c for area in ("tp-thai-binh", "tien-hai") for c in WHOLE.children[f"hub-{area}"][:3]]
SMALL = WHOLE.part(["srv-portal", *COMMUNES])
MINUTE = 60_000


def month(
    *, seed: int = 7, days: int = 1, density: float = 40.0, chances: Chances | None = None, minutes: int = 5
) -> Month:
    first_day, _ = days_of(2026, 10)
    empty = Month(
        province=SMALL,
        chances=Chances(deeds=(), own=()),
        seed=seed,
        first_day=first_day,
        days=days,
        interval_ms=minutes * MINUTE,
        deadline_ms=5_000,
    )
    if chances is None:
        chances = drawn(SMALL, seed=seed, from_ms=empty.from_ms, to_ms=empty.to_ms, density=density)
    return replace(empty, chances=chances)


def rows(ledger: Path, query: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(ledger)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def test_the_same_seed_makes_the_same_bytes_with_either_core(tmp_path: Path) -> None:
    """Ledger and truth log are equal to the byte, also where every poll takes the collector's whole way."""
    wanted = month(density=60, minutes=10)
    kinds = {type(own).__name__ for own in wanted.chances.own}
    assert kinds >= {"Absence", "Step"}
    files = {}
    for name, plain in (("one", False), ("again", False), ("plain", True)):
        ledger = tmp_path / name
        truths: list[Truth] = []
        simulate(wanted, ledger, truth=truths.append, plain=plain)
        files[name] = (ledger.read_bytes(), truths)
    assert files["one"] == files["again"]
    assert files["one"] == files["plain"]
    assert len(rows(tmp_path / "one", "SELECT 1 FROM run WHERE verdict = 'silent'")) > 10


def test_another_seed_makes_another_month(tmp_path: Path) -> None:
    """Other faults, other traffic, another ledger."""
    for seed in (1, 2):
        make(month(seed=seed, minutes=30), tmp_path / f"{seed}", tmp_path / f"{seed}.truth")
    assert (tmp_path / "1.truth").read_bytes() != (tmp_path / "2.truth").read_bytes()
    ids = [rows(tmp_path / f"{seed}", "SELECT ledger_id FROM meta") for seed in (1, 2)]
    assert ids[0] != ids[1]


def away(truths: list[Truth]) -> list[tuple[int, int]]:
    """Return when the collector was away or its clock wrong."""
    found, since, wrong = [], 0, 0
    for truth in truths:
        if isinstance(truth, Watcher):
            before = wrong
            wrong += truth.step_ms
            if truth.what == "away" or (before == 0 and wrong != 0):
                since = truth.at_ms
            elif truth.what == "back" or wrong == 0:
                found.append((since, truth.at_ms))
    return found


def test_silence_is_where_the_truth_has_outages(tmp_path: Path) -> None:
    """Every outage that outlasts two polls is seen; nothing is silent that was there."""
    ledger, told = tmp_path / "ledger", tmp_path / "truth"
    wanted = month(days=2)
    # Packets that are lost can make a device look silent that is there.
    certain = [deed for deed in wanted.chances.deeds if not isinstance(deed.do, faults.Lossy)]
    absences = [own for own in wanted.chances.own if isinstance(own, Absence)][:2]
    make(replace(wanted, chances=Chances(deeds=tuple(certain), own=tuple(absences))), ledger, told)
    truths = list(read(told))
    absent = away(truths)
    silent: Mapping[str, list[tuple[int, int]]] = defaultdict(list)
    for device, first, last in rows(
        ledger, "SELECT device, first_sent_ms, last_end_ms FROM run WHERE verdict = 'silent'"
    ):
        assert isinstance(device, str)
        assert isinstance(first, int)
        assert isinstance(last, int)
        silent[device].append((first, last))
    seen = 0
    for place, parts in intervals(truths).items():
        real = [(o.from_ms, o.to_ms or 2**62) for o in outages(parts)]
        for first, last in silent[place]:
            if not overlaps((first, last), absent, 3 * MINUTE):
                # A poll waits for its answer for up to 5 s.
                assert any(a - 1_000 <= first and last <= b + 6_000 for a, b in real), (place, first, last)
        for outage in real:
            if outage[1] - outage[0] > 11 * MINUTE and not overlaps(outage, absent, 10 * MINUTE):
                assert overlaps(outage, silent[place], 0), (place, outage)
                seen += 1
    assert seen > 10


def overlaps(span: tuple[int, int], others: list[tuple[int, int]], slack: int) -> bool:
    return any(a - slack < span[1] and span[0] < b + slack for a, b in others)


def test_what_befalls_the_collector_is_in_the_ledger(tmp_path: Path) -> None:
    """An absence ends a session, a sleep and a step are discontinuities, planned work is a revision."""
    start = month().from_ms
    place = COMMUNES[0]
    own = (
        Work(
            at_ms=start + 30 * MINUTE, place=place, from_ms=start + 600 * MINUTE, to_ms=start + 660 * MINUTE
        ),
        Absence(at_ms=start + 60 * MINUTE, until_ms=start + 90 * MINUTE),
        Suspend(at_ms=start + 120 * MINUTE, until_ms=start + 130 * MINUTE),
        Step(at_ms=start + 200 * MINUTE, step_ms=60_000),
        Step(at_ms=start + 220 * MINUTE, step_ms=-60_000),
    )
    ledger = tmp_path / "ledger"
    done = make(month(chances=Chances(deeds=(), own=own)), ledger, tmp_path / "truth")
    assert (done.sessions, done.revisions) == (2, 2)
    beats = rows(ledger, "SELECT first_ms, last_ms, ended FROM heartbeat ORDER BY first_ms")
    assert beats[0][2] == "stop"
    assert beats[1][0] == start + 90 * MINUTE
    kinds = [kind for (kind,) in rows(ledger, "SELECT kind FROM discontinuity ORDER BY number")]
    assert kinds == ["suspend", "step_forward", "step_back"]
    assert rows(ledger, "SELECT 1 FROM run WHERE verdict <> 'answered'") == []


def test_a_cut_line_shows_in_the_uptimes_that_go_on(tmp_path: Path) -> None:
    """What the cause of an outage is judged by: uptime goes on over a cut and begins anew after a restart."""
    cut, dark = COMMUNES[:2]
    start = month().from_ms
    deeds = (
        Deed(at_ms=start + 120 * MINUTE, do=faults.Cut(target=cut)),
        Deed(at_ms=start + 120 * MINUTE, do=faults.PowerOff(target=dark)),
        Deed(at_ms=start + 180 * MINUTE, do=Restore(target=cut, kind=None)),
        Deed(at_ms=start + 180 * MINUTE, do=Restore(target=dark, kind=None)),
    )
    ledger = tmp_path / "ledger"
    make(month(chances=Chances(deeds=deeds, own=())), ledger, tmp_path / "truth")
    query = "SELECT count(*) FROM boot WHERE source = 'sysUpTime' AND device = '{}'"
    assert rows(ledger, query.format(cut)) == [(1,)]
    assert rows(ledger, query.format(dark)) == [(2,)]


def test_a_simulated_ledger_takes_no_real_evidence(tmp_path: Path) -> None:
    """A collector that is pointed at it refuses to start and says why; a copy of it is simulated too."""
    ledger = tmp_path / "ledger"
    make(month(density=0, minutes=30), ledger, tmp_path / "truth")
    with pytest.raises(LedgerForeignError, match="holds a simulated network's evidence"):
        open_store(ledger, now_ms=month().to_ms)
    result = CliRunner().invoke(app, ["ledger", "salvage", str(ledger), str(tmp_path / "saved")])
    assert result.stdout.endswith("It is SIMULATED: a laboratory's evidence, not a real network's.\n")


def test_no_file_is_added_to_and_none_is_left_half_made(tmp_path: Path) -> None:
    """A file that is there is refused; a month that fails leaves nothing."""
    ledger, told = tmp_path / "ledger", tmp_path / "truth"
    told.touch()
    with pytest.raises(LedgerUnavailableError, match=r"truth is there already, and a simulated month never"):
        make(month(), ledger, told)
    with pytest.raises(LedgerUnavailableError, match="No such file or directory"):
        make(month(), tmp_path / "nowhere" / "ledger", tmp_path / "other")

    def stop(_share: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make(month(), ledger, tmp_path / "other", progress=stop)
    assert [path.name for path in tmp_path.iterdir()] == ["truth"]


def test_the_ledgers_traffic_is_what_the_lines_carried(tmp_path: Path) -> None:
    """Bytes of all whole buckets of an undisturbed day, both ways, within a thousandth of the truth."""
    ledger = tmp_path / "ledger"
    wanted = month(chances=Chances(deeds=(), own=()))
    make(wanted, ledger, tmp_path / "truth")
    world = World(SMALL, seed=wanted.seed, began_ms=wanted.from_ms)
    with LedgerReader(ledger) as reader:
        found = {device: list(of.values()) for device, of in buckets(reader, wanted.from_ms, wanted.to_ms)}
    for place in ("hub-tien-hai", "core-router", *COMMUNES):
        whole = [bucket for bucket in found[place] if bucket.covered_ms == 5 * MINUTE]
        assert len(whole) > 280
        first, end = whole[0].start_ms, whole[-1].start_ms + 5 * MINUTE
        carried = [
            b - a for a, b in zip(world.line_octets(place, first), world.line_octets(place, end), strict=True)
        ]
        assert sum(bucket.in_bytes for bucket in whole) == pytest.approx(carried[0], rel=1e-3)
        assert sum(bucket.out_bytes for bucket in whole) == pytest.approx(carried[1], rel=1e-3)


def haidang(*words: str) -> Result:
    return CliRunner().invoke(app, ["lab", "month", *words])


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("2026-13",), 2, "haidang: 2026-13 is no month; write it as 2026-10"),
        (("2026-10", "--interval", "90"), 2, "haidang: --interval: 90 has no unit; write 90s for seconds"),
        (("2026-10", "--interval", "2h"), 2, "haidang: --interval: 2h is not between 10s and 1h"),
        (
            ("2026-10", "--areas", "hue"),
            2,
            'haidang: --areas: there is no area "hue"; there are dc, ',
        ),
        (
            ("2026-10", "--scenario", "no.toml"),
            11,
            "haidang: no.toml: cannot be read: No such file",
        ),
    ],
)
def test_what_cannot_be_simulated_is_said_in_words(
    tmp_path: Path, words: tuple[str, ...], code: int, message: str
) -> None:
    """With an exit code of its own, before anything is made."""
    result = haidang(*words, "--ledger", str(tmp_path / "ledger"))
    assert (result.exit_code, result.stderr[: len(message)]) == (code, message)
    assert list(tmp_path.iterdir()) == []


def test_a_scenario_can_be_a_month(tmp_path: Path) -> None:
    """What a file says happens, and nothing else; a second run is refused with exit code 5."""
    scenario, ledger = tmp_path / "cut.toml", tmp_path / "ledger"
    scenario.write_text('[[fault]]\nat = "2h"\nfor = "1h"\nkind = "cut"\ntarget = "hub-vu-thu"\n')
    words = ("2026-10", "--days", "1", "--areas", "vu-thu", "--interval", "30m")
    files = ("--scenario", str(scenario), "--ledger", str(ledger))
    result = haidang(*words, *files)
    assert result.exit_code == 0, result.stderr
    assert result.stdout.startswith(f"{ledger}: simulated, 33 devices, 1 days, ")
    assert "faults: 1, starts of the collector: 1" in result.stdout
    assert len(rows(ledger, "SELECT DISTINCT device FROM run WHERE verdict = 'silent'")) == 31
    again = haidang(*words, *files)
    assert again.exit_code == 5
    assert again.stderr.startswith(f"haidang: {ledger} is there already")


def test_no_order_hangs_on_the_process(tmp_path: Path) -> None:
    """Where Python hashes otherwise, and so goes through sets in another order, the bytes are the same."""
    program = str(Path(sys.executable).with_name("haidang"))
    for name in ("1", "2"):
        subprocess.run(
            [
                *(
                    program,
                    "lab",
                    "month",
                    "2026-10",
                    "--seed",
                    "11",
                    "--days",
                    "2",
                    "--areas",
                    "vu-thu,tien-hai",
                ),
                *("--interval", "30m", "--density", "40", "--ledger", str(tmp_path / name)),
            ],
            env={"PYTHONHASHSEED": name, "LANG": "C.UTF-8"},
            check=True,
            capture_output=True,
        )
    for suffix in ("", ".truth.jsonl"):
        assert (tmp_path / f"1{suffix}").read_bytes() == (tmp_path / f"2{suffix}").read_bytes()


@pytest.mark.all
def test_a_month_of_the_whole_province_is_the_same_twice(tmp_path: Path) -> None:
    """317 devices, 31 days, more than 1,000 outages: equal ledgers and truth logs, byte by byte."""
    program = str(Path(sys.executable).with_name("haidang"))
    runs = [
        subprocess.Popen(
            [
                *(program, "lab", "month", "2026-10", "--seed", "7", "--interval", "1h", "--density", "6"),
                *("--ledger", str(tmp_path / name)),
            ],
            stderr=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in ("one", "again")
    ]
    for run in runs:
        out, errors = run.communicate()
        assert run.returncode == 0, errors
        assert ": simulated, 317 devices, 31 days, " in out
    for suffix in ("", ".truth.jsonl"):
        assert (tmp_path / f"one{suffix}").read_bytes() == (tmp_path / f"again{suffix}").read_bytes()
    found = intervals(read(tmp_path / "one.truth.jsonl"))
    assert sum(len(outages(parts)) for parts in found.values()) > 1_000
