"""Walks: every row once, each subtree ending for itself, and no agent that can keep one going for ever."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from snmp.ber import Oid
from snmp.errors import Reason, UsageError
from snmp.operations import GetBulk, GetNext
from snmp.pdu import ErrorStatus
from snmp.smi import END_OF_MIB_VIEW, Tag, VarBind
from snmp.steps import Refusal
from snmp.walk import Room, Walk, WalkFailure

A: Oid = (1, 3, 6, 1, 2, 1, 2, 2, 1, 10)
B: Oid = (1, 3, 6, 1, 2, 1, 2, 2, 1, 16)
C: Oid = (1, 3, 6, 1, 2, 1, 31)
ROWS = {(*root, index): root[-1] * 100 + index for root in (A, B) for index in range(1, 8)}

Question = GetNext | GetBulk


def agent(question: Question, rows: dict[Oid, int] = ROWS, most: int = 1_000) -> list[VarBind]:
    """Answer as RFC 3416 section 4.2.2 and 4.2.3 have it, with at most `most` variables."""
    names = list(question.oids)
    rounds = question.max_repetitions if isinstance(question, GetBulk) else 1
    answer: list[VarBind] = []
    for _ in range(rounds):
        for position, name in enumerate(names):
            following = min((oid for oid in rows if oid > name), default=None)
            if following is None:
                answer.append(VarBind(name, *END_OF_MIB_VIEW))
            else:
                names[position] = following
                answer.append(VarBind(following, Tag.INTEGER, rows[following]))
    return answer[:most]


def run(walk: Walk, reply: Callable[[Question], list[VarBind]]) -> list[Question]:
    """Carry the walk to its end and return what it asked."""
    asked: list[Question] = []
    while (question := walk.request()) is not None:
        asked.append(question)
        assert len(asked) < 200
        walk.feed(reply(question))
    return asked


def error(status: ErrorStatus, index: int = 0) -> Refusal:
    """Return a Response's error as a Refusal."""
    reason = Reason.TOO_LARGE if status is ErrorStatus.TOO_BIG else Reason.ERROR_STATUS
    return Refusal(reason=reason, detail=status.name, final=True, status=status, index=index)


@pytest.mark.parametrize("bulk", [True, False])
@pytest.mark.parametrize("most", [1_000, 5, 1])
@pytest.mark.parametrize("max_varbinds", [1, 3, 40])
def test_walk_reads_every_row_of_its_subtrees_once(bulk: bool, most: int, max_varbinds: int) -> None:
    """By GETBULK and GETNEXT, whatever the agent cuts an answer to."""
    walk = Walk((A, B), bulk=bulk, max_varbinds=max_varbinds)
    if not bulk:
        most = 1_000
    asked = run(walk, lambda question: agent(question, most=most))
    assert walk.rows == ROWS
    assert walk.failures == {}
    assert walk.done
    assert all(isinstance(question, GetBulk if bulk else GetNext) for question in asked)
    assert set(walk.tags.values()) == {Tag.INTEGER}


def test_bulk_asks_for_as_many_variables_as_it_may() -> None:
    """Two subtrees of forty variables make twenty repetitions; when one has ended, forty."""
    rows = ROWS | {(*A, index): 0 for index in range(8, 60)}
    asked = run(Walk((A, B), bulk=True, max_varbinds=40), lambda question: agent(question, rows))
    assert [
        (len(question.oids), question.max_repetitions) for question in asked if isinstance(question, GetBulk)
    ] == [
        (2, 20),
        (1, 40),
    ]


def test_empty_subtree_ends_without_rows_or_failure() -> None:
    """A device that lacks a table is no fault."""
    walk = Walk((C,), bulk=True)
    run(walk, agent)
    assert (walk.rows, walk.failures) == ({}, {})


@pytest.mark.parametrize(
    "loop",
    [
        [(*A, 1), (*A, 2), (*A, 1)],
        [(*A, 1), (*A, 1)],
        [A],
    ],
)
def test_oids_that_do_not_increase_end_their_subtree(loop: list[Oid]) -> None:
    """The rows before are kept, the reason names the two OIDs, the other subtree is read."""
    walk = Walk((A, B), bulk=False)
    replies = iter(loop)

    def reply(question: Question) -> list[VarBind]:
        answer = agent(question)
        if question.oids[0][: len(A)] == A:
            answer[0] = VarBind(next(replies), Tag.INTEGER, 1)
        return answer

    run(walk, reply)
    assert walk.failures.keys() == {A}
    assert walk.failures[A].reason is Reason.UNEXPECTED
    assert walk.failures[A].detail.startswith("OIDs do not increase: 1.3.6.1.2.1.2.2.1.10")
    assert {oid: value for oid, value in walk.rows.items() if oid[: len(B)] == B} == {
        oid: value for oid, value in ROWS.items() if oid[: len(B)] == B
    }


def test_agent_that_invents_rows_is_stopped() -> None:
    """Always increasing and never ending: the bound on rows ends it, and says so."""
    walk = Walk((A,), bulk=True, room=Room(max_rows=100))
    run(
        walk,
        lambda question: (
            [VarBind((*question.oids[0], 1), Tag.INTEGER, 1)]
            if question.oids[0] != A
            else [VarBind((*A, 1), Tag.INTEGER, 1)]
        ),
    )
    assert len(walk.rows) == 100
    assert walk.failures[A] == WalkFailure(reason=Reason.TOO_LARGE, detail="more than 100 rows")


def test_agent_that_sends_fat_rows_is_stopped_across_walks() -> None:
    """Few rows of 60,000 octets are as much as many small ones; a second walk gets no room of its own."""
    room = Room(max_size=1_000_000)
    fat = bytes(60_000)

    def invent(question: Question) -> list[VarBind]:
        return [VarBind((*question.oids[0], 1), Tag.OCTET_STRING, fat)]

    first, second = Walk((A,), bulk=True, room=room), Walk((B,), bulk=True, room=room)
    run(first, invent)
    run(second, invent)
    assert len(first.rows) == 16
    assert first.failures[A] == second.failures[B]
    assert first.failures[A].detail == "more than 1000000 octets of rows"
    assert not second.rows


def test_too_big_halves_the_question_until_it_fits() -> None:
    """RFC 3416 section 4.2.1: the agent could not fit it; a smaller one is asked from the same place."""
    walk = Walk((A, B), bulk=True, max_varbinds=8)
    sizes: list[int] = []
    while (question := walk.request()) is not None:
        assert isinstance(question, GetBulk)
        size = len(question.oids) * question.max_repetitions
        sizes.append(size)
        if size > 2:
            walk.refuse(error(ErrorStatus.TOO_BIG))
        else:
            walk.feed(agent(question))
    assert sizes[:3] == [8, 4, 2]
    assert walk.rows == ROWS


def test_gen_err_without_an_index_halves_a_bulk_question_too() -> None:
    """It is how net-snmp says that the answer does not fit; at one variable it is an error like any other."""
    walk = Walk((A,), bulk=True, max_varbinds=2)
    walk.request()
    walk.refuse(error(ErrorStatus.GEN_ERR))
    assert walk.request() == GetBulk((A,), max_repetitions=1)
    walk.refuse(error(ErrorStatus.GEN_ERR))
    assert walk.request() is None
    assert walk.failures == {A: WalkFailure(reason=Reason.ERROR_STATUS, detail="GEN_ERR")}


def test_too_big_for_a_single_variable_fails_the_subtree() -> None:
    """There is nothing smaller to ask."""
    walk = Walk((A,), bulk=True, max_varbinds=1)
    assert walk.request() is not None
    walk.refuse(error(ErrorStatus.TOO_BIG))
    assert walk.request() is None
    assert walk.failures == {A: WalkFailure(reason=Reason.TOO_LARGE, detail="TOO_BIG")}


def test_empty_answers_end_the_walk() -> None:
    """An agent may cut down to nothing, but not for ever."""
    walk = Walk((A, B), bulk=True, max_varbinds=4)
    asked = run(walk, lambda _: [])
    assert len(asked) == 4  # 4, 2, and then 1 for each subtree
    assert walk.failures.keys() == {A, B}
    assert walk.failures[A].detail == "empty answers"


def test_no_such_name_is_the_end_of_a_subtree_in_v1() -> None:
    """RFC 1157 section 4.1.3: it says at which name nothing follows; the others go on."""
    walk = Walk((B, A), bulk=False)
    while (question := walk.request()) is not None:
        answer = agent(question)
        ends = [index for index, varbind in enumerate(answer, 1) if varbind.tag is Tag.END_OF_MIB_VIEW]
        if ends:
            walk.refuse(error(ErrorStatus.NO_SUCH_NAME, ends[0]))
        else:
            walk.feed(answer)
    assert (walk.rows, walk.failures) == (ROWS, {})


def test_no_such_name_without_an_index_is_asked_again_one_by_one() -> None:
    """An agent that does not say which name it means ends no subtree it did not mean."""
    walk = Walk((A, B), bulk=False)
    walk.request()
    walk.refuse(error(ErrorStatus.NO_SUCH_NAME, 0))
    assert walk.request() == GetNext((A,))
    walk.refuse(error(ErrorStatus.NO_SUCH_NAME, 0))
    assert walk.request() == GetNext((B,))


def test_error_at_one_name_fails_that_subtree_alone() -> None:
    """genErr at the first hides nothing of the second."""
    walk = Walk((A, B), bulk=True)
    walk.request()
    walk.refuse(error(ErrorStatus.GEN_ERR, 1))
    run(walk, agent)
    assert walk.failures == {A: WalkFailure(reason=Reason.ERROR_STATUS, detail="GEN_ERR")}
    assert len(walk.rows) == 7


def test_refusal_without_an_index_fails_what_was_asked() -> None:
    """Nothing tells the subtrees apart then."""
    walk = Walk((A, B), bulk=True)
    walk.request()
    walk.refuse(Refusal(reason=Reason.WRONG_KEY, detail="no", final=False))
    assert walk.request() is None
    assert walk.failures.keys() == {A, B}


def test_shrinking_ends_at_one() -> None:
    """A time-out halves the question; at one variable the caller is told that there is no smaller."""
    walk = Walk((A,), bulk=True, max_varbinds=4)
    assert [walk.shrink(), walk.shrink(), walk.shrink()] == [True, True, False]


def test_walk_needs_roots_and_room() -> None:
    """The caller's mistake is named."""
    with pytest.raises(UsageError, match="at least one root"):
        Walk((), bulk=True)
