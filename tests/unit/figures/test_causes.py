from __future__ import annotations

from dataclasses import replace

import pytest

from collector.figures.causes import Silence, cause_of
from collector.figures.outage_values import Cause, Undecided
from collector.ledger.rows import Boot
from collector.model import UptimeSource

SECOND, MINUTE, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000
START = 1_790_000_000_000
WRAP_MS = 2**32 * 10


def boot(
    booted_ms: int,
    from_ms: int,
    to_ms: int,
    *,
    source: UptimeSource = UptimeSource.SYS_UPTIME,
    boots: int | None = None,
    wraps: bool = True,
) -> Boot:
    """Readings every 30 s of a life that began at `booted_ms`, each taken within 20 ms."""
    modulus = WRAP_MS if wraps else 10**18

    def ticks(at_ms: int) -> int:
        return (at_ms - booted_ms) % modulus // 10

    return Boot(
        device="an-khe",
        source=source,
        session="s",
        wraps=wraps,
        boots=boots,
        boot_id="",
        first_ticks=ticks(from_ms),
        first_sent_ms=from_ms,
        first_at_ms=from_ms + 20,
        last_ticks=ticks(to_ms),
        last_sent_ms=to_ms,
        last_at_ms=to_ms + 20,
        readings=2,
        ended=None,
    )


def silence(length_ms: int, *, gap_ms: int = 30 * SECOND, seen: bool = True) -> Silence:
    return Silence(
        began_from_ms=START - gap_ms,
        began_to_ms=START,
        ended_from_ms=START + length_ms - gap_ms,
        ended_to_ms=START + length_ms,
        seen_to_end=seen,
    )


def across(booted_before_ms: int, booted_after_ms: int, length_ms: int, **kind: object) -> list[Boot]:
    """Readings for an hour before the outage and an hour after it."""
    return [
        boot(booted_before_ms, START - HOUR, START - 30 * SECOND, **kind),  # type: ignore[arg-type]
        boot(booted_after_ms, START + length_ms, START + length_ms + HOUR, **kind),  # type: ignore[arg-type]
    ]


def test_an_uptime_that_goes_on_is_a_line() -> None:
    """The device lived through it, so its line was cut."""
    booted = START - 40 * DAY
    found = cause_of(across(booted, booted, 2 * HOUR), silence(2 * HOUR))
    assert (found.cause, found.undecided) == (Cause.LINE, None)
    (clock,) = found.evidence
    assert clock.continued
    assert clock.uptime_after_ms == 40 * DAY + 2 * HOUR
    assert clock.boot_from_ms <= booted <= clock.boot_to_ms


def test_one_row_across_the_outage_is_a_line() -> None:
    """The ledger folds readings that go on into one row."""
    booted = START - 40 * DAY
    row = boot(booted, START - HOUR, START + 3 * HOUR)
    assert cause_of([row], silence(2 * HOUR)).cause is Cause.LINE


def test_a_life_that_began_in_the_outage_and_answered_at_once_is_power_or_restart() -> None:
    """It booted for a minute and was there again."""
    rows = across(START - 40 * DAY, START + 2 * HOUR - MINUTE, 2 * HOUR)
    found = cause_of(rows, silence(2 * HOUR))
    assert (found.cause, found.undecided) == (Cause.POWER_OR_RESTART, None)


def test_a_restart_long_before_the_return_is_undecided() -> None:
    """Somebody restarted it while the line was cut, or the line was cut while it had no power."""
    rows = across(START - 40 * DAY, START + HOUR, 2 * HOUR)
    found = cause_of(rows, silence(2 * HOUR))
    assert (found.cause, found.undecided) == (Cause.UNDECIDED, Undecided.RESTARTED_DURING)


def test_rare_polls_do_not_make_a_cause() -> None:
    """With ten minutes between polls it cannot be told whether it came back as soon as it had booted."""
    rows = across(START - 40 * DAY, START + 2 * HOUR - 8 * MINUTE, 2 * HOUR)
    found = cause_of(rows, silence(2 * HOUR, gap_ms=10 * MINUTE))
    assert (found.cause, found.undecided) == (Cause.UNDECIDED, Undecided.POLLS_TOO_RARE)
    slow = cause_of(rows, silence(2 * HOUR, gap_ms=10 * MINUTE), usual_boot_ms=10 * MINUTE)
    assert slow.cause is Cause.POWER_OR_RESTART


@pytest.mark.parametrize("wrapped_before_ms", [-30 * MINUTE, MINUTE, HOUR, 2 * HOUR - 1, 3 * HOUR])
def test_the_roll_over_of_497_days_is_no_restart(wrapped_before_ms: int) -> None:
    """Wherever the counter goes round: before the outage, in it, or after it."""
    booted = START + wrapped_before_ms - WRAP_MS
    assert cause_of(across(booted, booted, 2 * HOUR), silence(2 * HOUR)).cause is Cause.LINE


def test_without_a_reading_before_a_counter_that_wraps_decides_nothing() -> None:
    """It may have gone round; one that does not wrap cannot have."""
    after = boot(START + 2 * HOUR - MINUTE, START + 2 * HOUR, START + 3 * HOUR)
    found = cause_of([after], silence(2 * HOUR))
    assert (found.cause, found.undecided) == (Cause.UNDECIDED, Undecided.NO_UPTIME_BEFORE)
    sure = boot(
        START + 2 * HOUR - MINUTE,
        START + 2 * HOUR,
        START + 3 * HOUR,
        source=UptimeSource.AGENT_BOOT,
        wraps=False,
    )
    assert cause_of([sure], silence(2 * HOUR)).cause is Cause.POWER_OR_RESTART


def test_a_long_uptime_after_is_a_line_even_without_one_before() -> None:
    """A life that began before the outage cannot have begun in it."""
    after = boot(START - 5 * DAY, START + 2 * HOUR, START + 3 * HOUR)
    assert cause_of([after], silence(2 * HOUR)).cause is Cause.LINE


def test_an_agents_restart_is_not_the_hosts() -> None:
    """sysUpTime began anew, hrSystemUptime went on: the line."""
    management = across(START - DAY, START + HOUR, 2 * HOUR)
    host = across(START - 90 * DAY, START - 90 * DAY, 2 * HOUR, source=UptimeSource.HR_SYSTEM_UPTIME)
    assert cause_of([*management, *host], silence(2 * HOUR)).cause is Cause.LINE


def test_an_agents_restart_alone_decides_nothing_of_a_host() -> None:
    """The host has a clock of its own, which shows nothing after the outage."""
    management = across(START - DAY, START + 2 * HOUR - MINUTE, 2 * HOUR)
    host = across(START - 90 * DAY, START - 90 * DAY, 2 * HOUR, source=UptimeSource.HR_SYSTEM_UPTIME)[:1]
    found = cause_of([*management, *host], silence(2 * HOUR))
    assert (found.cause, found.undecided) == (Cause.UNDECIDED, Undecided.AGENT_ONLY)


def test_sources_that_contradict_each_other_decide_nothing() -> None:
    """The host says it restarted, its agent that it did not."""
    management = across(START - DAY, START - DAY, 2 * HOUR)
    host = across(START - 90 * DAY, START + HOUR, 2 * HOUR, source=UptimeSource.HR_SYSTEM_UPTIME)
    found = cause_of([*management, *host], silence(2 * HOUR))
    assert (found.cause, found.undecided) == (Cause.UNDECIDED, Undecided.SOURCES_DISAGREE)


def test_an_engine_whose_clock_was_set_tells_nothing() -> None:
    """It counts its starts, and counted none."""
    engine = across(
        START - 9 * DAY,
        START - 9 * DAY - HOUR,
        2 * HOUR,
        source=UptimeSource.SNMP_ENGINE,
        boots=3,
        wraps=False,
    )
    found = cause_of(engine, silence(2 * HOUR))
    assert (found.cause, found.undecided, found.evidence) == (Cause.UNDECIDED, Undecided.NO_UPTIME, ())


def test_an_engine_that_counted_a_start_restarted() -> None:
    """One boot more, and its time began within the outage."""
    before, after = across(
        START - 9 * DAY,
        START + 2 * HOUR - MINUTE,
        2 * HOUR,
        source=UptimeSource.SNMP_ENGINE,
        boots=3,
        wraps=False,
    )
    rows = [before, replace(after, boots=4)]
    assert cause_of(rows, silence(2 * HOUR)).cause is Cause.POWER_OR_RESTART


def test_a_device_that_began_just_before_a_long_outage_is_undecided() -> None:
    """After three days two clocks may differ by more than the seconds that it had been up."""
    booted = START - 90 * SECOND
    rows = [
        boot(booted, START - 60 * SECOND, START - 30 * SECOND),
        boot(booted, START + 3 * DAY, START + 3 * DAY + HOUR),
    ]
    found = cause_of(rows, silence(3 * DAY))
    assert (found.cause, found.undecided) == (Cause.UNDECIDED, Undecided.TOO_YOUNG)


def test_a_restart_after_the_return_hides_what_was() -> None:
    """It answered again, was mute, and then restarted: nothing of the outage's end is left."""
    rows = [
        boot(START - 40 * DAY, START - HOUR, START - 30 * SECOND),
        boot(START + 5 * HOUR, START + 6 * HOUR, START + 7 * HOUR),
    ]
    found = cause_of(rows, silence(2 * HOUR))
    assert (found.cause, found.undecided) == (Cause.UNDECIDED, Undecided.NO_UPTIME)


def test_a_return_that_nobody_saw_is_not_called_a_restart() -> None:
    """It restarted, and may have answered long before somebody asked."""
    rows = across(START - 40 * DAY, START + 2 * HOUR - MINUTE, 2 * HOUR)
    found = cause_of(rows, silence(2 * HOUR, seen=False))
    assert (found.cause, found.undecided) == (Cause.UNDECIDED, Undecided.RETURN_UNSEEN)


def test_a_device_without_uptime_is_undecided() -> None:
    """Nothing to go by."""
    assert cause_of([], silence(HOUR)).undecided is Undecided.NO_UPTIME


def test_a_restart_before_anybody_saw_the_silence_is_not_its_cause() -> None:
    """It restarted while nobody looked, and the line may have been cut afterwards."""
    rows = across(START - 40 * DAY, START - MINUTE, 2 * MINUTE)
    unseen = replace(silence(2 * MINUTE), began_from_ms=START - 5 * HOUR, begin_seen=False)
    found = cause_of(rows, unseen)
    assert (found.cause, found.undecided) == (Cause.UNDECIDED, Undecided.BEGIN_UNSEEN)


def test_host_clocks_that_contradict_each_other_decide_nothing() -> None:
    """One went on and the other began anew."""
    lasted = across(START - DAY, START - DAY, 2 * HOUR, source=UptimeSource.AGENT_BOOT)
    anew = across(START - 90 * DAY, START + HOUR, 2 * HOUR, source=UptimeSource.HR_SYSTEM_UPTIME)
    found = cause_of([*lasted, *anew], silence(2 * HOUR))
    assert (found.cause, found.undecided) == (Cause.UNDECIDED, Undecided.SOURCES_DISAGREE)
