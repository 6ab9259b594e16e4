"""The HTTP server against clients that hoard connections, read slowly or leave."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from collector.expose import http
from collector.expose.door import MAX_CONNECTIONS
from collector.expose.http import CONTENTS, MAX_EXPOSITIONS, HttpServer
from deploy.stack.ports import free_port

REQUEST = b"GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n"
LARGE = b"x" * (32 << 20)
"""More than the kernel's buffers of both ends take."""


class Shown:
    """A facade that counts how often it was rendered."""

    def __init__(self, body: bytes) -> None:
        self.body, self.rendered = body, 0

    def metrics(self, area: str | None) -> bytes | None:
        self.rendered += 1
        return self.body if area is None else None

    def devices(self) -> object:
        return {}

    def device(self, _device: str) -> object | None:
        return None

    def not_ready(self) -> str | None:
        return None

    async def reload(self) -> tuple[bool, object]:
        return True, {}


@asynccontextmanager
async def serving(facade: Shown) -> AsyncIterator[int]:
    port = free_port()
    server = HttpServer(facade, host="127.0.0.1", port=port)
    await server.start()
    try:
        yield port
    finally:
        await server.stop()


async def ask(port: int, path: bytes) -> bytes:
    """Return a whole answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(REQUEST.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n") % path)
    answer = await asyncio.wait_for(reader.read(), 10)
    writer.close()
    return answer


async def received(reader: asyncio.StreamReader) -> int:
    """Return how much came before the server ended the connection."""
    size = 0
    with contextlib.suppress(ConnectionError):
        while data := await asyncio.wait_for(reader.read(1 << 20), 10):
            size += len(data)
    return size


async def until(condition: Callable[[], bool]) -> None:
    """Let the server work until the condition holds."""
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - it is the server's, which tells nobody
            await asyncio.sleep(0.01)


def test_the_first_page_says_what_there_is() -> None:
    """Whoever opens the address in a browser finds the routes; those without an id are there."""
    paths = [line.split()[0] for line in CONTENTS.splitlines() if line.startswith("/") and "ID" not in line]
    assert len(paths) == 4

    async def run() -> list[bytes]:
        async with serving(Shown(b"")) as port:
            return [await ask(port, path.encode()) for path in ("/", *paths)]

    first, *others = asyncio.run(run())
    assert first.endswith(CONTENTS.encode())
    assert all(answer.startswith(b"HTTP/1.1 200 OK") for answer in others)


def test_connections_beyond_the_bound_are_closed_and_the_others_served() -> None:
    """Nobody can take the descriptors that polls need; whoever leaves makes room."""

    async def run() -> None:
        async with serving(Shown(b"")) as port:
            held = [await asyncio.open_connection("127.0.0.1", port) for _ in range(MAX_CONNECTIONS)]
            reader, writer = held[0]
            writer.write(REQUEST % b"/-/healthy")
            assert (await reader.readline()) == b"HTTP/1.1 200 OK\r\n"
            for _ in range(10):
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                assert await received(reader) == 0
                writer.close()
            for _, writer in held:
                writer.close()
            answers = [await ask(port, b"/-/healthy")]
            while not answers[-1] and len(answers) < 1_000:
                answers.append(await ask(port, b"/-/healthy"))
            assert answers[-1].endswith(b"alive\n")

    asyncio.run(run())


def test_slow_readers_hold_few_expositions_in_memory() -> None:
    """Twenty that read nothing: eight are rendered, and the others wait until one of those has gone."""
    facade = Shown(LARGE)

    async def run() -> None:
        async with serving(facade) as port:
            slow = [await asyncio.open_connection("127.0.0.1", port, limit=1024) for _ in range(20)]
            for _, writer in slow:
                writer.write(REQUEST % b"/metrics")
            await until(lambda: facade.rendered == MAX_EXPOSITIONS)
            assert (await ask(port, b"/-/healthy")).endswith(b"alive\n")
            assert facade.rendered == MAX_EXPOSITIONS
            for _, writer in slow:
                writer.transport.abort()
            assert len(await ask(port, b"/metrics")) > len(LARGE)

    asyncio.run(run())


def test_a_reader_that_is_too_slow_is_cut_off(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """What it asked for does not stay in memory for as long as it likes; the log says nothing of it."""
    monkeypatch.setattr(http, "_SENDING_S", 2.0)
    monkeypatch.setattr(http, "MAX_EXPOSITIONS", 1)

    async def run() -> None:
        facade = Shown(LARGE)
        async with serving(facade) as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1024)
            writer.write(REQUEST % b"/metrics")
            await until(lambda: facade.rendered == 1)
            assert len(await ask(port, b"/metrics")) > len(LARGE)
            assert await received(reader) < len(LARGE)
            writer.close()

    with caplog.at_level(logging.WARNING):
        asyncio.run(run())
    assert caplog.messages == []


def test_a_client_that_leaves_in_the_middle_leaves_nothing_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A traceback for each would let anybody fill the log."""

    async def run() -> None:
        facade = Shown(LARGE)
        async with serving(facade) as port:
            _, writer = await asyncio.open_connection("127.0.0.1", port, limit=1024)
            writer.write(REQUEST % b"/metrics")
            await until(lambda: facade.rendered == 1)
            writer.transport.abort()
            assert len(await ask(port, b"/metrics")) > len(LARGE)

    with caplog.at_level(logging.WARNING):
        asyncio.run(run())
    assert caplog.messages == []


@pytest.mark.parametrize(
    "request_",
    [
        b"\x1b]0;title\x07\r\n\r\n",
        b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic c2VjcmV0\x01\r\n\r\n",
        b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /metrics HTTP/1.1\r\n\r\n",
    ],
)
def test_a_request_that_is_none_is_refused_and_not_logged(
    request_: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither can anybody fill the log with them, nor does a password get into it."""

    async def run() -> bytes:
        async with serving(Shown(b"x 1\n")) as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(request_)
            answer = await asyncio.wait_for(reader.read(100), 10)
            writer.close()
            return answer

    with caplog.at_level(logging.INFO):
        assert b" 400 Bad Request\r\n" in asyncio.run(run())
    assert caplog.messages == []


@pytest.mark.parametrize("path", [b"/metrics", b"/metrics/area/x", b"/-/ready", b"/api/v1/devices/x"])
def test_every_answer_forbids_guessing_its_type_and_keeping_it(path: bytes) -> None:
    """Also those that say no."""

    async def run() -> bytes:
        async with serving(Shown(b"x 1\n")) as port:
            return await ask(port, path)

    head = asyncio.run(run()).partition(b"\r\n\r\n")[0]
    assert b"X-Content-Type-Options: nosniff" in head
    assert b"Cache-Control: no-store" in head
