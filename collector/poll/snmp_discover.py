"""Discovery: whole subtrees of one device, read by GETBULK or GETNEXT."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from collector.model import Oid, Reason, SnmpValue, Walk, Walked
from collector.poll.snmp_failure import REASONS, Failure, engine_of, failure_of
from collector.poll.snmp_peer import Peer
from collector.poll.snmp_talk import Talk, Unanswered
from snmp.errors import Reason as SnmpReason
from snmp.operations import Get as SnmpGet
from snmp.steps import Answer, Refusal
from snmp.walk import Room
from snmp.walk import Walk as Reading

_FIRST: Oid = (1, 3, 6, 1, 2, 1, 1, 3, 0)
"""sysUpTime.0: what a walk asks before all else, to know whether the device answers us at all."""


WALKS_AT_ONCE = 128
"""More devices at once would only make each walk longer, until none ends before its deadline."""


async def walk(talk: Talk, peer: Peer, ask: Walk, turns: asyncio.Semaphore) -> Walked | Failure:
    """Read subtrees, each for itself where one fails, after one small question that tells who is there.

    `turns` bounds how many walks there are at once; who waits half its time is left for the next poll.
    """
    (first,) = await talk.ask([SnmpGet((_FIRST,))])
    if isinstance(first, Unanswered) or (
        isinstance(first, Refusal) and first.reason is not SnmpReason.ERROR_STATUS
    ):
        return failure_of(first, talk)
    try:
        async with asyncio.timeout(max(0.0, talk.time_left / 2)):
            await turns.acquire()
    except TimeoutError:
        return Failure(Reason.LATE, "too many devices are discovered at once; the next poll tries again")
    try:
        return await _read(talk, peer, ask)
    finally:
        turns.release()


async def _read(talk: Talk, peer: Peer, ask: Walk) -> Walked | Failure:
    peer.discovered()
    rows: dict[Oid, SnmpValue] = {}
    failures: dict[Oid, Failure] = {}
    pending, room = [ask.subtrees], Room()
    while pending:
        roots = pending.pop(0)
        failed = await _walk_together(talk, peer, roots, rows, room)
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
        engine=engine_of(talk),
    )


async def _walk_together(
    talk: Talk,
    peer: Peer,
    roots: Sequence[Oid],
    rows: dict[Oid, SnmpValue],
    room: Room,
) -> dict[Oid, Failure]:
    """Read subtrees side by side into `rows`; return those that failed."""
    reading = Reading(roots, bulk=peer.session.bulk, room=room)
    unanswered: dict[Oid, Failure] = {}
    while (question := reading.request()) is not None:
        result = (await talk.ask([question]))[0]
        if isinstance(result, Answer):
            reading.feed(result.varbinds)
        elif isinstance(result, Refusal):
            reading.refuse(result)
        elif isinstance(result, Unanswered) and not _shrinks(talk, reading, result):
            failure = failure_of(result, talk)
            before = set(reading.failures)
            reading.fail(SnmpReason.UNEXPECTED, failure.detail)
            unanswered |= dict.fromkeys(reading.failures.keys() - before, failure)
    rows.update((name, value) for name, value in reading.rows.items() if value is not None)
    refused = {
        root: Failure(REASONS[failure.reason], failure.detail) for root, failure in reading.failures.items()
    }
    return refused | unanswered


def _shrinks(talk: Talk, reading: Reading, result: Unanswered) -> bool:
    """Return True if it is worth asking again for less: the answer may have been too large to arrive."""
    return result.hint is None and talk.time_left > 0 and reading.shrink()
