"""Reading subtrees: what to ask next, from what has come so far.

    walk = Walk(roots, bulk=True)
    while (question := walk.request()) is not None:
        ...ask it...
        walk.feed(answer.varbinds)      # after an Answer
        walk.refuse(refusal)            # after a Refusal
        walk.shrink()                   # after a time-out, if it is worth asking again
    walk.rows, walk.failures

One Walk is used up by one reading.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from snmp.ber import Oid
from snmp.errors import Reason, UsageError
from snmp.operations import GetBulk, GetNext
from snmp.pdu import ErrorStatus
from snmp.smi import Tag, Value, VarBind, format_oid
from snmp.steps import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkFailure:
    """Why a subtree could not be read to its end; the rows before that point are kept."""

    reason: Reason
    detail: str


@dataclass(slots=True, eq=False)
class Room:
    """What walks may bring into memory together: rows, and octets and sub-identifiers in them.

    Several walks of one device share one, so that an agent that invents rows without end, or fat ones, is
    stopped. As it stands it holds the tables of a router with 4,096 interfaces.
    """

    max_rows: int = 100_000
    max_size: int = 2 * 1024 * 1024
    _rows: int = 0
    _size: int = 0

    def exceeded_by(self, oid: Oid, value: Value | None) -> str | None:
        """Count a row; return which bound it is beyond, None if it is within."""
        self._rows += 1
        self._size += len(oid) + (len(value) if isinstance(value, bytes | tuple) else 0)
        if self._rows > self.max_rows:
            return f"more than {self.max_rows} rows"
        return f"more than {self.max_size} octets of rows" if self._size > self.max_size else None


@dataclass(slots=True, eq=False)
class _Branch:
    root: Oid
    last: Oid = field(init=False)

    def __post_init__(self) -> None:
        self.last = self.root


class Walk:
    """Subtrees read side by side, by GETBULK (`bulk`, v2c and v3) or GETNEXT (v1).

    Each subtree ends for itself: one that fails hides no other. A root is a name that rows lie below; an
    instance is no root of its own. `max_varbinds` bounds what one answer is asked to hold, `room` the whole.
    """

    def __init__(
        self, roots: Sequence[Oid], *, bulk: bool, max_varbinds: int = 40, room: Room | None = None
    ) -> None:
        if not roots or max_varbinds < 1:
            raise UsageError("a walk needs at least one root and one variable per answer")
        self._bulk = bulk
        self._max_varbinds = max_varbinds
        self._room = room or Room()
        self._branches = [_Branch(root) for root in dict.fromkeys(roots)]
        self._asked: list[_Branch] = []
        self.rows: dict[Oid, Value | None] = {}
        self.tags: dict[Oid, Tag] = {}
        self.failures: dict[Oid, WalkFailure] = {}

    @property
    def done(self) -> bool:
        """True when there is nothing left to ask."""
        return not self._branches

    def request(self) -> GetNext | GetBulk | None:
        """Return what to ask next, or None when all subtrees have ended."""
        self._asked = self._branches[: self._max_varbinds]
        if not self._asked:
            return None
        names = tuple(branch.last for branch in self._asked)
        if not self._bulk:
            return GetNext(names)
        return GetBulk(names, max_repetitions=max(1, self._max_varbinds // len(names)))

    def feed(self, varbinds: Sequence[VarBind]) -> None:
        """Take the variables of the answer to the last request."""
        if not varbinds and not self.shrink():
            # RFC 3416 section 4.2.3: an agent may cut down to nothing. Asked for one variable it must not.
            self.fail(Reason.UNEXPECTED, "empty answers")
            return
        ended: list[_Branch] = []
        for position, varbind in enumerate(varbinds):
            branch = self._asked[position % len(self._asked)]
            if branch not in ended and not self._advance(branch, varbind):
                ended.append(branch)
        self._end(ended)

    def refuse(self, refusal: Refusal) -> None:
        """Take a refusal of the last request: what it says of one subtree ends that one only."""
        index = refusal.index if 1 <= refusal.index <= len(self._asked) else 0
        # net-snmp says genErr without an index where a GETBULK's answer does not fit, instead of cutting it.
        unfit = self._bulk and refusal.status == ErrorStatus.GEN_ERR and not index
        if (refusal.reason is Reason.TOO_LARGE or unfit) and self.shrink():
            return
        if refusal.status == ErrorStatus.NO_SUCH_NAME and not self._bulk:
            # RFC 1157 section 4.1.3: noSuchName at an index is how v1 says that nothing follows that name.
            if index or len(self._asked) == 1:
                self._end(self._at(index))
            else:
                self._max_varbinds = 1
            return
        self.fail(refusal.reason, refusal.detail, index=index)

    def fail(self, reason: Reason, detail: str, *, index: int = 0) -> None:
        """End the subtree at `index` of the last request (counted from 1) as failed; all asked if it is 0."""
        failed = self._at(index)
        for branch in failed:
            self.failures[branch.root] = WalkFailure(reason=reason, detail=detail)
        self._end(failed)

    def shrink(self) -> bool:
        """Ask for half as much from now on, after tooBig or a time-out; False if it is one already."""
        if self._max_varbinds == 1:
            return False
        self._max_varbinds //= 2
        return True

    def _at(self, index: int) -> list[_Branch]:
        return self._asked[index - 1 : index] if 1 <= index <= len(self._asked) else list(self._asked)

    def _end(self, ended: Sequence[_Branch]) -> None:
        self._branches = [branch for branch in self._branches if branch not in ended]

    def _advance(self, branch: _Branch, varbind: VarBind) -> bool:
        """Store one row; return False when the branch has ended."""
        oid = varbind.oid
        if varbind.tag == Tag.END_OF_MIB_VIEW or oid[: len(branch.root)] != branch.root:
            return False
        if oid <= branch.last:
            self.failures[branch.root] = WalkFailure(
                reason=Reason.UNEXPECTED,
                detail=f"OIDs do not increase: {format_oid(oid)} after {format_oid(branch.last)}",
            )
            return False
        exceeded = self._room.exceeded_by(oid, varbind.value)
        if exceeded is not None:
            self.failures[branch.root] = WalkFailure(reason=Reason.TOO_LARGE, detail=exceeded)
            return False
        branch.last = oid
        self.rows[oid] = varbind.value
        self.tags[oid] = varbind.tag
        return True
