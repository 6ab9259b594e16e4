"""`haidang outage annotate`."""

from __future__ import annotations

from pathlib import Path

import pytest

from collector.exits import Exit
from collector.figures.compute import compute
from collector.figures.gather import Decided
from collector.figures.period import days_period
from collector.ledger.reader import LedgerReader
from collector.planning.given_causes import ENGLISH, VIETNAMESE, GivenCause, named
from collector.register.access import open_beside
from collector.register.entries import Entry
from tests.unit.planning.conftest import EVERY_MS, SILENT, START_MS, Haidang
from tests.unit.planning.windows import HANOI, day_of_ms

ID = "a@20261112T184000Z"
FIRST_SILENT_MS = START_MS + SILENT.start * EVERY_MS


def entries(file: Path) -> list[Entry]:
    """Return what the register holds."""
    with open_beside(file.with_name("ledger.db")) as register:
        return list(register.entries())


def test_what_people_know_is_added_and_what_was_found_stays(haidang: Haidang, watched: Path) -> None:
    """Twice: both stand beside the cause that the evidence found, each with its author."""
    first = haidang("outage", "annotate", ID, "--cause", "fibre_cut", "--author", "Trần Thị Bình")
    assert (first.exit_code, first.stderr) == (Exit.OK, "")
    assert first.stdout == (
        f"{ID}: 2026-11-13 01:39:30 to 2026-11-13 01:59:32, found: undecided (no_uptime)\n"
        "added: cause fibre cut (đứt cáp quang)\n"
    )
    second = haidang(
        "outage", "annotate", ID, "--note", "Máy xúc", "--responsible", "Nhà mạng", "--author", "An"
    )
    assert second.stdout.endswith("added, beside 1 before it: note: Máy xúc; responsible: Nhà mạng\n")
    day = day_of_ms(FIRST_SILENT_MS)
    with LedgerReader(watched.with_name("ledger.db")) as reader:
        period = days_period(day, day, HANOI.key)
        figures = compute(reader, period, decided=Decided(entries=entries(watched))).figures
    (outage,) = figures.outages
    assert outage.id == ID
    assert str(outage.cause) == "undecided"
    assert [(one.author, one.cause, one.note, one.responsible) for one in outage.annotations] == [
        ("Trần Thị Bình", "fibre_cut", "", ""),
        ("An", "", "Máy xúc", "Nhà mạng"),
    ]


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ((ID,), Exit.USAGE, "say --cause, --note or --responsible"),
        ((ID, "--cause", "aliens"), Exit.USAGE, "Invalid value for '--cause'"),
        ((ID, "--note", "x" * 201), Exit.USAGE, "Invalid value for --note: is longer than 200 characters"),
        (
            ("a@yesterday", "--cause", "power"),
            Exit.USAGE,
            "'a@yesterday' is no outage's id; write it as haidang outages shows it",
        ),
        (("a@20261399T184000Z", "--cause", "power"), Exit.USAGE, "is no outage's id"),
        (
            ("a@20261112T184001Z", "--cause", "power"),
            Exit.NO_ENTRY,
            f"there is no outage a@20261112T184001Z; about that time there was {ID} (2026-11-13 01:39:30 to",
        ),
        (
            ("b@20261112T184000Z", "--cause", "power"),
            Exit.NO_ENTRY,
            "there is no outage b@20261112T184000Z, nor any of b about that time",
        ),
        (
            ("hbu@20261112T184000Z", "--cause", "power"),
            Exit.NO_DEVICE,
            "no device 'hbu' was watched then; did you mean hub?",
        ),
        (
            ("a@20250101T000000Z", "--cause", "power"),
            Exit.NO_ENTRY,
            "there is no outage a@20250101T000000Z, nor any of a about that time",
        ),
    ],
)
def test_what_is_not_there_is_not_annotated(
    arguments: tuple[str, ...], code: Exit, message: str, haidang: Haidang, watched: Path
) -> None:
    """What may be meant is named, and nothing is entered."""
    refused = haidang("outage", "annotate", *arguments)
    assert (refused.exit_code, refused.stdout) == (code, "")
    assert message in refused.stderr
    assert not watched.with_name("ledger-register.db").exists()


def test_every_cause_has_its_name_in_both_languages() -> None:
    """Another word stands as it is, and nothing is a dash."""
    assert set(VIETNAMESE) == set(ENGLISH) == set(GivenCause)
    assert named("power", "vi") == "mất điện"
    assert named("power", "en") == "power failure"
    assert (named("line", "vi"), named("", "en")) == ("line", "–")
