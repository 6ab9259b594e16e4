"""Loading a whole file."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from collector.inventory.load import load
from collector.inventory.loaded import Accepted, Refused
from collector.inventory.service_values import DnsCheck, HttpCheck, TcpCheck, TlsCheck, Trust
from collector.inventory.values import (
    CollectorSettings,
    CommunityCredential,
    HttpSettings,
    Organisation,
    Probe,
    SecretRef,
    SshCredential,
    UsmCredential,
)
from tests.unit.inventory.running import Accept, LoadText, Refuse

ENV = SecretRef(scheme="env", name="AUTH"), SecretRef(scheme="env", name="PRIV")


def test_the_least_a_file_must_say(load_text: LoadText) -> None:
    """A name for the organisation is enough for a file; the rest has defaults."""
    loaded = load_text("", head="organisation: {name: Sở}\n")
    assert isinstance(loaded, Accepted)
    inventory = loaded.inventory
    assert inventory.organisation == Organisation(
        name="Sở", superior=None, place=None, language="vi", timezone="Asia/Ho_Chi_Minh"
    )
    assert (inventory.devices, inventory.areas, inventory.services) == ((), (), ())
    assert inventory.collector == CollectorSettings(
        http=HttpSettings(host="127.0.0.1", port=10_286), ledger=str(Path.cwd() / "var/ledger.db")
    )
    assert (inventory.source, inventory.folder) == (str(Path.cwd() / "i.yaml"), Path.cwd())


def test_credentials_of_every_kind(load_text: LoadText, tmp_path: Path) -> None:
    """SNMPv3 is authPriv with SHA-256 and AES-128 unless it says otherwise; paths are absolute."""
    loaded = load_text(
        """
organisation: {name: Sở}
credentials:
  plain: {type: snmpv3, user: u, auth_password: "env:AUTH", priv_password: "env:PRIV"}
  strong: {type: snmpv3, user: u, auth: sha512, auth_password: "env:AUTH", priv: AES-256-C,
           priv_password: "env:PRIV", context: bridge1}
  signed: {type: snmpv3, user: u, auth: MD5, auth_password: "env:AUTH", priv: none}
  open: {type: snmpv3, user: u, auth: none, priv: none}
  v2: {type: snmpv2c, community: "env:AUTH"}
  v1: {type: snmpv1, community: "credential:AUTH"}
  agents: {type: ssh, username: report, private_key: "file:/etc/key"}
  others: {type: ssh, username: report, private_key: "file:key", known_hosts: /etc/ssh/ssh_known_hosts}
""",
        head="",
    )
    assert isinstance(loaded, Accepted), loaded.mistakes
    auth, priv = ENV
    agents_key, others_key = SecretRef(scheme="file", name="/etc/key"), SecretRef(scheme="file", name="key")
    assert list(loaded.inventory.credentials.values()) == [
        UsmCredential(
            name="plain", user="u", auth="SHA-256", auth_password=auth, priv="AES-128", priv_password=priv
        ),
        UsmCredential(
            name="strong", user="u", auth="SHA-512", auth_password=auth, priv="AES-256-C", priv_password=priv,
            context="bridge1",
        ),
        UsmCredential(name="signed", user="u", auth="MD5", auth_password=auth, priv=None, priv_password=None),
        UsmCredential(name="open", user="u", auth=None, auth_password=None, priv=None, priv_password=None),
        CommunityCredential(name="v2", version=2, community=auth),
        CommunityCredential(name="v1", version=1, community=SecretRef(scheme="credential", name="AUTH")),
        SshCredential(
            name="agents", username="report", private_key=agents_key, known_hosts=f"{tmp_path}/known_hosts"
        ),
        SshCredential(
            name="others", username="report", private_key=others_key, known_hosts="/etc/ssh/ssh_known_hosts"
        ),
    ]  # fmt: skip


def test_a_collector_that_others_can_reach_has_tls_and_a_password(accept: Accept, tmp_path: Path) -> None:
    """With certificate, key, user and password any address may be listened on."""
    http = accept("""
collector:
  listen: "[::]:9000"
  tls: {certificate: tls.crt, key: "credential:tls"}
  basic_auth: {username: prometheus, password: "file:metrics"}
""").collector.http
    assert http == HttpSettings(
        host="::",
        port=9_000,
        tls_certificate=str(tmp_path / "tls.crt"),
        tls_key=SecretRef(scheme="credential", name="tls"),
        username="prometheus",
        password=SecretRef(scheme="file", name="metrics"),
    )


def test_services_take_their_times_from_the_defaults(accept: Accept) -> None:
    """A service is checked as often as devices are polled, unless it says otherwise."""
    services = accept("""
defaults: {interval: 1m, deadline: 40s}
services:
  - {id: portal, url: "https://portal.example/"}
  - {id: mail, name: Thư điện tử, url: "tcp://mail.example:25", interval: 50s}
  - {id: dns, url: "dns://127.0.0.1/portal.example", interval: 10s, deadline: 2s}
""").services
    assert (services[0].interval_ms, services[0].deadline_ms) == (60_000, 40_000)
    assert [(service.interval_ms, service.deadline_ms) for service in services[1:]] == [
        (50_000, 40_000),
        (10_000, 2_000),
    ]


def test_a_service_is_a_device_with_the_check_of_its_url(accept: Accept, tmp_path: Path) -> None:
    """Each scheme has its check; what the blocks say is in it, and the rest has its default."""
    inventory = accept("""
areas: [{id: dc, hub: sw}]
devices: [{id: sw, address: 127.34.0.1, icmp: true, area: dc}]
services:
  - {id: portal, url: "https://cổng.example/a?b=c", area: dc, serves: 788, address: 127.34.0.10,
     tls: {ca: ca.pem},
     http: {status: [200-299, 401], contains: Đăng nhập, redirects: 0, redirect_hosts: Sso.Example}}
  - {id: ldap, url: "tls://ldap.example:636", tls: {server_name: ldap}}
  - {id: mail, url: "tcp://mail.example:25", commissioned: 2026-01-01}
  - {id: names, url: "dns://127.0.0.1/portal.example", dns: {type: AAAA, answer: ["::1"]}}
""")
    portal, ldap, mail, names = inventory.services
    assert inventory.devices[0].id == "sw"
    assert not inventory.devices[0].is_service
    assert portal.http == HttpCheck(
        url="https://cổng.example/a?b=c",
        status=((200, 299), (401, 401)),
        contains=("Đăng nhập",),
        redirects=0,
        redirect_hosts=("sso.example",),
        trust=Trust(ca=str(tmp_path / "ca.pem")),
    )
    assert (portal.address, portal.parents, portal.serves) == ("127.34.0.10", ("sw",), 788)
    assert (portal.role, portal.probes, portal.reachability) == ("service", (Probe.HTTP,), (Probe.HTTP,))
    assert ldap.tls == TlsCheck(host="ldap.example", port=636, trust=Trust(server_name="ldap"))
    assert mail.tcp == TcpCheck(host="mail.example", port=25)
    assert mail.address == "mail.example"
    assert mail.commissioned is not None
    assert names.dns == DnsCheck(
        server="127.0.0.1", port=53, name="portal.example", type="AAAA", answer=("::1",)
    )


def test_a_deadline_beyond_the_interval_is_said_where_it_comes_about(refuse: Refuse) -> None:
    """Of deadline and interval that do not fit, the one nearest to the service is named."""
    longer = "a deadline of 40s is longer than the interval of"
    assert refuse("""
defaults: {deadline: 40s}
services:
  - {id: a, url: "https://a.example/"}
  - {id: b, url: "https://b.example/", interval: 20s}
  - {id: c, url: "https://c.example/", deadline: 50s}
""") == [
        f"defaults.deadline: {longer} 30s",
        f"services[1].interval: {longer} 20s",
        "services[2].deadline: a deadline of 50s is longer than the interval of 30s",
    ]


def test_missing_secrets_are_warnings(load_text: LoadText, tmp_path: Path) -> None:
    """A file can be checked where its secrets are not; each one that is missing is said with its line."""
    key = tmp_path / "ssh_key"
    key.touch(mode=0o644)
    key.write_text("key")
    unset, chmod = "set {} in the collector's environment", f"protect it: chmod 600 {key}"
    loaded = load_text(
        "devices: [{id: a, address: 127.34.0.1, snmp: {credential: routers}, ssh: {credential: agents}}]\n"
    )
    assert isinstance(loaded, Accepted)
    place = "put it there, or correct the path"
    assert [(warning.line, warning.what) for warning in loaded.warnings] == [
        (4, f"credentials.routers.auth_password: env:AUTH is not set ({unset.format('AUTH')})"),
        (4, f"credentials.routers.priv_password: env:PRIV is not set ({unset.format('PRIV')})"),
        (5, f"credentials.agents.private_key: file:ssh_key can be read by others (mode 0644) ({chmod})"),
        (5, f"credentials.agents.known_hosts: there is no file known_hosts ({place})"),
    ]


def test_short_passwords_of_snmpv3_are_warnings(tmp_path: Path) -> None:
    """A password that devices will refuse is said, but not what it is."""
    file = tmp_path / "i.yaml"
    file.write_text(
        "organisation: {name: Sở}\n"
        "credentials: {v3: {type: snmpv3, user: u, auth_password: 'env:AUTH', priv_password: 'env:PRIV'}}\n"
        "devices: [{id: a, address: 127.34.0.1, snmp: {credential: v3}}]\n"
    )
    loaded = load(file, environ={"AUTH": "hunter2", "PRIV": "hunter22"})
    assert isinstance(loaded, Accepted)
    assert [warning.message for warning in loaded.warnings] == ["env:AUTH is shorter than 8 characters"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("none.yaml", "there is no such file (check the path, or name the file to read)"),
        (".", "is a folder (name the file in it)"),
        ("none/i.yaml", "there is no such file (check the path, or name the file to read)"),
        ("i.yaml/x", "cannot be read: Not a directory (check the path)"),
        ("\0", "cannot be read: impossible path (check the path)"),
        ("big.yaml", "is larger than 16 MiB (is it the right file? else split it)"),
        ("pipe", "is a pipe, and reading it could wait for ever (name a file)"),
    ],
)
def test_a_file_that_cannot_be_read_is_a_value(
    name: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No file, no right, no text: the reason and what to do, never an exception."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "i.yaml").touch()
    os.mkfifo(tmp_path / "pipe")
    with (tmp_path / "big.yaml").open("wb") as big:
        big.truncate(2**24 + 1)
    loaded = load(name)
    assert isinstance(loaded, Refused)
    assert loaded.unreadable
    assert [str(mistake) for mistake in loaded.mistakes] == [f"{name}: {message}"]


def test_a_file_that_this_user_may_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file without the right to read it says so (root may read any, so the refusal is played)."""

    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "open", refuse)
    loaded = load(tmp_path / "i.yaml")
    assert isinstance(loaded, Refused)
    assert loaded.unreadable
    assert loaded.mistakes[0].what == "may not be read by this user (change its owner or mode)"


def test_values_stand_without_pydantic() -> None:
    """What leaves this package can be imported without the libraries that read the file."""
    code = (
        "import sys, collector.inventory.values, collector.inventory.canonical, collector.inventory.secrets, "
        "collector.inventory.loaded; sys.exit(bool({'pydantic', 'yaml'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_thousands_of_devices_load(load_text: LoadText) -> None:
    """Two thousand devices in one file are an ordinary inventory."""
    rows = (
        f"  - {{id: d-{number}, address: 127.34.{number // 256}.{number % 256}, icmp: true}}\n"
        for number in range(2_000)
    )
    loaded = load_text("devices:\n" + "".join(rows))
    assert isinstance(loaded, Accepted)
    assert len(loaded.inventory.devices) == 2_000
