"""Answers one request of the collector from the spool: JSON lines, nothing else. Run by sshd for each poll.

It imports neither psutil nor anything of SNMP, so that it starts quickly, and needs no right but to read the
spool. It never takes a reading of its own: what is in the report was stored by the service, with its age.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import BinaryIO

from agent.exit_codes import Exit
from agent.probe.instant import Instant, read_instant
from agent.spool_reader import Missing, SpoolReader, Stored, View
from agent.version import VERSION
from agent.wire_frame import MAX_GAPS, MAX_REPORT_BYTES, end_line, header_line, snapshot_line
from agent.wire_request import DEFAULT_LIMIT, SCHEMA, Request, RequestError, parse_request, request_line

_END_BYTES = 128 * 1024
"""Room for the end line with as many gaps as it may have."""


class ReportError(Exception):
    """The spool cannot be read: where, and what to do."""


def run(
    directory: Path,
    *,
    after: int | None,
    limit: int | None,
    environ: Mapping[str, str],
    out: BinaryIO,
    say: Callable[[str], None],
    clock: Callable[[], Instant] = read_instant,
) -> Exit:
    """Answer the request that sshd passes on, or by hand that of the options; return the exit code.

    `clock` is this machine's unless the spool is that of a simulated one.
    """
    try:
        request = _request(after, limit, environ)
    except RequestError as error:
        say(f"haidang-agent report: {error}")
        return Exit.REQUEST
    try:
        write_report(directory, request, clock(), out)
    except BrokenPipeError:
        raise
    except ReportError as error:
        say(f"haidang-agent report: {error}")
        return Exit.SPOOL
    except OSError as error:
        # In the middle of a report: without its end line the collector does not take the part for the whole.
        say(f"haidang-agent report: {error.filename or directory}: {error.strerror}")
        return Exit.SPOOL
    return Exit.OK


def _request(after: int | None, limit: int | None, environ: Mapping[str, str]) -> Request:
    """Return what is asked for. What came with an SSH login is the whole of it, whatever the options say."""
    command = environ.get("SSH_ORIGINAL_COMMAND")
    if command is not None:
        return parse_request(command)
    if after is None and limit is None and "SSH_CONNECTION" in environ:
        raise RequestError("this login may only fetch reports, and sent no request; by hand, add --limit 1")
    return parse_request(request_line(after=after, limit=DEFAULT_LIMIT if limit is None else limit))


def write_report(directory: Path, request: Request, instant: Instant, out: BinaryIO) -> None:
    """Write the whole report; raise ReportError before the first byte if the spool cannot be read."""
    try:
        reader = SpoolReader(directory)
        view = reader.view()
    except OSError as error:
        raise ReportError(_advice(directory, error)) from None
    out.write(_header(view, instant))
    if view is None:
        out.write(end_line(count=0, more=False, gaps=()))
    else:
        out.write(_write_snapshots(reader, view, request, instant, out))
    out.flush()


def _write_snapshots(
    reader: SpoolReader, view: View, request: Request, instant: Instant, out: BinaryIO
) -> bytes:
    """Write the snapshots' lines and return the end line."""
    count, room = 0, MAX_REPORT_BYTES - _END_BYTES
    gaps: list[Missing] = []
    # A gap counts once the snapshot behind it is sent: the next request begins there.
    ahead: list[Missing] = []
    for item in reader.above(_start(request, view), view):
        if isinstance(item, Missing):
            ahead.append(item)
            continue
        age_ms = _age(item, instant)
        line = snapshot_line(seq=item.record.seq, age_ms=age_ms, snapshot=item.record.snapshot)
        room -= len(line)
        if count == request.limit or len(gaps) + len(ahead) > MAX_GAPS or room < 0:
            return end_line(count=count, more=True, gaps=gaps)
        out.write(line)
        count += 1
        gaps += ahead
        ahead.clear()
    return end_line(count=count, more=False, gaps=gaps + ahead)


def _start(request: Request, view: View) -> int:
    """Return the number above which to begin."""
    if request.after is None:
        return 0 if view.newest is None else view.newest.record.seq - 1
    if request.spool is not None and request.spool != view.spool:
        return 0
    return request.after


def _header(view: View | None, instant: Instant) -> bytes:
    fields: dict[str, int | str | None] = {
        "schema": SCHEMA,
        "version": VERSION,
        "now_ms": instant.wall_ms,
        "boot_ms": max(0, instant.wall_ms - instant.uptime_ms),
        "uptime_ms": instant.uptime_ms,
        "boot_id": instant.boot_id,
    }
    if view is not None:
        fields |= {"spool": view.spool, "interval_ms": view.interval_ms}
        if view.newest is not None:
            fields |= {
                "first": view.first,
                "last": view.newest.record.seq,
                "newest_age_ms": _age(view.newest, instant),
            }
    return header_line(fields)


def _age(stored: Stored, instant: Instant) -> int | None:
    """Return the age in ms by the clock that counts from boot; None across a boot."""
    if not stored.boot_id or stored.boot_id != instant.boot_id:
        return None
    return max(0, instant.uptime_ms - stored.record.uptime_ms)


def _advice(directory: Path, error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return (
            f"{directory}: there is no spool; start haidang-agent.service, or name another one with --spool"
        )
    if isinstance(error, PermissionError):
        return f"{directory}: permission denied; make this user a member of the group that owns the spool"
    return f"{directory}: {error.strerror}"
