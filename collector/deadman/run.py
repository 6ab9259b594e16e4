"""One look of the dead man's switch: look, decide, call, remember. A timer begins it every minute."""

from __future__ import annotations

import json
import smtplib
from dataclasses import asdict, replace
from pathlib import Path
from types import MappingProxyType

from collector.deadman.look import Fetch, look
from collector.deadman.send import post, send_mail
from collector.deadman.settings import Settings
from collector.deadman.watch import Call, Memory, called, step
from collector.deadman.words import body, subject


def run(settings: Settings, state: Path, now: float, get: Fetch) -> list[str]:
    """Make one look; return in words what was found and done. Raises OSError if nothing can be remembered."""
    memory = _remembered(state)
    faults, failed = look(settings, memory.failed_messages, get)
    memory, call = step(
        replace(memory, failed_messages=failed),
        faults,
        now,
        after_s=settings.after_s,
        again_s=settings.again_s,
    )
    said = [f"{part}: {why}" for part, why in sorted(faults.items())]
    if call is not None:
        sent, problems = _call(settings, call)
        said += problems
        said.append(f"called {sent} of {_targets(settings)}: {subject(call, settings.organisation, 'en')}")
        if sent:
            memory = called(memory, call, now)
    _remember(state, memory)
    return said


def _targets(settings: Settings) -> int:
    return len(settings.webhooks) + (settings.mail is not None)


def _call(settings: Settings, call: Call) -> tuple[int, list[str]]:
    """Call everybody; one way that fails does not hold up the others. Webhook addresses are secrets."""
    head = subject(call, settings.organisation, settings.language)
    text = body(call, settings.language)
    sent, problems = 0, []
    if settings.mail is not None:
        try:
            send_mail(settings.mail, head, text)
            sent += 1
        except (OSError, smtplib.SMTPException) as error:
            problems.append(f"mail by {settings.mail.server}:{settings.mail.port}: {error}")
    for number, url in enumerate(settings.webhooks, start=1):
        try:
            post(url, head, text, firing=bool(call.silent))
            sent += 1
        except (OSError, ValueError) as error:
            problems.append(f"webhook {number}: {getattr(error, 'reason', type(error).__name__)}")
    return sent, problems


def _remembered(state: Path) -> Memory:
    """Return what was kept; a file that is damaged or missing is as good as none."""
    try:
        found = json.loads(state.read_text(encoding="utf-8"))
        return Memory(
            since=MappingProxyType({str(k): float(v) for k, v in found["since"].items()}),
            why=MappingProxyType({str(k): str(v) for k, v in found["why"].items()}),
            called_at=None if found["called_at"] is None else float(found["called_at"]),
            called_about=tuple(str(part) for part in found["called_about"]),
            failed_messages=None if found["failed_messages"] is None else float(found["failed_messages"]),
        )
    except (OSError, ValueError, TypeError, LookupError, AttributeError):
        return Memory()


def _remember(state: Path, memory: Memory) -> None:
    state.parent.mkdir(parents=True, exist_ok=True)
    kept = asdict(replace(memory, since={}, why={})) | {"since": dict(memory.since), "why": dict(memory.why)}
    beside = state.with_name(f".{state.name}.new")
    beside.write_text(json.dumps(kept), encoding="utf-8")
    beside.replace(state)
