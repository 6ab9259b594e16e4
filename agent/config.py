"""The agent's settings: agent.toml to a frozen AgentConfig, all mistakes in one run. Opens no socket.

docs/agent.md describes every key; deploy/agent.toml is an example.
"""

from __future__ import annotations

import ipaddress
import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from agent.config_table import Mistakes, Table
from agent.rate import RateLimits
from agent.secret import SecretRef, parse_reference
from snmp.usm_keys import MAX_USER_NAME
from snmp.usm_protocols import AuthProtocol, PrivProtocol, parse_auth_protocol, parse_priv_protocol

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

DEFAULT_STATE_DIRECTORY = Path("/var/lib/haidang-agent")
_MAX_FILE_BYTES = 1024 * 1024
_MIB = 1024 * 1024
_LOOPBACK: tuple[Network, ...] = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128"))


class ConfigError(Exception):
    """The file cannot be used; one line for each mistake."""

    def __init__(self, mistakes: tuple[str, ...]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes


@dataclass(frozen=True, slots=True, kw_only=True)
class ListenAddress:
    """Where SNMP requests are received: an IP address and a UDP port."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SnmpUser:
    """An SNMPv3 user; without `priv` its values cross the network in clear."""

    name: str
    auth: AuthProtocol
    auth_password: SecretRef
    priv: PrivProtocol | None
    priv_password: SecretRef | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SnmpConfig:
    """What is answered to whom. `communities` are for v1 and v2c, which encrypt nothing."""

    listen: tuple[ListenAddress, ...]
    allow: tuple[Network, ...]
    contact: str
    location: str
    rate: RateLimits
    users: tuple[SnmpUser, ...]
    communities: tuple[SecretRef, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SpoolConfig:
    """Bounds of the spool: bytes on disk, and hours of snapshots."""

    max_bytes: int = 256 * _MIB
    max_age_hours: int = 7 * 24


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentConfig:
    """All settings. `source` is the file they came from; `snmp` is None where SNMP is not wanted."""

    source: str = "(defaults)"
    interval_s: int = 15
    state_directory: Path = DEFAULT_STATE_DIRECTORY
    spool: SpoolConfig = field(default_factory=SpoolConfig)
    snmp: SnmpConfig | None = None

    @property
    def spool_directory(self) -> Path:
        """Where the snapshots are kept."""
        return self.state_directory / "spool"

    @property
    def max_records(self) -> int:
        """How many snapshots the spool may hold by their age."""
        return self.spool.max_age_hours * 3_600 // self.interval_s


def load_config(path: Path) -> AgentConfig:
    """Read and check a file; raise ConfigError with every mistake in it."""
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_FILE_BYTES + 1)
    except OSError as error:
        raise ConfigError((f"{path}: {error.strerror}",)) from None
    if len(data) > _MAX_FILE_BYTES:
        raise ConfigError((f"{path}: more than {_MAX_FILE_BYTES} bytes; this is no configuration",))
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigError((f"{path}:{line}: not UTF-8",)) from None
    return parse_config(text, str(path))


def parse_config(text: str, name: str) -> AgentConfig:
    """Check the text of a file called `name`; raise ConfigError with every mistake in it."""
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError((_syntax_message(name, str(error)),)) from None
    except RecursionError:
        raise ConfigError((f"{name}: nested too deeply",)) from None
    mistakes = Mistakes(name, text)
    root = Table(values, (), mistakes)
    config = AgentConfig(
        source=name,
        interval_s=root.whole("interval_s", AgentConfig().interval_s, low=1, high=3_600),
        state_directory=root.parsed("state_directory", _absolute_path) or DEFAULT_STATE_DIRECTORY,
        spool=_spool(root.table("spool")),
        snmp=_snmp(root.table("snmp")),
    )
    root.finish()
    if listed := mistakes.listed():
        raise ConfigError(listed)
    return config


def _syntax_message(name: str, message: str) -> str:
    """Put the line that tomllib writes at the end of its message to the front."""
    match = re.fullmatch(r"(.*) \(at line ([0-9]+), column [0-9]+\)", message, re.DOTALL)
    return f"{name}: not TOML: {message}" if match is None else f"{name}:{match[2]}: not TOML: {match[1]}"


def _spool(table: Table | None) -> SpoolConfig:
    if table is None:
        return SpoolConfig()
    default = SpoolConfig()
    spool = SpoolConfig(
        max_bytes=table.whole("max_mib", default.max_bytes // _MIB, low=4, high=1_048_576) * _MIB,
        max_age_hours=table.whole("max_age_hours", default.max_age_hours, low=1, high=87_600),
    )
    table.finish()
    return spool


def _snmp(table: Table | None) -> SnmpConfig | None:
    if table is None:
        return None
    if not table.filled("listen"):
        table.complain("listen", 'name at least one address, such as listen = ["127.0.0.1:161"]')
    if not table.filled("user") and not table.filled("communities"):
        table.complain("user", "nobody could ask: add an [[snmp.user]] (or communities, for v2c in clear)")
    listen = table.each("listen", _listen_address, ())
    if len(set(listen)) < len(listen):
        table.complain("listen", "the same address comes twice")
    snmp = SnmpConfig(
        listen=listen,
        allow=table.each("allow", _network, _LOOPBACK),
        contact=table.text("contact") or "",
        location=table.text("location") or "",
        rate=_rate(table.table("rate")),
        users=_users(table.tables("user")),
        communities=table.each("communities", parse_reference, ()),
    )
    table.finish()
    return snmp


def _rate(table: Table | None) -> RateLimits:
    default = RateLimits()
    if table is None:
        return default
    rate = RateLimits(
        per_peer=table.whole("per_peer", default.per_peer, low=1, high=100_000),
        total=table.whole("total", default.total, low=1, high=100_000),
    )
    table.finish()
    return rate


def _users(tables: list[Table]) -> tuple[SnmpUser, ...]:
    users: dict[str, SnmpUser] = {}
    for table in tables:
        user = _user(table)
        if user is None:
            continue
        if user.name in users:
            table.complain("name", f"user {user.name!r} is there already")
        users[user.name] = user
    return tuple(users.values())


def _user(table: Table) -> SnmpUser | None:
    if not table.filled("name"):
        table.complain("name", "missing; every user has a name")
    name = table.parsed("name", _user_name)
    encrypted = table.has("priv") or table.has("priv_password")
    auth = table.parsed("auth", parse_auth_protocol, AuthProtocol.SHA_256)
    auth_password = _password(table, "auth_password", needed=True)
    priv = table.parsed("priv", parse_priv_protocol, PrivProtocol.AES_128)
    priv_password = _password(table, "priv_password", needed=encrypted)
    table.finish()
    if not name or auth is None or auth_password is None or (encrypted and not (priv and priv_password)):
        return None
    return SnmpUser(
        name=name,
        auth=auth,
        auth_password=auth_password,
        priv=priv if encrypted else None,
        priv_password=priv_password,
    )


def _password(table: Table, key: str, *, needed: bool) -> SecretRef | None:
    if needed and not table.has(key):
        table.complain(key, "missing; name it as file:/path, env:NAME or credential:NAME")
    return table.parsed(key, parse_reference)


def _user_name(text: str) -> str:
    if len(text.encode()) > MAX_USER_NAME:
        raise ValueError(f"has {len(text.encode())} octets; at most {MAX_USER_NAME} are possible")
    return text


def _absolute_path(text: str) -> Path:
    path = Path(text)
    if not path.is_absolute():
        raise ValueError(f"is {text!r}; must be a full path")
    return path


def _listen_address(text: str) -> ListenAddress:
    host, _, port = text.rpartition(":")
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    elif ":" in host:
        raise ValueError(f"{text!r}: an IPv6 address stands in brackets: [{host}]:{port}")
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        raise ValueError(f"{text!r}: must be ADDRESS:PORT, such as 127.0.0.1:161 or [::1]:161") from None
    if not port.isascii() or not port.isdecimal() or not 1 <= int(port) <= 65_535:
        raise ValueError(f"{text!r}: the port must be 1 to 65535")
    return ListenAddress(host=str(address), port=int(port))


def _network(text: str) -> Network:
    try:
        return ipaddress.ip_network(text)
    except ValueError:
        pass
    try:
        loose = ipaddress.ip_network(text, strict=False)
    except ValueError:
        raise ValueError(f"{text!r}: must be an address or a network such as 127.0.0.0/8") from None
    raise ValueError(f"{text!r}: has bits set beyond its prefix; the network is {loose}")
