"""net-snmp and ours on both ends: an snmpd with a user for every pair of algorithms, and its tools."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from deploy.stack.child import Child
from deploy.stack.ports import free_port
from deploy.stack.snmpd import SnmpdUser, answers, configuration, find_snmpd, snmpd_child
from snmp.engine import Access
from snmp.exchange import Exchange
from snmp.identifiers import Identifiers
from snmp.manager import Session
from snmp.message import peek_message_id
from snmp.operations import Operation
from snmp.responder import Responder
from snmp.steps import Ignored, Send, Step
from snmp.usm_keys import Password, UsmUser
from snmp.usm_protocols import AuthProtocol, PrivProtocol, SecurityLevel

COMMUNITY = b"lighthouse"
ENGINE_ID = b"\x80\x00\x1f\x88\x04haidang-snmpd"
# What net-snmp calls our protocols.
AUTH = {
    AuthProtocol.MD5: "MD5",
    AuthProtocol.SHA_1: "SHA",
    AuthProtocol.SHA_224: "SHA-224",
    AuthProtocol.SHA_256: "SHA-256",
    AuthProtocol.SHA_384: "SHA-384",
    AuthProtocol.SHA_512: "SHA-512",
}
PRIV = {
    PrivProtocol.DES: "DES",
    PrivProtocol.AES_128: "AES",
    PrivProtocol.AES_192: "AES-192",
    PrivProtocol.AES_256: "AES-256",
    PrivProtocol.AES_192_C: "AES-192-C",
    PrivProtocol.AES_256_C: "AES-256-C",
}
PAIRS = [(auth, priv) for auth in AUTH for priv in PRIV]
AUTH_PASSWORD = "authentication-word"
PRIV_PASSWORD = "privacy-word"


def missing() -> str | None:
    """Return what a machine lacks for these tests, None if nothing."""
    tools = ("snmpget", "snmpbulkget", "snmpbulkwalk", "snmpwalk", "snmpset")
    absent = [tool for tool in tools if shutil.which(tool) is None]
    if find_snmpd() is None:
        absent.insert(0, "snmpd")
    return f"not installed: {', '.join(absent)} (Debian packages snmpd, snmp)" if absent else None


def user_of(auth: AuthProtocol | None, priv: PrivProtocol | None, level: str = "authPriv") -> UsmUser:
    """Return our side of the user that `usm_snmpd` has for this pair; without `priv` at authNoPriv."""
    name = "plain" if auth is None else f"{AUTH[auth]}.{PRIV[priv or PrivProtocol.DES]}.{level}"
    return UsmUser(
        name=name.lower().encode(),
        auth=auth,
        auth_secret=None if auth is None else Password.from_text(AUTH_PASSWORD),
        priv=priv,
        priv_secret=None if priv is None else Password.from_text(PRIV_PASSWORD),
    )


def snmpd(directory: Path, port: int, boots: int = 0) -> Child:
    """Return an unstarted snmpd with all users, and with authNoPriv and noAuthNoPriv ones.

    It raises `boots` by one when it starts.
    """
    users = []
    extra = [
        f"engineBoots {boots}",
        # Without it snmpd takes its engine id for a new one, and begins at boots 1.
        f"oldEngineID 0x{ENGINE_ID.hex()}",
        "createUser plain",
        "rouser plain noauth",
        "sysDescr An agent under test",
        "sysName Hải Đăng",
        "sysLocation " + "x" * 100,
    ]
    for auth, priv in PAIRS:
        for level in ("authPriv", "authNoPriv") if priv is PrivProtocol.DES else ("authPriv",):
            name = user_of(auth, priv, level).name.decode()
            user = SnmpdUser(
                name=name,
                auth=AUTH[auth],
                auth_password=AUTH_PASSWORD,
                priv=PRIV[priv],
                priv_password=PRIV_PASSWORD,
            )
            users.append(user)
            if level == "authNoPriv":
                extra.append(f"rouser {name} auth")
    text = configuration(
        listen=(f"udp:127.0.0.1:{port}",),
        users=tuple(users),
        community=COMMUNITY.decode(),
        extra=tuple(extra),
    )
    return snmpd_child(directory, text)


@contextmanager
def running_snmpd(directory: Path, port: int | None = None, boots: int = 0) -> Iterator[int]:
    """Run that snmpd and yield its port."""
    port = free_port(kind=socket.SOCK_DGRAM) if port is None else port
    with snmpd(directory, port, boots) as child:
        child.wait_until(lambda: answers("127.0.0.1", port, COMMUNITY.decode()))
        yield port


class Talker:
    """Our manager over a blocking socket: one exchange at a time, retransmitting like a poller."""

    def __init__(self, port: int, *, timeout: float = 2.0) -> None:
        self.identifiers = Identifiers(secrets.token_bytes)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.connect(("127.0.0.1", port))
        self.socket.settimeout(timeout)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def ask(self, session: Session, operation: Operation, *, transmissions: int = 3) -> Step | None:
        """Return the outcome, or None for silence."""
        exchange = session.start(operation, time.monotonic())
        for number in range(transmissions):
            if number:
                exchange.resend(time.monotonic())
            self.socket.send(exchange.datagram)
            step = self.listen(exchange)
            if step is not None:
                return step
        return None

    def listen(self, exchange: Exchange) -> Step | None:
        """Return the first outcome that ends the exchange or hints at why not; None at the time-out."""
        while True:
            try:
                datagram = self.socket.recv(65_535)
            except TimeoutError:
                return None
            if peek_message_id(datagram) not in exchange.message_ids:
                continue
            step = exchange.receive(datagram, time.monotonic())
            if isinstance(step, Send):
                self.socket.send(step.datagram)
            elif not isinstance(step, Ignored):
                return step


@contextmanager
def served(responder: Responder) -> Iterator[int]:
    """Answer for the responder on a loopback port until the block ends."""
    identifiers = Identifiers(secrets.token_bytes)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        port: int = server.getsockname()[1]

        def run() -> None:
            while True:
                datagram, sender = server.recvfrom(65_535)
                if datagram == b"stop":
                    return
                reply = responder.respond(datagram, time.monotonic(), identifiers.salt())
                if reply is not None:
                    server.sendto(reply, sender)

        thread = threading.Thread(target=run, name="responder")
        thread.start()
        try:
            yield port
        finally:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stopper:
                stopper.sendto(b"stop", ("127.0.0.1", port))
            thread.join()


def tool(name: str, directory: Path, port: int, options: list[str], *arguments: str) -> tuple[int, str]:
    """Run one of net-snmp's tools; return its exit code, and output and errors together."""
    # The tools announce on standard error every folder that they have to make.
    persistent = directory / "tools"
    (persistent / "cert_indexes").mkdir(parents=True, exist_ok=True)
    env = {
        **os.environ,
        "MIBS": "",
        "SNMPCONFPATH": str(directory),
        "SNMP_PERSISTENT_DIR": str(persistent),
    }
    command = [name, "-On", "-t", "2", "-r", "1", *options, f"udp:127.0.0.1:{port}", *arguments]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=30, check=False)
    return done.returncode, done.stdout + done.stderr


def v3_options(user: UsmUser, level: str = "authPriv") -> list[str]:
    """Return the options by which net-snmp's tools become this user."""
    options = ["-v3", "-u", user.name.decode(), "-l", level]
    if user.auth is not None and level != "noAuthNoPriv":
        options += ["-a", AUTH[user.auth], "-A", AUTH_PASSWORD]
    if user.priv is not None and level == "authPriv":
        options += ["-x", PRIV[user.priv], "-X", PRIV_PASSWORD]
    return options


def all_accesses() -> list[Access]:
    """Return every pair's user for our engine, and one for each lower level."""
    users = [user_of(auth, priv) for auth, priv in PAIRS]
    users += [user_of(auth, None, "authNoPriv") for auth in AUTH]
    return [Access(user=user) for user in users] + [
        Access(user=user_of(None, None), min_level=SecurityLevel.NO_AUTH_NO_PRIV)
    ]
