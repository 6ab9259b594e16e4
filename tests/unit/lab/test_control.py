"""Orders to a lab over its Unix socket."""

from __future__ import annotations

import asyncio
import socket
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from lab.control import MAX_LINE_BYTES, ControlError, ControlServer, send


def handle(order: Mapping[str, Any]) -> dict[str, Any]:
    if order.get("order") != "status":
        raise ControlError("unknown order")
    return {"devices": 317}


def mode(path: Path) -> int | None:
    return stat.S_IMODE(path.stat().st_mode) if path.exists() else None


def leave_behind(path: Path) -> None:
    path.touch()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    folder = tmp_path / ("long" * 30)
    folder.mkdir()
    return folder / "control"


async def test_an_order_is_answered_at_a_path_longer_than_a_sockets_may_be(path: Path) -> None:
    """108 bytes are soon spent below somebody's home."""
    server = ControlServer(path, handle)
    await server.start()
    assert await asyncio.to_thread(send, path, {"order": "status"}) == {"devices": 317}
    await server.stop()
    assert mode(path) is None


async def test_only_the_owner_may_give_orders(path: Path) -> None:
    """Mode 0600 from the first moment."""
    server = ControlServer(path, handle)
    await server.start()
    assert mode(path) == 0o600
    await server.stop()


async def test_a_refusal_comes_back_in_words(path: Path) -> None:
    """What the lab says is what the user reads."""
    server = ControlServer(path, handle)
    await server.start()
    with pytest.raises(ControlError, match=r"^unknown order$"):
        await asyncio.to_thread(send, path, {"order": "dance"})
    await server.stop()


@pytest.mark.parametrize(
    ("line", "said"),
    [(b"\xff\n", "one line of JSON"), (b"[]\n", "a JSON object"), (b"x" * (MAX_LINE_BYTES + 2), "at most")],
)
async def test_what_is_no_order_is_refused(path: Path, line: bytes, said: str) -> None:
    """Garbage and endless lines end their own connection, nothing else."""
    server = ControlServer(path, handle)
    await server.start()
    reader, writer = await _connected(path)
    writer.write(line)
    assert said in (await reader.readline()).decode()
    writer.close()
    assert await asyncio.to_thread(send, path, {"order": "status"}) == {"devices": 317}
    await server.stop()


async def _connected(path: Path) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    link = path.parent.parent / "s"
    link.symlink_to(path)
    return await asyncio.open_unix_connection(str(link))


def test_without_a_lab_it_says_how_to_start_one(path: Path) -> None:
    """No socket, or one that nobody listens at any more."""
    words = r"no lab runs here .*Start it with \./run"
    with pytest.raises(ControlError, match=words):
        send(path, {"order": "status"})
    left = path.parent.parent / "left"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(left))
    with pytest.raises(ControlError, match=words):
        send(left, {"order": "status"})


async def test_a_second_lab_is_refused_and_a_dead_ones_socket_replaced(path: Path) -> None:
    """Two labs would fight for the same addresses; a killed one must not be in the way."""
    server = ControlServer(path, handle)
    await server.start()
    with pytest.raises(ControlError, match="another lab runs here"):
        await ControlServer(path, handle).start()
    await server.stop()
    leave_behind(path)
    await server.start()
    assert await asyncio.to_thread(send, path, {"order": "status"}) == {"devices": 317}
    await server.stop()
