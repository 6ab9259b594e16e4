"""What the dead man's switch says, in Vietnamese and English. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType

from collector.deadman.watch import Call

PARTS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "collector": ("bộ thu thập", "the collector"),
        "prometheus": ("Prometheus", "Prometheus"),
        "rules": ("luật cảnh báo trong Prometheus", "the alert rules in Prometheus"),
        "alertmanager": ("Alertmanager", "Alertmanager"),
        "alerts": ("đường từ Prometheus đến Alertmanager", "the way from Prometheus to Alertmanager"),
        "messages": ("việc gửi tin của Alertmanager", "Alertmanager's sending of messages"),
    }
)
"""What the switch looks at, as messages name it."""


def subject(call: Call, organisation: str, language: str) -> str:
    """Return the first line of a call."""
    if not call.silent:
        vi, en = "[ĐÃ KHẮC PHỤC] Hệ thống giám sát hoạt động trở lại", "[RESOLVED] The monitor works again"
    else:
        names = sorted(call.silent)
        vi = f"[KHẨN] Hệ thống giám sát không phản hồi: {', '.join(PARTS[name][0] for name in names)}"
        en = f"[URGENT] The monitor does not answer: {', '.join(PARTS[name][1] for name in names)}"
    return f"{en if language == 'en' else vi} ({organisation})"


def body(call: Call, language: str) -> str:
    """Return the text of a call."""
    vi, en = _vietnamese(call), _english(call)
    return {"vi": vi, "en": en}.get(language, f"{vi}\n{en}")


def _vietnamese(call: Call) -> str:
    if not call.silent:
        return f"Đã phản hồi trở lại: {', '.join(PARTS[name][0] for name in call.back)}.\n"
    lines = [
        f"- {PARTS[name][0]}: {why} (từ {_local(at)})" for name, (at, why) in sorted(call.silent.items())
    ]
    return (
        "Công tắc an toàn báo: các thành phần sau không phản hồi, nên cảnh báo sự cố có thể không đến.\n"
        + "\n".join(lines)
        + "\nViệc cần làm: vào máy giám sát, chạy systemctl status cho từng thành phần và xem journalctl. "
        "Hướng dẫn: docs/runbooks/DeadMan.md\n"
    )


def _english(call: Call) -> str:
    if not call.silent:
        return f"Answering again: {', '.join(PARTS[name][1] for name in call.back)}.\n"
    lines = [
        f"- {PARTS[name][1]}: {why} (since {_local(at)})" for name, (at, why) in sorted(call.silent.items())
    ]
    return (
        "The dead man's switch: these parts do not answer, so alerts may not reach you.\n"
        + "\n".join(lines)
        + "\nWhat to do: on the monitor's machine, systemctl status and journalctl of each part. "
        "Runbook: docs/runbooks/DeadMan.md\n"
    )


def _local(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC).astimezone():%Y-%m-%d %H:%M:%S %z}"
