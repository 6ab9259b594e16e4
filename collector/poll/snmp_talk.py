"""One poll's conversation with one SNMP device: exchanges side by side, retransmissions, one end for all."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Self

from collector.poll.base import Note
from collector.poll.udp import Address, UdpHub
from snmp.community_exchange import Community
from snmp.errors import ProtocolError
from snmp.errors import Reason as SnmpReason
from snmp.exchange import Exchange
from snmp.manager import Session
from snmp.message import peek_message_id
from snmp.operations import Operation
from snmp.retry import RoundTrip
from snmp.smi import format_oid
from snmp.steps import Answer, Ignored, Refusal, Send, Values
from snmp.usm import EngineTime

FIRST_WINDOW = 2
MAX_WINDOW = 4
"""Exchanges under way at once: enough to hide the round trip, few enough for a weak router's queue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unanswered:
    """No usable answer in time. `hint` is what was refused meanwhile, by who knows whom."""

    hint: Refusal | None = None


Result = Answer | Values | Refusal | Unanswered


@dataclass(slots=True)
class _Pending:
    """An exchange under way: its place among the questions, its transmissions, when to lose patience."""

    place: int
    exchange: Exchange
    transmissions: int
    give_up_at: float
    hint: Refusal | None = None


class Talk:
    """Asks a device several questions by one session. Use once, as a context manager around `ask` calls."""

    def __init__(
        self,
        hub: UdpHub,
        peer: Address,
        session: Session,
        round_trip: RoundTrip,
        *,
        deadline_at: float,
        mono: Callable[[], float],
        note: Note | None,
    ) -> None:
        self._hub, self._peer, self._session, self._round_trip = hub, peer, session, round_trip
        self.deadline_at, self._mono, self._note = deadline_at, mono, note
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._over: asyncio.Future[None] = self._loop.create_future()
        self._questions: deque[tuple[int, Operation]] = deque()
        self._results: list[Result | None] = []
        self._open: dict[int, _Pending] = {}
        self._by_message: dict[int, _Pending] = {}
        self._window = FIRST_WINDOW
        self._once = False
        self.sent = 0
        self.resent = 0
        self.received = 0
        self.largest = 0
        self.first_answer_at: float | None = None
        self.best_rtt: float | None = None
        self.engine: EngineTime | None = None

    @property
    def unauthenticated(self) -> bool:
        """Return True in v1 and v2c, where an agent says nothing to whom it does not know."""
        return isinstance(self._session.credential, Community)

    @property
    def time_left(self) -> float:
        """Return the seconds until the poll must be over; not above 0 when it is."""
        return self.deadline_at - self._mono()

    def __enter__(self) -> Self:
        self._hub.listen(self._peer, self)
        return self

    def __exit__(self, *_: object) -> None:
        self._hub.forget(self._peer, self)
        if self._timer is not None:
            self._timer.cancel()

    async def ask(self, operations: Sequence[Operation], *, once: bool = False) -> list[Result]:
        """Return one result for each operation, in order; `once` asks without retransmissions.

        Raises OSError if a request cannot be sent.
        """
        self._once = once
        self._over = self._loop.create_future()
        self._results = [None] * len(operations)
        self._questions = deque(enumerate(operations))
        self._open, self._by_message = {}, {}
        self._fill()
        if not self._over.done():
            self._set_timer()
        await self._over
        return [result if result is not None else Unanswered() for result in self._results]

    def heard(self, datagram: bytes) -> None:
        """Take a datagram from the device's address; part of UdpHub's contract."""
        now = self._mono()
        self.received += 1
        if self.first_answer_at is None:
            self.first_answer_at = now
        message_id = peek_message_id(datagram)
        pending = None if message_id is None else self._by_message.get(message_id)
        if pending is None:
            if message_id is None:
                self._hint(Refusal(reason=SnmpReason.MALFORMED, detail="not an SNMP message", final=False))
            return
        try:
            self._step(pending, datagram, now)
            self._fill()
        except OSError as error:
            self._fail(error)

    def _step(self, pending: _Pending, datagram: bytes, now: float) -> None:
        step = pending.exchange.receive(datagram, now)
        if isinstance(step, Answer | Values):
            self._round_trip.observe(step.rtt)
            self.largest = max(self.largest, len(datagram))
            self.best_rtt = step.rtt if self.best_rtt is None else min(self.best_rtt, step.rtt)
            self.engine = step.engine or self.engine
            self._window = min(self._window + 1, MAX_WINDOW)
            self._note_answer(pending, step, len(datagram))
            self._end(pending, step)
        elif isinstance(step, Send):
            self._say(
                f"engine {(self._session.engine_id or b'').hex()} found or time synchronised; asked again"
            )
            self._transmitted(pending, step, now)
        elif isinstance(step, Refusal):
            self._say(f"refused: {step.reason}, {step.detail}")
            if step.final:
                self._end(pending, step)
            else:
                pending.hint = step
        elif isinstance(step, Ignored):
            self._say(f"ignored a datagram: {step.detail}")

    def _fill(self) -> None:
        """Begin exchanges up to the window; alone at first where the engine is not known yet."""
        while self._questions and len(self._open) < (self._window if self._session.ready else 1):
            place, operation = self._questions.popleft()
            now = self._mono()
            try:
                exchange = self._session.start(operation, now)
            except ProtocolError as error:
                self._results[place] = Refusal(reason=error.reason, detail=error.detail, final=True)
                continue
            pending = _Pending(place=place, exchange=exchange, transmissions=0, give_up_at=now)
            self._transmitted(pending, Send(datagram=exchange.datagram, message_id=exchange.message_id), now)
        if not self._questions and not self._open and not self._over.done():
            self._over.set_result(None)

    def _transmitted(self, pending: _Pending, send: Send, now: float) -> None:
        pending.transmissions += 1
        wait = self._round_trip.timeout(pending.transmissions)
        pending.give_up_at = now + (wait if wait is not None else self._round_trip.timeout(1) or 1.0)
        self._open[pending.place] = pending
        self._by_message[send.message_id] = pending
        self.sent += 1
        self._hub.send(send.datagram, self._peer)

    def _end(self, pending: _Pending, result: Result) -> None:
        self._results[pending.place] = result
        del self._open[pending.place]
        for message_id in pending.exchange.message_ids:
            self._by_message.pop(message_id, None)

    def _hint(self, hint: Refusal) -> None:
        for pending in self._open.values():
            pending.hint = pending.hint or hint

    def _set_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        soonest = min((pending.give_up_at for pending in self._open.values()), default=self.deadline_at)
        self._timer = self._loop.call_later(
            max(min(soonest, self.deadline_at) - self._mono(), 0.0), self._wake
        )

    def _wake(self) -> None:
        """Retransmit what has waited too long, or give it up."""
        now = self._mono()
        try:
            for pending in tuple(self._open.values()):
                if now >= self.deadline_at:
                    self._end(pending, Unanswered(hint=pending.hint))
                elif now >= pending.give_up_at:
                    self._try_again(pending, now)
            if now >= self.deadline_at or self._nobody_there():
                self._questions.clear()
            self._fill()
        except OSError as error:
            self._fail(error)
        if not self._over.done():
            self._set_timer()

    def _try_again(self, pending: _Pending, now: float) -> None:
        if self._once or self._round_trip.timeout(pending.transmissions + 1) is None:
            better = "" if pending.hint is None else "better "
            times = f"{pending.transmissions} time{'' if pending.transmissions == 1 else 's'}"
            self._say(f"{_asked(pending)}: no {better}answer, sent {times}")
            self._end(pending, Unanswered(hint=pending.hint))
        else:
            self.resent += 1
            self._transmitted(pending, pending.exchange.resend(now), now)

    def _nobody_there(self) -> bool:
        """Return True once a question went through all its retransmissions and nothing at all was heard."""
        gave_up = any(isinstance(result, Unanswered) for result in self._results)
        return gave_up and self.first_answer_at is None

    def _fail(self, error: OSError) -> None:
        self._questions.clear()
        self._open, self._by_message = {}, {}
        if not self._over.done():
            self._over.set_exception(error)

    def _note_answer(self, pending: _Pending, step: Answer | Values, size: int) -> None:
        if self._note is not None:
            number = len(step.values if isinstance(step, Values) else step.varbinds)
            values = f"{number} value{'' if number == 1 else 's'}"
            self._note(f"{_asked(pending)}: {values} in {size} octets after {step.rtt * 1000:.2f} ms")

    def _say(self, text: str) -> None:
        if self._note is not None:
            self._note(text)


def _asked(pending: _Pending) -> str:
    """Name a question by its kind and the first of what it asks for."""
    operation = pending.exchange.operation
    named = "".join(f" {format_oid(name)}" for name in operation.oids[:1])
    return f"{operation.kind.name}{named}{' …' if operation.oids[1:] else ''}"
