"""The lab's web sites as the collector's own check sees them, with every fault and by every order."""

from __future__ import annotations

import ssl
import stat
import time
from dataclasses import replace
from pathlib import Path

import pytest

from collector.inventory.load import load
from collector.inventory.loaded import Accepted
from collector.inventory.service_values import HttpCheck, Trust
from collector.inventory.values import Probe
from collector.model import Check, Fault, Reason, Reply
from collector.poll.base import Timing
from collector.poll.names import Resolver
from collector.poll.service import ServiceRequest
from collector.poll.service_http import HttpPoller
from collector.poll.service_tls import Dialer
from collector.visit import Phase, Visit
from deploy.stack.ports import free_port
from lab.control import ControlError
from lab.province import reference
from lab.web import AUTHORITY_FILE, FAULTS, PORT, SITES, SLOW_S, Web, WebFault, sites_of
from lab.web_orders import WebOrders

ROOT = Path(__file__).resolve().parents[2]
HERE = tuple(replace(site, address=f"127.34.250.{20 + number}") for number, site in enumerate(SITES))

REASONS = {
    WebFault.ERROR: Reason.UNEXPECTED_STATUS,
    WebFault.WRONG_PAGE: Reason.UNEXPECTED_BODY,
    WebFault.EXPIRED: Reason.CERTIFICATE_EXPIRED,
    WebFault.CLOSED: Reason.REFUSED,
}


async def visit(folder: Path, number: int, port: int) -> Check:
    site = HERE[number]
    check = HttpCheck(
        url=f"https://{site.host}:{port}/",
        contains=(site.text,),
        trust=Trust(ca=str(folder / AUTHORITY_FILE)),
    )
    poller = HttpPoller(mono=time.monotonic, dialer=Dialer(Resolver()))
    now = time.monotonic()
    request = ServiceRequest(address=site.address, check=check)
    return await poller.poll(request, Timing(started_at=now, deadline_at=now + 8))


@pytest.mark.parametrize("number", range(len(SITES)))
async def test_a_site_passes_fails_and_heals(tmp_path: Path, number: int) -> None:
    """Each fault gives its reason, and afterwards the site is whole again."""
    assert set(REASONS) | {WebFault.SLOW} == set(FAULTS) == set(WebFault)
    port = free_port()
    web = Web(tmp_path, port=port, sites=HERE)
    await web.start()
    try:
        assert isinstance(await visit(tmp_path, number, port), Reply)
        for fault, reason in REASONS.items():
            await web.set_fault(HERE[number].id, fault)
            assert web.fault(HERE[number].id) is fault
            check = await visit(tmp_path, number, port)
            assert isinstance(check, Fault)
            assert check.reason is reason, check.detail
            assert isinstance(await visit(tmp_path, 1 - number, port), Reply)
        await web.set_fault(HERE[number].id, None)
        assert isinstance(await visit(tmp_path, number, port), Reply)
    finally:
        await web.stop()
    gone = await visit(tmp_path, number, port)
    assert isinstance(gone, Fault)
    assert gone.reason is Reason.REFUSED


async def test_a_slow_site_is_slow_in_its_application(tmp_path: Path) -> None:
    """It passes, and the time shows as processing."""
    port = free_port()
    web = Web(tmp_path, port=port, sites=HERE[:1])
    await web.start()
    try:
        await web.set_fault("portal", WebFault.SLOW)
        check = await visit(tmp_path, 0, port)
    finally:
        await web.stop()
    assert isinstance(check, Reply)
    assert isinstance(check.payload, Visit)
    assert check.payload.phases[Phase.PROCESSING] >= SLOW_S - 0.1


async def test_keys_are_for_their_owner_and_the_authority_for_all(tmp_path: Path) -> None:
    """Nobody else can read a site's key; the authority's own is on no disk."""
    web = Web(tmp_path, port=free_port(), sites=HERE)
    await web.start()
    await web.stop()
    for site in HERE:
        assert stat.S_IMODE((tmp_path / f"web-{site.id}.pem").stat().st_mode) == 0o600
    assert "PRIVATE" not in (tmp_path / AUTHORITY_FILE).read_text()
    ssl.create_default_context(cafile=tmp_path / AUTHORITY_FILE)


async def test_an_address_that_is_taken_is_said_and_nothing_stays_open(tmp_path: Path) -> None:
    """OSError, and the site that was open already is closed again."""
    port = free_port()
    first = Web(tmp_path / "a", port=port, sites=HERE[1:])
    await first.start()
    try:
        with pytest.raises(OSError, match="address already in use"):
            await Web(tmp_path / "b", port=port, sites=HERE).start()
        gone = await visit(tmp_path / "b", 0, port)
        assert isinstance(gone, Fault)
        assert gone.reason is Reason.REFUSED
    finally:
        await first.stop()


async def test_orders_name_what_is_wrong_with_them(tmp_path: Path) -> None:
    """A site or a fault that is not there; a right order is carried out."""
    port = free_port()
    web = Web(tmp_path, port=port, sites=HERE)
    orders = WebOrders(web)
    with pytest.raises(ControlError) as refused:
        orders.handle({"site": "portla", "fault": "error"})
    assert str(refused.value) == '"portla" is no site of the lab; there are portal, eoffice'
    with pytest.raises(ControlError) as refused:
        orders.handle({"site": "portal", "fault": "fire"})
    assert str(refused.value) == (
        '"fire" cannot happen to a site; there are error, slow, wrong-page, expired, closed'
    )
    await web.start()
    try:
        assert orders.handle({"site": "portal", "fault": "error"}) == {"site": "portal", "fault": "error"}
        await orders.settled()
        assert orders.about() == {"portal": "error", "eoffice": None}
        assert isinstance(await visit(tmp_path, 0, port), Fault)
        orders.handle({"site": "portal", "fault": None})
        await orders.settled()
        assert isinstance(await visit(tmp_path, 0, port), Reply)
    finally:
        await web.stop()


def test_the_shipped_inventory_has_the_sites_as_services() -> None:
    """Address, port, name in the certificate, text and parent are those of the lab's sites."""
    loaded = load(ROOT / "inventory.yaml")
    assert isinstance(loaded, Accepted)
    assert sites_of(loaded.inventory) == SITES
    places = reference().by_id
    for site in SITES:
        service = loaded.inventory.device(site.id)
        assert service is not None
        assert service.http is not None
        assert service.probes == (Probe.HTTP,)
        assert service.parents == (site.place,)
        assert places[site.place].address == site.address
        assert service.http.url == f"https://{site.host}:{PORT}/"
        assert all(text in site.text for text in service.http.contains)
        assert service.http.trust.ca == str(ROOT / "var" / "lab" / AUTHORITY_FILE)
