"""From Alertmanager's webhook to one SMS, and to what a gateway is posted. Pure."""

from __future__ import annotations

import json
import urllib.parse
from typing import Any

from collector.relay.settings import RelaySettings

LONGEST = 300
"""Characters of one SMS with Vietnamese letters that gateways still send in few parts."""


def sms(notification: Any, language: str) -> str:
    """Return the text for what Alertmanager posted; ValueError if it is no such thing."""
    try:
        alerts = notification["alerts"]
        firing = [alert for alert in alerts if alert["status"] == "firing"]
        shown = firing or alerts
        notes = shown[0]["annotations"]
        tongue = "en" if language == "en" else "vi"
        title, summary = notes[f"title_{tongue}"], notes[f"summary_{tongue}"]
    except (LookupError, TypeError) as error:
        raise ValueError("not a notification of Alertmanager with alerts of this project") from error
    done = {"vi": "ĐÃ KHẮC PHỤC: ", "en": "RESOLVED: "}[tongue]
    more = f" (+{len(shown) - 1})" if len(shown) > 1 else ""
    text = f"{'' if firing else done}{title}{more}. {summary}".strip()
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def posted(settings: RelaySettings, phone: str, text: str) -> tuple[bytes, str]:
    """Return the body for the gateway and its media type."""
    fields = {
        name: value.replace("{phone}", phone).replace("{text}", text)
        for name, value in settings.fields.items()
    }
    if settings.format == "json":
        return json.dumps(fields, ensure_ascii=False).encode(), "application/json; charset=utf-8"
    return urllib.parse.urlencode(fields).encode(), "application/x-www-form-urlencoded"
