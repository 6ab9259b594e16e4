"""Runs of equal polls: what extends one, what ends it, and that nothing counts twice."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from collector.ledger.evidence import Evidence, Repeats
from collector.ledger.open_rows import FINAL_AFTER_MS
from collector.ledger.rows import Ended, Run
from collector.ledger.runs import RunBook
from collector.model import Reason, Verdict

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
Poll = Callable[..., Evidence]


def runs_of(book: RunBook, polls: Iterable[Evidence]) -> list[Run]:
    """Feed polls; return the last version of each run, in order."""
    rows: dict[tuple[str, int], Run] = {}
    for evidence in polls:
        rows |= {(run.device, run.first_sent_ms): run for run in book.feed(evidence)}
    return list(rows.values())


def test_equal_polls_are_one_run_from_the_first_to_the_last(poll: Poll, midnight_ms: int) -> None:
    """Sixty answers a minute apart are one row: instants of its ends, count, and the longest gap."""
    (run,) = runs_of(RunBook("s1", HANOI), [poll(60 * minute) for minute in range(60)])
    assert run == Run(
        device="r1",
        session="s1",
        revision=1,
        verdict=Verdict.ANSWERED,
        reason=None,
        interval_ms=60_000,
        deadline_ms=20_000,
        first_sent_ms=midnight_ms,
        first_end_ms=midnight_ms + 20,
        last_sent_ms=midnight_ms + 59 * 60_000,
        last_end_ms=midnight_ms + 59 * 60_000 + 20,
        polls=60,
        longest_gap_ms=60_020,
        ended=None,
    )


def test_an_outage_is_a_run_of_its_own(poll: Poll, midnight_ms: int) -> None:
    """Up, three silent polls, up: three rows; a silent poll's end is the end of its waiting."""
    minutes = [poll(60 * minute, silent=3 <= minute < 6) for minute in range(9)]
    before, outage, after = runs_of(RunBook("s1", HANOI), minutes)
    assert [run.verdict for run in (before, outage, after)] == ["answered", "silent", "answered"]
    assert (before.ended, outage.ended, after.ended) == (Ended.VERDICT, Ended.VERDICT, None)
    assert (outage.first_sent_ms, outage.last_end_ms) == (midnight_ms + 180_000, midnight_ms + 309_000)
    assert outage.longest_gap_ms == 69_000


def test_the_longest_gap_is_the_longest_time_an_interruption_could_go_unseen(poll: Poll) -> None:
    """It runs from one poll's sending to the next one's end, and one missed poll shows in it."""
    (run,) = runs_of(RunBook("s1", HANOI), [poll(0), poll(60), poll(180), poll(240)])
    assert run.longest_gap_ms == 120_020


@pytest.mark.parametrize(
    ("second", "cause"),
    [
        ({"at_s": 60, "silent": True}, Ended.VERDICT),
        ({"at_s": 60, "local": True}, Ended.VERDICT),
        ({"at_s": 60, "reason": Reason.BAD_DIGEST}, Ended.REASON),
        ({"at_s": 60, "revision": 2}, Ended.REVISION),
        ({"at_s": 60, "interval_s": 30}, Ended.REVISION),
        ({"at_s": 60, "deadline_s": 19}, Ended.REVISION),
        ({"at_s": 140.001}, Ended.GAP),
    ],
)
def test_what_ends_a_run(poll: Poll, second: dict[str, object], cause: Ended) -> None:
    """Verdict, reason, revision, pace, or more than 2 × interval + deadline between two polls."""
    first, last = runs_of(RunBook("s1", HANOI), [poll(0), poll(**second)])
    assert (first.ended, last.ended) == (cause, None)


def test_a_gap_of_exactly_the_limit_is_bridged(poll: Poll) -> None:
    """2 × interval + deadline between two sendings is still within one run."""
    assert len(runs_of(RunBook("s1", HANOI), [poll(0), poll(140)])) == 1


def test_a_gap_is_named_even_where_the_verdict_changed_too(poll: Poll) -> None:
    """An auditor must see that the old and the new verdict are not neighbours."""
    assert runs_of(RunBook("s1", HANOI), [poll(0), poll(3600, silent=True)])[0].ended is Ended.GAP


def test_a_run_ends_at_local_midnight(poll: Poll, midnight_ms: int) -> None:
    """A poll belongs to the day it was sent in, also if it is answered on the next."""
    sent = [-60.0, -0.01, 60.0, 120.0]
    before, after = runs_of(RunBook("s1", HANOI), [poll(at) for at in sent])
    assert (before.ended, before.polls, after.polls) == (Ended.MIDNIGHT, 2, 2)
    assert before.last_sent_ms < midnight_ms < before.last_end_ms


def test_a_day_that_is_over_is_closed_even_without_another_poll(poll: Poll, midnight_ms: int) -> None:
    """The run of a device that is polled no more does not stay open over the following days."""
    book = RunBook("s1", HANOI)
    book.feed(poll(-60))
    assert book.open.tick(midnight_ms + FINAL_AFTER_MS - 1) == ()
    (run,) = book.open.tick(midnight_ms + FINAL_AFTER_MS)
    assert run.ended is Ended.MIDNIGHT
    assert book.open.tick(midnight_ms + 2 * FINAL_AFTER_MS) == ()


def test_a_poll_counts_once(poll: Poll) -> None:
    """The same poll again, or an older one, changes nothing."""
    book = RunBook("s1", HANOI)
    polls = [poll(0), poll(60), poll(120, silent=True)]
    once = runs_of(book, polls)
    assert runs_of(book, polls) == []
    assert [run.polls for run in once] == [2, 1]


def test_a_clock_jump_ends_all_runs_and_polls_inside_it_are_no_evidence(poll: Poll, midnight_ms: int) -> None:
    """A poll sent before the jump's end is left out, the next one starts a run."""
    book = RunBook("s1", HANOI)
    for device in ("r1", "r2"):
        book.feed(poll(0, device))
    assert {run.ended for run in book.open.jump(midnight_ms + 30_000)} == {Ended.CLOCK}
    assert book.feed(poll(30)) == ()
    assert [run.polls for run in book.feed(poll(60))] == [1]


def test_a_restart_ends_what_the_last_collector_left_open(poll: Poll) -> None:
    """Its runs end where their evidence ended; polls it had booked are not booked again."""
    (left_open,) = runs_of(RunBook("s1", HANOI), [poll(0), poll(60)])
    finished = replace(left_open, device="r2", ended=Ended.VERDICT)
    book = RunBook("s2", HANOI)
    assert book.resume([left_open, finished]) == [replace(left_open, ended=Ended.KILLED)]
    assert runs_of(book, [poll(0), poll(60), poll(60, "r2")]) == []
    (run,) = book.feed(poll(120))
    assert (run.session, run.polls, run.first_sent_ms) == ("s2", 1, poll(120).sent_ms)


def test_stopping_ends_all_runs(poll: Poll) -> None:
    """After a clean stop no row is open."""
    book = RunBook("s1", HANOI)
    book.feed(poll(0))
    book.feed(poll(0, "r2", silent=True))
    assert [(run.device, run.ended) for run in book.open.stop()] == [("r1", "stop"), ("r2", "stop")]


def test_a_poll_that_cannot_be_kept_ends_the_run(poll: Poll) -> None:
    """Nothing is carried over lost evidence, and the lost poll is not booked later either."""
    book = RunBook("s1", HANOI)
    book.feed(poll(0))
    assert [run.ended for run in book.lose(poll(60, silent=True))] == [Ended.LOSS]
    assert book.feed(poll(60, silent=True)) == ()
    assert [run.polls for run in book.feed(poll(120))] == [1]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"answered_ms": None}, "r1: answered_ms belongs to answered polls, and to all of them"),
        ({"verdict": Verdict.SILENT}, "r1: answered_ms belongs to answered polls, and to all of them"),
        ({"done_ms": 0}, "r1: a poll is sent, then answered, then done"),
        ({"interval_ms": 0}, "r1: interval and deadline are positive"),
        ({"deadline_ms": -1}, "r1: interval and deadline are positive"),
    ],
)
def test_impossible_evidence_cannot_be_made(poll: Poll, change: dict[str, object], message: str) -> None:
    """A poll whose instants or verdict contradict each other is an error of the program, said at once."""
    with pytest.raises(ValueError, match=message):
        replace(poll(0), **change)  # type: ignore[arg-type]


def test_many_equal_polls_at_once_are_the_run_that_each_would_have_made(poll: Poll) -> None:
    """Fed one by one or as the first and its repeats: the same row."""
    polls = [poll(60 * minute) for minute in range(60)]
    one_by_one = runs_of(RunBook("s1", HANOI), polls)
    book = RunBook("s1", HANOI)
    book.feed(polls[0])
    repeats = Repeats(
        polls=59, last_sent_ms=polls[-1].sent_ms, last_end_ms=polls[-1].end_ms, longest_gap_ms=60_020
    )
    assert list(book.repeat("r1", repeats)) == one_by_one
    assert book.feed(polls[-1]) == ()


def test_repeats_need_a_run_of_their_day(poll: Poll) -> None:
    """Without a run, or beyond its midnight, they are refused: nothing may be made up."""
    day = [poll(86_400 - 60), poll(86_400)]
    repeats = Repeats(polls=1, last_sent_ms=day[1].sent_ms, last_end_ms=day[1].end_ms, longest_gap_ms=60_020)
    book = RunBook("s1", HANOI)
    with pytest.raises(ValueError, match="r1: no run of that day goes on with"):
        book.repeat("r1", repeats)
    book.feed(day[0])
    with pytest.raises(ValueError, match="r1: no run of that day goes on with"):
        book.repeat("r1", repeats)
