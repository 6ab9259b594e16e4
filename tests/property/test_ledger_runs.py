"""Runs of polls under Hypothesis: nothing counts twice, is lost, or is covered without having been seen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from collector.clock import ClockJump, JumpKind
from collector.ledger.book import Book
from collector.ledger.evidence import Evidence
from collector.ledger.restored import LastEvidence, Restored
from collector.ledger.rows import Ended, Loss, Meta, Revision, Row, Run, Session
from collector.ledger.runs import RunBook
from collector.ledger.tables import RowKey, table_of
from collector.model import Reason, Verdict

START_MS = 1_795_366_800_000
ZONES = [ZoneInfo(name) for name in ("Asia/Ho_Chi_Minh", "UTC", "America/St_Johns", "Pacific/Kiritimati")]
REASONS = {
    Verdict.ANSWERED: (None, None, Reason.BAD_DIGEST),
    Verdict.SILENT: (Reason.TIMEOUT,),
    Verdict.LOCAL: (Reason.NO_ROUTE, Reason.LATE),
}

NOTHING = Restored(
    meta=Meta(ledger_id="x", created_ms=0, simulated=True),
    latest_ms=0,
    last={},
    boots={},
    spools={},
    heartbeat=None,
    revision=None,
)

Covered = dict[Verdict, list[tuple[int, int]]]


@dataclass(frozen=True)
class Restart:
    """The collector is killed here and started again."""


@dataclass(frozen=True)
class Jump:
    """The clock jumps here by so much."""

    size_ms: int


Step = Evidence | Restart | Jump


@st.composite
def polls(draw: st.DrawFn, devices: int = 2) -> list[Evidence]:
    """Draw the polls of some devices over a few days, in the order in which they were sent."""
    found = []
    for number in range(draw(st.integers(1, devices))):
        interval_ms = draw(st.sampled_from([10_000, 60_000, 300_000]))
        at_ms = START_MS + draw(st.integers(0, interval_ms))
        revision = 1
        for _ in range(draw(st.integers(1, 25))):
            verdict = draw(
                st.sampled_from([Verdict.ANSWERED, Verdict.ANSWERED, Verdict.SILENT, Verdict.LOCAL])
            )
            took_ms = draw(st.integers(0, interval_ms // 3))
            found.append(
                Evidence(
                    device=f"r{number}",
                    revision=revision,
                    verdict=verdict,
                    reason=draw(st.sampled_from(REASONS[verdict])),
                    sent_ms=at_ms,
                    done_ms=at_ms + took_ms,
                    answered_ms=at_ms + took_ms // 2 if verdict is Verdict.ANSWERED else None,
                    interval_ms=interval_ms,
                    deadline_ms=interval_ms // 3,
                )
            )
            many = draw(st.sampled_from([1, 1, 1, 1, 2, 3, 40, 400]))
            at_ms += many * interval_ms + draw(st.integers(-interval_ms // 3, interval_ms // 3)) + took_ms
            revision = min(3, revision + draw(st.sampled_from([0, 0, 0, 1])))
    return sorted(found, key=lambda evidence: evidence.sent_ms)


@st.composite
def stories(draw: st.DrawFn) -> list[Step]:
    """Draw polls with restarts and clock jumps between them."""
    steps: list[Step] = list(draw(polls()))
    for _ in range(draw(st.integers(0, 3))):
        others: list[Step] = [Restart(), Jump(5_000), Jump(7_200_000)]
        other = draw(st.sampled_from(others))
        steps.insert(draw(st.integers(0, len(steps))), other)
    return steps


def feed(book: RunBook, evidence: Iterable[Evidence]) -> dict[tuple[str, int], Run]:
    """Return the last version of each run after feeding polls."""
    rows: dict[tuple[str, int], Run] = {}
    for poll in evidence:
        rows |= {(run.device, run.first_sent_ms): run for run in book.feed(poll)}
    return rows


def joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return spans in order, those that touch made one."""
    result: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return result


def covered_by_polls(evidence: Sequence[Evidence]) -> Covered:
    """Return what a device's polls themselves cover: each poll, and the time to the next equal one."""
    spans: Covered = {verdict: [] for verdict in Verdict}
    for poll in evidence:
        spans[poll.verdict].append((poll.sent_ms, poll.end_ms))
    for before, after in pairwise(evidence):
        near = after.sent_ms - before.sent_ms <= after.patience_ms
        if before.verdict is after.verdict and near:
            spans[after.verdict].append((before.sent_ms, after.end_ms))
    return {verdict: joined(found) for verdict, found in spans.items()}


def covered_by_runs(runs: Sequence[Run]) -> Covered:
    """Return what a device's runs cover, equal neighbours joined by the rule that joins equal polls."""
    spans: Covered = {verdict: [] for verdict in Verdict}
    for run in runs:
        spans[run.verdict].append((run.first_sent_ms, run.last_end_ms))
    for before, after in pairwise(sorted(runs, key=lambda run: run.first_sent_ms)):
        near = after.first_sent_ms - before.last_sent_ms <= 2 * after.interval_ms + after.deadline_ms
        if before.verdict is after.verdict and near:
            spans[after.verdict].append((before.last_sent_ms, after.first_end_ms))
    return {verdict: joined(found) for verdict, found in spans.items()}


@given(polls(), st.sampled_from(ZONES))
@settings(deadline=None)
def test_runs_cover_exactly_what_the_polls_cover(evidence: list[Evidence], zone: ZoneInfo) -> None:
    """Each second between equal polls near enough is covered by its verdict, and no other second is."""
    rows = feed(RunBook("s1", zone), evidence)
    for device in {poll.device for poll in evidence}:
        own = [poll for poll in evidence if poll.device == device]
        runs = [run for run in rows.values() if run.device == device]
        assert covered_by_runs(runs) == covered_by_polls(own)


@given(polls())
@settings(deadline=None)
def test_cutting_at_midnight_changes_nothing_that_is_covered(evidence: list[Evidence]) -> None:
    """Whatever time zone days are cut by: the same coverage, polls and changes of verdict."""
    by_zone = [feed(RunBook("s1", zone), evidence) for zone in ZONES]
    for device in {poll.device for poll in evidence}:
        seen = [[run for run in rows.values() if run.device == device] for rows in by_zone]
        assert all(covered_by_runs(runs) == covered_by_runs(seen[0]) for runs in seen)


@given(polls(), st.sampled_from(ZONES))
@settings(deadline=None)
def test_no_poll_is_lost_and_none_counts_twice(evidence: list[Evidence], zone: ZoneInfo) -> None:
    """The counts of the runs add up to the polls; feeding all of them again, or each twice, adds nothing."""
    book = RunBook("s1", zone)
    once = feed(book, evidence)
    assert sum(run.polls for run in once.values()) == len(evidence)
    assert feed(book, evidence) == {}
    twice = feed(RunBook("s1", zone), [poll for poll in evidence for _ in range(2)])
    assert twice == once


@given(polls(), st.sampled_from(ZONES))
@settings(deadline=None)
def test_a_run_says_the_truth_about_its_polls(evidence: list[Evidence], zone: ZoneInfo) -> None:
    """Its ends, count, pace and longest gap are those of the polls it is made of, all of one kind and day."""
    for run in feed(RunBook("s1", zone), evidence).values():
        own = [
            poll
            for poll in evidence
            if poll.device == run.device and run.first_sent_ms <= poll.sent_ms <= run.last_sent_ms
        ]
        assert len(own) == run.polls
        assert {(poll.verdict, poll.reason, poll.revision) for poll in own} == {
            (run.verdict, run.reason, run.revision)
        }
        assert (own[0].sent_ms, own[0].end_ms) == (run.first_sent_ms, run.first_end_ms)
        assert (own[-1].sent_ms, own[-1].end_ms) == (run.last_sent_ms, run.last_end_ms)
        gaps = [after.end_ms - before.sent_ms for before, after in pairwise(own)]
        assert run.longest_gap_ms == max(gaps, default=0)


class Ledger:
    """A ledger in memory that obeys the store's rule: open rows grow, ended rows never change."""

    def __init__(self) -> None:
        self.rows: dict[RowKey, Row] = {}

    def write(self, rows: Iterable[Row]) -> None:
        """Store rows; fail on a change of what is final."""
        for row in rows:
            table = table_of(row)
            key = table.key_of(row)
            old = self.rows.get(key)
            if old is not None and old != row:
                assert getattr(old, "ended", "final") is None
                assert table.progress(row) > table.progress(old)
            self.rows[key] = row

    def runs(self) -> list[Run]:
        """Return all runs in order."""
        runs = [row for row in self.rows.values() if isinstance(row, Run)]
        return sorted(runs, key=lambda run: (run.device, run.first_sent_ms))

    def restored(self) -> Restored:
        """Return what a new session finds."""
        last = {run.device: LastEvidence(run=run, since_ms=0) for run in self.runs()}
        revisions = [row for row in self.rows.values() if isinstance(row, Revision)]
        return replace(NOTHING, last=last, revision=revisions[-1] if revisions else None)


def session(number: int, restored: Restored, *, max_pending: int = 100_000) -> Book:
    """Return the book of a new session that knows three revisions."""
    began = Session(id=f"s{number}", started_ms=START_MS, version="test")
    book = Book(began, restored, ZONES[0], max_pending=max_pending)
    for text in "ABC" if restored.revision is None else "":
        book.revision(text, START_MS, ZONES[0])
    return book


@given(stories(), st.lists(st.sampled_from(["commit", "fail", "wait"]), min_size=1, max_size=20))
@settings(max_examples=60, deadline=None)
def test_commits_failures_kills_and_jumps_invent_nothing(story: list[Step], disk: list[str]) -> None:
    """Whenever the disk fails or the collector dies, the runs on disk hold polls that were made, once."""
    ledger, sessions = Ledger(), 1
    book = session(1, NOTHING)
    unsure_ms, moved_ms, made, committed = -1, 0, list[Evidence](), 0
    for number, step in enumerate(story):
        if isinstance(step, Restart):
            sessions += 1
            book = session(sessions, ledger.restored())
            for old in made:
                book.poll(old)
        elif isinstance(step, Jump):
            from_ms = max([START_MS, unsure_ms, *(poll.done_ms for poll in made)])
            moved_ms += step.size_ms
            unsure_ms = from_ms + step.size_ms
            book.discontinuity(
                ClockJump(kind=JumpKind.STEP_FORWARD, from_ms=from_ms, to_ms=unsure_ms, size_ms=step.size_ms)
            )
        else:
            poll = _moved(step, moved_ms)
            if poll.sent_ms > unsure_ms:
                made.append(poll)
            book.poll(poll)
        match disk[number % len(disk)]:
            case "commit":
                ledger.write(book.take().rows.values())
                book.done()
                committed = len(made)
            case "fail":
                book.put_back(book.take())
    runs = ledger.runs()
    assert sum(run.polls for run in runs) >= committed
    for before, after in pairwise(runs):
        assert before.device != after.device or before.last_sent_ms < after.first_sent_ms
    for run in runs:
        own = [
            poll
            for poll in made
            if poll.device == run.device and run.first_sent_ms <= poll.sent_ms <= run.last_sent_ms
        ]
        assert len(own) == run.polls
        assert {poll.verdict for poll in own} == {run.verdict}
    if story and not any(isinstance(step, Restart) for step in story):
        ledger.write(book.take().rows.values())
        assert sum(run.polls for run in ledger.runs()) == len(made)


@given(polls(), st.integers(1, 6))
@settings(deadline=None)
def test_without_room_every_poll_is_either_kept_or_listed(evidence: list[Evidence], room: int) -> None:
    """On a disk that never comes back runs and losses together count every poll, and memory is bounded."""
    book = session(1, NOTHING, max_pending=room)
    for poll in evidence:
        book.poll(poll)
    devices = len({poll.device for poll in evidence})
    assert book.pending <= max(room, 7) + 2 * devices
    ledger = Ledger()
    ledger.write(book.take().rows.values())
    losses = [row for row in ledger.rows.values() if isinstance(row, Loss)]
    assert sum(run.polls for run in ledger.runs()) + sum(loss.polls for loss in losses) == len(evidence)
    for loss in losses:
        for run in ledger.runs():
            apart = run.last_sent_ms < loss.first_ms or run.first_sent_ms > loss.last_ms
            assert run.device != loss.device or apart
        assert all(run.ended is Ended.LOSS for run in ledger.runs() if _last_before(run, loss, ledger))


def _last_before(run: Run, loss: Loss, ledger: Ledger) -> bool:
    earlier = [
        other for other in ledger.runs() if other.device == loss.device and other.last_sent_ms < loss.first_ms
    ]
    return bool(earlier) and run == earlier[-1]


def _moved(poll: Evidence, by_ms: int) -> Evidence:
    answered_ms = None if poll.answered_ms is None else poll.answered_ms + by_ms
    return replace(poll, sent_ms=poll.sent_ms + by_ms, done_ms=poll.done_ms + by_ms, answered_ms=answered_ms)
