"""The site as the HTTP server asks it: routes, sharing, cookies, headers, JSON and its documentation."""

from __future__ import annotations

import asyncio
import gzip
import json
import re
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from collector.expose.access import Access
from collector.expose.http import HttpServer
from collector.expose.page import Answer, Ask
from collector.figures.tally import Piece
from collector.model import State
from collector.web.history import Histories
from collector.web.past import History
from collector.web.rings import Cell
from collector.web.site import SHARED_S, StatusSite
from collector.web.snapshot import Snapshot
from deploy.stack.ports import free_port
from tests.unit.collector.test_http import Shown
from tests.unit.web.shown import NOW_MS, figures, line, province

API = (Path(__file__).resolve().parents[3] / "docs" / "api.md").read_text(encoding="utf-8")
PATHS = ("devices", "province", "outages", "maintenance", "availability", "devices/an-khe/history")


class Fixed:
    """A source that counts how often it was asked."""

    def __init__(self, shown: Snapshot) -> None:
        self.shown, self.asked = shown, 0

    def snapshot(self) -> Snapshot:
        self.asked += 1
        return self.shown

    def samples(self, _device: str) -> list[str]:
        return []

    def round_trips(self, _device: str) -> tuple[Cell, ...]:
        return (Cell(start_ms=NOW_MS - 300_000, mean_s=0.01, max_s=0.02, lost=1, asked=3),)


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Told(Histories):
    """Histories without a ledger."""

    async def of(self, device: str, now_ms: int) -> History:
        piece = Piece(start_ms=now_ms - 1_000, end_ms=now_ms, state=State.UP, possible=frozenset({State.UP}))
        return History(device=device, end_ms=now_ms, pieces=(piece,))


def site(source: Fixed, clock: Callable[[], float] | None = None) -> StatusSite:
    return StatusSite(source, Told(Path("/nowhere")), clock or Clock())


def full() -> Fixed:
    return Fixed(province(figures=figures(), lines={"an-khe": line(90_000_000)}))


def ask(path: str, query: dict[str, str] | None = None, cookies: dict[str, str] | None = None) -> Ask:
    return Ask(path=path, query=query or {}, cookies=cookies or {})


def answered(of: StatusSite, *asks: Ask) -> list[Answer | None]:
    async def run() -> list[Answer | None]:
        try:
            return [await of.answer(one) for one in asks]
        finally:
            await of.close()

    return asyncio.run(run())


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_of_the_api_is_documented(path: str) -> None:
    """Its path stands in docs/api.md, and every name of its upper levels too."""
    (answer,) = answered(site(full()), ask(f"/api/v1/{path}"))
    assert answer is not None
    assert f"`/api/v1/{path.replace('an-khe', 'ID')}`" in API
    told = json.loads(answer.body)
    names = set(told)
    for value in told.values():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            names |= set(value[0])
    documented = set(re.findall(r"[a-z_0-9]+", API))
    undocumented = {"devices", "end_to_end", "id"}
    assert names - documented - undocumented == set()


def test_the_page_of_a_device_that_is_not_there_is_a_404_with_a_way_back() -> None:
    """And an address that no page has is nobody's."""
    page, none, api = answered(
        site(full()), ask("/devices/nobody"), ask("/nothing"), ask("/api/v1/devices/nobody/history")
    )
    assert page is not None
    assert page.status == 404
    assert b'href="/devices"' in page.body
    assert none is None
    assert api is None


def test_all_who_ask_within_two_seconds_get_one_rendering() -> None:
    """Fifty readers cost what one costs; later ones get a new one."""
    source, clock = full(), Clock()
    made = site(source, clock)

    async def run() -> None:
        first = await asyncio.gather(*(made.answer(ask("/")) for _ in range(50)))
        assert len({id(answer) for answer in first}) == 1
        clock.now += SHARED_S / 2
        assert await made.answer(ask("/")) is first[0]
        clock.now += SHARED_S
        assert await made.answer(ask("/")) is not first[0]
        assert source.asked == 3
        await made.close()

    asyncio.run(run())


def test_rendering_never_runs_in_the_event_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    """Polling goes on while a page is made."""
    threads = []

    def watched(data: bytes, level: int) -> bytes:
        threads.append(threading.current_thread())
        return b""

    monkeypatch.setattr(gzip, "compress", watched)
    paths = ["/", "/devices", "/devices/an-khe", *(f"/api/v1/{path}" for path in PATHS)]
    answered(site(full()), *(ask(path) for path in paths))
    assert len(threads) == len(paths)
    assert threading.main_thread() not in threads


def test_choices_are_kept_in_cookies_and_shown_at_once() -> None:
    """Only what was asked for is set, and only to a value that there is."""
    english, again, nonsense = answered(
        site(full()),
        ask("/", {"lang": "en"}),
        ask("/", cookies={"lang": "en", "theme": "dark"}),
        ask("/", {"theme": "<b>"}),
    )
    assert english is not None
    assert english.cookies == (("lang", "en"),)
    assert b'<html lang="en">' in english.body
    assert again is not None
    assert b'<html lang="en" data-theme="dark">' in again.body
    assert nonsense is not None
    assert nonsense.cookies == (("theme", "auto"),)


def test_links_to_another_language_keep_the_search() -> None:
    """Whoever has searched does not begin anew."""
    (found,) = answered(site(full()), ask("/devices", {"q": "đông hưng", "area": "dong-hung"}))
    assert found is not None
    assert b"?q=%C4%91%C3%B4ng+h%C6%B0ng&amp;area=dong-hung&amp;lang=en" in found.body


@asynccontextmanager
async def serving(access: Access | None = None) -> AsyncIterator[int]:
    port, made = free_port(), site(full())
    server = HttpServer(Shown(b""), host="127.0.0.1", port=port, access=access, site=made)
    await server.start()
    try:
        yield port
    finally:
        await server.stop()
        await made.close()


async def got(port: int, path: str, *headers: str) -> tuple[str, bytes]:
    """Return head and body of an answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    lines = [f"GET {path} HTTP/1.1", "Host: localhost", "Connection: close", *headers, "", ""]
    writer.write("\r\n".join(lines).encode())
    whole = await asyncio.wait_for(reader.read(), 10)
    writer.close()
    head, _, body = whole.partition(b"\r\n\r\n")
    return head.decode(), body


def test_pages_come_with_a_strict_policy_and_keep_to_the_access_of_metrics() -> None:
    """Nothing from elsewhere, no frame, no sniffing; without the password nothing at all."""

    async def run() -> None:
        async with serving() as port:
            for path in ("/", "/devices/an-khe", "/api/v1/province", "/static/status.css", "/nothing"):
                head, _ = await got(port, path, "Accept: text/html")
                assert "default-src 'none'; style-src 'self'; script-src 'self'" in head
                assert "frame-ancestors 'none'" in head
                assert "X-Content-Type-Options: nosniff" in head
        async with serving(Access.of("duty", b"secret")) as port:
            for path in ("/", "/devices", "/api/v1/province", "/static/status.js"):
                head, _ = await got(port, path, "Accept: text/html")
                assert head.startswith("HTTP/1.1 401")
            head, _ = await got(port, "/", "Accept: text/html", "Authorization: Basic ZHV0eTpzZWNyZXQ=")
            assert head.startswith("HTTP/1.1 200")

    asyncio.run(run())


def test_bodies_are_packed_for_who_takes_them_packed() -> None:
    """And are the same unpacked; what never changes may be kept, what is current may not."""

    async def run() -> None:
        async with serving() as port:
            head, packed = await got(port, "/", "Accept: text/html", "Accept-Encoding: gzip")
            assert "Content-Encoding: gzip" in head
            assert "Cache-Control: no-store" in head
            _, plain = await got(port, "/", "Accept: text/html")
            assert gzip.decompress(packed) == plain
            asset = re.search(rb'href="(/static/status.css[^"]*)"', plain)
            assert asset is not None
            head, _ = await got(port, asset[1].decode())
            assert "immutable" in head
            head, text = await got(port, "/")
            assert text.startswith("Hải Đăng collector".encode())

    asyncio.run(run())
