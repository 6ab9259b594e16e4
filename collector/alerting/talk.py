"""Asks a running collector, Prometheus and Alertmanager over HTTP, for the commands about alerts."""

from __future__ import annotations

import base64
import json
import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any

from collector.inventory.secrets import SecretStore
from collector.inventory.values import Inventory

_TIMEOUT_S = 10.0


class UnreachableError(Exception):
    """A part does not answer; says which, where and why."""


def ask(
    what: str, url: str, *, headers: Mapping[str, str] | None = None, body: object = None,
    tls: ssl.SSLContext | None = None,
) -> Any:  # fmt: skip
    """Return the JSON at an address, or of the answer to a body posted there; raise UnreachableError."""
    data = None if body is None else json.dumps(body).encode()
    all_headers = {"Content-Type": "application/json", **(headers or {})}
    request = urllib.request.Request(url, data=data, headers=all_headers)  # noqa: S310 - http or https only
    handlers: list[urllib.request.BaseHandler] = [urllib.request.ProxyHandler({})]
    if tls is not None:
        handlers.append(urllib.request.HTTPSHandler(context=tls))
    try:
        with urllib.request.build_opener(*handlers).open(request, timeout=_TIMEOUT_S) as response:
            raw: bytes = response.read()
    except urllib.error.HTTPError as error:
        with error:
            raise UnreachableError(f"{what} at {url} answers HTTP {error.code}") from error
    except OSError as error:
        why = getattr(error, "reason", error)
        raise UnreachableError(f"{what} does not answer at {url}: {why}") from error
    try:
        return json.loads(raw) if raw.strip() else None
    except ValueError as error:
        raise UnreachableError(f"what answers at {url} is not {what}") from error


def devices(inventory: Inventory, store: SecretStore, url: str) -> dict[str, Any]:
    """Return the collector's view of every device by id; raise UnreachableError or SecretError."""
    http, headers, tls = inventory.collector.http, {}, None
    if http.username is not None and http.password is not None:
        login = f"{http.username}:{store.fetch(http.password).reveal_text()}".encode()
        headers["Authorization"] = f"Basic {base64.b64encode(login).decode()}"
    if url.startswith("https:"):
        tls = ssl.create_default_context(cafile=http.tls_certificate)
        # Its own certificate is pinned; the inventory's address need not stand in it.
        tls.check_hostname = False
    found = ask("the collector", f"{url}/api/v1/devices", headers=headers, tls=tls)
    return {str(one["id"]): one for one in found["devices"]}


def collector_url(inventory: Inventory) -> str:
    """Return where the inventory's collector serves."""
    http = inventory.collector.http
    host = f"[{http.host}]" if ":" in http.host else http.host
    return f"{'http' if http.tls_certificate is None else 'https'}://{host}:{http.port}"
