"""The command line: exit codes, exact messages on stderr, no traceback for anybody's mistake."""

from __future__ import annotations

import importlib.metadata
import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from agent.cli import main
from agent.exit_codes import Exit
from agent.version import VERSION
from agent.wire import parse_report, parse_snapshot

ROOT = Path(__file__).resolve().parents[3]


def run(*arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[str]:
    """Run haidang-agent as a process."""
    command = [sys.executable, "-m", "agent", *arguments]
    env = {name: value for name, value in os.environ.items() if not name.startswith("SSH_")}
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=env, timeout=60, check=False)


def ended(argv: Sequence[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    """Run a command within this process; return code, stdout and stderr."""
    code: object
    try:
        code = main(argv)
    except SystemExit as leaving:
        code = leaving.code
    assert isinstance(code, int)
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def config(tmp_path: Path, text: str) -> str:
    path = tmp_path / "agent.toml"
    path.write_text(text)
    return str(path)


def test_the_version_is_the_distributions(capsys: pytest.CaptureFixture[str]) -> None:
    """--version, the constant and the installed distribution agree."""
    assert importlib.metadata.version("haidang") == VERSION
    assert ended(["--version"], capsys) == (0, f"haidang-agent {VERSION}\n", "")


@pytest.mark.parametrize("command", ["serve", "report", "snapshot", "check"])
def test_each_command_says_what_it_does(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Its own --help has a sentence before the options."""
    code, out, _ = ended([command, "--help"], capsys)
    assert code == 0
    about = out.partition("options:")[0].partition("\n\n")[2]
    assert len(about) > 40
    assert about.strip().endswith(".")


def test_the_help_teaches(capsys: pytest.CaptureFixture[str]) -> None:
    """--help names every command and every exit code, and shows the line for authorized_keys."""
    code, out, _ = ended(["--help"], capsys)
    assert code == 0
    for word in ("serve", "report", "snapshot", "check", 'restrict,command="haidang-agent report"'):
        assert word in out
    documented = {int(number) for number in re.findall(r"^  ([0-9])  ", out, re.MULTILINE)}
    assert documented == set(Exit)


@pytest.mark.parametrize("argv", [[], ["dance"], ["report", "--limit", "many"], ["serve", "--port", "161"]])
def test_a_wrong_command_line_is_a_usage_error(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """What argparse refuses has its own exit code and says how it is done."""
    code, out, err = ended(argv, capsys)
    assert (code, out) == (Exit.USAGE, "")
    assert err.startswith("usage: haidang-agent")


@pytest.mark.parametrize("command", ["serve", "check", "report"])
def test_mistakes_of_the_file_are_listed(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every command that reads the settings lists all their mistakes and ends with the code for it."""
    path = config(tmp_path, "interval_s = 0\ncolour = 3\n")
    code, out, err = ended([command, "--config", path], capsys)
    assert (code, out) == (Exit.CONFIG, "")
    assert err.splitlines() == [
        f"{path}:1: interval_s: is 0; must be 1 to 3600",
        f"{path}:2: colour: unknown key; known here: interval_s, snmp, spool, state_directory",
    ]


SNMP = """
state_directory = "{state}"
[snmp]
listen = ["{listen}"]
communities = ["env:HAIDANG_TEST_COMMUNITY"]
[[snmp.user]]
name = "u"
auth_password = "file:{auth}"
"""


def test_check_looks_at_the_secrets_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """check names each secret that cannot be had or will not do, and shows none; then that all is well."""
    auth = tmp_path / "auth"
    auth.write_text("short")
    auth.chmod(0o600)
    monkeypatch.delenv("HAIDANG_TEST_COMMUNITY", raising=False)
    path = config(tmp_path, SNMP.format(state=tmp_path, listen="127.0.0.1:1161", auth=auth))
    code, out, err = ended(["check", "--config", path], capsys)
    assert (code, out) == (Exit.CONFIG, "")
    assert err.splitlines() == [
        (
            f"{path}: snmp.user[0].auth_password: file:{auth}: "
            "SNMPv3 password has 5 octets; RFC 3414 requires at least 8"
        ),
        f"{path}: snmp.communities[0]: env:HAIDANG_TEST_COMMUNITY: the environment has no such variable",
    ]
    auth.write_text("long-enough")
    monkeypatch.setenv("HAIDANG_TEST_COMMUNITY", "lighthouse")
    code, out, err = ended(["check", "--config", path], capsys)
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        f"{path}: in order",
        f"a snapshot every 15 s into {tmp_path}/spool",
        (
            "SNMP: udp 127.0.0.1:1161; v3 users: u (SHA-256, unencrypted); "
            "v1 and v2c: 1 community, unencrypted; "
            "requests allowed from: 127.0.0.0/8, ::1/128"
        ),
    ]
    assert "lighthouse" not in out


def test_check_takes_the_shipped_example(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Credentials that only the unit can read are named, not taken for a mistake."""
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    code, out, err = ended(["check", "--config", str(ROOT / "deploy" / "agent.toml")], capsys)
    assert (code, err) == (0, "")
    credentials = "credential:snmp-auth, credential:snmp-priv"
    assert out.splitlines()[-1] == f"not looked at, because only the unit can: {credentials}"
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", "/nonexistent")
    code, out, err = ended(["check", "--config", str(ROOT / "deploy" / "agent.toml")], capsys)
    assert (code, out) == (Exit.CONFIG, "")
    assert len(err.splitlines()) == 2


def test_snapshot_prints_a_table_and_json() -> None:
    """For people a table, for programs one line that the wire takes."""
    shown = run("snapshot")
    assert (shown.returncode, shown.stderr) == (0, "")
    assert re.search(r"^memory +[0-9.]+ [KMGT]iB of [0-9.]+ [KMGT]iB available$", shown.stdout, re.MULTILINE)
    assert re.search(r"^1 +lo ", shown.stdout, re.MULTILINE)
    printed = run("snapshot", "--json")
    assert parse_snapshot(printed.stdout.strip().encode()).boot_id
    assert len(json.loads(printed.stdout)) > 5


def test_report_finds_the_spool_by_the_settings(tmp_path: Path) -> None:
    """With --config the report reads the spool that the service writes; a missing one is explained."""
    path = config(tmp_path, f'state_directory = "{tmp_path}"')
    gone = run("report", "--config", path, "--limit", "1")
    assert (gone.returncode, gone.stdout) == (Exit.SPOOL, "")
    advice = "there is no spool; start haidang-agent.service, or name another one with --spool"
    assert gone.stderr == f"haidang-agent report: {tmp_path}/spool: {advice}\n"
    (tmp_path / "spool").mkdir()
    found = run("report", "--config", path, "--after", "0")
    assert parse_report(found.stdout.encode()).header.last is None


def test_a_reader_that_goes_away_leaves_no_traceback() -> None:
    """A closed pipe ends the command quietly, with a code that says that it did not finish."""
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "agent", "snapshot", "--json"]
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, cwd=ROOT, timeout=60, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (Exit.FAILED, b"")


def test_a_place_that_cannot_be_used_is_explained(tmp_path: Path) -> None:
    """serve without a spool to write: which folder, and what to do."""
    (tmp_path / "file").write_text("")
    path = config(tmp_path, f'state_directory = "{tmp_path}/file"')
    done = run("serve", "--config", path)
    assert done.returncode == Exit.SPOOL
    where = f"{tmp_path}/file/spool"
    assert done.stderr == f"{where}: Not a directory; the service's user must own {where}\n"
