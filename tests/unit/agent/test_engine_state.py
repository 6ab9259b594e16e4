"""The engine's id and boots: they rise at each start, or SNMPv3 stays off."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from agent.engine_state import EngineStateError, start_engine
from snmp.usm import MAX_BOOTS


def start(directory: Path, fill: int = 7) -> tuple[bytes, int]:
    state = start_engine(directory, lambda size: bytes([fill]) * size)
    return state.engine_id, state.boots


def test_boots_rise_at_each_start_and_the_id_stays(tmp_path: Path) -> None:
    """Every start counts one more under the same id, kept in a file for the service alone."""
    first, *others = [start(tmp_path, fill) for fill in range(5)]
    assert first == (bytes.fromhex("80007ed905") + bytes(16), 1)
    assert others == [(first[0], boots) for boots in (2, 3, 4, 5)]
    assert stat.S_IMODE((tmp_path / "engine").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff",
        b"[]",
        b'{"engine_id":"80007ed905","boots":-3}',
        b'{"engine_id":"80007ed905"}',
        b'{"engine_id":"8000","boots":3}',
        b'{"engine_id":"xyz0000000","boots":3}',
        b'{"engine_id":"80007ed90500","boots":99999999999}',
        b'{"boots":' + b"9" * 5_000,
    ],
)
def test_a_damaged_file_means_a_new_id(content: bytes, tmp_path: Path) -> None:
    """Boots that are not known may not be guessed under the old id: the engine becomes another one."""
    (tmp_path / "engine").write_bytes(content)
    assert start(tmp_path, 9) == (bytes.fromhex("80007ed905") + b"\x09" * 16, 1)


def test_boots_that_cannot_be_kept_are_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a place to write there is no count of starts, and the message says where and what to do."""
    gone = tmp_path / "gone"
    with pytest.raises(EngineStateError) as caught:
        start(gone)
    wanted = f"{gone}/engine.tmp: No such file or directory; the service's user must own {gone}"
    assert str(caught.value) == wanted

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    start(tmp_path)
    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(EngineStateError) as caught:
        start(tmp_path)
    assert str(caught.value) == (
        f"{tmp_path}/engine: No space left on device; the service's user must own {tmp_path}"
    )
    monkeypatch.undo()
    assert start(tmp_path)[1] == 2, "a start that could not be kept does not count"


def test_an_engine_at_the_end_of_its_count_says_so(tmp_path: Path) -> None:
    """RFC 3414 section 2.2.2: at the last value nothing can be authenticated until the id is changed."""
    (tmp_path / "engine").write_text(f'{{"engine_id":"80007ed9050000","boots":{MAX_BOOTS - 1}}}')
    with pytest.raises(EngineStateError) as caught:
        start(tmp_path)
    wanted = (
        "the engine has started as often as it can be counted; remove the file to give the engine a new id"
    )
    assert str(caught.value) == f"{tmp_path}/engine: {wanted}"
