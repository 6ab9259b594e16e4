"""Our engine against net-snmp's tools: every pair of algorithms, every operation, every error they know."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from snmp import counters
from snmp.ber import Oid
from snmp.engine import Engine, access_table
from snmp.responder import Responder
from snmp.smi import (
    counter32,
    counter64,
    format_oid,
    gauge32,
    integer,
    ip_address,
    object_identifier,
    octets,
    opaque,
    time_ticks,
)
from snmp.tree import SortedTree, Source
from snmp.usm_keys import Password, UsmUser
from snmp.usm_protocols import AuthProtocol, PrivProtocol
from tests.peers import snmp_net_snmp as net_snmp
from tests.peers.snmp_net_snmp import PAIRS, tool, user_of, v3_options

pytestmark = pytest.mark.skipif(net_snmp.missing() is not None, reason=str(net_snmp.missing()))

ENGINE_ID = b"\x80\x00\x1f\x88\x04haidang-agent"
BASE: Oid = (1, 3, 6, 1, 4, 1, 99999, 1)
VALUES: dict[Oid, Source] = {
    (*BASE, 1, 0): integer(-5),
    (*BASE, 2, 0): octets("lighthouse"),
    (*BASE, 3, 0): object_identifier((1, 3, 6, 1)),
    (*BASE, 4, 0): ip_address(bytes((127, 0, 0, 1))),
    (*BASE, 5, 0): counter32(0xFFFF_FFFF),
    (*BASE, 6, 0): gauge32(5),
    (*BASE, 7, 0): time_ticks(123_456),
    (*BASE, 8, 0): counter64(0xFFFF_FFFF_FFFF_FFFF),
    (*BASE, 9, 0): opaque(bytes.fromhex("9f78043f800000")),
    (*BASE, 10, 0): lambda: octets("computed"),
}
PRINTED = [
    "INTEGER: -5",
    'STRING: "lighthouse"',
    "OID: .1.3.6.1",
    "IpAddress: 127.0.0.1",
    "Counter32: 4294967295",
    "Gauge32: 5",
    "Timeticks: (123456) 0:20:34.56",
    "Counter64: 18446744073709551615",
    "Opaque: Float: 1.000000",
    'STRING: "computed"',
]
TABLE: dict[Oid, Source] = {(*BASE, 20, 1, index): counter64(index << 40) for index in range(1, 501)}
NAME = format_oid((*BASE, 2, 0))
V3 = user_of(AuthProtocol.SHA_256, PrivProtocol.AES_128)
V2C = ["-v2c", "-c", "public"]


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the tools keep their files."""
    return tmp_path_factory.mktemp("tools")


@pytest.fixture(scope="module")
def engine() -> Engine:
    """An engine with all users."""
    return Engine(
        ENGINE_ID,
        boots=3,
        started_at=time.monotonic() - 1_000,
        users=access_table(net_snmp.all_accesses()),
        max_size=65_507,
    )


@pytest.fixture(scope="module")
def port(engine: Engine) -> Iterator[int]:
    """The port where it answers."""
    tree = SortedTree(VALUES | TABLE | engine.items(time.monotonic))
    with net_snmp.served(Responder(engine, tree, communities=[b"public"])) as port:
        yield port


@pytest.mark.parametrize(("auth", "priv"), PAIRS, ids=[f"{auth.label}+{priv.label}" for auth, priv in PAIRS])
def test_every_pair_of_algorithms_is_understood(
    directory: Path, port: int, auth: AuthProtocol, priv: PrivProtocol
) -> None:
    """snmpget and snmpbulkget believe our answers, for one variable and for many."""
    options = v3_options(user_of(auth, priv))
    assert tool("snmpget", directory, port, options, NAME) == (0, f'.{NAME} = STRING: "lighthouse"\n')
    code, output = tool("snmpbulkget", directory, port, ["-Cr30", *options], format_oid(BASE))
    assert code == 0, output
    assert len(output.splitlines()) == 30


@pytest.mark.parametrize("auth", list(AuthProtocol))
def test_every_authentication_works_without_privacy(directory: Path, port: int, auth: AuthProtocol) -> None:
    """authNoPriv, for a user whose minimum that is."""
    options = v3_options(user_of(auth, None, "authNoPriv"), "authNoPriv")
    assert tool("snmpget", directory, port, options, NAME)[0] == 0


@pytest.mark.parametrize(
    "options",
    [V2C, ["-v3", "-u", "plain", "-l", "noAuthNoPriv"], v3_options(V3)],
    ids=["v2c", "noAuthNoPriv", "authPriv"],
)
def test_every_type_prints_as_it_should(directory: Path, port: int, options: list[str]) -> None:
    """net-snmp's reading of each SMI type is ours."""
    names = [format_oid(oid) for oid in VALUES]
    code, output = tool("snmpget", directory, port, options, *names)
    assert code == 0
    assert output.splitlines() == [f".{n} = {text}" for n, text in zip(names, PRINTED, strict=True)]


def test_v1_sees_all_but_counter64(directory: Path, port: int) -> None:
    """A v1 walk passes over it and goes on; a v1 GET of it is noSuchName."""
    options = ["-v1", "-c", "public", "-Oq"]
    _, output = tool("snmpwalk", directory, port, options, format_oid(BASE))
    names = [line.split()[0] for line in output.splitlines() if line.startswith(f".{format_oid(BASE)}.")]
    assert names == [f".{format_oid(oid)}" for oid in VALUES if oid[-2] != 8]
    code, output = tool("snmpget", directory, port, options, format_oid((*BASE, 8, 0)))
    assert code == 2
    assert "(noSuchName) There is no such variable name in this MIB." in output


@pytest.mark.parametrize("command", ["snmpwalk", "snmpbulkwalk"])
@pytest.mark.parametrize("options", [V2C, v3_options(V3)], ids=["v2c", "v3"])
def test_walk_finds_everything_in_order(directory: Path, port: int, command: str, options: list[str]) -> None:
    """By GETNEXT and by GETBULK, to the end of the view."""
    code, output = tool(command, directory, port, ["-Oq", *options], "1.3.6.1")
    assert code == 0
    lines = output.splitlines()
    assert "No more variables left in this MIB View" in lines.pop()
    # The engine id is printed over two lines, of which the second has no name.
    assert [line.split()[0][1:] for line in lines if line.startswith(".")] == [
        format_oid(oid) for oid in sorted((*VALUES, *TABLE, *_engine_oids()))
    ]


def _engine_oids() -> list[Oid]:
    return list(Engine(ENGINE_ID, boots=1, started_at=0.0).items(lambda: 0.0))


def test_large_bulk_answers_arrive_whole(directory: Path, port: int) -> None:
    """Five hundred repetitions in one answer of the size both sides take."""
    code, output = tool(
        "snmpbulkget", directory, port, ["-Cr500", *v3_options(V3)], format_oid((*BASE, 20, 1))
    )
    assert (code, len(output.splitlines())) == (0, 500)


@pytest.mark.parametrize(
    ("suffix", "text"),
    [
        ("2.5", "No Such Instance currently exists at this OID"),
        ("77.0", "No Such Object available on this agent at this OID"),
    ],
)
def test_exceptions_are_understood(directory: Path, port: int, suffix: str, text: str) -> None:
    """noSuchInstance and noSuchObject."""
    name = f"{format_oid(BASE)}.{suffix}"
    assert tool("snmpget", directory, port, v3_options(V3), name) == (0, f".{name} = {text}\n")


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (v3_options(V3), "notWritable (That object does not support modification)"),
        (V2C, "notWritable (That object does not support modification)"),
        (["-v1", "-c", "public"], "(noSuchName) There is no such variable name in this MIB."),
    ],
    ids=["v3", "v2c", "v1"],
)
def test_set_is_refused(directory: Path, port: int, options: list[str], reason: str) -> None:
    """Each version with its own error."""
    code, output = tool("snmpset", directory, port, options, NAME, "s", "dark")
    assert code == 2
    assert f"Reason: {reason}\nFailed object: .{NAME}" in output
    assert 'STRING: "lighthouse"' in tool("snmpget", directory, port, options, NAME)[1]


def _other_password(option: str) -> list[str]:
    options = v3_options(V3)
    options[options.index(option) + 1] = "another password"
    return options


STRANGER = UsmUser(name=b"plain", auth=AuthProtocol.MD5, auth_secret=Password(b"x" * 8))
DENIED = "authorizationError (access denied to that object)"


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (_other_password("-A"), ("Authentication failure (incorrect password", counters.WRONG_DIGESTS)),
        (_other_password("-X"), ("Decryption error", counters.DECRYPTION_ERRORS)),
        (["-v3", "-u", "nobody", "-l", "noAuthNoPriv"], ("Unknown user name", counters.UNKNOWN_USER_NAMES)),
        (v3_options(STRANGER, "authNoPriv"), ("Unsupported security level", counters.UNSUPPORTED_SEC_LEVELS)),
        (["-n", "vlan-7", *v3_options(V3)], ("Bad context specified", counters.UNKNOWN_CONTEXTS)),
        (v3_options(V3, "authNoPriv"), (DENIED, None)),
        (v3_options(V3, "noAuthNoPriv"), (DENIED, None)),
    ],
    ids=["password", "privacy", "user", "level", "context", "authNoPriv", "noAuthNoPriv"],
)
def test_refusals_are_understood(
    directory: Path, port: int, engine: Engine, options: list[str], expected: tuple[str, Oid | None]
) -> None:
    """net-snmp tells its user the cause that we report, and we have counted it."""
    text, counter = expected
    before = engine.counters.get(counter, 0) if counter else 0
    code, output = tool("snmpget", directory, port, options, NAME)
    assert code != 0
    assert text in output
    assert counter is None or engine.counters[counter] > before


def test_wrong_community_is_silence(directory: Path, port: int) -> None:
    """As RFC 1157 section 4.1 wants it."""
    code, output = tool("snmpget", directory, port, ["-v2c", "-c", "private", "-t0.3", "-r0"], NAME)
    assert (code, "Timeout: No Response" in output) == (1, True)


def test_manager_with_an_old_clock_is_put_right(directory: Path, port: int, engine: Engine) -> None:
    """A tool told false boots and time obeys our signed Report and succeeds."""
    before = engine.counters.get(counters.NOT_IN_TIME_WINDOWS, 0)
    options = ["-e", ENGINE_ID.hex(), "-Z", "1,5", *v3_options(V3)]
    code, output = tool("snmpget", directory, port, options, NAME)
    assert (code, output) == (0, f'.{NAME} = STRING: "lighthouse"\n')
    assert engine.counters[counters.NOT_IN_TIME_WINDOWS] == before + 1
