"""The canonical text of an inventory."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from collector.inventory.alerting_values import AlertingSettings
from collector.inventory.canonical import CanonicalError, canonical_json, digest, from_canonical
from tests.unit.inventory.running import Accept

TEXT = """
areas: [{id: 340, hub: hub, latitude: 20, longitude: 106.355}]
devices:
  - {id: hub, address: 127.34.0.1, snmp: {credential: routers}, commissioned: 2026-03-07 22:00}
  - {id: a, name: Xã An Khê, address: "2001:db8::1", area: 340, icmp: true, ssh: {credential: agents},
     capacity: [{rate: 100M, from: 2026-01-01}], uplink: {interface: wan0}, latitude: 20.5}
services:
  - {id: portal, url: "https://portal.example/", tls: {ca: ca.pem}, http: {status: [200, 300-302]}}
  - {id: names, url: "dns://127.0.0.1/portal.example", dns: {answer: 127.0.0.1}}
  - {id: ldap, url: "tls://127.0.0.1:636"}
  - {id: mail, url: "tcp://127.0.0.1:25"}
maintenance: [{id: m, areas: [340], from: 2026-03-07, until: 2026-03-08, reason: r, author: b}]
calendar: {days_off: [2026-02-13]}
contacts: [{id: duty, webhook: "file:hook", email: a@example.vn, phone: "0227 3", telegram: "-1001"}]
alerting:
  contacts: [duty]
  rota: {order: [duty], from: 2026-11-30, handover: "07:30"}
  turns: [{contact: duty, from: 2026-12-24 07:30, until: 2026-12-26 07:30}]
  notices: working-hours
  language: both
  email: {server: mail.example.vn, sender: a@example.vn, username: a, password: "env:MAIL"}
  sms: {url: "env:SMS", fields: {to: "{phone}", message: "{text}"}, format: json}
  telegram: {token: "env:TELEGRAM"}
  dead_man: {contacts: [duty], after: 5m}
"""


def test_an_inventory_comes_back_as_it_was(accept: Accept) -> None:
    """Every kind of value survives the way to text and back: enums, dates, instants, references, mappings."""
    inventory = accept(TEXT)
    again = from_canonical(canonical_json(inventory))
    assert again == inventory
    assert canonical_json(again) == canonical_json(inventory)
    assert list(map(repr, again.devices)) == list(map(repr, inventory.devices))


def test_the_text_is_the_same_for_the_same_inventory(accept: Accept) -> None:
    """Order of keys and layout of the file do not show; a change of the contents does."""
    inventory = accept(TEXT)
    same = accept(TEXT.replace("{id: hub, address: 127.34.0.1,", "{address: 127.34.0.1, id: hub,"))
    other = accept(TEXT.replace("127.34.0.1", "127.34.0.2"))
    text = canonical_json(inventory)
    assert canonical_json(same) == text
    assert digest(text) != digest(canonical_json(other))
    assert digest("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_the_text_has_references_and_utc(accept: Accept) -> None:
    """Secrets are where they are kept, instants are in UTC, names are readable."""
    text = canonical_json(accept(TEXT))
    document = json.loads(text)
    assert document["inventory"]["credentials"]["routers"]["auth_password"] == "env:AUTH"
    assert document["inventory"]["devices"][0]["commissioned"] == "2026-03-07T15:00:00+00:00"
    assert "Xã An Khê" in text
    assert text == json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def test_instants_come_back_in_local_time(accept: Accept) -> None:
    """What the ledger gives back is in the inventory's time zone, as the file's own values are."""
    device = from_canonical(canonical_json(accept(TEXT))).devices[0]
    assert device.commissioned == datetime(2026, 3, 7, 15, tzinfo=UTC)
    assert str(device.commissioned) == "2026-03-07 22:00:00+07:00"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"format":2', '"format":3'),
        ('"role":', '"rôle":'),
        ('"address":"127.34.0.1"', '"address":5'),
        ('"kind":"usm"', '"kind":"other"'),
        ('"timezone":"Asia/Ho_Chi_Minh"', '"timezone":"Nowhere"'),
        ('"reachability":["snmp"]', '"reachability":["smoke"]'),
        ('"areas":[', '"areas":[5,'),
        ('"areas":[', '"areas":{"a":5},"x":['),
        ('"hours":[["07:30:00",', '"hours":[["25:30:00",'),
        ("{", ""),
        ("}", ""),
    ],
)
def test_a_damaged_text_is_refused(old: str, new: str, accept: Accept) -> None:
    """A text with one thing changed that cannot be raises the one error of this module."""
    text = canonical_json(accept(TEXT))
    assert old in text
    with pytest.raises(CanonicalError):
        from_canonical(text.replace(old, new, 1))


def test_a_text_of_before_services_were_polled_is_still_read(accept: Accept) -> None:
    """Old revisions of a ledger stay readable: their services stood apart and were not polled."""
    inventory = accept(TEXT)
    text = canonical_json(replace(inventory, devices=inventory.devices[:2]))
    old = text.replace('"format":2', '"format":1').replace(
        '"source":', '"services":[{"id":"portal","url":"https://portal.example/"}],"source":'
    )
    assert from_canonical(old).devices == inventory.devices[:2]


def test_a_text_of_before_maintenance_repeated_is_still_read(accept: Accept) -> None:
    """A window without the key is once."""
    inventory = accept(TEXT)
    text = canonical_json(inventory)
    assert '"repeat":null,' in text
    assert from_canonical(text.replace('"repeat":null,', "")).maintenance == inventory.maintenance


@pytest.mark.parametrize(
    "text", ["", "[]", "null", '{"format":1}', '{"format":1,"inventory":5}', "[" * 100_000]
)
def test_what_was_never_an_inventory_is_refused(text: str) -> None:
    """Other JSON, and no JSON, raise the one error of this module."""
    with pytest.raises(CanonicalError):
        from_canonical(text)


def test_a_revision_from_before_alerting_is_read_as_one_without(accept: Accept) -> None:
    """Ledgers keep old revisions: whoever was told then is not known, and nothing breaks."""
    document = json.loads(canonical_json(accept(TEXT)))
    del document["inventory"]["alerting"]
    del document["inventory"]["contacts"][0]["telegram"]
    found = from_canonical(json.dumps(document))
    assert found.alerting == AlertingSettings()
    assert found.contacts[0].telegram is None
