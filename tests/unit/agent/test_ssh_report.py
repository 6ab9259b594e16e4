"""The report command: the grammar and nothing else, ages by the steady clock, clear words for what fails."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from agent.exit_codes import Exit
from agent.probe.instant import Instant
from agent.ssh_report import ReportError, run, write_report
from agent.wire import (
    Gap,
    GapCause,
    Report,
    Request,
    Snapshot,
    WireError,
    parse_report,
    parse_request,
    render_snapshot,
    request_line,
)
from agent.wire_frame import MAX_REPORT_BYTES
from tests.unit.agent.samples import snapshot
from tests.unit.agent.spools import BOOT, open_spool

NOW = Instant(wall_ms=1_795_438_200_000, uptime_ms=162_000, boot_id=BOOT)


def fill(directory: Path, many: int, *, of: Snapshot | None = None, boot_id: str = BOOT) -> str:
    """Store snapshots that were taken 1, 2, 3 … s after boot; return the spool's id."""
    with open_spool(directory, boot_id=boot_id) as spool:
        for _ in range(many):
            spool.append(render_snapshot(of or snapshot()), uptime_ms=spool.next_number * 1_000)
        return spool.spool_id


def report(directory: Path, request: Request, now: Instant = NOW) -> Report:
    out = io.BytesIO()
    write_report(directory, request, now, out)
    return parse_report(out.getvalue())


def test_without_a_number_only_the_newest_is_sent(tmp_path: Path) -> None:
    """The first contact brings one snapshot and says what else there is."""
    spool = fill(tmp_path, 5)
    found = report(tmp_path, parse_request(request_line()))
    assert [(one.seq, one.age_ms) for one in found.entries] == [(5, 157_000)]
    assert (found.header.first, found.header.last, found.header.spool) == (1, 5, spool)
    assert (found.header.interval_ms, found.header.newest_age_ms) == (15_000, 157_000)
    assert (found.header.now_ms, found.header.boot_ms) == (NOW.wall_ms, NOW.wall_ms - NOW.uptime_ms)
    assert not found.more
    assert found.gaps == ()


def test_everything_after_a_number_is_sent_once(tmp_path: Path) -> None:
    """Asking again and again after the last number brings every snapshot exactly once."""
    spool = fill(tmp_path, 300)
    seen, after = [], 0
    while True:
        found = report(tmp_path, parse_request(request_line(spool=spool, after=after, limit=97)))
        seen += [one.seq for one in found.entries]
        if not found.more:
            break
        after = seen[-1]
    assert seen == list(range(1, 301))


def test_a_cursor_of_a_lost_spool_begins_anew(tmp_path: Path) -> None:
    """If the collector's number was counted in another spool, it gets all there is."""
    fill(tmp_path, 3)
    found = report(tmp_path, parse_request(request_line(spool="f" * 16, after=999)))
    assert [one.seq for one in found.entries] == [1, 2, 3]


def test_gaps_come_with_the_snapshots_behind_them(tmp_path: Path) -> None:
    """A gap is listed with its cause; one behind the last snapshot that fits waits for the next request."""
    fill(tmp_path, 4)
    path = next(tmp_path.glob("*.segment"))
    data = path.read_bytes()
    path.write_bytes(data.replace(b"R 3 ", b"R 9 "))
    gap = Gap(first=3, last=3, cause=GapCause.UNREADABLE)
    assert report(tmp_path, parse_request(request_line(after=0))).gaps == (gap,)
    first = report(tmp_path, parse_request(request_line(after=0, limit=2)))
    assert ([one.seq for one in first.entries], first.gaps, first.more) == ([1, 2], (), True)
    second = report(tmp_path, parse_request(request_line(after=2, limit=2)))
    assert ([one.seq for one in second.entries], second.gaps, second.more) == ([4], (gap,), False)


def test_snapshots_of_another_boot_have_no_age(tmp_path: Path) -> None:
    """Across a boot the steady clock says nothing: no age is made up, and the service is not serving."""
    fill(tmp_path, 1, boot_id="another")
    found = report(tmp_path, parse_request(request_line()))
    assert found.entries[0].age_ms is None
    assert found.header.newest_age_ms is None
    assert not found.header.serving


def test_without_a_boot_id_there_is_no_age(tmp_path: Path) -> None:
    """Two boots without a name may be different ones."""
    fill(tmp_path, 1, boot_id="")
    found = report(tmp_path, parse_request(request_line()), NOW._replace(boot_id=""))
    assert found.entries[0].age_ms is None


def test_an_empty_spool_is_a_report_without_snapshots(tmp_path: Path) -> None:
    """Where nothing is stored yet the report says so and is complete."""
    found = report(tmp_path, parse_request(request_line()))
    assert (found.entries, found.header.spool, found.header.last) == ((), None, None)
    assert not found.header.serving


def test_a_report_stays_within_its_size(tmp_path: Path) -> None:
    """A spool of large snapshots is sent in parts that the collector takes."""
    large = snapshot(boot_id="x" * 200)
    line = render_snapshot(large)
    with open_spool(tmp_path) as spool:
        for number in range(60):
            spool.append(line[:-1] + b',"ballast":"' + b"x" * 400_000 + b'"}', uptime_ms=number)
    out = io.BytesIO()
    write_report(tmp_path, parse_request(request_line(after=0, limit=2_000)), NOW, out)
    assert len(out.getvalue()) <= MAX_REPORT_BYTES
    found = parse_report(out.getvalue())
    assert found.more
    assert 7 < len(found.entries) < 60


@pytest.mark.parametrize(
    ("environ", "code", "message"),
    [
        (
            {"SSH_ORIGINAL_COMMAND": "cat /etc/passwd"},
            Exit.REQUEST,
            "haidang-agent report: not a request: haidang-report/1 [spool=ID] [after=N] [limit=N] is wanted",
        ),
        (
            {"SSH_ORIGINAL_COMMAND": ""},
            Exit.REQUEST,
            "haidang-agent report: not a request: haidang-report/1 [spool=ID] [after=N] [limit=N] is wanted",
        ),
        (
            {"SSH_CONNECTION": "127.0.0.1 1 127.0.0.1 22"},
            Exit.REQUEST,
            (
                "haidang-agent report: "
                "this login may only fetch reports, and sent no request; by hand, add --limit 1"
            ),
        ),
        (
            {"SSH_ORIGINAL_COMMAND": "haidang-report/1 limit=0"},
            Exit.REQUEST,
            "haidang-agent report: limit=0: 1 to 2000 is allowed",
        ),
    ],
)
def test_what_is_no_request_gets_one_line(
    environ: dict[str, str], code: Exit, message: str, tmp_path: Path
) -> None:
    """Anything but a request: one line of complaint, an exit code of its own, nothing on standard output."""
    fill(tmp_path, 1)
    out, said = io.BytesIO(), list[str]()
    assert run(tmp_path, after=None, limit=None, environ=environ, out=out, say=said.append) == code
    assert (out.getvalue(), said) == (b"", [message])


def test_what_sshd_passes_on_is_all_that_counts(tmp_path: Path) -> None:
    """The request of the SSH login decides, whatever the options of the command line say."""
    fill(tmp_path, 5)
    out, said = io.BytesIO(), list[str]()
    environ = {"SSH_ORIGINAL_COMMAND": request_line(after=3), "SSH_CONNECTION": "x"}
    assert run(tmp_path, after=0, limit=1, environ=environ, out=out, say=said.append) == Exit.OK
    assert [one.seq for one in parse_report(out.getvalue()).entries] == [4, 5]


def test_a_spool_that_cannot_be_read_is_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No spool, no permission, no directory: what to do about it, and nothing on standard output."""
    gone = tmp_path / "gone"
    out, said = io.BytesIO(), list[str]()
    assert run(gone, after=None, limit=1, environ={}, out=out, say=said.append) == Exit.SPOOL
    assert out.getvalue() == b""
    advice = "there is no spool; start haidang-agent.service, or name another one with --spool"
    assert said == [f"haidang-agent report: {gone}: {advice}"]

    def refuse(_: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", refuse)
    with pytest.raises(ReportError) as caught:
        write_report(tmp_path, parse_request(request_line()), NOW, out)
    wanted = "permission denied; make this user a member of the group that owns the spool"
    assert str(caught.value) == f"{tmp_path}: {wanted}"


def test_a_disk_that_fails_in_the_middle_leaves_no_whole_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error while reading ends the report without its end line, with one line of explanation."""
    fill(tmp_path, 300)
    opened = list[str]()
    path_open: Any = Path.open

    def fail_later(path: Path, *how: str) -> Any:
        opened.append(path.name)
        if len(opened) > 1:
            raise OSError(5, "Input/output error", str(path))
        return path_open(path, *how)

    monkeypatch.setattr(Path, "open", fail_later)
    out, said = io.BytesIO(), list[str]()
    assert run(tmp_path, after=0, limit=9, environ={}, out=out, say=said.append) == Exit.SPOOL
    first = f"{tmp_path}/0000000000000001.segment"
    assert said == [f"haidang-agent report: {first}: Input/output error"]
    with pytest.raises(WireError):
        parse_report(out.getvalue())


def test_the_report_imports_little(tmp_path: Path) -> None:
    """sshd starts it for each poll: neither psutil nor cryptography, dataclasses or asyncio is loaded."""
    program = "import sys, agent.cli; agent.cli.main(['report', '--spool', sys.argv[1]]); print(*sys.modules)"
    command = [sys.executable, "-c", program, str(tmp_path)]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    loaded = set(printed.splitlines()[-1].split())
    assert "agent.ssh_report" in loaded
    heavy = {
        "psutil",
        "cryptography",
        "snmp",
        "dataclasses",
        "asyncio",
        "ctypes",
        "logging",
        "tomllib",
        "socket",
    }
    assert not loaded & heavy
