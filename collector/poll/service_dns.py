"""Checks that a name server answers a question, and answers it rightly."""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import struct
from collections.abc import Callable, Iterable

import dns.exception
import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

from collector.inventory.service_values import DnsCheck
from collector.inventory.values import Probe
from collector.model import Check, Reason
from collector.poll.base import Note, Timing, send_reason
from collector.poll.names import Resolver
from collector.poll.service import ServiceError, ServiceRequest, Trip, checked
from collector.visit import Phase, RecordsSeen

_SENDS = 3
_RESEND_S = 2.0
_MAX_WAITING = 64
_SHOWN = 5

Records = dns.message.Message


class DnsPoller:
    """Asks one question over UDP, again over TCP if the answer was too long for that (RFC 7766)."""

    def __init__(self, *, mono: Callable[[], float], resolver: Resolver) -> None:
        self._mono, self._resolver = mono, resolver

    async def poll(
        self, request: ServiceRequest[DnsCheck], timing: Timing, note: Note | None = None
    ) -> Check:
        """Ask once; see Poller."""

        async def ask(trip: Trip) -> None:
            await self._ask(trip, request.address, request.check)

        return await checked(Probe.DNS, ask, timing=timing, mono=self._mono, note=note)

    async def close(self) -> None:
        """Nothing is kept open."""

    async def _ask(self, trip: Trip, server: str, check: DnsCheck) -> None:
        address = (await trip.resolve(self._resolver, server))[0]
        trip.address = address
        question = dns.message.make_query(check.name, check.type)
        with trip.phase(Phase.REQUEST):
            answer = await self._over_udp(trip, (address, check.port), question)
        if answer.flags & dns.flags.TC:
            trip.say("the answer is too long for UDP: asked again over TCP")
            answer = await self._over_tcp(trip, (address, check.port), question)
        trip.records = _seen(answer)
        trip.say(
            f"{dns.rcode.to_text(answer.rcode())} in {trip.ms(Phase.REQUEST)}, "
            f"{trip.records.answer} records: {_listed(_texts(answer.answer, None))}"
        )
        _judge(check, answer)

    async def _over_udp(self, trip: Trip, where: tuple[str, int], question: Records) -> Records:
        loop = asyncio.get_running_loop()
        transport, heard = await loop.create_datagram_endpoint(_Heard, remote_addr=where)
        wire = question.to_wire()
        try:
            for number in range(_SENDS):
                sent_at = self._mono()
                transport.sendto(wire)
                trip.sent += 1
                # The last one may wait for all the time that is left.
                wait = None if number == _SENDS - 1 else min(_RESEND_S, trip.left() / (_SENDS - number))
                try:
                    async with asyncio.timeout(wait):
                        while (answer := _parsed(await heard.next(), question)) is None:
                            trip.answered()
                            trip.spoilt = True
                except TimeoutError:
                    continue
                trip.answered(self._mono() - sent_at)
                return answer
        except ConnectionRefusedError:
            trip.answered()
            raise ServiceError(Reason.REFUSED, f"UDP port {where[1]} is closed") from None
        except OSError as error:
            raise ServiceError(send_reason(error), error.strerror or str(error)) from error
        finally:
            transport.abort()
        raise ServiceError(Reason.TIMEOUT, f"no answer to {_SENDS} questions")

    async def _over_tcp(self, trip: Trip, where: tuple[str, int], question: Records) -> Records:
        connected = await trip.connect(self._resolver, *where)
        reader, writer = await asyncio.open_connection(sock=connected)
        wire = question.to_wire()
        try:
            with trip.phase(Phase.REQUEST):
                writer.write(struct.pack("!H", len(wire)) + wire)
                await writer.drain()
                trip.sent += 1
                (length,) = struct.unpack("!H", await reader.readexactly(2))
                answer = _parsed(await reader.readexactly(length), question)
        except asyncio.IncompleteReadError:
            raise ServiceError(Reason.CLOSED, "the answer over TCP breaks off") from None
        finally:
            writer.transport.abort()
        trip.answered()
        if answer is None:
            raise ServiceError(Reason.MALFORMED, "what came over TCP is no answer to the question")
        return answer


class _Heard(asyncio.DatagramProtocol):
    """Keeps what came, and what the kernel said, until it is asked for."""

    def __init__(self) -> None:
        self._came: asyncio.Queue[bytes | OSError] = asyncio.Queue(_MAX_WAITING)

    async def next(self) -> bytes:
        """Return the next datagram, or raise the error that came in its place."""
        came = await self._came.get()
        if isinstance(came, OSError):
            raise came
        return came

    def datagram_received(self, data: bytes, _peer: tuple[str | int, ...]) -> None:
        """Keep it, unless too many wait already."""
        self._keep(data)

    def error_received(self, error: Exception) -> None:
        """Keep what the kernel says: a closed port, a missing route."""
        self._keep(error if isinstance(error, OSError) else OSError(errno.EIO, str(error)))

    def _keep(self, came: bytes | OSError) -> None:
        if not self._came.full():
            self._came.put_nowait(came)


def _parsed(wire: bytes, question: Records) -> Records | None:
    """Return an answer to the question; None if these octets are none."""
    try:
        answer = dns.message.from_wire(wire)
        return answer if question.is_response(answer) else None
    except (dns.exception.DNSException, ValueError, struct.error):
        return None


def _seen(answer: Records) -> RecordsSeen:
    soa = next(
        (record for found in answer.answer for record in found if found.rdtype == dns.rdatatype.SOA), None
    )
    return RecordsSeen(
        answer=sum(len(found) for found in answer.answer),
        authority=sum(len(found) for found in answer.authority),
        additional=sum(len(found) for found in answer.additional),
        serial=getattr(soa, "serial", None),
    )


def _judge(check: DnsCheck, answer: Records) -> None:
    """Return if the answer is right, else raise ServiceError."""
    rcode = answer.rcode()
    if rcode != dns.rcode.NOERROR:
        raise ServiceError(Reason.DNS_ERROR, f"the server answers {dns.rcode.to_text(rcode)}")
    found = _texts(answer.answer, dns.rdatatype.from_text(check.type))
    if not found:
        raise ServiceError(Reason.UNEXPECTED_ANSWER, f"no record of type {check.type}")
    missing = [text for text in check.answer if _normal(text) not in {_normal(one) for one in found}]
    if missing:
        detail = f"{_listed(missing)} is not among the records: {_listed(found)}"
        raise ServiceError(Reason.UNEXPECTED_ANSWER, detail)


def _texts(sections: Iterable[dns.rrset.RRset], kind: dns.rdatatype.RdataType | None) -> list[str]:
    return [record.to_text() for found in sections if kind in (None, found.rdtype) for record in found]


def _normal(text: str) -> str:
    """Return one spelling for records that mean the same."""
    bare = text.strip().strip('"').rstrip(".").casefold()
    try:
        return str(ipaddress.ip_address(bare))
    except ValueError:
        return bare


def _listed(texts: list[str]) -> str:
    shown = ", ".join(text[:100] for text in texts[:_SHOWN])
    return (shown or "none") + (" …" if len(texts) > _SHOWN else "")
