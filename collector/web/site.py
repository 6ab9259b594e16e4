"""Answers for pages and /api/v1/: rendered in threads from one snapshot, shared by all who ask at once."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import json
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Protocol

from collector.expose.page import Answer, Ask
from collector.web import api
from collector.web.history import Histories
from collector.web.language import taste
from collector.web.pages.device import device_page
from collector.web.pages.devices import Filter, devices
from collector.web.pages.frame import Context, page
from collector.web.pages.maintenance import maintenance
from collector.web.pages.outages import outages
from collector.web.pages.province import province
from collector.web.rings import Cell
from collector.web.snapshot import Snapshot
from collector.web.told import told

SHARED_S = 2.0
"""So long one rendering serves all who ask for the same."""
MOST_SHARED = 32
AT_ONCE = 2
MAX_PARAMETER = 200
_KEEP_S = 31_536_000
_STATIC = {"status.css": "text/css", "status.js": "text/javascript", "icon.svg": "image/svg+xml"}
_HTML, _JSON = "text/html", "application/json"
_PARAMETERS = ("q", "area", "state")


class Source(Protocol):
    """Where pages get what they show."""

    def snapshot(self) -> Snapshot:
        """Return all that is current."""
        ...

    def samples(self, device: str) -> list[str]:
        """Return a device's exposition lines."""
        ...

    def round_trips(self, device: str) -> tuple[Cell, ...]:
        """Return a device's round trips of the last day."""
        ...


@dataclass(frozen=True, slots=True)
class _Kept:
    until: float
    answer: Answer


class StatusSite:
    """The pages and their JSON; implements expose.page.Site."""

    def __init__(self, source: Source, histories: Histories, mono: Callable[[], float]) -> None:
        self._source, self._histories, self._mono = source, histories, mono
        self._room = asyncio.Semaphore(AT_ONCE)
        self._kept: OrderedDict[tuple[str, ...], _Kept] = OrderedDict()
        self._making: dict[tuple[str, ...], asyncio.Task[Answer]] = {}
        self._shown: tuple[float, Snapshot] | None = None
        self._static = _static()
        marks = {name: _mark(answer.body) for name, answer in self._static.items()}
        self._style = f"/static/status.css?{marks['/static/status.css']}"
        self._script = f"/static/status.js?{marks['/static/status.js']}"

    async def answer(self, ask: Ask) -> Answer | None:
        """Return what is at a path; the same rendering for all who ask within two seconds."""
        found = self._static.get(ask.path)
        if found is not None:
            return found
        make = self._maker(ask)
        if make is None:
            return None
        choice = taste(ask.query, ask.cookies, default=self._snapshot().inventory.organisation.language)
        wanted = [ask.query.get(name, "")[:MAX_PARAMETER] for name in _PARAMETERS]
        key = (ask.path, *wanted, str(choice.language), str(choice.theme))
        answer = await self._shared(key, make)
        chosen = tuple((name, ask.query[name]) for name in ("lang", "theme") if name in ask.query)
        if not chosen or answer.content_type != _HTML:
            return answer
        kept = {"lang": str(choice.language), "theme": str(choice.theme)}
        return Answer(
            status=answer.status,
            content_type=answer.content_type,
            body=answer.body,
            zipped=answer.zipped,
            cookies=tuple((name, kept[name]) for name, _ in chosen),
        )

    async def close(self) -> None:
        """End what is under way."""
        for task in tuple(self._making.values()):
            task.cancel()
        await asyncio.gather(*self._making.values(), return_exceptions=True)
        await self._histories.close()

    async def _shared(self, key: tuple[str, ...], make: Callable[[], Awaitable[Answer]]) -> Answer:
        now, kept = self._mono(), self._kept.get(key)
        if kept is not None and now < kept.until:
            return kept.answer
        task = self._making.get(key)
        if task is None:
            task = self._making[key] = asyncio.create_task(self._made(key, make))
            task.add_done_callback(lambda _: self._making.pop(key, None))
        return await asyncio.shield(task)

    async def _made(self, key: tuple[str, ...], make: Callable[[], Awaitable[Answer]]) -> Answer:
        async with self._room:
            answer = await make()
        self._kept[key] = _Kept(self._mono() + SHARED_S, answer)
        self._kept.move_to_end(key)
        while len(self._kept) > MOST_SHARED:
            self._kept.popitem(last=False)
        return answer

    def _snapshot(self) -> Snapshot:
        now = self._mono()
        if self._shown is None or now >= self._shown[0]:
            self._shown = now + 1.0, self._source.snapshot()
        return self._shown[1]

    def _maker(self, ask: Ask) -> Callable[[], Awaitable[Answer]] | None:
        """Return what makes the answer for a path, None where nothing is."""
        if ask.path.startswith("/api/v1/"):
            return self._api(ask.path.removeprefix("/api/v1/"))
        wanted = Filter(
            **{
                key: ask.query.get(name, "")[:MAX_PARAMETER]
                for key, name in (("query", "q"), ("area", "area"), ("state", "state"))
            }
        )
        simple = {
            "/": province,
            "/devices": lambda context: devices(context, wanted),
            "/outages": outages,
            "/maintenance": maintenance,
        }.get(ask.path)
        if simple is not None:
            return lambda: self._page(ask, simple)
        if ask.path.startswith("/devices/"):
            return lambda: self._device(ask, ask.path.removeprefix("/devices/"))
        return None

    async def _page(self, ask: Ask, render: Callable[[Context], str], status: int = 200) -> Answer:
        shown = self._snapshot()
        context = Context.of(
            shown,
            taste(ask.query, ask.cookies, default=shown.inventory.organisation.language),
            ask.path,
            style=self._style,
            script=self._script,
            kept=tuple(
                (name, ask.query[name][:MAX_PARAMETER]) for name in _PARAMETERS if ask.query.get(name)
            ),
        )
        return await asyncio.to_thread(lambda: _answer(status, _HTML, render(context)))

    async def _device(self, ask: Ask, device: str) -> Answer:
        shown = self._snapshot()
        view = shown.by_id.get(device)
        if view is None:
            return await self._page(ask, _not_found, 404)
        history = await self._histories.of(device, shown.now_ms)
        cells, samples = self._source.round_trips(device), self._source.samples(device)
        return await self._page(
            ask, lambda context: device_page(context, view, history, cells, told(samples))
        )

    def _api(self, path: str) -> Callable[[], Awaitable[Answer]] | None:
        simple = api.TOLD.get(path)
        if simple is not None:
            return lambda: self._told(simple)
        first, _, rest = path.partition("/")
        device, _, last = rest.rpartition("/")
        if (first, last) == ("devices", "history") and device in self._snapshot().by_id:
            return lambda: self._history(device)
        return None

    async def _told(self, tell: Callable[[Snapshot], Mapping[str, object]]) -> Answer:
        shown = self._snapshot()
        return await asyncio.to_thread(lambda: _answer(200, _JSON, _text(tell(shown))))

    async def _history(self, device: str) -> Answer:
        shown = self._snapshot()
        history = await self._histories.of(device, shown.now_ms)
        if history is None:
            return _answer(503, _JSON, _text({"error": "the ledger is being read; ask again"}))
        cells = self._source.round_trips(device)
        return await asyncio.to_thread(lambda: _answer(200, _JSON, _text(api.history(history, cells))))


def _not_found(context: Context) -> str:
    words = context.words
    return page(context, words("not_found"), words("not_found_text"))


def _text(value: Mapping[str, object]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _answer(status: int, content_type: str, text: str) -> Answer:
    body = text.encode("utf-8", "replace")
    return Answer(status=status, content_type=content_type, body=body, zipped=gzip.compress(body, 4))


def _static() -> dict[str, Answer]:
    folder = files("collector.web") / "static"
    return {
        f"/static/{name}": Answer(
            status=200, content_type=kind, body=(folder / name).read_bytes(), kept_s=_KEEP_S
        )
        for name, kind in _STATIC.items()
    }


def _mark(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:12]
