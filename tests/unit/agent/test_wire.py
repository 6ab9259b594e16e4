"""agent.wire: what a report must look like, and the exact words about one that does not."""

from __future__ import annotations

import json

import pytest

from agent.wire import (
    MAX_LIMIT,
    MAX_REPORT_BYTES,
    Gap,
    GapCause,
    Interfaces,
    RequestError,
    Unavailability,
    Unavailable,
    WireError,
    parse_report,
    parse_request,
    parse_snapshot,
    render_snapshot,
    request_line,
)
from agent.wire_json import encode
from tests.unit.agent.samples import SPOOL, end, entry, header, interface, snapshot


def test_a_report_reads_as_it_was_written() -> None:
    """Header, snapshots with their ages, gaps and the end come back as values."""
    of = snapshot(interfaces=Interfaces(interfaces=(interface(alias="Đường truyền số 1"),)))
    gap = Gap(first=3, last=6, cause=GapCause.DROPPED)
    report = parse_report(header() + entry(7, of=of) + entry(9, age_ms=None) + end(2, more=True, gaps=(gap,)))
    assert [(one.seq, one.age_ms) for one in report.entries] == [(7, 400), (9, None)]
    assert report.entries[0].snapshot == of
    assert report.gaps == (gap,)
    assert report.more
    assert report.header.spool == SPOOL
    assert report.header.serving


def test_an_old_newest_snapshot_says_that_the_service_is_not_running() -> None:
    """Three intervals without a snapshot, or none since boot, and the header does not call it serving."""
    assert parse_report(header(newest_age_ms=45_000) + end(0)).header.serving
    assert not parse_report(header(newest_age_ms=45_001) + end(0)).header.serving
    assert not parse_report(header(newest_age_ms=None) + end(0)).header.serving


def test_a_newer_agent_may_say_more_and_an_older_one_less() -> None:
    """Unknown fields are ignored, and a section that is not there is Unavailable, not empty."""
    values = json.loads(render_snapshot(snapshot()))
    values |= {"quantum": {"qubits": [1, 2]}}
    del values["cpu"]
    read = parse_snapshot(json.dumps(values).encode())
    assert read.cpu == Unavailable(reason=Unavailability.NOT_SENT)
    assert read == snapshot()


ONE = snapshot(interfaces=Interfaces(interfaces=(interface(),)))
WHOLE = header() + entry(8, of=ONE) + end(1)
AT = "line 2: entry.snapshot.interfaces.interfaces[0]"
NAME = f"{AT}.name"
REASON = "line 2: entry.snapshot.host.unavailable.reason"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "empty: nothing was sent"),
        (WHOLE[:-1], "cut off: the last line has no end"),
        (header(), "cut off: there is no end line"),
        (header() + entry(8), "line 2: not the end line of a report"),
        (b"Last login: Mon\n", "line 1: not JSON: Expecting value at character 0"),
        (b"[]\n", "line 1: not the header line of a report"),
        (b'{"header":[]}\n', "line 1: header: an object is wanted, not a list"),
        (b'{"header":{}}\n', "line 1: header.schema: missing"),
        (header(schema=2) + b"whatever\n", "line 1: schema 2, this side reads 1"),
        (header(version=None) + end(0), "line 1: header.version: missing"),
        (header(spool="up to me; reboot") + end(0), "line 1: header.spool: not 16 hexadecimal digits"),
        (
            header(now_ms=10**15) + end(0),
            "line 1: header.now_ms: out of range, 0 to 253402300799999 is allowed",
        ),
        (header() + end(1), "the end line counts 1 snapshots, there are 0"),
        (header() + entry(8) + entry(8) + end(2), "the snapshots' numbers do not rise"),
        (header() + entry(9) + entry(8) + end(2), "the snapshots' numbers do not rise"),
        (header() + entry(10) + end(1), "a number lies beyond the last of the spool"),
        (header(first=None, last=None) + entry(1) + end(1), "a number lies beyond the last of the spool"),
        (
            header() + entry(8) + end(1, gaps=(Gap(first=7, last=8, cause=GapCause.RESTART),)),
            "a number is given twice",
        ),
        (
            header() + end(0, gaps=(Gap(first=7, last=6, cause=GapCause.RESTART),)),
            "a gap ends before it begins",
        ),
        (
            WHOLE.replace(b'"seq":8', b'"seq":0'),
            "line 2: entry.seq: out of range, 1 to 9007199254740991 is allowed",
        ),
        (
            WHOLE.replace(b'"seq":8', b'"seq":true'),
            "line 2: entry.seq: a whole number is wanted, not a truth value",
        ),
        (
            WHOLE.replace(b'"seq":8', b'"seq":8.5'),
            "line 2: entry.seq: a whole number is wanted, not a fraction",
        ),
        (WHOLE.replace(b'"seq":8', b'"seq":NaN'), "line 2: not JSON: NaN"),
        (WHOLE.replace(b'"seq":8', b'"seq":' + b"9" * 5_000), "line 2: not JSON: a number is too long"),
        (WHOLE.replace(b"eth0", b"et\xffh"), "line 2: not UTF-8 at byte 527"),
        (
            WHOLE.replace(b"eth0", b"e\\u0000"),
            f"{NAME}: the text holds characters that cannot be printed",
        ),
        (
            WHOLE.replace(b"eth0", b"e\\ud800"),
            f"{NAME}: the text holds characters that cannot be printed",
        ),
        (
            WHOLE.replace(b"eth0", b"e" * 257),
            f"{NAME}: 257 characters, at most 256 are allowed",
        ),
        (
            WHOLE.replace(b'"oper_state":"up"', b'"oper_state":"fine"'),
            f"{AT}.oper_state: not one of up, down, testing, unknown, dormant, notPresent, lowerLayerDown",
        ),
        (
            WHOLE.replace(b'"interfaces":[{', b'"interfaces":[0,{'),
            "line 2: entry.snapshot.interfaces.interfaces[0]: an object is wanted, not a number",
        ),
        (
            WHOLE.replace(b'"reason":"not_sent"', b'"reason":"bored"', 1),
            f"{REASON}: not one of permission, missing, unsupported, failed, not_sent",
        ),
        (header() + b"[" * 100_000 + b"\n" + end(1), "line 2: not JSON: nested too deeply"),
        (header() + b"x" * 600_000 + b"\n" + end(1), "line 2: 600000 bytes, at most 524288 are allowed"),
        (b"x" * (MAX_REPORT_BYTES + 1), "4194305 bytes, at most 4194304 are allowed"),
        (header() + b"\n" * (MAX_LIMIT + 1) + end(0), "more than 2000 snapshots"),
    ],
)
def test_what_is_no_report_is_refused_in_exact_words(data: bytes, message: str) -> None:
    """Each way of not being a report has its own message with line and path."""
    with pytest.raises(WireError) as caught:
        parse_report(data)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("literal", "message"),
    [
        ("1e999", "snapshot.host.load_1: out of range, 0 to 1e+09 is allowed"),
        ("-1", "snapshot.host.load_1: out of range, 0 to 1e+09 is allowed"),
        ("1" + "0" * 400, "snapshot.host.load_1: out of range, 0 to 1e+09 is allowed"),
        ('"0.5"', "snapshot.host.load_1: a number is wanted, not a text"),
    ],
)
def test_no_number_beyond_its_range_gets_in(literal: str, message: str) -> None:
    """Infinity, negative loads and integers that no double can hold are refused."""
    host = '{"hostname":"h","os":"o","kernel":"k","machine":"m","boot_ms":1,"load_1":' + literal + "}"
    text = f'{{"wall_ms":1,"uptime_ms":1,"boot_id":"","host":{host}}}'
    with pytest.raises(WireError) as caught:
        parse_snapshot(text.encode())
    assert str(caught.value) == message


def test_too_many_items_are_refused() -> None:
    """A list beyond 1024 items is refused, wherever it stands."""
    many = snapshot(interfaces=Interfaces(interfaces=tuple(interface(index) for index in range(1, 1_026))))
    with pytest.raises(
        WireError, match=r"snapshot\.interfaces\.interfaces: 1025 items, at most 1024 are allowed"
    ):
        parse_snapshot(render_snapshot(many))


def test_no_nan_is_ever_written() -> None:
    """The writer refuses NaN too, instead of sending what no reader takes."""
    with pytest.raises(ValueError, match="not JSON compliant"):
        encode(float("nan"))


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ({}, "haidang-report/1 limit=500"),
        ({"after": 0}, "haidang-report/1 after=0 limit=500"),
        ({"after": 7, "limit": 2, "spool": SPOOL}, f"haidang-report/1 spool={SPOOL} after=7 limit=2"),
    ],
)
def test_request_lines_read_as_they_were_written(arguments: dict[str, object], line: str) -> None:
    """What the collector writes, the agent understands."""
    assert request_line(**arguments) == line  # type: ignore[arg-type]
    assert parse_request(line) == (
        arguments.get("spool"),
        arguments.get("after"),
        arguments.get("limit", 500),
    )


@pytest.mark.parametrize(
    "line",
    [
        "",
        "haidang-report/1 ",
        " haidang-report/1",
        "haidang-report/2",
        "haidang-report/1\n",
        "haidang-report/1 after=1; reboot",
        "haidang-report/1 after=1 $(reboot)",
        "haidang-report/1 after=-1",
        "haidang-report/1 after=01",
        "haidang-report/1 after=１",
        "haidang-report/1 after=1 after=2",
        "haidang-report/1 limit=5 after=1",
        "haidang-report/1  after=1",
        "haidang-report/1 spool=0123456789ABCDEF",
        "haidang-report/1 spool=0123",
        "haidang-report/1 limit=5 --config=/etc/shadow",
        "haidang-report/1 limit=5" + " " * 200,
        "scp -f /etc/shadow",
        "/usr/lib/openssh/sftp-server",
    ],
)
def test_anything_else_is_no_request(line: str) -> None:
    """The grammar has no slack: nothing but a request is taken for one."""
    with pytest.raises(RequestError) as caught:
        parse_request(line)
    wanted = "not a request: haidang-report/1 [spool=ID] [after=N] [limit=N] is wanted"
    assert str(caught.value) == wanted


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("haidang-report/1 limit=0", "limit=0: 1 to 2000 is allowed"),
        ("haidang-report/1 limit=2001", "limit=2001: 1 to 2000 is allowed"),
        (
            "haidang-report/1 after=9007199254740992",
            "after=9007199254740992: at most 9007199254740991 is allowed",
        ),
    ],
)
def test_numbers_of_a_request_have_ranges(line: str, message: str) -> None:
    """A number out of its range is refused in exact words."""
    with pytest.raises(RequestError) as caught:
        parse_request(line)
    assert str(caught.value) == message
