"""docs/agent.md says what the program does: settings, sections, exit codes, causes of gaps."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

from agent.cli import DEFAULT_CONFIG, DEFAULT_SPOOL
from agent.config import AgentConfig, ConfigError, parse_config
from agent.exit_codes import Exit
from agent.rate import RateLimits
from agent.wire import GapCause, Snapshot, Unavailability
from snmp.usm_protocols import AUTH_NAMES, PRIV_NAMES

DOCS = (Path(__file__).resolve().parents[3] / "docs" / "agent.md").read_text()


def rows(heading: str) -> dict[str, list[str]]:
    """Return the table below a heading, by the first cell of each row."""
    section = DOCS.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")][2:]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {row[0].strip("`"): row[1:] for row in cells}


def known(text: str) -> set[str]:
    """Return the keys that the program says are known where this file has one that is not."""
    try:
        parse_config(text, "f")
    except ConfigError as error:
        (line,) = [one for one in error.mistakes if "unknown key" in one]
        return set(line.partition("known here: ")[2].split(", "))
    raise AssertionError("the key is known")


def test_every_setting_is_documented() -> None:
    """The table of settings has every key of every table and no other, with its default."""
    snmp = '[snmp]\nlisten = ["127.0.0.1:161"]\ncommunities = ["env:C"]\n'
    tables = {
        "": known("x = 1"),
        "spool.": known("[spool]\nx = 1"),
        "snmp.": known(snmp + "x = 1"),
        "snmp.rate.": known(snmp + "[snmp.rate]\nx = 1"),
        "snmp.user.": known(snmp + '[[snmp.user]]\nname = "u"\nauth_password = "env:A"\nx = 1'),
    }
    keys = {prefix + key for prefix, names in tables.items() for key in names}
    documented = rows("Settings")
    assert set(documented) == keys - {"spool", "snmp", "snmp.rate", "snmp.user"}
    default, rate = AgentConfig(), RateLimits()
    assert documented["interval_s"][0] == str(default.interval_s)
    assert documented["state_directory"][0] == f"`{default.state_directory}`"
    assert documented["spool.max_mib"][0] == str(default.spool.max_bytes // 2**20)
    assert documented["spool.max_age_hours"][0] == str(default.spool.max_age_hours)
    assert documented["snmp.rate.per_peer"][0] == str(rate.per_peer)
    assert documented["snmp.rate.total"][0] == str(rate.total)
    assert set(re.findall(r"`([^`]+)`", documented["snmp.user.auth"][1])) == set(AUTH_NAMES)
    assert set(re.findall(r"`([^`]+)`", documented["snmp.user.priv"][1])) == set(PRIV_NAMES)


def test_every_section_is_documented() -> None:
    """The table of what is measured has the sections of the snapshot."""
    sections = {field.name for field in fields(Snapshot)} - {"wall_ms", "uptime_ms", "boot_id"}
    assert set(rows("What is measured")) == sections


def test_every_exit_code_is_documented() -> None:
    """The table of exit codes has those of the program."""
    assert {int(code) for code in rows("Commands and exit codes")} == set(Exit)


def test_every_reason_and_cause_is_documented() -> None:
    """Why a section or a number is missing: every word that the agent uses is explained."""
    for word in (*GapCause, *(reason for reason in Unavailability if reason is not Unavailability.NOT_SENT)):
        assert f"`{word.value}`" in DOCS


def test_paths_are_those_of_the_program() -> None:
    """The folders in the text are the program's defaults."""
    assert f"{DEFAULT_CONFIG}" in DOCS
    assert f"{DEFAULT_SPOOL}`" in DOCS
