"""Servers for the checks of services: each says on loopback exactly what a test tells it to."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import threading
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import dns.flags
import dns.message
import dns.rcode
import dns.rrset

from lab.certificates import Issued

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Loop:
    """An event loop in a thread of its own, so that foreign programs can be asked beside it."""

    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)

    def do(self, work: Awaitable[object]) -> object:
        async def wrapped() -> object:
            return await work

        return asyncio.run_coroutine_threadsafe(wrapped(), self.loop).result(10)


@contextlib.contextmanager
def running() -> Iterator[Loop]:
    """Run a loop; whatever still talks in it at the end is cut."""
    held = Loop()
    thread = threading.Thread(target=held.loop.run_forever, name="targets", daemon=True)
    thread.start()
    try:
        yield held
    finally:

        async def cut() -> None:
            # A task that is cancelled before its first step never gets to close its connection.
            for _ in range(3):
                await asyncio.sleep(0)
            left = asyncio.all_tasks() - {asyncio.current_task()}
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)

        held.do(cut())
        held.loop.call_soon_threadsafe(held.loop.stop)
        thread.join(5)
        held.loop.close()


@contextlib.contextmanager
def server(held: Loop, talk: Talk, *, tls: ssl.SSLContext | None = None) -> Iterator[int]:
    """Talk to each connection; yields the port."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
                await talk(reader, writer)
        finally:
            writer.transport.abort()

    async def start() -> asyncio.Server:
        return await asyncio.start_server(connected, "127.0.0.1", 0, ssl=tls)

    listening = held.do(start())
    assert isinstance(listening, asyncio.Server)
    try:
        yield listening.sockets[0].getsockname()[1]
    finally:

        async def stop() -> None:
            # Python 3.11 drops a connection, unclosed, that is taken while its server closes.
            for _ in range(8):
                await asyncio.sleep(0)
            listening.close()

        held.do(stop())


def answering(*answers: bytes) -> Talk:
    """Answer each request with these bytes, whatever it asks for, and close."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        for answer in answers:
            writer.write(answer)
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    return talk


def page(body: str, *, status: str = "200 OK", more: str = "") -> bytes:
    """Return a whole answer."""
    raw = body.encode()
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(raw)}\r\n{more}\r\n".encode() + raw


def by_path(pages: dict[str, bytes], seen: list[bytes] | None = None) -> Talk:
    """Answer each path with its own bytes; `seen` collects the heads of the requests."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        if seen is not None:
            seen.append(head)
        path = head.split(b" ")[1].decode()
        writer.write(pages.get(path, page("no such page", status="404 Not Found")))
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    return talk


def server_tls(folder: Path, issued: Issued, name: str = "server") -> ssl.SSLContext:
    """Return a server's TLS settings."""
    file = folder / f"{name}.pem"
    file.write_bytes(issued.pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


Respond = Callable[[dns.message.Message, bool], list[bytes]]
"""From a question, and whether it came over TCP, to the datagrams that are sent back."""


def records(*lines: str, rcode: dns.rcode.Rcode = dns.rcode.NOERROR, truncated: bool = False) -> Respond:
    """Answer with these records (`name ttl IN type data`)."""

    def respond(question: dns.message.Message, tcp: bool) -> list[bytes]:
        answer = dns.message.make_response(question)
        answer.set_rcode(rcode)
        if truncated and not tcp:
            answer.flags |= dns.flags.TC
            return [answer.to_wire()]
        for line in lines:
            name, ttl, rdclass, rdtype, data = line.split(" ", 4)
            answer.answer.append(dns.rrset.from_text(name, int(ttl), rdclass, rdtype, data))
        return [answer.to_wire()]

    return respond


@contextlib.contextmanager
def name_server(held: Loop, respond: Respond) -> Iterator[int]:
    """Answer questions over UDP and TCP at one port."""

    class Udp(asyncio.DatagramProtocol):
        transport: asyncio.DatagramTransport

        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            # Not a subclass at run time: the selector loop's transport only looks like one.
            self.transport = cast("asyncio.DatagramTransport", transport)

        def datagram_received(self, data: bytes, addr: tuple[str | int, ...]) -> None:
            for answer in respond(dns.message.from_wire(data), False):
                self.transport.sendto(answer, addr)

    async def over_tcp(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        length = int.from_bytes(await reader.readexactly(2), "big")
        for answer in respond(dns.message.from_wire(await reader.readexactly(length)), True):
            writer.write(len(answer).to_bytes(2, "big") + answer)
        await writer.drain()
        await reader.read()

    with server(held, over_tcp) as port:

        async def start() -> asyncio.BaseTransport:
            return (await held.loop.create_datagram_endpoint(Udp, local_addr=("127.0.0.1", port)))[0]

        transport = held.do(start())
        assert isinstance(transport, asyncio.BaseTransport)
        try:
            yield port
        finally:
            held.loop.call_soon_threadsafe(transport.close)
