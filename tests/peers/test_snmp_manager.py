"""Our manager against a real snmpd: every pair of algorithms, every operation, every way to be refused."""

from __future__ import annotations

import secrets
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.stack.ports import free_port
from snmp.ber import Oid
from snmp.community_exchange import Community
from snmp.errors import Reason
from snmp.identifiers import Identifiers
from snmp.manager import Credential, Session
from snmp.message import Version
from snmp.operations import Get, GetNext
from snmp.prepared import prepare
from snmp.smi import format_oid
from snmp.steps import Answer, Refusal, Values
from snmp.usm_keys import LocalizedKey, MasterKey, Password, UsmUser, master_key
from snmp.usm_protocols import AuthProtocol, PrivProtocol
from snmp.walk import Walk
from tests.peers import snmp_net_snmp as net_snmp
from tests.peers.snmp_net_snmp import ENGINE_ID, PAIRS, Talker, user_of

pytestmark = pytest.mark.skipif(net_snmp.missing() is not None, reason=str(net_snmp.missing()))

SYSTEM: Oid = (1, 3, 6, 1, 2, 1, 1)
SYS_UP_TIME: Oid = (*SYSTEM, 3, 0)
SYS_NAME: Oid = (*SYSTEM, 5, 0)
SYS_LOCATION: Oid = (*SYSTEM, 6, 0)
V1 = Community(version=Version.V1, name=net_snmp.COMMUNITY)
V2C = Community(version=Version.V2C, name=net_snmp.COMMUNITY)
V3 = user_of(AuthProtocol.SHA_256, PrivProtocol.AES_128)


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where snmpd keeps its files."""
    return tmp_path_factory.mktemp("snmpd")


@pytest.fixture(scope="module")
def port(directory: Path) -> Iterator[int]:
    """A real snmpd with all users."""
    with net_snmp.running_snmpd(directory) as port:
        yield port


@pytest.fixture
def talker(port: int) -> Iterator[Talker]:
    """A socket towards it."""
    with Talker(port) as talker:
        yield talker


def session(credential: Credential, **options: bytes) -> Session:
    """Return a new session."""
    return Session(credential, Identifiers(secrets.token_bytes), **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(("auth", "priv"), PAIRS, ids=[f"{auth.label}+{priv.label}" for auth, priv in PAIRS])
def test_every_pair_of_algorithms_is_understood(
    talker: Talker, auth: AuthProtocol, priv: PrivProtocol
) -> None:
    """Discovery, then messages of growing length, so that every length of DES padding comes up."""
    session_ = session(user_of(auth, priv))
    names: tuple[Oid, ...] = (SYS_NAME, SYS_LOCATION, (*SYSTEM, 4, 0), (*SYSTEM, 1, 0), (*SYSTEM, 2, 0))
    for count in range(1, len(names) + 1):
        answer = talker.ask(session_, Get(names[:count]))
        assert isinstance(answer, Answer), answer
        assert [varbind.oid for varbind in answer.varbinds] == list(names[:count])
        assert answer.varbinds[0].value == "Hải Đăng".encode()
        assert answer.engine is not None
        assert answer.engine.engine_id == ENGINE_ID
        assert answer.engine.boots >= 1


@pytest.mark.parametrize("auth", list(AuthProtocol))
def test_every_authentication_works_without_privacy(talker: Talker, auth: AuthProtocol) -> None:
    """authNoPriv."""
    answer = talker.ask(session(user_of(auth, None, "authNoPriv")), Get((SYS_NAME,)))
    assert isinstance(answer, Answer), answer


def test_user_without_authentication_works(talker: Talker) -> None:
    """noAuthNoPriv; nobody vouches for an engine's clock then."""
    answer = talker.ask(session(user_of(None, None)), Get((SYS_NAME,)))
    assert isinstance(answer, Answer), answer
    assert answer.engine is None


def test_keys_serve_instead_of_passwords(talker: Talker) -> None:
    """Master keys, and keys localised to this engine, which is pinned."""
    auth, priv = AuthProtocol.SHA_1, PrivProtocol.AES_256_C
    user = user_of(auth, priv)
    for word in (net_snmp.AUTH_PASSWORD, net_snmp.PRIV_PASSWORD):
        assert len(master_key(auth, word.encode())) == 20
    keys = user.keys_for(ENGINE_ID)
    for auth_secret, priv_secret in (
        (
            MasterKey(master_key(auth, net_snmp.AUTH_PASSWORD.encode())),
            MasterKey(master_key(auth, net_snmp.PRIV_PASSWORD.encode())),
        ),
        (LocalizedKey(keys.auth), LocalizedKey(keys.priv)),
    ):
        with_keys = UsmUser(
            name=user.name, auth=auth, auth_secret=auth_secret, priv=priv, priv_secret=priv_secret
        )
        answer = talker.ask(session(with_keys, engine_id=ENGINE_ID), Get((SYS_NAME,)))
        assert isinstance(answer, Answer), answer


CREDENTIALS = pytest.mark.parametrize("credential", [V1, V2C, V3], ids=["v1", "v2c", "v3"])


def walked(talker: Talker, credential: Credential, *roots: Oid, max_varbinds: int = 40) -> Walk:
    """Walk these subtrees to their end."""
    session_ = session(credential)
    walk = Walk(roots, bulk=session_.bulk, max_varbinds=max_varbinds)
    while (question := walk.request()) is not None:
        step = talker.ask(session_, question)
        if isinstance(step, Refusal):
            walk.refuse(step)
        else:
            assert isinstance(step, Answer), step
            walk.feed(step.varbinds)
    return walk


@CREDENTIALS
def test_walk_finds_what_net_snmps_walk_finds(
    talker: Talker, directory: Path, port: int, credential: Credential
) -> None:
    """The same instances, in the same order, for several subtrees side by side; strings with their values."""
    roots: list[Oid] = [SYSTEM, (1, 3, 6, 1, 2, 1, 11), (1, 3, 6, 1, 2, 1, 2), (1, 3, 6, 1, 4, 1, 2021, 100)]
    walk = walked(talker, credential, *roots)
    assert walk.failures == {}
    version = {Version.V1: "-v1", Version.V2C: "-v2c"}
    options = (
        [version[credential.version], "-c", credential.name.decode()]
        if isinstance(credential, Community)
        else net_snmp.v3_options(credential)
    )
    for root in roots:
        _, output = net_snmp.tool("snmpwalk", directory, port, ["-Oq", *options], format_oid(root))
        names = [line.split()[0][1:] for line in output.splitlines() if line.startswith(".")]
        ours = [format_oid(oid) for oid in sorted(walk.rows) if oid[: len(root)] == root]
        assert ours == names
        assert ours
    assert walk.rows[SYS_NAME] == "Hải Đăng".encode()


@pytest.mark.parametrize("max_varbinds", [1, 7, 90])
def test_walk_does_not_depend_on_the_size_of_the_question(talker: Talker, max_varbinds: int) -> None:
    """snmpd cuts long answers; nothing is lost or read twice."""
    names = sorted(walked(talker, V3, (1, 3, 6, 1, 2, 1, 11)).rows)
    assert sorted(walked(talker, V3, (1, 3, 6, 1, 2, 1, 11), max_varbinds=max_varbinds).rows) == names


@CREDENTIALS
def test_prepared_gets_bring_what_a_walk_found(talker: Talker, credential: Credential) -> None:
    """The same instances asked by name: static ones have the same values, none is missing."""
    group = (1, 3, 6, 1, 2, 1, 1)
    rows = walked(talker, credential, group).rows
    session_ = session(credential)
    brought: dict[Oid, object] = {}
    for get in prepare(list(rows), max_varbinds=10, value_size=40):
        step = talker.ask(session_, get)
        assert isinstance(step, Values), step
        brought |= dict(zip(get.oids, step.values, strict=True))
    assert brought.keys() == rows.keys()
    assert all(value is not None for value in brought.values())
    assert {oid: value for oid, value in brought.items() if isinstance(value, bytes)} == {
        oid: value for oid, value in rows.items() if isinstance(value, bytes)
    }


def test_missing_instances_are_none(talker: Talker) -> None:
    """noSuchObject and noSuchInstance of a real agent, among values."""
    (get,) = prepare([SYS_NAME, (*SYSTEM, 5, 7), (1, 3, 6, 1, 2, 1, 999, 1), SYS_UP_TIME], value_size=40)
    step = talker.ask(session(V3), get)
    assert isinstance(step, Values)
    assert [value is None for value in step.values] == [False, True, True, False]


def test_missing_instance_in_v1_says_which(talker: Talker) -> None:
    """The rest can be asked without it."""
    session_ = session(V1)
    (get,) = prepare([SYS_NAME, (*SYSTEM, 5, 7), SYS_UP_TIME])
    refusal = talker.ask(session_, get)
    assert isinstance(refusal, Refusal)
    assert (refusal.reason, refusal.detail) == (Reason.ERROR_STATUS, "NO_SUCH_NAME at variable 2")
    rest = get.without(refusal.index)
    assert rest is not None
    assert isinstance(talker.ask(session_, rest), Values)


def test_get_next_goes_on(talker: Talker) -> None:
    """One variable for each name."""
    answer = talker.ask(session(V3), GetNext((SYSTEM, SYS_NAME)))
    assert isinstance(answer, Answer)
    assert [varbind.oid for varbind in answer.varbinds] == [(*SYSTEM, 1, 0), SYS_LOCATION]


OTHER = Password.from_text("not the password")


def spoilt(**changes: object) -> UsmUser:
    """Return the user with something wrong."""
    fields = {name: getattr(V3, name) for name in ("name", "auth", "auth_secret", "priv", "priv_secret")}
    return UsmUser(**(fields | changes))


@pytest.mark.parametrize(
    ("user", "reason"),
    [
        (spoilt(name=b"nobody"), Reason.UNKNOWN_USER),
        (spoilt(auth_secret=OTHER), Reason.WRONG_KEY),
        (spoilt(auth=AuthProtocol.SHA_512), Reason.WRONG_KEY),
        (user_of(AuthProtocol.SHA_256, PrivProtocol.AES_128, "authPriv"), None),
    ],
    ids=["user", "password", "protocol", "right"],
)
def test_refusals_of_a_real_agent_have_their_reason(
    talker: Talker, user: UsmUser, reason: Reason | None
) -> None:
    """Unsigned Reports, so a hint and not final; and the right user is answered."""
    step = talker.ask(session(user), Get((SYS_NAME,)), transmissions=1)
    if reason is None:
        assert isinstance(step, Answer)
    else:
        assert isinstance(step, Refusal), step
        assert (step.reason, step.final) == (reason, False)


def test_wrong_privacy_password_is_silence(port: int) -> None:
    """net-snmp drops what it cannot parse after decrypting, without the Report that RFC 3414 asks for."""
    with Talker(port, timeout=0.3) as talker:
        assert talker.ask(session(spoilt(priv_secret=OTHER)), Get((SYS_NAME,)), transmissions=1) is None


def test_level_too_low_is_an_error_status(talker: Talker) -> None:
    """snmpd wants authPriv of this user and says authorizationError."""
    step = talker.ask(session(spoilt(priv=None, priv_secret=None)), Get((SYS_NAME,)))
    assert isinstance(step, Refusal)
    assert (step.reason, step.detail) == (Reason.ERROR_STATUS, "AUTHORIZATION_ERROR at variable 0")


def test_wrong_community_is_silence(port: int) -> None:
    """v1 and v2c know no other way to say no."""
    credential = Community(version=Version.V2C, name=b"wrong")
    with Talker(port, timeout=0.3) as talker:
        assert talker.ask(session(credential), Get((SYS_NAME,)), transmissions=1) is None


def test_session_outlives_a_restart_of_the_agent(tmp_path: Path) -> None:
    """Boots rise, time begins anew: the same session goes on by itself and knows the new boots."""
    port = free_port(kind=socket.SOCK_DGRAM)
    session_ = session(V3)
    boots = []
    for before in (6, 7):
        with net_snmp.running_snmpd(tmp_path, port, before), Talker(port) as talker:
            answer = talker.ask(session_, Get((SYS_NAME,)))
            assert isinstance(answer, Answer)
            boots.append(answer.engine and answer.engine.boots)
    assert boots == [7, 8]


def test_agent_that_lost_its_boots_is_refused_once_and_then_learned_anew(tmp_path: Path) -> None:
    """Boots that go back look like a replay, so one exchange fails; the device is not lost for good."""
    port = free_port(kind=socket.SOCK_DGRAM)
    session_ = session(V3)
    with net_snmp.running_snmpd(tmp_path, port, 6), Talker(port) as talker:
        assert isinstance(talker.ask(session_, Get((SYS_NAME,))), Answer)
    with net_snmp.running_snmpd(tmp_path, port, 2), Talker(port) as talker:
        assert talker.ask(session_, Get((SYS_NAME,))) == Refusal(
            reason=Reason.NOT_IN_WINDOW, detail="boots went back from 7 to 3", final=True
        )
        assert isinstance(talker.ask(session_, Get((SYS_NAME,))), Answer)


def test_engine_time_of_the_answer_is_the_agents(talker: Talker) -> None:
    """snmpEngineTime, asked as a variable, is what the message's header says, give or take a second."""
    engine_time = (1, 3, 6, 1, 6, 3, 10, 2, 1, 3, 0)
    answer = talker.ask(session(V3), Get((engine_time,)))
    assert isinstance(answer, Answer)
    assert answer.engine is not None
    value = answer.varbinds[0].value
    assert isinstance(value, int)
    assert abs(value - answer.engine.time_s) <= 1
    assert answer.rtt < time.monotonic()
