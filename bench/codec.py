"""CPU of one device poll in the codec: 448 variables in 11 GETs, against pysnmp on the same octets.

    .venv/bin/python -m bench.codec [--polls 500] [--pysnmp-polls 10] [--rounds 5]

Prints median and least of the rounds and writes them to bench/results/codec-<date>.json. CPU is user + system time
of this process; over the socket, the device is a process of its own. pysnmp only decodes (in v3: authenticates,
decrypts and decodes); nothing of its engine is counted.
"""

from __future__ import annotations

import argparse
import secrets
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from multiprocessing import get_context
from multiprocessing.connection import Connection
from statistics import median

import cryptography
import pysnmp
from pyasn1.codec.ber import decoder
from pyasn1.type import univ
from pysnmp.proto.mpmod.rfc3412 import ScopedPDU, SNMPv3Message
from pysnmp.proto.rfc1901 import Message
from pysnmp.proto.secmod.rfc3414.service import UsmSecurityParameters
from pysnmp.proto.secmod.rfc3826.priv.aes import Aes
from pysnmp.proto.secmod.rfc7860.auth.hmacsha2 import HmacSha2

from bench.measure import save, show
from snmp.community_exchange import Community
from snmp.engine import Access, Engine, access_table
from snmp.exchange import Exchange
from snmp.identifiers import Identifiers
from snmp.manager import Credential, Session
from snmp.message import Version, peek_message_id
from snmp.operations import Get
from snmp.prepared import PreparedGet, prepare
from snmp.responder import Responder
from snmp.smi import counter32, counter64, gauge32, integer, time_ticks
from snmp.steps import Answer, Send, Values
from snmp.tree import SortedTree, Source
from snmp.usm_keys import Password, UsmUser
from snmp.usm_protocols import AuthProtocol, PrivProtocol

UNIT = "CPU seconds per 1,000 polls of 448 variables in 11 packets; v3 is SHA-256 with AES-128"
INTERFACES = 32
WINDOW = 48
ENGINE_ID = b"\x80\x00\x00\x00\x05bench"
COMMUNITY = Community(version=Version.V2C, name=b"public")
USER = UsmUser(
    name=b"bench",
    auth=AuthProtocol.SHA_256,
    auth_secret=Password.from_text("bench-auth-password"),
    priv=PrivProtocol.AES_128,
    priv_secret=Password.from_text("bench-priv-password"),
)
_IF_ENTRY = (1, 3, 6, 1, 2, 1, 2, 2, 1)
_IFX_ENTRY = (1, 3, 6, 1, 2, 1, 31, 1, 1, 1)
_HIGH = 0xFEDC_BA98


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """CPU seconds per 1,000 polls of 448 variables in 11 packets."""

    what: str
    version: str
    median: float
    least: float


def columns() -> dict[tuple[int, ...], Callable[[int], Source]]:
    """Return the 14 columns that a poll wants: states, speeds, octets, packets, errors, discards."""
    return {
        (*_IF_ENTRY, 7): lambda _: integer(1),
        (*_IF_ENTRY, 8): lambda _: integer(1),
        (*_IF_ENTRY, 9): lambda index: time_ticks(index * 1_000),
        (*_IF_ENTRY, 13): counter32,
        (*_IF_ENTRY, 14): lambda _: counter32(0),
        (*_IF_ENTRY, 19): lambda index: counter32(index * 7),
        (*_IF_ENTRY, 20): lambda _: counter32(0),
        (*_IFX_ENTRY, 6): lambda index: counter64(_HIGH * _HIGH + index),
        (*_IFX_ENTRY, 7): lambda index: counter64(_HIGH * 99 + index),
        (*_IFX_ENTRY, 9): lambda index: counter64(_HIGH + index),
        (*_IFX_ENTRY, 10): lambda index: counter64(_HIGH * _HIGH - index),
        (*_IFX_ENTRY, 11): lambda index: counter64(_HIGH * 77 + index),
        (*_IFX_ENTRY, 15): lambda _: gauge32(1_000),
        (*_IFX_ENTRY, 19): lambda _: time_ticks(0),
    }


def device(started_at: float) -> tuple[Responder, tuple[PreparedGet, ...]]:
    """Return a device of 32 interfaces and the GETs that poll it."""
    items = {
        (*column, index): make(index)
        for column, make in columns().items()
        for index in range(1, INTERFACES + 1)
    }
    engine = Engine(
        ENGINE_ID,
        boots=5,
        started_at=started_at - 86_400,
        users=access_table([Access(user=USER)]),
        max_size=1_472,
    )
    responder = Responder(engine, SortedTree(items), communities=[COMMUNITY.name])
    return responder, prepare(list(items), max_size=1_472, max_varbinds=41)


def measure_codec(version: str, credential: Credential, polls: int) -> tuple[list[Result], list[bytes]]:
    """Encode and decode `polls` polls in memory; also return one poll's answers for the judge."""
    identifiers = Identifiers(secrets.token_bytes)
    responder, gets = device(0.0)
    session = Session(credential, identifiers)
    warm_up(session, responder, identifiers)
    cpu = {"encode": 0.0, "agent: answer": 0.0, "decode": 0.0, "decode generically": 0.0}
    answers: list[bytes] = []
    for _ in range(polls):
        with timed(cpu, "encode"):
            exchanges = [session.start(get, 0.0) for get in gets]
        with timed(cpu, "agent: answer"):
            answers = [respond(responder, exchange, identifiers) for exchange in exchanges]
        with timed(cpu, "decode"):
            steps = [
                exchange.receive(answer, 0.0) for exchange, answer in zip(exchanges, answers, strict=True)
            ]
        assert all(isinstance(step, Values) for step in steps)
        generic = [session.start(Get(get.oids), 0.0) for get in gets]
        again = [respond(responder, exchange, identifiers) for exchange in generic]
        with timed(cpu, "decode generically"):
            steps = [exchange.receive(answer, 0.0) for exchange, answer in zip(generic, again, strict=True)]
        assert all(isinstance(step, Answer) for step in steps)
    cpu["encode + decode"] = cpu["encode"] + cpu["decode"]
    return [result(what, version, seconds, polls) for what, seconds in cpu.items()], answers


@contextmanager
def timed(cpu: dict[str, float], what: str) -> Iterator[None]:
    begun = time.process_time()
    yield
    cpu[what] += time.process_time() - begun


def result(what: str, version: str, cpu_s: float, polls: int) -> Result:
    per_1000 = round(cpu_s / polls * 1_000, 4)
    return Result(what=what, version=version, median=per_1000, least=per_1000)


def warm_up(session: Session, responder: Responder, identifiers: Identifiers) -> None:
    exchange = session.start(Get(((*_IF_ENTRY, 7, 1),)), 0.0)
    while isinstance(exchange.receive(respond(responder, exchange, identifiers), 0.0), Send):
        pass


def respond(responder: Responder, exchange: Exchange, identifiers: Identifiers) -> bytes:
    answer = responder.respond(exchange.datagram, 0.0, identifiers.salt())
    assert answer is not None
    return answer


def measure_socket(version: str, credential: Credential, polls: int) -> Result:
    """Poll over a UDP socket with many packets under way, against a device process."""
    identifiers = Identifiers(secrets.token_bytes)
    with device_process() as port, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.connect(("127.0.0.1", port))
        sock.settimeout(5.0)
        _, gets = device(0.0)
        session = Session(credential, identifiers)
        poll(sock, session, gets[:1], 1)
        begun = time.process_time()
        poll(sock, session, gets, polls)
        cpu = time.process_time() - begun
    return result("encode + send + receive + decode", version, cpu, polls)


def poll(sock: socket.socket, session: Session, gets: tuple[PreparedGet, ...], polls: int) -> None:
    """Keep WINDOW packets under way until all are answered, as a collector with many devices does."""
    waiting = [get for _ in range(polls) for get in gets]
    pending: dict[int, Exchange] = {}
    while waiting or pending:
        while waiting and len(pending) < WINDOW:
            exchange = session.start(waiting.pop(), time.monotonic())
            pending[exchange.message_id] = exchange
            sock.send(exchange.datagram)
        datagram = sock.recv(65_535)
        message_id = peek_message_id(datagram)
        assert message_id is not None
        exchange = pending.pop(message_id)
        step = exchange.receive(datagram, time.monotonic())
        if isinstance(step, Send):
            pending[step.message_id] = exchange
            sock.send(step.datagram)
        else:
            assert isinstance(step, Values)


@contextmanager
def device_process() -> Iterator[int]:
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    child = context.Process(target=serve, args=(theirs,), daemon=True)
    child.start()
    try:
        yield ours.recv()
    finally:
        child.terminate()
        child.join()


def serve(parent: Connection) -> None:
    identifiers = Identifiers(secrets.token_bytes)
    responder, _ = device(time.monotonic())
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        parent.send(sock.getsockname()[1])
        while True:
            datagram, sender = sock.recvfrom(65_535)
            answer = responder.respond(datagram, time.monotonic(), identifiers.salt())
            if answer is not None:
                sock.sendto(answer, sender)


def measure_pysnmp(version: str, answers: list[bytes], polls: int) -> Result:
    """Let pysnmp decode the answers of one poll, again and again."""
    decode = pysnmp_v3() if version == "v3" else pysnmp_v2c
    begun = time.process_time()
    for _ in range(polls):
        for answer in answers:
            decode(answer)
    return result("pysnmp: decode", version, time.process_time() - begun, polls)


def pysnmp_v2c(answer: bytes) -> object:
    message, _ = decoder.decode(answer, asn1Spec=Message())
    return message


def pysnmp_v3() -> Callable[[bytes], object]:
    keys = USER.keys_for(ENGINE_ID)
    auth = HmacSha2(HmacSha2.SHA256_SERVICE_ID)
    priv = Aes()
    auth_key, priv_key = univ.OctetString(keys.auth), univ.OctetString(keys.priv)

    def decode(answer: bytes) -> object:
        message, _ = decoder.decode(answer, asn1Spec=SNMPv3Message())
        usm, _ = decoder.decode(message[2].asOctets(), asn1Spec=UsmSecurityParameters())
        auth.authenticate_incoming_message(auth_key, usm[4], answer)
        plaintext = priv.decrypt_data(priv_key, (usm[1], usm[2], usm[5]), message[3][1])
        scoped, _ = decoder.decode(plaintext, asn1Spec=ScopedPDU())
        return scoped

    return decode


def measure(polls: int, pysnmp_polls: int) -> list[Result]:
    """One round of everything."""
    results: list[Result] = []
    for version, credential in (("v2c", COMMUNITY), ("v3", USER)):
        codec, answers = measure_codec(version, credential, polls)
        results += codec
        results.append(measure_socket(version, credential, polls))
        results.append(measure_pysnmp(version, answers, pysnmp_polls))
    return results


def summarise(rounds: list[list[Result]]) -> list[Result]:
    """Return for each measure the median and the least of the rounds."""
    return [
        replace(same[0], median=median(one.median for one in same), least=min(one.least for one in same))
        for same in zip(*rounds, strict=True)
    ]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--polls", type=int, default=500)
    parser.add_argument("--pysnmp-polls", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    results = summarise([measure(options.polls, options.pysnmp_polls) for _ in range(options.rounds)])
    show(UNIT, ("", "median", "least"), ((f"{r.version} {r.what}", r.median, r.least) for r in results))
    how = f"{options.rounds} rounds of {options.polls} polls, {options.pysnmp_polls} for pysnmp"
    versions = {"pysnmp": pysnmp.__version__, "cryptography": cryptography.__version__}
    save("codec", {**versions, "unit": UNIT, "how": how, "results": [asdict(one) for one in results]})


if __name__ == "__main__":
    main()
