"""Orders to the lab's web sites: which there are, and what shall be wrong with them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

from lab.control import ControlError, Json
from lab.web import Web, WebFault

_log = logging.getLogger(__name__)


class WebOrders:
    """Takes `{"order": "site", "site": ID, "fault": NAME or null}`; use it in the sites' event loop."""

    def __init__(self, web: Web) -> None:
        self._web = web
        self._changes: set[asyncio.Task[None]] = set()

    def handle(self, order: Mapping[str, Any]) -> Json:
        """Carry out an order soon; raise ControlError with what is wrong with it."""
        site, name = order.get("site"), order.get("fault")
        known = self._web.sites
        if site not in known:
            there = f"there are {', '.join(known)}" if known else "the inventory has none of the lab's"
            raise ControlError(f'"{site}" is no site of the lab; {there}')
        try:
            fault = None if name is None else WebFault(str(name))
        except ValueError:
            raise ControlError(f'"{name}" cannot happen to a site; there are {", ".join(WebFault)}') from None
        change = asyncio.get_running_loop().create_task(self._change(str(site), fault))
        self._changes.add(change)
        change.add_done_callback(self._changes.discard)
        return {"site": site, "fault": name}

    def about(self) -> Json:
        """Return each site with what is wrong with it, None for nothing."""
        faults = {site: self._web.fault(site) for site in self._web.sites}
        return {site: None if fault is None else str(fault) for site, fault in faults.items()}

    async def settled(self) -> None:
        """Wait until every order so far is carried out."""
        await asyncio.gather(*self._changes)

    async def _change(self, site: str, fault: WebFault | None) -> None:
        try:
            await self._web.set_fault(site, fault)
        except OSError as error:
            _log.warning("%s: its port cannot be opened again: %s", site, error.strerror or error)
            return
        _log.info("%s: %s", site, "whole again" if fault is None else fault)
