"""The dead man's switch: when it calls, what it looks at, and that it calls by itself."""

from __future__ import annotations

import json
import urllib.error
from email.message import Message
from pathlib import Path

import pytest
from typer.testing import CliRunner

from collector.cli import app
from collector.deadman.look import look
from collector.deadman.settings import MailTo, Settings, SettingsError, read_settings
from collector.deadman.watch import Call, Memory, called, step
from collector.deadman.words import body, subject
from collector.exits import Exit

SETTINGS = Settings(
    organisation="Sở TTTT",
    language="vi",
    collector="http://127.0.0.1:1",
    prometheus="http://127.0.0.1:2",
    alertmanager="http://127.0.0.1:3",
    after_s=180,
    again_s=3600,
    mail=None,
    webhooks=(),
)
METRICS = 'alertmanager_notifications_failed_total{integration="email"} %d\n'


def seen(memory: Memory, faults: dict[str, str], now: float) -> tuple[Memory, Call | None]:
    """One look, and its call made."""
    memory, call = step(memory, faults, now, after_s=180, again_s=3600)
    return (memory, None) if call is None else (called(memory, call, now), call)


def test_it_calls_after_the_silence_has_lasted_and_not_before() -> None:
    """A look that fails is none; three minutes of them are."""
    memory = Memory()
    for now in (0.0, 60.0, 120.0):
        memory, call = seen(memory, {"collector": "refused"}, now)
        assert call is None
    memory, call = seen(memory, {"collector": "refused"}, 180.0)
    assert call is not None
    assert call.silent == {"collector": (0.0, "refused")}
    memory, call = seen(memory, {"collector": "refused"}, 240.0)
    assert call is None


def test_it_calls_again_after_an_hour_and_at_once_for_another_part() -> None:
    """Nobody forgets it, and news is news."""
    memory, _ = seen(Memory(), {"collector": "refused"}, 0.0)
    memory, _ = seen(memory, {"collector": "refused"}, 200.0)
    memory, call = seen(memory, {"collector": "refused", "prometheus": "refused"}, 400.0)
    assert call is None
    memory, call = seen(memory, {"collector": "refused", "prometheus": "refused"}, 600.0)
    assert call is not None
    assert set(call.silent) == {"collector", "prometheus"}
    memory, call = seen(memory, {"collector": "refused", "prometheus": "refused"}, 4100.0)
    assert call is None
    memory, call = seen(memory, {"collector": "refused", "prometheus": "refused"}, 4200.0)
    assert call is not None


def test_a_short_silence_begins_anew_and_the_return_is_told_once() -> None:
    """Only those who were called hear that all answer again."""
    memory, _ = seen(Memory(), {"rules": "none"}, 0.0)
    memory, call = seen(memory, {}, 60.0)
    assert call is None
    memory, call = seen(memory, {"rules": "none"}, 200.0)
    assert call is None
    memory, call = seen(memory, {"rules": "none"}, 380.0)
    assert call is not None
    memory, call = seen(memory, {}, 440.0)
    assert call == Call(silent={}, back=("rules",))
    _, call = seen(memory, {}, 500.0)
    assert call is None


def test_a_call_that_failed_is_made_again() -> None:
    """What nobody took was not said."""
    memory, _ = step(Memory(), {"collector": "x"}, 0.0, after_s=0, again_s=3600)
    _, call = step(memory, {"collector": "x"}, 60.0, after_s=0, again_s=3600)
    assert call is not None


def test_a_clock_that_went_back_calls_nobody_too_early() -> None:
    """Silence is counted from now on."""
    memory, _ = seen(Memory(), {"collector": "x"}, 10_000.0)
    memory, call = seen(memory, {"collector": "x"}, 0.0)
    assert call is None
    _, call = seen(memory, {"collector": "x"}, 180.0)
    assert call is not None


def answers(**changed: object) -> dict[str, object]:
    """Return what a healthy monitor answers, by the end of the address."""
    return {
        "1/-/healthy": b"ok",
        "2/-/healthy": b"ok",
        "query": json.dumps({"data": {"result": [{}]}}).encode(),
        "3/-/healthy": b"OK",
        "alerts": b"[{}]",
        "metrics": (METRICS % 7).encode(),
        **{key.replace("_", "/", 1) if key[0].isdigit() else key: value for key, value in changed.items()},
    }


def faults(found: dict[str, object], failed_before: float | None = 7.0) -> dict[str, str]:
    def get(url: str) -> bytes:
        (answer,) = [value for key, value in found.items() if f"{key}?" in url or url.endswith(key)]
        if isinstance(answer, Exception):
            raise answer
        assert isinstance(answer, bytes)
        return answer

    return look(SETTINGS, failed_before, get)[0]


def test_a_healthy_monitor_has_no_fault() -> None:
    """All answer, the watchdog fires and arrives, no message failed since the last look."""
    assert faults(answers()) == {}


@pytest.mark.parametrize(
    ("found", "fault"),
    [
        ({"1/-/healthy": ConnectionRefusedError("refused")}, {"collector": "refused"}),
        ({"2/-/healthy": ConnectionRefusedError("refused")}, {"prometheus": "refused"}),
        (
            {"query": b'{"data": {"result": []}}'},
            {"rules": "the watchdog does not fire: no rule is evaluated"},
        ),
        ({"3/-/healthy": TimeoutError("timed out")}, {"alertmanager": "timed out"}),
        ({"alerts": b"[]"}, {"alerts": "the watchdog's alert does not arrive"}),
        ({"metrics": (METRICS % 9).encode()}, {"messages": "2 could not be sent since the last look"}),
        ({"query": b"<html>"}, {"rules": "Expecting value: line 1 column 1 (char 0)"}),
        (
            {"3/-/healthy": urllib.error.HTTPError("http://x", 503, "no", Message(), None)},
            {"alertmanager": "HTTP 503"},
        ),
    ],
)
def test_each_part_is_asked_for_its_work(found: dict[str, object], fault: dict[str, str]) -> None:
    """An open port is not enough, and a strange answer is none."""
    assert faults({**answers(), **found}) == fault


def test_a_collector_that_wants_a_password_is_alive() -> None:
    """The switch has none, and needs none."""
    refused = urllib.error.HTTPError("http://x", 401, "no", Message(), None)
    assert faults({**answers(), "1/-/healthy": refused}) == {}


def test_its_words_say_what_is_silent_since_when_and_what_to_do() -> None:
    """In Vietnamese, in English, or both."""
    call = Call(silent={"collector": (0.0, "refused"), "alerts": (60.0, "none")})
    assert subject(call, "Sở TTTT", "vi") == (
        "[KHẨN] Hệ thống giám sát không phản hồi: đường từ Prometheus đến Alertmanager, bộ thu thập (Sở TTTT)"
    )
    assert subject(call, "Sở TTTT", "en") == (
        "[URGENT] The monitor does not answer: the way from Prometheus to Alertmanager, the collector"
        " (Sở TTTT)"
    )
    text = body(call, "both")
    assert "- bộ thu thập: refused (từ 1970-01-01 " in text
    assert "- the collector: refused (since 1970-01-01 " in text
    back = Call(silent={}, back=("collector",))
    assert subject(back, "Sở TTTT", "vi") == "[ĐÃ KHẮC PHỤC] Hệ thống giám sát hoạt động trở lại (Sở TTTT)"
    assert body(back, "vi") == "Đã phản hồi trở lại: bộ thu thập.\n"


def test_a_file_that_cannot_be_used_is_said(tmp_path: Path) -> None:
    """Which, and how to make it; exit code 21, no traceback."""
    missing, broken = tmp_path / "none.json", tmp_path / "broken.json"
    broken.write_text('{"organisation": 1}')
    with pytest.raises(SettingsError, match="Make it with `haidang alerts write`"):
        read_settings(missing)
    ran = CliRunner().invoke(app, ["deadman", str(broken)])
    assert ran.exit_code == Exit.ALERTING
    assert ran.stderr == (
        f"haidang: {broken} is not a file of the switch. Make it anew: haidang alerts write\n"
    )


def test_the_settings_show_no_password_in_what_is_said(tmp_path: Path) -> None:
    """A mail server that refuses is named, the password and a webhook's address are not."""
    file, state = tmp_path / "deadman.json", tmp_path / "state.json"
    mail = MailTo(
        server="127.0.0.1", port=9, tls="none", sender="a@b.example", to=("c@d.example",),
        username="u", password="hunter22hunter",
    )  # fmt: skip
    from dataclasses import asdict, replace

    settings = replace(SETTINGS, mail=mail, webhooks=("http://127.0.0.1:9/geheim",), after_s=0)
    file.write_text(json.dumps(asdict(settings)))
    ran = CliRunner().invoke(app, ["deadman", str(file), "--state", str(state)])
    assert ran.exit_code == Exit.ALERTING
    said = ran.stdout + ran.stderr
    assert "called 0 of 2" in said
    assert "mail by 127.0.0.1:9" in said
    assert "hunter22hunter" not in said
    assert "geheim" not in said
