"""Looks whether the monitor's parts answer, each asked for its work, with nothing of theirs but HTTP."""

from __future__ import annotations

import json
import ssl
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from typing import Any

from collector.deadman.settings import Settings

_TIMEOUT_S = 5.0
_MOST_BYTES = 4_000_000
_WATCHDOG = 'ALERTS{alertname="Watchdog",alertstate="firing"}'
_FAILED = "alertmanager_notifications_failed_total"

Fetch = Callable[[str], bytes]
"""Returns what is at an address; raises OSError."""


def fetch(url: str) -> bytes:
    """Return what is at an address of the monitor, past any proxy. No secret is sent: any TLS will do."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context)
    )
    with opener.open(url, timeout=_TIMEOUT_S) as response:
        found: bytes = response.read(_MOST_BYTES)
    return found


def look(settings: Settings, failed_before: float | None, get: Fetch) -> tuple[dict[str, str], float | None]:
    """Return what does not do its work, with the reason, and how many messages could not be sent so far."""
    faults: dict[str, str] = {}
    _ask(faults, "collector", lambda: get(f"{settings.collector}/-/healthy"))
    if _ask(faults, "prometheus", lambda: get(f"{settings.prometheus}/-/healthy")) is not None:
        query = urllib.parse.urlencode({"query": _WATCHDOG})
        found = _ask(faults, "rules", lambda: _json(get(f"{settings.prometheus}/api/v1/query?{query}")))
        if found is not None and not found["data"]["result"]:
            faults["rules"] = "the watchdog does not fire: no rule is evaluated"
    failed = failed_before
    if _ask(faults, "alertmanager", lambda: get(f"{settings.alertmanager}/-/healthy")) is not None:
        query = urllib.parse.urlencode({"filter": 'alertname="Watchdog"'})
        found = _ask(faults, "alerts", lambda: _json(get(f"{settings.alertmanager}/api/v2/alerts?{query}")))
        if found == []:
            faults["alerts"] = "the watchdog's alert does not arrive"
        text = _ask(faults, "messages", lambda: get(f"{settings.alertmanager}/metrics").decode())
        if text is not None:
            failed = _sum(text, _FAILED)
            if failed_before is not None and failed > failed_before:
                faults["messages"] = f"{failed - failed_before:.0f} could not be sent since the last look"
    return faults, failed


def _ask(faults: dict[str, str], part: str, question: Callable[[], Any]) -> Any:
    """Return the answer, None with the reason noted if there is none."""
    try:
        return question()
    except urllib.error.HTTPError as error:
        with error:
            if part == "collector" and error.code in (401, 403):
                return b""
            faults[part] = f"HTTP {error.code}"
    except (OSError, ValueError, LookupError) as error:
        faults[part] = str(getattr(error, "reason", error)) or type(error).__name__
    return None


def _json(raw: bytes) -> Any:
    return json.loads(raw)


def _sum(text: str, family: str) -> float:
    lines = (line for line in text.splitlines() if line.startswith(f"{family}{{"))
    return sum(float(line.rpartition(" ")[2]) for line in lines)
