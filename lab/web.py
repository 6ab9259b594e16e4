"""The province's portal and e-office as HTTPS servers of the lab, with faults on command.

For whoever starts the lab (`haidang lab serve`), in its event loop:

    web = Web(folder)                       # certificates go there; `folder/web-ca.pem` is the authority
    await web.start()                       # raises OSError if an address cannot be had
    await web.set_fault("portal", WebFault.ERROR)
    await web.set_fault("portal", None)     # heals
    web.fault("portal")                     # WebFault.ERROR or None
    await web.stop()

The sites are `SITES`, by id; each stands on its server's lab address, port 8443. Their services in the
shipped inventory have the same ids. A server whose address is silenced takes its site along, as it should;
where addresses cannot be silenced (no root), a site goes on answering when its server is switched off.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

from collector.inventory.values import Inventory
from lab.certificates import Authority, Issued

PORT = 8443
AUTHORITY_FILE = "web-ca.pem"
SLOW_S = 2.5
_HEAD_LIMIT = 8_192
_HEAD_S = 10.0


class WebFault(StrEnum):
    """What can be wrong with a site."""

    ERROR = "error"
    SLOW = "slow"
    WRONG_PAGE = "wrong-page"
    EXPIRED = "expired"
    CLOSED = "closed"


FAULTS: Mapping[WebFault, str] = MappingProxyType(
    {
        WebFault.ERROR: "the application behind the web server is dead: status 500",
        WebFault.SLOW: f"every answer takes {SLOW_S} s longer",
        WebFault.WRONG_PAGE: "status 200, but the page is a maintenance notice",
        WebFault.EXPIRED: "the certificate has expired",
        WebFault.CLOSED: "nothing listens at the port",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One site: the server it runs on, its name in the certificate, and the text that its page must hold."""

    id: str
    place: str
    address: str
    host: str
    path: str
    text: str


SITES = (
    Site(
        id="portal",
        place="srv-portal",
        address="127.34.0.11",
        host="portal.thaibinh.example",
        path="/",
        text="Cổng thông tin điện tử tỉnh Thái Bình",
    ),
    Site(
        id="eoffice",
        place="srv-eoffice-1",
        address="127.34.0.13",
        host="eoffice.thaibinh.example",
        path="/login",
        text="Đăng nhập hệ thống quản lý văn bản và điều hành",
    ),
)


def sites_of(inventory: Inventory) -> tuple[Site, ...]:
    """Return the sites that an inventory has as services on their servers, at the addresses it gives them."""
    servers = {device.id: device.address for device in inventory.devices}
    services = {service.id: service.address for service in inventory.services}
    return tuple(
        replace(site, address=address)
        for site in SITES
        if (address := services.get(site.id)) is not None and address == servers.get(site.place)
    )


class Web:
    """All sites. Use it in one event loop."""

    def __init__(self, folder: Path, *, port: int = PORT, sites: tuple[Site, ...] = SITES) -> None:
        self._folder, self._port = folder, port
        authority = Authority()
        self._authority_pem = authority.pem
        self._running = {site.id: _Running(site, authority, folder) for site in sites}

    async def start(self) -> None:
        """Write the authority's certificate and open all sites, or raise OSError."""
        self._folder.mkdir(parents=True, exist_ok=True)
        (self._folder / AUTHORITY_FILE).write_bytes(self._authority_pem)
        try:
            for running in self._running.values():
                await running.open(self._port)
        except OSError:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Close all sites and whoever is connected."""
        for running in self._running.values():
            await running.close()

    @property
    def sites(self) -> tuple[str, ...]:
        """The ids of the sites."""
        return tuple(self._running)

    def fault(self, site: str) -> WebFault | None:
        """Return what is wrong with a site now; KeyError if there is none of this id."""
        return self._running[site].fault

    async def set_fault(self, site: str, fault: WebFault | None) -> None:
        """Make a site faulty, or whole again; KeyError if there is none of this id."""
        running = self._running[site]
        running.fault = fault
        await running.close()
        if fault is not WebFault.CLOSED:
            await running.open(self._port)


class _Running:
    """One site's listener and its connections."""

    def __init__(self, site: Site, authority: Authority, folder: Path) -> None:
        self.fault: WebFault | None = None
        self._site = site
        self._folder = folder
        names = (site.host, site.address)
        self._good = authority.issue(names)
        self._old = authority.issue(names, since=timedelta(days=20), lasts=timedelta(days=-1))
        self._server: asyncio.Server | None = None
        self._talks: set[asyncio.Task[None]] = set()

    async def open(self, port: int) -> None:
        """Listen at the site's address with the certificate that goes with its fault."""
        issued = self._old if self.fault is WebFault.EXPIRED else self._good
        self._server = await asyncio.start_server(
            self._connected,
            self._site.address,
            port,
            ssl=self._context(issued),
            limit=_HEAD_LIMIT,
            ssl_shutdown_timeout=1,
        )

    async def close(self) -> None:
        """Stop listening and cut whoever is connected."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for talk in self._talks:
            talk.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)

    def _context(self, issued: Issued) -> ssl.SSLContext:
        """Return TLS settings; OpenSSL reads certificates from files only."""
        file = self._folder / f"web-{self._site.id}.pem"
        file.unlink(missing_ok=True)
        file.touch(mode=0o600)
        file.write_bytes(issued.pem)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._talks.add(task)
            task.add_done_callback(self._talks.discard)
        # A client that breaks off is its own business.
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            async with asyncio.timeout(_HEAD_S):
                head = await reader.readuntil(b"\r\n\r\n")
            if self.fault is WebFault.SLOW:
                await asyncio.sleep(SLOW_S)
            writer.write(self._answer(head))
            await writer.drain()
            writer.close()
            await writer.wait_closed()
        writer.transport.abort()

    def _answer(self, head: bytes) -> bytes:
        method, _, rest = head.partition(b" ")
        path = rest.partition(b" ")[0].decode("ascii", "replace").partition("?")[0]
        if self.fault is WebFault.ERROR:
            return _response("500 Internal Server Error", "Lỗi máy chủ", method)
        if path not in ("/", self._site.path):
            return _response("404 Not Found", "Không tìm thấy trang", method)
        if path != self._site.path:
            return _response("302 Found", "", method, location=self._site.path)
        if self.fault is WebFault.WRONG_PAGE:
            return _response("200 OK", "Hệ thống đang bảo trì", method)
        return _response("200 OK", self._site.text, method)


def _response(status: str, text: str, method: bytes, *, location: str | None = None) -> bytes:
    page = f"<!DOCTYPE html>\n<html lang=vi><meta charset=utf-8><title>{text}</title><h1>{text}</h1></html>\n"
    body = page.encode() if text else b""
    head = [
        f"HTTP/1.1 {status}",
        "Content-Type: text/html; charset=utf-8",
        f"Content-Length: {len(body)}",
        "Connection: close",
        *([] if location is None else [f"Location: {location}"]),
    ]
    return "\r\n".join([*head, "", ""]).encode() + (b"" if method == b"HEAD" else body)
