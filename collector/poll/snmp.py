"""Polls devices by SNMP: exact instances in as few packets as fit, or a walk to find out which there are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from collector.inventory.values import Probe
from collector.model import (
    Check,
    EngineTime,
    Fault,
    Get,
    Got,
    Oid,
    Reason,
    Reply,
    SnmpAsk,
    SnmpValue,
    Walk,
    Walked,
)
from collector.poll.base import Note, Timing, send_reason
from collector.poll.snmp_peer import AskedAs, Peer
from collector.poll.snmp_talk import Result, Talk, Unanswered
from collector.poll.udp import UdpHub
from snmp import walk as snmp_walk
from snmp.errors import Reason as SnmpReason
from snmp.identifiers import Identifiers
from snmp.manager import Credential, Session
from snmp.operations import Get as SnmpGet
from snmp.pdu import ErrorStatus
from snmp.prepared import PreparedGet
from snmp.retry import RoundTrip
from snmp.steps import Answer, Refusal, Values

_REASONS = {
    SnmpReason.MALFORMED: Reason.MALFORMED,
    SnmpReason.BAD_DIGEST: Reason.BAD_DIGEST,
    SnmpReason.UNKNOWN_USER: Reason.UNKNOWN_USER,
    SnmpReason.WRONG_KEY: Reason.WRONG_KEY,
    SnmpReason.SECURITY_LEVEL: Reason.SECURITY_LEVEL,
    SnmpReason.DECRYPTION: Reason.DECRYPTION,
    SnmpReason.NOT_IN_WINDOW: Reason.NOT_IN_WINDOW,
    SnmpReason.UNKNOWN_ENGINE: Reason.UNKNOWN_ENGINE,
    SnmpReason.ERROR_STATUS: Reason.ERROR_STATUS,
    SnmpReason.TOO_LARGE: Reason.TOO_LARGE,
    SnmpReason.UNEXPECTED: Reason.MALFORMED,
}


_FIRST: Oid = (1, 3, 6, 1, 2, 1, 1, 3, 0)
"""sysUpTime.0: what a walk asks before all else, to know whether the device answers us at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SnmpRequest:
    """One question to a device. `timeout_s` bounds a single wait, `retries` how often it is sent again."""

    address: str
    port: int
    credential: Credential
    ask: SnmpAsk
    timeout_s: float
    retries: int


class SnmpPoller:
    """Polls by SNMP over one socket a family. `random_bytes` must be unguessable."""

    def __init__(self, *, mono: Callable[[], float], random_bytes: Callable[[int], bytes]) -> None:
        self._mono = mono
        self._identifiers = Identifiers(random_bytes)
        self._hub = UdpHub()
        self._peers: dict[tuple[str, int], Peer] = {}

    async def poll(self, request: SnmpRequest, timing: Timing, note: Note | None = None) -> Check:
        """Ask the request's question; see Poller."""
        peer = self._peer(request)
        with Talk(
            self._hub,
            (request.address, request.port),
            peer.session,
            peer.round_trip,
            deadline_at=timing.deadline_at,
            mono=self._mono,
            note=note,
        ) as talk:
            answer: Got | Walked | _Failure
            try:
                if isinstance(request.ask, Walk):
                    answer = await self._walk(talk, peer, request.ask)
                else:
                    answer = await self._get(talk, peer, request.ask)
            except OSError as error:
                answer = _Failure(send_reason(error), error.strerror or str(error))
            return self._check(talk, timing, answer)

    async def close(self) -> None:
        """Close the sockets."""
        self._hub.close()

    @property
    def strangers(self) -> int:
        """Datagrams that came from nobody who was asked, since the start."""
        return self._hub.strangers

    def retain(self, addresses: frozenset[tuple[str, int]]) -> None:
        """Forget what was learned of devices at other addresses."""
        self._peers = {address: peer for address, peer in self._peers.items() if address in addresses}

    def _peer(self, request: SnmpRequest) -> Peer:
        address = (request.address, request.port)
        asked_as = AskedAs(
            credential=request.credential, timeout_s=request.timeout_s, retries=request.retries
        )
        peer = self._peers.get(address)
        if peer is None or peer.asked_as != asked_as:
            peer = self._peers[address] = Peer(
                asked_as=asked_as,
                session=Session(request.credential, self._identifiers),
                round_trip=RoundTrip(ceiling=request.timeout_s, retries=request.retries),
            )
        return peer

    async def _get(self, talk: Talk, peer: Peer, ask: Get) -> Got | _Failure:
        packets = peer.packets(ask)
        results = await talk.ask(packets)
        values = _all_values(results)
        if values is not None and not peer.refused:
            peer.all_arrived(ask, largest=talk.largest, resent=talk.resent)
            return Got(values=values, engine=_engine(talk))
        if talk.first_answer_at is None and packets and packets[0].oids[1:]:
            # Silent, or are only its answers too large for the path? One small question tells.
            small = PreparedGet(packets[0].oids[:1])
            packets, results = (*packets, small), [*results, *await talk.ask([small], once=True)]
        return await self._piece_together(talk, peer, ask, packets, results)

    async def _piece_together(
        self,
        talk: Talk,
        peer: Peer,
        ask: Get,
        packets: Sequence[PreparedGet],
        results: Sequence[Result],
    ) -> Got | _Failure:
        """Make the best of a poll in which not every packet was answered with values."""
        found: dict[Oid, SnmpValue | None] = dict.fromkeys(peer.refused)
        failed: Refusal | Unanswered | None = None
        too_large = False
        # A limit that is still on trial must not cost a poll: what was lost is asked for in smaller packets.
        lost_for_size = (
            peer.size.on_trial and talk.first_answer_at is not None and self._mono() < talk.deadline_at
        )
        questions = list(zip(packets, results, strict=True))
        while questions:
            again: list[PreparedGet] = []
            for packet, result in questions:
                if isinstance(result, Values):
                    found.update(zip(packet.oids, result.values, strict=True))
                elif len(packet.oids) > 1 and (
                    lost_for_size if isinstance(result, Unanswered) else _says_too_large(result)
                ):
                    too_large = True
                    again += packet.halves()
                elif isinstance(result, Refusal) and _names_one(result, packet):
                    # v1 says noSuchName for the whole packet, and any agent may fail over one instance.
                    peer.refuse(packet.oids[result.index - 1])
                    rest = packet.without(result.index)
                    again += () if rest is None else (rest,)
                elif isinstance(result, Refusal | Unanswered):
                    failed = failed or result
            lost_for_size = False
            questions = list(zip(again, await talk.ask(again), strict=True)) if again else []
        if too_large or isinstance(failed, Unanswered):
            peer.too_large()
        lost = sum(name not in found for name in ask.names)
        if failed is not None and not found.keys() - peer.refused and lost:
            return _failure(failed, talk)
        return Got(
            values=tuple(found.get(name) for name in ask.names),
            lost=lost,
            lost_to=None if failed is None else _failure(failed, talk).reason,
            engine=_engine(talk),
        )

    async def _walk(self, talk: Talk, peer: Peer, ask: Walk) -> Walked | _Failure:
        (first,) = await talk.ask([SnmpGet((_FIRST,))])
        if isinstance(first, Unanswered) or (
            isinstance(first, Refusal) and first.reason is not SnmpReason.ERROR_STATUS
        ):
            return _failure(first, talk)
        peer.discovered()
        rows: dict[Oid, SnmpValue] = {}
        failures: dict[Oid, _Failure] = {}
        pending, room = [ask.subtrees], snmp_walk.Room()
        while pending:
            roots = pending.pop(0)
            failed = await self._walk_together(talk, peer, roots, rows, room)
            if len(roots) > 1:
                # One bad subtree may have taken its neighbours along: each gets a chance of its own.
                pending += [(root,) for root in failed]
            else:
                failures |= failed
        if not rows and failures:
            return next(iter(failures.values()))
        return Walked(
            rows=rows,
            failures={root: failure.reason for root, failure in failures.items()},
            engine=_engine(talk),
        )

    async def _walk_together(
        self,
        talk: Talk,
        peer: Peer,
        roots: Sequence[Oid],
        rows: dict[Oid, SnmpValue],
        room: snmp_walk.Room,
    ) -> dict[Oid, _Failure]:
        """Read subtrees side by side into `rows`; return those that failed."""
        walk = snmp_walk.Walk(roots, bulk=peer.session.bulk, room=room)
        unanswered: dict[Oid, _Failure] = {}
        while (question := walk.request()) is not None:
            result = (await talk.ask([question]))[0]
            if isinstance(result, Answer):
                walk.feed(result.varbinds)
            elif isinstance(result, Refusal):
                walk.refuse(result)
            elif isinstance(result, Unanswered) and not self._shrinks(talk, walk, result):
                failure = _failure(result, talk)
                before = set(walk.failures)
                walk.fail(SnmpReason.UNEXPECTED, failure.detail)
                unanswered |= dict.fromkeys(walk.failures.keys() - before, failure)
        rows.update((name, value) for name, value in walk.rows.items() if value is not None)
        refused = {
            root: _Failure(_REASONS[failure.reason], failure.detail)
            for root, failure in walk.failures.items()
        }
        return refused | unanswered

    def _shrinks(self, talk: Talk, walk: snmp_walk.Walk, result: Unanswered) -> bool:
        """Return True if it is worth asking again for less: the answer may have been too large to arrive."""
        return result.hint is None and self._mono() < talk.deadline_at and walk.shrink()

    def _check(self, talk: Talk, timing: Timing, answer: Got | Walked | _Failure) -> Check:
        done_at = self._mono()
        if isinstance(answer, _Failure):
            return Fault(
                probe=Probe.SNMP,
                reason=answer.reason,
                detail=answer.detail,
                sent_at=timing.started_at,
                done_at=done_at,
                answered_at=talk.first_answer_at,
                packets_sent=talk.sent,
                packets_received=talk.received,
            )
        return Reply(
            probe=Probe.SNMP,
            sent_at=timing.started_at,
            answered_at=talk.first_answer_at or done_at,
            done_at=done_at,
            rtt_s=talk.best_rtt or 0.0,
            packets_sent=talk.sent,
            packets_received=talk.received,
            payload=answer,
        )


def _all_values(results: Sequence[Result]) -> tuple[SnmpValue | None, ...] | None:
    values: list[SnmpValue | None] = []
    for result in results:
        if not isinstance(result, Values):
            return None
        values += result.values
    return tuple(values)


def _says_too_large(result: Result) -> bool:
    """Return True for tooBig, and for the genErr without an index that some agents say in its place."""
    return isinstance(result, Refusal) and (
        result.reason is SnmpReason.TOO_LARGE or (result.status == ErrorStatus.GEN_ERR and not result.index)
    )


def _names_one(refusal: Refusal, packet: PreparedGet) -> bool:
    return refusal.reason is SnmpReason.ERROR_STATUS and 1 <= refusal.index <= len(packet.oids)


@dataclass(frozen=True, slots=True)
class _Failure:
    """A poll without values: the reason and what is known about it."""

    reason: Reason
    detail: str


def _failure(result: Refusal | Unanswered, talk: Talk) -> _Failure:
    refusal = result.hint if isinstance(result, Unanswered) else result
    if refusal is not None:
        return _Failure(_REASONS[refusal.reason], refusal.detail)
    if talk.first_answer_at is None:
        doubt = " (v1 and v2c cannot tell a wrong community from silence)" if talk.unauthenticated else ""
        return _Failure(Reason.TIMEOUT, f"no answer to {talk.sent} packets{doubt}")
    if talk.best_rtt is None:
        doubt = "it tells its engine, but answers no request: a device that cannot decrypt may stay silent"
        return _Failure(Reason.DEADLINE, doubt)
    return _Failure(Reason.DEADLINE, "some packets came back, but not all in time")


def _engine(talk: Talk) -> EngineTime | None:
    engine = talk.engine
    return None if engine is None else EngineTime(boots=engine.boots, time_s=engine.time_s)
