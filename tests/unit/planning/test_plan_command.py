"""`haidang plan`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from collector.cli import app
from collector.exits import Exit

NIGHT = "{id: m, devices: [hub], from: 2026-11-25 22:00, until: 2026-11-26 02:00, reason: r, author: b}"


def plan(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["plan", *arguments], env={"COLUMNS": "200"})


def changed(file: Path, *swaps: tuple[str, str]) -> str:
    """Return a new file beside the inventory, with some words in the place of others."""
    text = file.read_text(encoding="utf-8")
    for old, new in swaps:
        assert old in text
        text = text.replace(old, new)
    new_file = file.with_name("new.yaml")
    new_file.write_text(text, encoding="utf-8")
    return str(new_file)


def effect(*arguments: str) -> dict[str, Any]:
    """Return the effect that programs are told."""
    told = json.loads(plan(*arguments, "--json").stdout)
    found: dict[str, Any] = told["effect"]
    return found


def test_the_inventory_in_use_changes_nothing(watched: Path) -> None:
    """Exit code 0, for scripts."""
    same = plan(str(watched))
    ledger = watched.with_name("ledger.db")
    assert (same.exit_code, same.stdout) == (
        Exit.OK,
        f"against revision 1 in {ledger}, in use since 2026-11-13 00:00\nnothing changes\n",
    )


def test_a_device_that_moves_takes_its_past_of_the_month_along(watched: Path) -> None:
    """The area that it leaves had the outage, the area that it joins has it; the province stays as it is.

    The hub answered every poll, but the month began before the collector: that is not known to be 100 %.
    """
    new = changed(
        watched,
        ('[{id: "340", hub: hub}]', '[{id: "340", hub: hub}, {id: "341"}]'),
        ('icmp: true, area: "340"}', 'icmp: true, area: "341", parents: [hub]}'),
    )
    moved = plan(new)
    assert moved.exit_code == Exit.CHANGES
    assert "~ device a: area 340 → 341\n" in moved.stdout
    rows = {(row["of"], row["id"]): row for row in effect(new)["so_far"]}
    assert rows["province", "province"]["before"] == rows["province", "province"]["after"]
    before, after = rows["area", "340"]["before"], rows["area", "340"]["after"]
    assert (before["devices"], before["outages"]) == (2, 1)
    assert (after["devices"], after["outages"], after["end_to_end_ppm"]) == (1, 0, 999_999)
    joined = rows["area", "341"]["after"]
    assert (joined["devices"], joined["outages"]) == (1, 1)
    assert joined["end_to_end_ppm"] == rows["device", "a"]["before"]["end_to_end_ppm"] < 1_000_000


def test_planned_time_of_the_rest_is_told_and_no_forecast_is_made(watched: Path) -> None:
    """A device that is withdrawn, and work that is announced: how long, and nothing of what will be up."""
    new = changed(
        watched,
        ("{id: b, address", "{id: b, withdrawn: 2026-11-20, address"),
        ("collector:", f"maintenance: [{NIGHT}]\ncollector:"),
    )
    seen = effect(new)
    assert seen["period"] == "2026-11"
    assert {row["device"]: (row["before"], row["after"]) for row in seen["rest"]} == {
        "a": (planned(0, 0), planned(4, 0)),
        "hub": (planned(0, 0), planned(4, 0)),
        "b": (planned(0, 0), planned(0, 11 * 24)),
    }
    shown = plan(new).stdout
    assert "Planned from 2026-11-13 03:59 to the end of 2026-11" in shown
    assert "hub         0s → 4h" in shown


def planned(maintenance_h: int, out_of_service_h: int) -> dict[str, int]:
    return {
        "maintenance_ms": maintenance_h * 3_600_000,
        "out_of_service_ms": out_of_service_h * 3_600_000,
    }


def test_a_history_that_is_cut_has_an_exit_code_of_its_own(watched: Path) -> None:
    """And stands first, with what to do."""
    cut = plan(changed(watched, ("id: b,", "id: b-new,")))
    assert cut.exit_code == Exit.HISTORY_CUT
    assert cut.stdout.splitlines()[1] == (
        "! device b-new: asked at the same place as b, which goes: history cut; keep the id b if it is the "
        "same line or machine"
    )


def test_what_many_devices_share_is_one_line(watched: Path) -> None:
    """From five on; the JSON has each of them."""
    text = "".join(f"  - {{id: c{n}, address: 127.34.1.{n}, icmp: true}}\n" for n in range(1, 7))
    old = changed(watched, ("  - {id: b,", text + "  - {id: b,"))
    Path(old).rename(watched.with_name("old.yaml"))
    new = changed(watched.with_name("old.yaml"), ("icmp: true", "icmp: true, interval: 2m"))
    missing = watched.with_name("none.db")
    result = plan(
        changed(Path(new), ("ledger.db", missing.name)), "-i", changed_to(watched, "old.yaml", missing.name)
    )
    assert result.exit_code == Exit.CHANGES
    assert "~ device: interval 30s → 2m (10: a, b, c1 and 7 more)\n" in result.stdout
    assert "Figures" not in result.stdout


def changed_to(watched: Path, name: str, ledger: str) -> str:
    """Return the file of this name, with another ledger."""
    file = watched.with_name(name)
    file.write_text(file.read_text().replace("ledger.db", ledger))
    return str(file)


@pytest.mark.parametrize(
    ("swap", "arguments", "code", "message"),
    [
        (("id: b,", "idd: b,"), (), Exit.MISTAKES, "is not a key of this block"),
        (
            ("ledger.db", "none.db"),
            (),
            Exit.USAGE,
            "none.db: there is no ledger yet; say with -i which inventory to compare with",
        ),
        (("id: b,", "id: b,"), ("--ledger", "none.db"), Exit.LEDGER, "none.db: No such file or directory"),
    ],
)
def test_what_cannot_be_compared_is_answered_in_words(
    swap: tuple[str, str], arguments: tuple[str, ...], code: Exit, message: str, watched: Path
) -> None:
    """Each with its own exit code."""
    refused = plan(changed(watched, swap), *arguments)
    assert (refused.exit_code, refused.stdout) == (code, "")
    assert message in refused.stderr
