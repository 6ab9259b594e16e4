"""`haidang maintenance add|end|list|lint`."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from collector.exits import Exit
from collector.register.access import open_beside
from collector.register.entries import Entry, MaintenanceAdded, MaintenanceEnded
from tests.unit.planning.conftest import Haidang, Poll

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
NIGHT = ("--from", "2199-03-07 22:00", "--until", "2199-03-08 02:00")
WHY = ("--reason", "Thay cáp quang", "--author", "Trần Thị Bình")


def entries(file: Path) -> list[Entry]:
    """Return what the register holds."""
    with open_beside(file.with_name("ledger.db")) as register:
        return list(register.entries())


def ago(**since: float) -> str:
    """Return a local time in the past as one writes it."""
    return f"{datetime.now(HANOI) - timedelta(**since):%Y-%m-%d %H:%M}"


def test_an_entry_is_kept_and_said_back(haidang: Haidang, take_up: Poll, file: Path) -> None:
    """When, how long, whom it covers; in the register with its author, devices as they were named."""
    take_up()
    added = haidang("maintenance", "add", "--device", "hub", "--area", "340", *NIGHT, *WHY)
    assert (added.exit_code, added.stderr) == (Exit.OK, "")
    assert added.stdout == (
        "maintenance hub-2199-03-07: 2199-03-07 22:00 to 2199-03-08 02:00 (4h)\ncovers 2 devices: a, hub\n"
    )
    (entry,) = entries(file)
    assert entry.author == "Trần Thị Bình"
    assert entry.payload == MaintenanceAdded(
        id="hub-2199-03-07",
        devices=("hub",),
        areas=("340",),
        start_ms=round(datetime(2199, 3, 7, 22, tzinfo=HANOI).timestamp() * 1000),
        end_ms=round(datetime(2199, 3, 8, 2, tzinfo=HANOI).timestamp() * 1000),
        repeat=None,
        reason="Thay cáp quang",
    )


def test_without_a_begin_it_begins_now_and_nothing_is_late(
    haidang: Haidang, take_up: Poll, file: Path
) -> None:
    """Two hours from now on, by whoever the environment names."""
    take_up()
    added = haidang(
        "maintenance", "add", "--device", "b", "--for", "2h", "--reason", "r", HAIDANG_AUTHOR="An"
    )
    assert added.exit_code == Exit.OK
    assert "late" not in added.stdout
    (entry,) = entries(file)
    assert isinstance(entry.payload, MaintenanceAdded)
    assert entry.author == "An"
    assert entry.payload.start_ms == entry.at_ms
    assert entry.payload.end_ms - entry.payload.start_ms == 7_200_000


def test_a_repeat_is_kept_in_one_line(haidang: Haidang, take_up: Poll, file: Path) -> None:
    """With the day that was left to the first time."""
    take_up()
    added = haidang("maintenance", "add", "--device", "b", *NIGHT, *WHY, "--repeat", "weekly")
    assert added.stdout.startswith(
        "maintenance b-2199-03-07: 2199-03-07 22:00 to 2199-03-08 02:00 (4h), every week on thu\n"
    )
    (entry,) = entries(file)
    assert isinstance(entry.payload, MaintenanceAdded)
    assert entry.payload.repeat == "every week on thu"


def test_names_are_readable_and_never_given_twice(haidang: Haidang, take_up: Poll, file: Path) -> None:
    """Neither those of the register, ended ones too, nor those of the inventory."""
    text = file.read_text()
    file.write_text(
        text + "maintenance: [{id: b-2199-03-07, devices: [b], from: 2026-01-01, until: 2026-01-02, "
        "reason: r, author: a}]\n"
    )
    take_up()
    for name in ("b-2199-03-07-2", "b-2199-03-07-3"):
        assert haidang("maintenance", "add", "--device", "b", *NIGHT, *WHY).stdout.startswith(
            f"maintenance {name}: "
        )
    assert haidang("maintenance", "end", "b-2199-03-07-2", "--author", "An").exit_code == Exit.OK
    taken = haidang("maintenance", "add", "--device", "b", *NIGHT, *WHY, "--id", "b-2199-03-07-2")
    assert taken.exit_code == Exit.USAGE
    assert "b-2199-03-07-2 is taken: each window has a name of its own, for ever" in taken.stderr


def test_what_comes_too_late_is_said(haidang: Haidang, take_up: Poll) -> None:
    """The part before the entry, and how it can still count."""
    take_up(days_ago=3)
    start = ago(hours=30)
    added = haidang("maintenance", "add", "--device", "b", "--from", start, "--for", "1h", *WHY)
    name = f"b-{start[:10]}"
    over = f"{datetime.fromisoformat(start) + timedelta(hours=1):%Y-%m-%d %H:%M}"
    assert added.stdout.splitlines()[-1] == (
        f"entered after its begin: {start} to {over} is recorded late. It stays in the figures as it was "
        f"seen; it counts only by a restatement of the month, with --accept-late {name}"
    )
    remarks = haidang("maintenance", "lint")
    assert remarks.exit_code == Exit.REMARKS
    assert remarks.stdout == (
        f"{name}: entered after its begin: 1h of it do not count "
        "(they count only by a restatement: haidang month restate)\n"
    )


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("--device", "hbu", *NIGHT, *WHY), Exit.NO_DEVICE, "has no device 'hbu'; did you mean hub?"),
        (("--area", "34", *NIGHT, *WHY), Exit.NO_DEVICE, "has no area '34'; did you mean 340?"),
        (
            ("--area", "x", *NIGHT, *WHY),
            Exit.NO_DEVICE,
            "has no area 'x'; it begins with 340",
        ),
        (
            (*NIGHT, *WHY),
            Exit.USAGE,
            "it covers nothing: name devices with --device or areas with --area",
        ),
        (("--device", "b", *NIGHT), Exit.USAGE, "Missing option '--reason'"),
        (("--device", "b", *WHY), Exit.USAGE, "say when it is over: either --until or --for"),
        (
            ("--device", "b", "--for", "2", *WHY),
            Exit.USAGE,
            "Invalid value for --for: 2 has no unit (write 2s for seconds, 2m for minutes)",
        ),
        (
            ("--device", "b", *NIGHT, "--for", "2h", *WHY),
            Exit.USAGE,
            "say when it is over: either --until or --for",
        ),
        (
            ("--device", "b", "--from", "2199-03-08", "--until", "2199-03-07", *WHY),
            Exit.USAGE,
            "Invalid value for --until: 2199-03-07 00:00 is not after 2199-03-08 00:00, its begin",
        ),
        (
            ("--device", "b", "--from", "8.3.2199", "--for", "2h", *WHY),
            Exit.USAGE,
            'Invalid value for --from: "8.3.2199" is not a date or time (write a date or a date and time: ',
        ),
        (
            ("--device", "b", *NIGHT, *WHY, "--repeat", "every week on mon"),
            Exit.USAGE,
            "Invalid value for --repeat: from is on thu 2199-03-07, which is none of these days",
        ),
        (
            ("--device", "b", *NIGHT, *WHY, "--id", "nâng cấp"),
            Exit.USAGE,
            'Invalid value for --id: "nâng cấp" is not an id',
        ),
        (("--device", "b", *NIGHT, *WHY, "--author", "x" * 101), Exit.USAGE, "is no name of an author"),
    ],
)
def test_what_cannot_be_is_answered_in_words(
    arguments: tuple[str, ...], code: Exit, message: str, haidang: Haidang, polled: Path
) -> None:
    """With its own exit code, and nothing is entered."""
    refused = haidang("maintenance", "add", *arguments)
    assert (refused.exit_code, refused.stdout) == (code, "")
    assert message in refused.stderr
    assert not polled.with_name("ledger-register.db").exists()


def test_without_a_ledger_nothing_is_entered(haidang: Haidang, file: Path) -> None:
    """The collector makes the ledger at its first start; until then windows belong into the inventory."""
    refused = haidang("maintenance", "add", "--device", "b", *NIGHT, *WHY)
    assert refused.exit_code == Exit.LEDGER
    assert refused.stderr == (
        f"haidang: {file.with_name('ledger.db')}: there is no ledger yet, so nothing can be entered beside "
        "it. Start the collector once, or write the window into the inventory\n"
    )


def test_an_end_is_entered_once(haidang: Haidang, take_up: Poll, file: Path) -> None:
    """Now, or ahead; what is ended or over, or stands elsewhere, is answered with what to do."""
    file.write_text(
        file.read_text() + "maintenance: [{id: mine, devices: [b], from: 2199-01-01, until: 2199-01-02, "
        "reason: r, author: a}]\n"
    )
    take_up()
    haidang("maintenance", "add", "--device", "b", *NIGHT, *WHY, "--id", "m")
    haidang("maintenance", "add", "--device", "b", "--from", ago(hours=5), "--for", "1h", *WHY, "--id", "was")
    ahead = haidang("maintenance", "end", "m", "--at", "2199-03-08 01:00", "--author", "An")
    assert (ahead.exit_code, ahead.stdout) == (Exit.OK, "maintenance m ends at 2199-03-08 01:00\n")
    assert haidang("maintenance", "end", "m", "--author", "An").exit_code == Exit.OK
    assert [type(entry.payload) for entry in entries(file)[2:]] == [MaintenanceEnded, MaintenanceEnded]
    again = haidang("maintenance", "end", "m")
    assert again.exit_code == Exit.NO_ENTRY
    assert again.stderr.startswith("haidang: m was ended already, at ")
    over = haidang("maintenance", "end", "was")
    assert over.exit_code == Exit.NO_ENTRY
    assert "haidang: was is over since " in over.stderr
    mine = haidang("maintenance", "end", "mine")
    assert (mine.exit_code, mine.stderr) == (
        Exit.NO_ENTRY,
        "haidang: mine stands in the inventory: change or remove it there, and reload the collector\n",
    )
    unknown = haidang("maintenance", "end", "x")
    assert (unknown.exit_code, unknown.stderr) == (
        Exit.NO_ENTRY,
        "haidang: the register has no maintenance 'x'; see haidang maintenance list --all\n",
    )
    past = haidang("maintenance", "end", "mine", "--at", "2020-01-01")
    assert past.exit_code == Exit.USAGE
    assert "2020-01-01 00:00 is over: what has counted stays counted; leave --at out" in past.stderr


def test_inventory_and_register_are_listed_together(haidang: Haidang, take_up: Poll, file: Path) -> None:
    """What runs, what comes, what the collector has not taken up; programs get the same as JSON."""
    window = "{{id: {}, devices: [b], from: {}, until: {}, reason: r, author: a}}"
    used = window.format("used", "2199-01-01", "2199-01-02")
    file.write_text(file.read_text() + f"maintenance: [{used}]\n")
    take_up()
    new = window.format("new", "2199-02-01", "2199-02-02")
    file.write_text(file.read_text().replace(used, f"{used}, {new}"))
    haidang("maintenance", "add", "--device", "hub", "--for", "2h", *WHY, "--id", "now")
    listed = haidang("maintenance", "list")
    lines = [line.rstrip() for line in listed.stdout.splitlines()]
    assert [line.split("  ")[0] for line in lines if not line.startswith(" ")] == [
        "running",
        "coming",
        "not in use",
    ]
    assert lines[1:] == [
        "                  hub: 2 devices",
        "                  Thay cáp quang (Trần Thị Bình; register)",
        "coming      used  2199-01-01 00:00 to 2199-01-02 00:00",
        "                  b: 1 device",
        "                  r (a; inventory)",
        "not in use  new   2199-02-01 00:00 to 2199-02-02 00:00",
        "                  b: 1 device",
        "                  r (a; inventory)",
    ]
    told = json.loads(haidang("maintenance", "list", "--json").stdout)
    assert [(one["id"], one["source"], one["phase"]) for one in told] == [
        ("now", "register", "running"),
        ("used", "inventory", "coming"),
        ("new", "inventory", "not in use"),
    ]


def test_an_empty_calendar_says_so(haidang: Haidang, take_up: Poll) -> None:
    """In the list and in lint."""
    take_up()
    assert haidang("maintenance", "list").stdout == "No maintenance is planned.\n"
    looked = haidang("maintenance", "lint")
    assert (looked.exit_code, looked.stdout) == (Exit.OK, "nothing to remark\n")
    assert json.loads(haidang("maintenance", "lint", "--json").stdout) == []


def test_a_simulated_ledger_has_a_calendar_of_its_own(haidang: Haidang, take_up: Poll, file: Path) -> None:
    """Its devices are those of its own inventory, and it is marked as simulated."""
    text = file.read_text()
    file.write_text(text.replace("id: b,", "id: other,"))
    take_up(simulated=True, ledger="month.db")
    file.write_text(text)
    ledger = str(file.with_name("month.db"))
    assert haidang("maintenance", "add", "--device", "b", *NIGHT, *WHY, "--ledger", ledger).exit_code == (
        Exit.NO_DEVICE
    )
    added = haidang("maintenance", "add", "--device", "other", *NIGHT, *WHY, "--ledger", ledger)
    assert added.exit_code == Exit.OK
    listed = haidang("maintenance", "list", "--ledger", ledger)
    assert listed.stdout.startswith("SIMULATED: ")
    assert "other-2199-03-07" in listed.stdout
