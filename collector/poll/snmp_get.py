"""The hot path: exact instances of one device, poll after poll, in as few packets as fit."""

from __future__ import annotations

from collections.abc import Sequence

from collector.model import Get, Got, Oid, SnmpValue
from collector.poll.snmp_failure import Failure, engine_of, failure_of
from collector.poll.snmp_peer import Peer
from collector.poll.snmp_talk import Result, Talk, Unanswered
from snmp.errors import Reason as SnmpReason
from snmp.pdu import ErrorStatus
from snmp.prepared import PreparedGet
from snmp.steps import Refusal, Values


async def get(talk: Talk, peer: Peer, ask: Get) -> Got | Failure:
    """Ask for exact instances in as few packets as the device is known to answer."""
    packets = peer.packets(ask)
    results = await talk.ask(packets)
    values = _all_values(results)
    if values is not None and not peer.refused:
        peer.all_arrived(ask, largest=talk.largest, resent=talk.resent)
        return Got(values=values, engine=engine_of(talk))
    if talk.first_answer_at is None and packets and packets[0].oids[1:]:
        # Silent, or are only its answers too large for the path, or has it another privacy password? One
        # small question tells, in v3 with discovery before it.
        peer.session.forget()
        small = PreparedGet(packets[0].oids[:1])
        packets, results = (*packets, small), [*results, *await talk.ask([small], once=True)]
    return await _piece_together(talk, peer, ask, packets, results)


async def _piece_together(
    talk: Talk,
    peer: Peer,
    ask: Get,
    packets: Sequence[PreparedGet],
    results: Sequence[Result],
) -> Got | Failure:
    """Make the best of a poll in which not every packet was answered with values."""
    found: dict[Oid, SnmpValue | None] = dict.fromkeys(peer.refused)
    failed: Refusal | Unanswered | None = None
    too_large = False
    # A limit that is still on trial must not cost a poll: what was lost is asked for in smaller packets.
    lost_for_size = peer.size.on_trial and talk.best_rtt is not None and talk.time_left > 0
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
                refused = packet.oids[result.index - 1]
                peer.refuse(refused)
                found[refused] = None
                rest = packet.without(result.index)
                again += () if rest is None else (rest,)
            elif isinstance(result, Refusal | Unanswered):
                failed = failed or result
        lost_for_size = False
        questions = list(zip(again, await talk.ask(again), strict=True)) if again else []
    if too_large or (isinstance(failed, Unanswered) and talk.best_rtt is not None):
        peer.too_large()
    lost = sum(name not in found for name in ask.names)
    if failed is not None and not found.keys() - peer.refused and lost:
        return failure_of(failed, talk)
    return Got(
        values=tuple(found.get(name) for name in ask.names),
        lost=lost,
        lost_to=None if failed is None else failure_of(failed, talk).reason,
        engine=engine_of(talk),
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
