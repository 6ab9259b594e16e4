"""Invariant: parse_report returns a Report or raises WireError, whatever bytes it gets, in bounded time."""

from __future__ import annotations

import json
import os
import random
import time
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.wire import (
    Cpu,
    CpuTimes,
    Interfaces,
    Report,
    RequestError,
    WireError,
    parse_report,
    parse_request,
)
from tests.unit.agent.samples import end, entry, header, interface, snapshot

FULL = snapshot(
    interfaces=Interfaces(interfaces=tuple(interface(index) for index in range(1, 4))),
    cpu=Cpu(cpus=(CpuTimes(cpu=0, user_s=1.5, system_s=2.0, idle_s=99.0),)),
)
WHOLE = header() + entry(7, of=FULL) + entry(8, of=FULL) + end(2)
SLOWEST_S = 5.0

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def check(data: bytes) -> None:
    """Raise for anything but a Report or a WireError with a message of bounded length."""
    begun = time.monotonic()
    refusal = None
    try:
        assert isinstance(parse_report(data), Report)
    except WireError as error:
        refusal = str(error)
    assert refusal is None or 0 < len(refusal) < 1_000
    assert time.monotonic() - begun < SLOWEST_S


@settings(max_examples=400, deadline=None)
@given(st.binary(max_size=2_000))
def test_random_bytes(data: bytes) -> None:
    """Random bytes are refused with a WireError."""
    check(data)
    check(data + b"\n")


@settings(max_examples=400, deadline=None)
@given(st.lists(JSON, max_size=4))
def test_random_json_lines(values: list[Any]) -> None:
    """Lines of any JSON are refused with a WireError, NaN and lone surrogates included."""
    check("".join(json.dumps(value) + "\n" for value in values).encode())


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(["header", "entry", "end"]), st.data())
def test_one_field_replaced(part: str, data: st.DataObject) -> None:
    """Any field of a good report replaced by any JSON: a Report or a WireError."""
    lines = [json.loads(line) for line in WHOLE.splitlines()]
    target: Any = lines[{"header": 0, "entry": 1, "end": -1}[part]]
    while isinstance(target, dict | list) and target:
        keys = list(target) if isinstance(target, dict) else list(range(len(target)))
        key = data.draw(st.sampled_from(keys))
        if not isinstance(target[key], dict | list) or not target[key] or data.draw(st.booleans()):
            target[key] = data.draw(JSON)
            break
        target = target[key]
    check("".join(json.dumps(line) + "\n" for line in lines).encode())


def mutate(data: bytes, chance: random.Random) -> bytes:
    """Return the report with a few bytes flipped, cut, repeated or moved."""
    for _ in range(chance.randint(1, 4)):
        at, size = chance.randrange(len(data) + 1), chance.randint(1, 40)
        match chance.randrange(5):
            case 0:
                data = data[:at] + bytes([chance.randrange(256)]) + data[at + 1 :]
            case 1:
                data = data[:at] + data[at + size :]
            case 2:
                data = data[:at] + data[at : at + size] * chance.randint(2, 5) + data[at + size :]
            case 3:
                data = data[:at]
            case _:
                data = (
                    data[:at]
                    + chance.choice([b"\n", b"[", b"{", b"-", b"1e309", b'"', b"\\ud800"])
                    + data[at:]
                )
    return data


@pytest.mark.parametrize("rounds", [1_500, pytest.param(60_000, marks=pytest.mark.all)])
def test_mutated_reports(rounds: int) -> None:
    """Good reports with damage: a Report or a WireError, each in bounded time."""
    seed = int.from_bytes(os.urandom(8))
    chance = random.Random(seed)
    for number in range(rounds):
        data = mutate(WHOLE, chance)
        try:
            check(data)
        except Exception as error:
            raise AssertionError(f"seed {seed}, round {number}: {data!r}") from error


def test_the_largest_hostile_report_takes_bounded_time() -> None:
    """Sixteen megabytes made to be slow are refused in seconds: deep, wide, numbers, escapes, empty lines."""
    most = 16 * 1024 * 1024
    for unit in (b"[", b'{"a":', b"1,", b'"\\u0041', b"\n", b'{"seq":1}\n', b"9" * 4_000 + b","):
        body = (unit * (most // len(unit)))[: most - 4_000]
        check(header() + body + b"\n" + end(0))
        check(header() + body.replace(b"\n", b" ") + b"\n" + end(0))


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200))
def test_any_request_text(text: str) -> None:
    """A request line is understood or refused, never anything else."""
    with suppress(RequestError):
        parse_request(text)
