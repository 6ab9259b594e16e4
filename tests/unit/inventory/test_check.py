"""`haidang check` as a user runs it."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from collector.exits import Exit
from tests.unit.inventory.running import run

GOOD = """\
organisation: {name: Sở Thông tin và Truyền thông}
credentials:
  routers: {type: snmpv3, user: haidang, auth_password: "env:AUTH", priv_password: "env:PRIV"}
  old: {type: snmpv2c, community: "env:COMMUNITY"}
groups:
  hub: {icmp: true, snmp: {credential: routers}}
  commune: {snmp: {credential: old}, interval: 1m}
areas:
  - {id: "340", name: Huyện Đông Hưng, hub: hub-340}
devices:
  - {id: hub-340, group: hub, area: "340", address: 127.34.0.1}
  - {id: c-1, group: commune, area: "340", address: 127.34.0.2}
  - {id: c-2, group: commune, area: "340", address: 127.34.0.3}
"""
SECRETS = {"AUTH": "authentic-s3cr3t", "PRIV": "private-s3cr3t", "COMMUNITY": "common-s3cr3t"}
NO_SOCKETS = """
import sys
def forbid(event, arguments):
    if event.startswith("socket."):
        raise RuntimeError(f"{event} was called")
sys.addaudithook(forbid)
"""


@pytest.fixture
def good(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a good file in the current folder, with its secrets in the environment."""
    monkeypatch.chdir(tmp_path)
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    file = Path("inventory.yaml")
    file.write_text(GOOD)
    return file


@pytest.mark.usefixtures("good")
def test_a_good_file_is_summed_up(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without an argument `inventory.yaml` is checked, and what it comes to is printed."""
    assert run(monkeypatch, "check") == Exit.OK
    output = capsys.readouterr()
    assert output.err == ""
    assert output.out.splitlines() == [
        "organisation: Sở Thông tin và Truyền thông (vi, Asia/Ho_Chi_Minh)",
        "devices: 3: 2 commune, 1 hub",
        "checks: 3 snmp, 1 icmp",
        "polls: 2 every 1m, 1 every 30s",
        "areas: 1: 1 with a hub",
        "services: 0: none",
        "maintenance: 0",
        "contacts: 0",
        "credential routers: SNMPv3 user haidang, SHA-256 env:AUTH, AES-128 env:PRIV",
        "credential old: SNMPv2c env:COMMUNITY, not encrypted",
        "metrics at: http://127.0.0.1:10286/metrics",
        "inventory.yaml: no mistakes",
    ]


def test_warnings_go_to_standard_error_and_do_not_fail(
    good: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A missing secret is a line that says warning, and the exit code stays 0."""
    monkeypatch.delenv("COMMUNITY")
    assert run(monkeypatch, "check", str(good)) == Exit.OK
    output = capsys.readouterr()
    assert output.err == (
        "inventory.yaml:4: warning: credentials.old.community: env:COMMUNITY is not set "
        "(set COMMUNITY in the collector's environment)\n"
    )
    assert output.out.endswith("inventory.yaml: no mistakes, 1 warning\n")


def test_json_is_one_object_on_standard_output(
    good: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--json` tells a program the same: numbers for a good file, mistakes with their place for a bad one."""
    monkeypatch.delenv("COMMUNITY")
    assert run(monkeypatch, "check", "--json", str(good)) == Exit.OK
    output = capsys.readouterr()
    assert output.err == ""
    assert json.loads(output.out) == {
        "ok": True,
        "file": "inventory.yaml",
        "devices": 3,
        "areas": 1,
        "mistakes": [],
        "warnings": [
            {
                "file": "inventory.yaml",
                "line": 4,
                "path": "credentials.old.community",
                "message": "env:COMMUNITY is not set",
                "advice": "set COMMUNITY in the collector's environment",
            }
        ],
    }
    good.write_text(GOOD.replace("127.34.0.2", "127.34.0.300"))
    assert run(monkeypatch, "check", str(good), "--json") == Exit.MISTAKES
    assert json.loads(capsys.readouterr().out) == {
        "ok": False,
        "file": "inventory.yaml",
        "devices": None,
        "areas": None,
        "mistakes": [
            {
                "file": "inventory.yaml",
                "line": 12,
                "path": "devices[1].address",
                "message": '"127.34.0.300" is not an IP address',
                "advice": "write an IPv4 or IPv6 address, not a host name",
            }
        ],
        "warnings": [],
    }


@pytest.mark.usefixtures("good")
def test_a_missing_file_has_an_exit_code_of_its_own(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file that is not there is said on standard error, or in the JSON object without a line."""
    assert run(monkeypatch, "check", "none.yaml") == Exit.UNREADABLE
    message = "there is no such file"
    assert capsys.readouterr().err == f"none.yaml: {message} (check the path, or name the file to read)\n"
    assert run(monkeypatch, "check", "none.yaml", "--json") == Exit.UNREADABLE
    (mistake,) = json.loads(capsys.readouterr().out)["mistakes"]
    assert (mistake["line"], mistake["path"], mistake["message"]) == (None, "", message)


@pytest.mark.usefixtures("good")
def test_a_wrong_option_is_wrong_usage(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An option that does not exist ends with its own code and says how to get help."""
    assert run(monkeypatch, "check", "--jason") == Exit.USAGE
    assert "--jason" in capsys.readouterr().err


def child(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run code in a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], check=False, capture_output=True, text=True, timeout=60
    )


@pytest.mark.usefixtures("good")
@pytest.mark.parametrize("text", [GOOD, GOOD.replace("127.34.0.2", "portal.example")])
def test_a_check_opens_no_socket(text: str) -> None:
    """Not even a name is looked up: a process that may not touch a socket checks a file to the end."""
    Path("inventory.yaml").write_text(text)
    code = f"from collector.cli import main\n{NO_SOCKETS}\nmain()"
    result = child(code, "check")
    assert result.returncode == (Exit.OK if text is GOOD else Exit.MISTAKES)
    assert "Traceback" not in result.stderr


def test_the_ban_on_sockets_works() -> None:
    """The process of the test above would be caught: creating a socket in it fails."""
    result = child(f"import socket\n{NO_SOCKETS}\nsocket.socket()")
    assert "RuntimeError: socket.__new__ was called" in result.stderr


def on_a_terminal(*arguments: str) -> str:
    """Run `haidang` with a terminal as all of its streams; return what it shows."""
    main_end, terminal = pty.openpty()
    environ = {**os.environ, "TERM": "xterm", "COLUMNS": "100"}
    environ.pop("NO_COLOR", None)
    process = subprocess.Popen(
        [sys.executable, "-c", "from collector.cli import main; main()", *arguments],
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        env=environ,
    )
    os.close(terminal)
    shown = b""
    while True:
        try:
            part = os.read(main_end, 65_536)
        except OSError:  # Linux reports the end of a terminal so
            break
        if not part:
            break
        shown += part
    process.wait(60)
    os.close(main_end)
    return shown.decode()


def test_a_terminal_gets_colour_and_a_count(good: Path) -> None:
    """On a terminal mistakes are coloured, with the same words, and counted at the end."""
    good.write_text(GOOD.replace("127.34.0.2", "x").replace("127.34.0.3", "y"))
    shown = on_a_terminal("check")
    assert "\x1b[31m" in shown
    assert "2 mistakes in inventory.yaml" in shown
    good.write_text(GOOD)
    shown = on_a_terminal("check")
    assert "inventory.yaml: no mistakes" in shown
    assert "Sở Thông tin và Truyền thông" in shown


@pytest.mark.usefixtures("good")
def test_names_are_shown_where_the_terminal_knows_only_ascii(tmp_path: Path) -> None:
    """A terminal that cannot show Vietnamese gets escapes, not a traceback."""
    result = subprocess.run(
        [sys.executable, "-c", "from collector.cli import main; main()", "check"],
        check=False,
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"},
        timeout=60,
    )
    assert result.returncode == Exit.OK
    assert b"S\\u1edf Th\\xf4ng tin" in result.stdout
    assert result.stderr == b""


def test_no_output_of_a_check_shows_a_secret(
    good: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Secrets that are there, and secrets wrongly written in clear at any place, are in no output."""
    clear = GOOD
    for reference in ("env:AUTH", "env:PRIV", "env:COMMUNITY"):
        clear = clear.replace(f'"{reference}"', "cl3ar-text", 1)
    misplaced = GOOD.replace("user: haidang,", "user: haidang, auth: cl3ar-text, priv: cl3ar-text,")
    in_url = GOOD + "services:\n  - {id: portal, url: 'https://user:cl3ar-text@portal.example/'}\n"
    hook = GOOD + "contacts:\n  - {id: duty, webhook: 'https://chat.example/cl3ar-text'}\n"
    tls = GOOD + "collector: {tls: {certificate: c, key: cl3ar-text}}\n"
    basic = GOOD + "collector: {basic_auth: {username: u, password: cl3ar-text}}\n"
    for text in (GOOD, clear, misplaced, in_url, hook, tls, basic):
        good.write_text(text)
        for option in ((), ("--json",)):
            code = run(monkeypatch, "check", str(good), *option)
            assert code == (Exit.OK if text is GOOD else Exit.MISTAKES)
            output = capsys.readouterr()
            assert "s3cr3t" not in output.out + output.err
            assert "cl3ar" not in output.out + output.err
