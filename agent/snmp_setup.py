"""Makes the SNMP side from the configuration: engine, users, communities, sockets; all of it or nothing."""

from __future__ import annotations

import errno
import os
import secrets
import time
from dataclasses import dataclass
from pathlib import Path

from agent.config import ConfigError, ListenAddress, SnmpConfig, SnmpUser
from agent.engine_state import EngineState, EngineStateError, start_engine
from agent.secret import Scheme, SecretError, SecretRef, fetch
from agent.snmp_serve import LiveTables, SnmpServer, SnmpTally
from agent.udp import UdpSocket
from snmp.engine import Access, Engine, access_table
from snmp.errors import UsageError
from snmp.identifiers import Identifiers
from snmp.responder import Responder
from snmp.tree import SortedTree
from snmp.usm_keys import Password, UsmUser

_UNUSED_ENGINE_ID = b"\x80\x00\x7e\xd9\x05off"


class ListenError(Exception):
    """An address cannot be listened at: which, why, and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets:
    """Users and communities with their secrets fetched."""

    users: tuple[UsmUser, ...]
    communities: tuple[bytes, ...]


def hidden_credentials(config: SnmpConfig) -> tuple[SecretRef, ...]:
    """Return the references to systemd credentials if this process was not started by systemd with any."""
    if os.environ.get("CREDENTIALS_DIRECTORY"):
        return ()
    references = [ref for user in config.users for ref in (user.auth_password, user.priv_password) if ref]
    return tuple(ref for ref in (*references, *config.communities) if ref.scheme is Scheme.CREDENTIAL)


def fetch_secrets(config: SnmpConfig, source: str, *, leave_out: tuple[SecretRef, ...] = ()) -> Secrets:
    """Fetch every secret that the configuration names; raise ConfigError with all that cannot be had."""
    mistakes: list[str] = []

    def password(reference: SecretRef, where: str) -> Password | None:
        try:
            return None if reference in leave_out else Password(fetch(reference).octets)
        except SecretError as error:
            mistakes.append(f"{where}: {error}")
        except UsageError as error:
            mistakes.append(f"{where}: {reference}: {error}")
        return None

    users = []
    for number, user in enumerate(config.users):
        where = f"{source}: snmp.user[{number}]"
        auth = password(user.auth_password, f"{where}.auth_password")
        priv = None if user.priv_password is None else password(user.priv_password, f"{where}.priv_password")
        if auth is not None and (priv is not None or user.priv is None):
            users.append(_user(user, auth, priv))
    communities = []
    for number, reference in enumerate(config.communities):
        try:
            if reference not in leave_out:
                communities.append(fetch(reference).octets)
        except SecretError as error:
            mistakes.append(f"{source}: snmp.communities[{number}]: {error}")
    if mistakes:
        raise ConfigError(tuple(mistakes))
    return Secrets(users=tuple(users), communities=tuple(communities))


def _user(user: SnmpUser, auth: Password, priv: Password | None) -> UsmUser:
    return UsmUser(
        name=user.name.encode(), auth=user.auth, auth_secret=auth, priv=user.priv, priv_secret=priv
    )


class Sockets:
    """The sockets that are open, by address."""

    def __init__(self) -> None:
        self.open: dict[ListenAddress, UdpSocket] = {}

    def prepare(self, addresses: tuple[ListenAddress, ...]) -> dict[ListenAddress, UdpSocket]:
        """Open what is not open yet and return those; raise ListenError with none of them left open."""
        added: dict[ListenAddress, UdpSocket] = {}
        for address in addresses:
            if address in self.open:
                continue
            try:
                added[address] = UdpSocket(address.host, address.port)
            except OSError as error:
                for socket in added.values():
                    socket.close()
                raise ListenError(_listen_advice(address, error)) from None
        return added


def _listen_advice(address: ListenAddress, error: OSError) -> str:
    advice = {
        errno.EACCES: "a port below 1024 needs CAP_NET_BIND_SERVICE, which the unit gives",
        errno.EADDRINUSE: "another program listens there, perhaps snmpd; stop it or use another port",
        errno.EADDRNOTAVAIL: "this machine does not have that address",
        errno.EAFNOSUPPORT: "IPv6 is switched off on this machine",
    }.get(error.errno or 0)
    reason = f"snmp.listen: {address}: {error.strerror}"
    return f"{reason}; {advice}" if advice else reason


class EngineKeeper:
    """The engine's identity for as long as the process lives: counted once, however often it is reloaded."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._state: EngineState | None = None
        self._started = time.monotonic()
        self._engine: Engine | None = None
        self.problem: str | None = None

    def engine(self, users: tuple[UsmUser, ...]) -> Engine:
        """Return an engine with these users. Without kept state it has none, and `problem` says why."""
        if users and self._state is None:
            try:
                self._state = start_engine(self._directory, secrets.token_bytes)
                self.problem = None
            except EngineStateError as error:
                self.problem = f"SNMPv3 is off: {error}"
        # The window for replays is only as good as the boots that are kept: none, no v3.
        usable = users if self._state is not None else ()
        engine = Engine(
            _UNUSED_ENGINE_ID if self._state is None else self._state.engine_id,
            boots=1 if self._state is None else self._state.boots,
            started_at=self._started,
            users=access_table(Access(user=user) for user in usable),
        )
        if self._engine is not None:
            engine.counters |= self._engine.counters
        self._engine = engine
        return engine


def make_server(
    config: SnmpConfig, secret: Secrets, engine: Engine, tables: LiveTables, tally: SnmpTally
) -> SnmpServer:
    """Return what decides on requests."""
    return SnmpServer(
        responder=Responder(engine, SortedTree({}), communities=secret.communities),
        tables=tables,
        allow=config.allow,
        limits=config.rate,
        now=time.monotonic,
        salt=Identifiers(secrets.token_bytes).salt,
        tally=tally,
    )
