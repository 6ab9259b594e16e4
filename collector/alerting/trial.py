"""Sends one test message through Alertmanager and waits until it was taken, or refused."""

from __future__ import annotations

import secrets
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta

from collector.alerting.alertmanager import TEST_ALERT
from collector.alerting.talk import UnreachableError, ask

_WAIT_S = 30.0
_LASTS = timedelta(minutes=2)


class NotTakenError(Exception):
    """A message was not taken; says what is known, and where to look."""


def trial(alertmanager: str, contact: str, name: str, *, count: int) -> None:
    """Send a test message to a contact of `count` ways; raise UnreachableError or NotTakenError."""
    before, failed_before = _counts(alertmanager)
    now = datetime.now(UTC)
    ask("Alertmanager", f"{alertmanager}/api/v2/alerts", body=[_alert(contact, name, now)])
    deadline = time.monotonic() + _WAIT_S
    while time.monotonic() < deadline:
        time.sleep(0.2)
        sent, failed = _counts(alertmanager)
        if failed > failed_before:
            raise NotTakenError("refused, or no answer. Alertmanager's log says why, and it tries again")
        if sent - before >= count:
            return
    question = "Does Alertmanager run with the file that `haidang alerts write` made?"
    raise NotTakenError(f"not sent within {_WAIT_S:.0f} s. {question}")


def _alert(contact: str, name: str, now: datetime) -> dict[str, object]:
    return {
        "labels": {
            "alertname": TEST_ALERT,
            "severity": "notice",
            "contact": contact,
            "number": secrets.token_hex(4),
        },
        "annotations": {
            "title_vi": "Tin thử cảnh báo",
            "title_en": "Test of alerts",
            "summary_vi": f"Đây là tin thử gửi đến {name}; không có sự cố nào.",
            "summary_en": f"This is a test message to {name}; nothing is wrong.",
            "advice_vi": "Không phải làm gì. Báo lại cho người trực nếu chữ hiển thị sai.",
            "advice_en": "Nothing to do. Tell the person on duty if it does not read well.",
            "runbook": "docs/runbooks/README.md",
        },
        "startsAt": now.isoformat(),
        "endsAt": (now + _LASTS).isoformat(),
    }


def _counts(alertmanager: str) -> tuple[float, float]:
    """Return how many messages were sent, and how many attempts at one failed, since Alertmanager began."""
    url = f"{alertmanager}/metrics"
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=10) as response:
            text = response.read().decode()
    except OSError as error:
        why = getattr(error, "reason", error)
        raise UnreachableError(f"Alertmanager does not answer at {url}: {why}") from error
    requests = _sum(text, "alertmanager_notification_requests_total")
    failed = _sum(text, "alertmanager_notification_requests_failed_total")
    return requests - failed, failed


def _sum(text: str, family: str) -> float:
    lines = (line for line in text.splitlines() if line.startswith(f"{family}{{"))
    return sum(float(line.rpartition(" ")[2]) for line in lines)
