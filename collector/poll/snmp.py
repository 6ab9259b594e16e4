"""Polls devices by SNMP: exact instances in as few packets as fit, or a walk to find out which there are."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from collector.inventory.values import Probe
from collector.model import Check, Fault, Got, Reply, SnmpAsk, Walk, Walked
from collector.poll.base import Note, Timing, send_reason
from collector.poll.snmp_discover import WALKS_AT_ONCE, walk
from collector.poll.snmp_failure import Failure
from collector.poll.snmp_get import get
from collector.poll.snmp_peer import AskedAs, Peer
from collector.poll.snmp_talk import Talk
from collector.poll.udp import UdpHub
from snmp.identifiers import Identifiers
from snmp.manager import Credential, Session
from snmp.retry import RoundTrip


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
        self._walks = asyncio.Semaphore(WALKS_AT_ONCE)
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
            answer: Got | Walked | Failure
            try:
                if isinstance(request.ask, Walk):
                    answer = await walk(talk, peer, request.ask, self._walks)
                else:
                    answer = await get(talk, peer, request.ask)
            except OSError as error:
                answer = Failure(send_reason(error), error.strerror or str(error))
            if talk.best_rtt is None:
                # Who cannot decrypt our requests may be silent, but tells its engine: next time we ask that.
                peer.session.forget()
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

    def _check(self, talk: Talk, timing: Timing, answer: Got | Walked | Failure) -> Check:
        done_at = self._mono()
        if isinstance(answer, Failure):
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
