"""Payloads as text: one form for each value, and nothing else is taken for one."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.register.codec import CodecError, from_json, to_json
from collector.register.entries import (
    PAYLOADS,
    Kind,
    MaintenanceAdded,
    MaintenanceEnded,
    MonthRestated,
    Payload,
    kind_of,
)
from tests.unit.register.samples import PAYLOADS as SAMPLES

INTEGERS = st.integers(min_value=-(2**63), max_value=2**63 - 1)
TEXT = st.text(st.characters(codec="utf-8"))


def test_every_kind_has_a_sample_here() -> None:
    """So that the other tests of this room speak of all kinds."""
    assert {kind_of(payload) for payload in SAMPLES} == set(Kind) == set(PAYLOADS)


@pytest.mark.parametrize("payload", SAMPLES, ids=lambda payload: kind_of(payload).value)
def test_what_is_written_is_read_back(payload: Payload) -> None:
    """Every kind, nested values included."""
    assert from_json(kind_of(payload), to_json(payload)) == payload


@given(
    st.builds(
        MaintenanceAdded,
        id=TEXT,
        devices=st.lists(TEXT, max_size=3).map(tuple),
        areas=st.lists(TEXT, max_size=3).map(tuple),
        start_ms=INTEGERS,
        end_ms=INTEGERS,
        repeat=st.none() | TEXT,
        reason=TEXT,
    )
)
def test_any_text_and_number_survive(payload: MaintenanceAdded) -> None:
    """Quotes, line feeds, characters of any script, the ends of 64 bits."""
    assert from_json(Kind.MAINTENANCE_ADDED, to_json(payload)) == payload


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no JSON"),
        ("{", "no JSON"),
        ("[" * 100_000, "no JSON"),
        ("[]", "exactly id, end_ms belong here"),
        ('{"id":"a"}', "exactly id, end_ms belong here"),
        ('{"end_ms":1,"id":"a","x":1}', "exactly id, end_ms belong here"),
        ('{"end_ms":"1","id":"a"}', "maintenance_ended.end_ms: int belongs here"),
        ('{"end_ms":true,"id":"a"}', "maintenance_ended.end_ms: int belongs here"),
        ('{"end_ms":1.0,"id":"a"}', "maintenance_ended.end_ms: int belongs here"),
        ('{"end_ms":null,"id":"a"}', "maintenance_ended.end_ms: int belongs here"),
        ('{"end_ms":9223372036854775808,"id":"a"}', "beyond 64 bits"),
        ('{"id":"a","end_ms":1}', "not in canonical form"),
        ('{"end_ms":1,"id":"a"} ', "not in canonical form"),
        ('{"end_ms":1,"end_ms":1,"id":"a"}', "not in canonical form"),
        ('{"end_ms":1,"id":"\\u0061"}', "not in canonical form"),
        ('{"end_ms":1,"id":"\\ud800"}', "lone surrogates"),
    ],
)
def test_anything_else_is_refused(text: str, why: str) -> None:
    """With words that say what belongs there."""
    with pytest.raises(CodecError, match=why):
        from_json(Kind.MAINTENANCE_ENDED, text)


def test_lists_are_lists_and_nested_values_whole() -> None:
    """A text where a list belongs would be read as its letters."""
    restated = next(payload for payload in SAMPLES if isinstance(payload, MonthRestated))
    values = json.loads(to_json(restated))
    for change in ({"accepted": "abc"}, {"closing": {**values["closing"], "days": [{}]}}):
        text = json.dumps({**values, **change}, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        with pytest.raises(CodecError, match="belong"):
            from_json(Kind.MONTH_RESTATED, text)


def test_what_cannot_be_stored_is_refused() -> None:
    """Before it is written, not when it is read."""
    with pytest.raises(CodecError, match="beyond 64 bits"):
        to_json(MaintenanceEnded(id="a", end_ms=2**63))
    with pytest.raises(CodecError, match="lone surrogates"):
        to_json(MaintenanceEnded(id="\ud800", end_ms=0))


def test_an_entry_has_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither written nor read beyond them."""
    text = to_json(MaintenanceEnded(id="a", end_ms=0))
    monkeypatch.setattr("collector.register.codec.MAX_JSON", len(text) - 1)
    with pytest.raises(CodecError, match="at most"):
        to_json(MaintenanceEnded(id="a", end_ms=0))
    with pytest.raises(CodecError, match="at most"):
        from_json(Kind.MAINTENANCE_ENDED, text)
