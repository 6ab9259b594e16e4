"""A manager and an agent joined in memory, with a clock that moves only by hand."""

from __future__ import annotations

import random
from collections.abc import Mapping

from snmp.ber import Oid
from snmp.community_exchange import Community
from snmp.engine import Access, Engine, access_table
from snmp.exchange import Exchange
from snmp.identifiers import Identifiers
from snmp.manager import Credential, Session
from snmp.message import UsmMessage, Version, read_usm_message, read_version
from snmp.operations import Operation
from snmp.responder import Responder
from snmp.smi import counter64, octets
from snmp.steps import Send, Step
from snmp.tree import SortedTree, Source
from snmp.usm_keys import Password, UsmUser
from snmp.usm_protocols import AuthProtocol, PrivProtocol

ENGINE_ID = b"\x80\x00\x1f\x88\x04pair"
OTHER_ENGINE_ID = b"\x80\x00\x1f\x88\x04other"
V1 = Community(version=Version.V1, name=b"public")
V2C = Community(version=Version.V2C, name=b"public")
BASE: Oid = (1, 3, 6, 1, 4, 1, 99999, 1)
ITEMS: dict[Oid, Source] = {
    (*BASE, 1, 0): counter64(0xFEDC_BA98_7654_3210),
    (*BASE, 2, 0): octets("lighthouse"),
    (*BASE, 3, 0): counter64(7),
}
FIRST, SECOND, THIRD = ITEMS


def usm_user(
    auth: AuthProtocol | None = AuthProtocol.SHA_256,
    priv: PrivProtocol | None = PrivProtocol.AES_128,
    name: bytes = b"monitor",
    password: str = "maplesyrup",
) -> UsmUser:
    """Return a user with these protocols and passwords made of `password`."""
    return UsmUser(
        name=name,
        auth=auth,
        auth_secret=None if auth is None else Password.from_text(password + "-auth"),
        priv=priv,
        priv_secret=None if priv is None else Password.from_text(password + "-priv"),
    )


class Pair:
    """Both sides have `credential`, unless the agent's users are given. At now = 0, engine time is 1000."""

    def __init__(
        self,
        credential: Credential,
        *,
        items: Mapping[Oid, Source] | None = None,
        accesses: tuple[Access, ...] | None = None,
        engine_id: bytes = ENGINE_ID,
        boots: int = 7,
        max_size: int = 1_472,
        session_max_size: int = 65_507,
    ) -> None:
        if accesses is None:
            accesses = () if isinstance(credential, Community) else (Access(user=credential),)
        self.now = 0.0
        self.identifiers = Identifiers(random.Random(1).randbytes)
        self.session = Session(credential, self.identifiers, max_size=session_max_size)
        self.engine = Engine(
            engine_id, boots=boots, started_at=-1_000.0, users=access_table(accesses), max_size=max_size
        )
        communities = (credential.name,) if isinstance(credential, Community) else ()
        tree = SortedTree(ITEMS if items is None else items)
        self.responder = Responder(self.engine, tree, communities=communities)

    def start(self, operation: Operation) -> Exchange:
        """Start an exchange now."""
        return self.session.start(operation, self.now)

    def respond(self, datagram: bytes) -> bytes | None:
        """Let the agent answer now."""
        return self.responder.respond(datagram, self.now, self.identifiers.salt())

    def answer(self, datagram: bytes) -> bytes:
        """Let the agent answer now; it must."""
        reply = self.respond(datagram)
        assert reply is not None
        return reply

    def finish(self, exchange: Exchange) -> Step:
        """Carry datagrams to and fro until something other than Send comes of them."""
        step: Step = exchange.receive(self.answer(exchange.datagram), self.now)
        while isinstance(step, Send):
            step = exchange.receive(self.answer(step.datagram), self.now)
        return step

    def ask(self, operation: Operation) -> Step:
        """Ask and return what came of it."""
        return self.finish(self.start(operation))


def read_v3(datagram: bytes) -> UsmMessage:
    """Return the envelope of a v3 datagram."""
    version, at = read_version(datagram)
    assert version == Version.V3
    return read_usm_message(datagram, at)
