"""What is written for Alertmanager, what an SMS says, and why a device does or does not alert."""

from __future__ import annotations

import json
import shutil
import stat
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from collector.alerting.alertmanager import told
from collector.alerting.explain import alerts_said, explained, kept_back
from collector.alerting.written import made, write
from collector.alerting.yaml_text import yaml_text
from collector.cli import app
from collector.exits import Exit
from collector.inventory.load import load
from collector.inventory.loaded import Accepted
from collector.inventory.values import Inventory
from collector.relay.message import LONGEST, posted, sms
from collector.relay.settings import RelaySettings

NOW = datetime(2026, 11, 28, 1, 0, tzinfo=UTC)
HEAD = """\
organisation: {name: Sở TTTT, language: vi, timezone: Asia/Ho_Chi_Minh}
collector: {listen: "127.0.0.1:1"}
credentials: {old: {type: snmpv2c, community: "env:COMM"}}
areas: [{id: a, name: Huyện A, hub: hub}]
devices:
  - {id: hub, role: hub, area: a, address: 127.34.0.1, parents: [], snmp: {credential: old}}
  - {id: ak, name: Xã An Khê, role: commune, area: a, address: 127.34.0.2, snmp: {credential: old}}
"""
CONTACTS = """\
contacts:
  - {id: duty, name: Trực ban, email: truc@example.vn, phone: "0227 3 000 000"}
  - {id: lan, name: Nguyễn Thị Lan, email: lan@example.vn, telegram: "-100123"}
  - {id: hook, webhook: "env:HOOK"}
"""
ALERTING = """\
alerting:
  contacts: [duty, hook]
  rota: {order: [lan, duty], from: 2026-11-23, handover: "07:30"}
  notices: working-hours
  email: {server: mail.example.vn, sender: haidang@example.vn, username: haidang, password: file:mail}
  sms: {url: "env:SMS", fields: {to: "{phone}", message: "{text}"}}
  telegram: {token: "env:TELEGRAM"}
"""
ENVIRON = {
    "COMM": "x",
    "HOOK": "http://127.0.0.1:9/geheim-hook",
    "SMS": "http://127.0.0.1:9/geheim-sms",
    "TELEGRAM": "123:geheim-token",
}


def inventory(folder: Path, text: str) -> Inventory:
    file = folder / "inventory.yaml"
    file.write_text(text, encoding="utf-8")
    secret = folder / "mail"
    secret.touch(mode=0o600)
    secret.write_text("geheim-mail")
    loaded = load(file, environ=ENVIRON)
    assert isinstance(loaded, Accepted), loaded
    return loaded.inventory


def routes(document: dict[str, Any], **labels: str) -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    """Return receiver, active and mute intervals of the routes for labels that are compared as equal."""
    found = []
    for route in document["route"]["routes"]:
        if all(f'{key}="{value}"' in route["matchers"] for key, value in labels.items()):
            active, mute = route.get("active_time_intervals", []), route.get("mute_time_intervals", [])
            found.append((route["receiver"], tuple(active), tuple(mute)))
    return found


def test_pages_go_by_turn_and_notices_wait_for_the_office(tmp_path: Path) -> None:
    """Whoever has the turn hears; outside of it the contacts of `alerting`; notices in working hours only."""
    files = {file.name: file for file in made(inventory(tmp_path, HEAD + CONTACTS + ALERTING), ENVIRON, NOW)}
    document = yaml.safe_load(files["alertmanager.yml"].text)
    assert routes(document, severity="page") == [
        ("duty-sms", ("turn-of-duty",), ()),
        ("duty-sms", (), ("any-turn",)),
        ("lan", ("turn-of-lan",), ()),
        ("hook", (), ("any-turn",)),
    ]
    assert routes(document, severity="notice", alertname="DeviceFlapping") == [
        ("duty", ("turn-of-duty",), ("outside-working-hours",)),
        ("duty", (), ("any-turn", "outside-working-hours")),
        ("lan", ("turn-of-lan",), ("outside-working-hours",)),
        ("hook", (), ("any-turn", "outside-working-hours")),
    ]


def test_what_flaps_holds_back_its_outages_and_an_area_those_of_its_kind(tmp_path: Path) -> None:
    """Hubs, servers and services of a flapping area are told all the same."""
    files = {file.name: file for file in made(inventory(tmp_path, HEAD + CONTACTS), ENVIRON, NOW)}
    rules = yaml.safe_load(files["alertmanager.yml"].text)["inhibit_rules"]
    assert [(rule["source_matchers"], rule["equal"]) for rule in rules] == [
        (['alertname="DeviceFlapping"'], ["instance"]),
        (['alertname="AreaFlapping"'], ["area", "role"]),
    ]
    assert rules[1]["target_matchers"] == ['alertname=~"CommuneDown|DeviceDown"']


def test_secrets_stand_in_protected_files_only(tmp_path: Path) -> None:
    """A path where Alertmanager knows one; else in a file of mode 600; never in rules or templates."""
    found = inventory(tmp_path, HEAD + CONTACTS + ALERTING)
    write(made(found, ENVIRON, NOW), tmp_path / "out")
    for file in (tmp_path / "out").iterdir():
        private = stat.S_IMODE(file.stat().st_mode) == 0o600
        assert private or "geheim" not in file.read_text()
    text = (tmp_path / "out" / "alertmanager.yml").read_text()
    assert f'smtp_auth_password_file: "{tmp_path}/mail"' in text
    assert "geheim-mail" not in text
    assert "geheim-hook" in text
    assert "geheim-token" in text


@pytest.mark.skipif(shutil.which("amtool") is None, reason="not installed: prometheus-alertmanager")
@pytest.mark.parametrize("text", [HEAD, HEAD + CONTACTS, HEAD + CONTACTS + ALERTING])
def test_amtool_takes_the_configuration(text: str, tmp_path: Path) -> None:
    """Without contacts, with webhooks alone, and with everything."""
    write(made(inventory(tmp_path, text), ENVIRON, NOW), tmp_path / "out")
    ran = subprocess.run(
        ["amtool", "check-config", str(tmp_path / "out" / "alertmanager.yml")],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_who_has_no_way_is_not_told(tmp_path: Path) -> None:
    """An address is a way only where there is a server for it."""
    assert told(inventory(tmp_path, HEAD + CONTACTS)) == ("hook",)
    assert told(inventory(tmp_path, HEAD + CONTACTS + ALERTING)) == ("duty", "lan", "hook")


def test_the_same_inventory_is_the_same_files(tmp_path: Path) -> None:
    """At the same instant, byte by byte."""
    found = inventory(tmp_path, HEAD + CONTACTS + ALERTING)
    assert made(found, ENVIRON, NOW) == made(found, ENVIRON, NOW)


scalars = st.one_of(st.text(), st.integers(), st.booleans(), st.none())
names = st.text("abcdefgh_", min_size=1).map(lambda name: f"{name}_")
documents = st.dictionaries(
    names,
    st.recursive(
        scalars,
        lambda inner: st.one_of(
            st.lists(st.dictionaries(names, inner, min_size=1)), st.dictionaries(names, inner)
        ),
        max_leaves=12,
    ),
    min_size=1,
)


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(documents)
def test_what_is_written_as_yaml_is_read_as_it_was(document: dict[str, Any]) -> None:
    """By another YAML reader, whatever texts it holds."""
    assert yaml.safe_load(yaml_text(document)) == document


def notification(*alerts: tuple[str, str]) -> dict[str, Any]:
    return {
        "alerts": [
            {
                "status": status,
                "annotations": {
                    "title_vi": title,
                    "summary_vi": "Từ 07:15.",
                    "title_en": "T",
                    "summary_en": "S",
                },
            }
            for status, title in alerts
        ]
    }


def test_an_sms_says_the_first_and_how_many_more() -> None:
    """What fires goes before what is over; a long text is cut, not refused."""
    assert sms(notification(("firing", "A mất kết nối")), "vi") == "A mất kết nối. Từ 07:15."
    assert sms(notification(("resolved", "A")), "vi") == "ĐÃ KHẮC PHỤC: A. Từ 07:15."
    assert sms(notification(("resolved", "A")), "en") == "RESOLVED: T. S"
    assert sms(notification(("resolved", "A"), ("firing", "B"), ("firing", "C")), "vi") == "B (+1). Từ 07:15."
    assert len(sms(notification(("firing", "A" * 500)), "vi")) == LONGEST
    with pytest.raises(ValueError, match="not a notification"):
        sms({"alerts": []}, "vi")


def test_a_gateway_gets_its_own_fields() -> None:
    """As a form or as JSON, with whom and what in the places that the inventory names."""
    settings = RelaySettings(
        port=1, url="", format="form", token=None, language="vi", phones={},
        fields={"to": "{phone}", "message": "HD: {text}", "key": "k"},
    )  # fmt: skip
    body, kind = posted(settings, "0227 3", "Xã An Khê")
    assert body == b"to=0227+3&message=HD%3A+X%C3%A3+An+Kh%C3%AA&key=k"
    assert kind == "application/x-www-form-urlencoded"
    from dataclasses import replace

    body, kind = posted(replace(settings, format="json"), "0227 3", "Xã An Khê")
    assert json.loads(body) == {"to": "0227 3", "message": "HD: Xã An Khê", "key": "k"}


def view(state: str, **probes: str) -> dict[str, Any]:
    return {
        "state": state,
        "since_ms": 1_795_824_921_000,
        "probes": {
            probe: {"ok": not reason, "reason": reason or None, "detail": ""}
            for probe, reason in probes.items()
        },
    }


@pytest.mark.parametrize(
    ("hub", "commune", "said"),
    [
        (view("up"), view("down"), "It is down by itself, so it has an alert of its own"),
        (
            view("down"),
            view("upstream"),
            "No alert of its own: hub above it is down, and the alert is there.",
        ),
        (view("up"), view("unknown"), "No new alert: nobody can say how it is."),
        (view("up"), view("maintenance"), "No alert: planned maintenance"),
        (view("up"), view("out_of_service"), "No alert: it is not commissioned yet, or withdrawn."),
        (view("up"), view("up", snmp="timeout"), "snmp brings nothing: timeout. After 3 minutes"),
        (view("up"), view("up", snmp="no_route"), "snmp fails on our side (no_route): that is PollsFailHere"),
        (view("up"), view("up", snmp=""), "Nothing is wrong with reaching and reading it."),
    ],
)
def test_explain_says_why(hub: dict[str, Any], commune: dict[str, Any], said: str, tmp_path: Path) -> None:
    """For each state the reason, and where the alert is instead."""
    found = inventory(tmp_path, HEAD)
    device = found.device("ak")
    assert device is not None
    lines = explained(found, device, {"hub": hub, "ak": commune}, ZoneInfo("Asia/Ho_Chi_Minh"))
    assert lines[0] == f"ak (Xã An Khê) is {commune['state']} since 2026-11-28 07:15:21."
    assert any(said in line for line in lines), lines


def test_explain_knows_who_keeps_a_message_back() -> None:
    """A silence, another alert, or whom it goes to; and what Prometheus thinks."""

    def alert(**status: list[str]) -> dict[str, Any]:
        return {
            "labels": {"alertname": "CommuneDown"},
            "status": {"silencedBy": [], "inhibitedBy": [], **status},
            "receivers": [{"name": "duty"}],
        }

    assert kept_back([alert(silencedBy=["5"]), alert(inhibitedBy=["x"]), alert()]) == [
        "Alertmanager: CommuneDown is silenced (5): nobody is told.",
        "Alertmanager: CommuneDown is held back by another alert about it: nobody is told twice.",
        "Alertmanager: CommuneDown goes to duty.",
    ]
    assert alerts_said([], "ak") == ["Prometheus: no alert about it, neither pending nor firing."]
    pending = {
        "labels": {"instance": "ak", "alertname": "LineLossy"},
        "state": "pending",
        "activeAt": "2026-11-28T00:15:21.123Z",
        "annotations": {"title_en": "T", "runbook": "docs/runbooks/LineLossy.md"},
    }
    assert alerts_said([pending], "ak") == [
        "Prometheus: LineLossy pending since 2026-11-28T00:15:21 UTC: T. Runbook: docs/runbooks/LineLossy.md"
    ]


MISTAKES = (
    (["alerts", "test"], HEAD, Exit.ALERTING, "haidang: nobody can be told: give the contact a webhook, or "),
    (["alerts", "test", "--to", "dutty"], HEAD + CONTACTS, Exit.ALERTING, "'dutty'; did you mean duty?"),
    (["alerts", "test", "--to", "lan"], HEAD + CONTACTS, Exit.ALERTING, "haidang: lan cannot be told: "),
    (["alerts", "explain", "akk"], HEAD, Exit.NO_DEVICE, "has no device 'akk'; did you mean ak?"),
    (
        ["alerts", "explain", "ak"],
        HEAD,
        Exit.ALERTING,
        "the collector does not answer at http://127.0.0.1:1/",
    ),
    (["oncall"], HEAD, Exit.ALERTING, "haidang: nobody can be told: add contacts, and alerting.email or "),
    (["oncall", "tomorrow"], HEAD + CONTACTS, Exit.USAGE, "'tomorrow' is not a day: write year-month-day"),
    (["alerts", "relay", "none.json"], HEAD, Exit.ALERTING, "Set alerting.sms, then haidang alerts write"),
)


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: " ".join(mistake[0]))
def test_mistakes_are_said_and_end_with_their_code(
    mistake: tuple[list[str], str, Exit, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What, where, and what to do next; on standard error, without a traceback."""
    words, text, code, said = mistake
    for name, value in ENVIRON.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    inventory(tmp_path, text)
    ran = CliRunner().invoke(app, words)
    assert ran.exit_code == code, ran.output
    assert said in " ".join(ran.stderr.split()), ran.stderr


def test_oncall_shows_turns_and_ways(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From a day on, with how each can be told."""
    for name, value in ENVIRON.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    inventory(tmp_path, HEAD + CONTACTS + ALERTING)
    ran = CliRunner().invoke(app, ["oncall", "2026-11-29", "--days", "2"])
    assert ran.output == (
        "2026-11-29 00:00 – 2026-11-30 07:30  rota     Nguyễn Thị Lan (e-mail, Telegram)\n"
        "2026-11-30 07:30 – 2026-12-01 00:00  rota     Trực ban (e-mail, SMS, 0227 3 000 000)\n"
    )
