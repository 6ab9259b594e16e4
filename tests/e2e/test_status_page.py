"""The status page in a real browser: each page, size, language, theme; axe-core's rules; no other host."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from collector.current import View
from collector.expose.http import HttpServer
from collector.figures.tally import Piece
from collector.inventory.load import load
from collector.inventory.loaded import Accepted
from collector.model import State
from collector.traffic.buckets import BUCKET_MS, Bucket
from collector.web.history import Histories
from collector.web.past import DAY_MS, DAYS, History
from collector.web.rings import Cell
from collector.web.site import StatusSite
from collector.web.snapshot import Snapshot
from deploy.stack.ports import free_port
from tests.unit.collector.test_http import Shown
from tests.unit.web import shown as small

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

CHROMIUM = shutil.which("chromium")
ROOT = Path(__file__).resolve().parents[2]
PICTURES = os.environ.get("HAIDANG_PICTURES")
"""A folder to keep the pictures in, for whoever wants to look at them."""

pytestmark = [
    pytest.mark.all,
    pytest.mark.skipif(CHROMIUM is None, reason="needs Debian's chromium"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

SIZES = ((1920, 1080), (1280, 800), (390, 844))
JUDGED = {(1920, "vi", "light"), (1280, "en", "dark"), (390, "vi", "dark"), (390, "en", "light")}
"""What axe-core looks at, which takes seconds a page: each size, language and theme at least once."""
HUB = "hub-hung-ha"


def views(states: dict[str, State] | None = None) -> tuple[tuple[View, ...], Accepted]:
    loaded = load(ROOT / "inventory.yaml")
    assert isinstance(loaded, Accepted)
    known = states or {}
    devices = loaded.inventory.devices
    return tuple(small.view(one, known.get(one.id, State.UP)) for one in devices), loaded


def province(states: dict[str, State] | None = None) -> Snapshot:
    """Return the shipped province with all a page can show."""
    found, loaded = views(states)
    lines = {view.device.id: small.line(88_000_000) for view in found[20:23]}
    lines |= {view.device.id: small.line(3_000_000) for view in found[23:]}
    maintained = replace(loaded.inventory, maintenance=(small.window(devices=("srv-portal",), areas=()),))
    return Snapshot(
        now_ms=small.NOW_MS,
        version="0.1.0",
        inventory=maintained,
        views=found,
        lines=lines,
        figures=small.figures(),
    )


def cut() -> Snapshot:
    whole = province()
    behind = {device for device, above in whole.above.items() if HUB in above}
    states = {HUB: State.DOWN, "le-hong-phong-12433": State.DOWN, "srv-mail-1": State.UNKNOWN}
    return province(states | dict.fromkeys(behind, State.UPSTREAM))


def started() -> Snapshot:
    whole = province()
    return replace(
        whole, views=tuple(View(device=view.device) for view in whole.views), lines={}, figures=None
    )


def empty() -> Snapshot:
    return replace(province(), inventory=small.inventory(()), views=(), lines={}, figures=None)


SITUATIONS = {"up": province, "cut": cut, "started": started, "empty": empty}


class Source:
    def __init__(self, shown: Snapshot) -> None:
        self.shown = shown

    def snapshot(self) -> Snapshot:
        return self.shown

    def samples(self, _device: str) -> list[str]:
        names = ["GigabitEthernet0/0", "<script>alert(1)</script>"]
        return [
            f'ifOperStatus{{ifIndex="{at}",ifName="{name}",ifAlias="{small.HOSTILE[2:]}"}} 1'
            for at, name in enumerate(names, 1)
        ]

    def round_trips(self, _device: str) -> tuple[Cell, ...]:
        return tuple(
            Cell(
                start_ms=small.NOW_MS - n * 300_000,
                mean_s=0.008 + 0.004 * (n % 17) / 17,
                max_s=0.02 + 0.03 * (n % 29 == 0),
                lost=int(n % 40 == 0),
                asked=30,
            )
            for n in range(287, 0, -1)
            if not 100 < n < 112
        )


class Made(Histories):
    async def of(self, device: str, now_ms: int) -> History:
        begin, hour = now_ms - DAYS * DAY_MS, 3_600_000
        edges = [(begin, State.UP), (now_ms - 200 * hour, State.DOWN), (now_ms - 197 * hour, State.UP)]
        edges += [(now_ms - 90 * hour, State.MAINTENANCE), (now_ms - 86 * hour, State.UP)]
        edges += [(now_ms - 11 * hour, State.UPSTREAM), (now_ms - 9 * hour, State.UP)]
        edges += [(now_ms - 2 * hour, State.UNKNOWN), (now_ms - hour, State.UP), (now_ms, State.UP)]
        pieces = tuple(
            Piece(start_ms=one, end_ms=other, state=state, possible=frozenset({state}))
            for (one, state), (other, _) in pairwise(edges)
        )
        first = begin - begin % BUCKET_MS
        buckets = tuple(
            Bucket(
                start_ms=first + n * BUCKET_MS,
                in_bytes=int(4e8 * (1 + 0.8 * ((n % 288) / 288 - 0.5))),
                out_bytes=int(1.2e8 * (1 + 0.5 * ((n % 144) / 144))),
                covered_ms=BUCKET_MS,
            )
            for n in range(DAYS * 288)
            if n % 1_000 < 970
        )
        return History(device=device, end_ms=now_ms, pieces=pieces, buckets=buckets)


@contextmanager
def serving(shown: Snapshot) -> Iterator[str]:
    """Serve a snapshot from a thread of its own."""
    port, ready, stop = free_port(), threading.Event(), threading.Event()

    def serve() -> None:
        async def run() -> None:
            loop = asyncio.get_running_loop()
            site = StatusSite(Source(shown), Made(Path("x")), loop.time)
            server = HttpServer(Shown(b""), host="127.0.0.1", port=port, site=site)
            await server.start()
            ready.set()
            await asyncio.to_thread(stop.wait)
            await server.stop()
            await site.close()

        asyncio.run(run())

    thread = threading.Thread(target=serve, name="site")
    thread.start()
    assert ready.wait(20)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        stop.set()
        thread.join()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        quiet = ["--disable-background-networking", "--disable-component-update", "--no-first-run"]
        made = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-quic", "--disable-sync", *quiet]
        )
        yield made
        made.close()


@contextmanager
def opened(browser: Browser, base: str, *, size: tuple[int, int], theme: str = "light") -> Iterator[Page]:
    """Open a page; whatever it logs, fails to load, or asks of another host is a failure."""
    context: BrowserContext = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if theme == "dark" else "light",
        reduced_motion="reduce",
    )
    page, troubles = context.new_page(), list[str]()
    page.on("console", lambda message: troubles.append(f"console: {message.text}"))
    page.on("pageerror", lambda error: troubles.append(f"error: {error}"))
    page.on("requestfailed", lambda request: troubles.append(f"failed: {request.url}"))
    page.on("request", lambda r: None if r.url.startswith(base) else troubles.append(f"asked: {r.url}"))
    try:
        yield page
        assert troubles == []
    finally:
        context.close()


def axe() -> str:
    """Return axe-core's script, out of the package that brings it."""
    found = importlib.util.find_spec("axe_playwright_python")
    assert found is not None
    assert found.origin is not None
    return str(Path(found.origin).with_name("axe.min.js"))


def violations(page: Page) -> list[str]:
    """Return what axe-core finds wrong with a page."""
    script = Path(axe()).read_text(encoding="utf-8")
    # Through the debugger's door: the page's own policy lets no script in.
    page.evaluate(script)
    found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    return [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found["violations"]]


@pytest.mark.parametrize("situation", SITUATIONS)
@pytest.mark.parametrize("path", ["/", "/devices", "/devices/hub-hung-ha", "/outages", "/maintenance"])
def test_every_page_in_every_size_language_and_theme(browser: Browser, situation: str, path: str) -> None:
    """No error, no foreign request, no sideways scrolling, nothing that axe-core objects to."""
    shown = SITUATIONS[situation]()
    if situation == "empty" and path.startswith("/devices/"):
        pytest.skip("an empty inventory has no device")
    wrong: list[str] = []
    with serving(shown) as base:
        for size in SIZES:
            for language in ("vi", "en"):
                for theme in ("light", "dark"):
                    name = f"{situation}{path.replace('/', '-')}-{size[0]}-{language}-{theme}"
                    with opened(browser, base, size=size, theme=theme) as page:
                        page.goto(f"{base}{path}?lang={language}", wait_until="networkidle")
                        width = page.evaluate("document.documentElement.scrollWidth")
                        if width > size[0]:
                            wrong.append(f"{name}: {width} pixels wide")
                        if PICTURES:
                            page.screenshot(path=f"{PICTURES}/{name}.png", full_page=size[0] == 390)
                        if (size[0], language, theme) in JUDGED:
                            wrong += [f"{name}: {one}" for one in violations(page)]
    assert wrong == []


def test_hostile_names_stay_names(browser: Browser) -> None:
    """Names, aliases and reasons with markup run nothing and ask nothing, as pages and after a refresh."""
    with serving(small.province({"hostile": State.DOWN})) as base:
        for path in ("/", "/devices", "/devices/hostile", "/outages"):
            with opened(browser, base, size=SIZES[1]) as page:
                page.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))
                page.goto(base + path, wait_until="networkidle")
                assert page.locator("main script, main img").count() == 0
                assert page.get_by_text("<script>alert(1)").count() > 0


def test_the_keyboard_reaches_everything_and_the_search_keeps_its_place(browser: Browser) -> None:
    """Tab goes to the skip link first; typing filters without a reload and without losing the field."""
    with serving(province()) as base, opened(browser, base, size=SIZES[1]) as page:
        page.goto(f"{base}/devices?lang=vi", wait_until="networkidle")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"
        page.get_by_label("Tìm thiết bị").press_sequentially("dong hung")
        page.get_by_role("status").filter(has_text=" trên ").wait_for()
        rows = page.locator("#live tbody th").all_inner_texts()
        assert "Điểm tập trung huyện Đông Hưng" in rows
        assert page.evaluate("document.activeElement.name") == "q"
        assert page.url.endswith("q=dong+hung")


def test_the_page_renews_itself_and_says_when_it_cannot(browser: Browser) -> None:
    """What it shows then is old, and it says so in the reader's language; back again, the line goes."""
    with serving(province()) as base, opened(browser, base, size=SIZES[1]) as page:
        page.goto(f"{base}/?lang=vi", wait_until="networkidle")
        before = page.locator("#live").element_handle()
        assert before is not None
        page.evaluate("document.querySelector('.stamp').textContent = 'old'")
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        page.get_by_text("Số liệu lúc").wait_for()
        page.evaluate("() => { window.fetch = () => Promise.reject(new Error('gone')); }")
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        page.get_by_text("Mất liên lạc với máy giám sát").wait_for(state="visible")


def test_without_its_script_the_page_is_whole(browser: Browser) -> None:
    """And loads itself anew by its own."""
    with serving(cut()) as base:
        context = browser.new_context(java_script_enabled=False)
        page = context.new_page()
        page.goto(f"{base}/?lang=en")
        assert page.get_by_text("Units cut off").is_visible()
        assert page.locator("noscript meta[http-equiv=refresh]").count() == 1
        context.close()
