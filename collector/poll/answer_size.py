"""How much to ask one SNMP device for in one packet, learned from what arrives and what does not. Pure.

A poll in few packets costs both sides little. How large an answer may be nobody knows beforehand: agents have
a largest message, and paths lose fragments. So the limit grows while all is well, is cut at once where it was
too much, and what failed is tried again ever more rarely.
"""

from __future__ import annotations

SMALLEST, ONE_FRAME, LARGEST = 484, 1_400, 5_600
"""Octets of an answer: what every agent must give (RFC 3412), what fits an Ethernet frame, four frames."""

FIRST_TRIAL, RAREST_TRIAL = 3, 1_440
"""Polls without a loss before the limit is doubled: at first, and however often that failed."""

_RARER = 8
_FULL = 0.93
_SLACK = 0.75
_MOST_HOPEFUL = 3.0
_OCTETS_PER_VARIABLE = 16


class AnswerSize:
    """One device's limit, and how it translates into what to expect of a request.

    `limit` is octets of a whole answer. `expected` is the sum of the sizes that `prepare` reckons with for
    one packet; it differs from the limit, since most values take less room than their type may. `on_trial` is
    true while no whole poll has come through with the two as they are: what is lost may have been too large.
    """

    __slots__ = ("_clean", "_patience", "expected", "limit", "on_trial")

    def __init__(self) -> None:
        self.limit = ONE_FRAME
        self.expected = ONE_FRAME
        self.on_trial = True
        self._clean = 0
        self._patience = FIRST_TRIAL

    @property
    def variables(self) -> int:
        """The most variables to ask for in one packet."""
        return max(self.limit // _OCTETS_PER_VARIABLE, 1)

    def arrived(self, largest: int, *, packets: int, resent: int, takes: int) -> bool:
        """Note a poll whose answers all came; return True if the next one should be packed otherwise.

        `largest` is the size of its largest answer, `resent` how often one had to be asked for again, and
        `takes` the largest message the device is known to handle.
        """
        if resent and self.on_trial and self.limit > ONE_FRAME:
            return self.too_large()
        self.on_trial = False
        self._clean = 0 if resent else self._clean + 1
        if packets == 1:
            return False
        if self._clean >= self._patience and self.limit * 2 <= LARGEST and self.limit * 2 <= takes:
            return self._set(self.limit * 2)
        if _SLACK * self.limit <= largest <= self.limit:
            return False
        fitting = round(min(self.expected * _FULL * self.limit / largest, self.limit * _MOST_HOPEFUL))
        return self._change(self.limit, fitting)

    def too_large(self) -> bool:
        """Note that answers were refused as too large, or lost; return True if that changes anything."""
        if self.expected > self.limit and not self.on_trial:
            # This was good for other values: these took more room than such values did before.
            return self._change(self.limit, self.limit)
        self._patience = min(self._patience * _RARER, RAREST_TRIAL)
        return self._set(max(self.limit // 2, SMALLEST))

    def _set(self, limit: int) -> bool:
        self._clean = 0
        return self._change(limit, max(self.expected * limit // self.limit, 1))

    def _change(self, limit: int, expected: int) -> bool:
        if (limit, expected) == (self.limit, self.expected):
            return False
        self.limit, self.expected, self.on_trial = limit, expected, True
        return True
