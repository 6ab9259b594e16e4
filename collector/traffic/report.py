"""What `haidang traffic` says of lines, as plain values: one line in a period, or all of them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

from collector.inventory.values import Capacity
from collector.ledger.days import midnight_ms
from collector.ledger.rows import LeftOut
from collector.ledger.traffic import (
    RULE_DAYS,
    Day,
    Direction,
    Figures,
    Streak,
    Way,
    days,
    figures,
    local_day,
    seven_days,
    streaks,
)
from collector.model import Doubt
from collector.traffic.buckets import Bucket, bucket_start

Json = dict[str, object]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Whole local days, and how they are called: `2026-10`, `2026-10-05`."""

    name: str
    first: date
    last: date

    def edges(self, timezone: tzinfo) -> tuple[int, int]:
        """Return begin and end in UTC milliseconds."""
        return midnight_ms(self.first, timezone), midnight_ms(self.last + timedelta(days=1), timezone)

    @property
    def single(self) -> bool:
        """True for one day."""
        return self.first == self.last


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Whose line it is, what was subscribed, and how far evidence reaches."""

    device: str
    name: str
    capacities: tuple[Capacity, ...]
    timezone: tzinfo
    now_ms: int
    simulated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LineReport:
    """One line in one period. `streaks` may have begun before it; `windows` are seven days each."""

    subject: Subject
    period: Period
    buckets: Mapping[int, Bucket]
    whole: Figures
    days: tuple[Day, ...]
    streaks: tuple[Streak, ...]
    windows: Mapping[date, Figures]
    left_out: tuple[LeftOut, ...]

    @property
    def breaks_rule(self) -> bool:
        """True if P95 was above 90 % of capacity on seven days running, in either direction."""
        return any(streak.breaks_rule for streak in self.streaks)

    @property
    def broken_windows(self) -> list[date]:
        """The last days of seven of which P95, over all seven, is above 90 % of capacity."""
        return [
            day
            for day, found in self.windows.items()
            if found.counts and any(way.over for way in found.ways.values())
        ]


def report(
    subject: Subject,
    period: Period,
    buckets: Mapping[int, Bucket],
    left_out: Iterable[LeftOut],
    *,
    windows: bool = True,
) -> LineReport:
    """Return a line's report; `buckets` should begin RULE_DAYS or more before the period.

    Without `windows` the rule's other reading, which costs most, is left away.
    """
    timezone, capacities, now_ms = subject.timezone, subject.capacities, subject.now_ms
    start_ms, end_ms = period.edges(timezone)
    upto_ms = max(start_ms, min(end_ms, bucket_start(now_ms)))
    before_ms = midnight_ms(period.first - timedelta(days=2 * RULE_DAYS), timezone)
    known = days(buckets, before_ms, end_ms, capacities, timezone, now_ms=now_ms)
    inside = tuple(day for day in known if day.day >= period.first)
    found = (streak for direction in Direction for streak in streaks(known, direction))
    return LineReport(
        subject=subject,
        period=period,
        buckets={start: bucket for start, bucket in buckets.items() if start_ms <= start < end_ms},
        whole=figures(buckets, start_ms, upto_ms, capacities, timezone),
        days=inside,
        streaks=tuple(streak for streak in found if streak.last >= period.first),
        windows={
            day.day: seven_days(buckets, day.day, capacities, timezone)
            for day in inside
            if windows and day.over
        },
        left_out=tuple(left_out),
    )


def busiest(reports: Iterable[LineReport]) -> list[LineReport]:
    """Return lines by how near their P95 is to what was subscribed; last those without a capacity."""
    return sorted(reports, key=lambda one: (_fullness(one.whole), _rate(one.whole)), reverse=True)


def left_by_doubt(rows: Sequence[LeftOut]) -> dict[Doubt, tuple[int, int, int, int]]:
    """Return for each doubt how often, how many ms, and the least bytes in and out."""
    found: dict[Doubt, tuple[int, int, int, int]] = {}
    for row in rows:
        times, ms, into, out = found.get(row.doubt, (0, 0, 0, 0))
        found[row.doubt] = (
            times + row.readings,
            ms + row.last_ms - row.first_ms,
            into + row.in_bytes,
            out + row.out_bytes,
        )
    return found


def as_json(found: LineReport) -> Json:
    """Return a line's report for programs: rates in bit/s, durations in seconds, None for what is unknown."""
    subject = found.subject
    result: Json = {
        "device": subject.device,
        "name": subject.name,
        "simulated": subject.simulated,
        "period": found.period.name,
        "timezone": str(subject.timezone),
        **_figures(found.whole),
        "left_out": {
            str(doubt): {"readings": times, "seconds": ms / 1000, "in_bytes": into, "out_bytes": out}
            for doubt, (times, ms, into, out) in left_by_doubt(found.left_out).items()
        },
        "rule": {
            "breaks": found.breaks_rule,
            "streaks": [
                {
                    "direction": str(streak.direction),
                    "days": streak.days,
                    "first": streak.first.isoformat(),
                    "last": streak.last.isoformat(),
                }
                for streak in found.streaks
            ],
            "seven_days_as_one_above": [day.isoformat() for day in found.broken_windows],
        },
        "days": [
            {
                "day": day.day.isoformat(),
                "ended": day.over,
                "marks": {str(direction): str(day.mark(direction)) for direction in Direction},
                **_figures(day.figures),
            }
            for day in found.days
        ],
    }
    if found.period.single:
        result["buckets"] = [_bucket(bucket, subject.timezone) for bucket in found.buckets.values()]
    return result


def csv_rows(found: LineReport) -> list[list[str]]:
    """Return a line's report as a table with a head: a bucket a row for a day, else a day a row."""
    if found.period.single:
        head = ["begin", "in_bytes", "out_bytes", "covered_seconds", "missing", "in_bps", "out_bps"]
        cells = [_bucket(bucket, found.subject.timezone) for bucket in found.buckets.values()]
        return [head, *([_cell(row[name]) for name in head] for row in cells)]
    head = ["day", "ended", "expected_buckets", "missing_buckets"]
    ways = ["p95_bps", "max_bps", "bytes", "capacity_bps", "busy_seconds"]
    rows = [[*head, *(f"{d}_{name}" for d in Direction for name in (*ways, "mark"))]]
    for day in found.days:
        of_ways = [
            [*_way(day.figures.ways[direction]).values(), str(day.mark(direction))] for direction in Direction
        ]
        row = [day.day.isoformat(), day.over, day.figures.expected, day.figures.missing]
        rows.append([_cell(value) for value in (*row, *of_ways[0], *of_ways[1])])
    return rows


def local_time(ms: int, timezone: tzinfo) -> datetime:
    """Return an instant as local time."""
    return (_EPOCH + timedelta(milliseconds=ms)).astimezone(timezone)


def period_of(day: str, month: str, *, now_ms: int, timezone: tzinfo) -> Period:
    """Return the period that was asked for, the running month if none was; ValueError in words."""
    if day:
        try:
            one = date.fromisoformat(day)
        except ValueError:
            raise ValueError(f"--day {day}: write a day as 2026-10-05") from None
        return Period(name=one.isoformat(), first=one, last=one)
    today = local_day(now_ms, timezone)
    try:
        first = date.fromisoformat(f"{month}-01") if month else today.replace(day=1)
    except ValueError:
        raise ValueError(f"--month {month}: write a month as 2026-10") from None
    after = (first + timedelta(days=31)).replace(day=1)
    return Period(name=f"{first:%Y-%m}", first=first, last=after - timedelta(days=1))


def last_days(*, now_ms: int, timezone: tzinfo) -> Period:
    """Return the running day and the seven before it."""
    today = local_day(now_ms, timezone)
    first = today - timedelta(days=RULE_DAYS)
    return Period(name=f"{first.isoformat()} to {today.isoformat()}", first=first, last=today)


def _figures(found: Figures) -> Json:
    return {
        "expected_buckets": found.expected,
        "missing_buckets": found.missing,
        **{str(direction): _way(way) for direction, way in found.ways.items()},
    }


def _way(way: Way) -> Json:
    return {
        "p95_bps": way.p95_bps,
        "max_bps": way.max_bps,
        "bytes": way.bytes,
        "capacity_bps": way.capacity_bps,
        "busy_seconds": None if way.busy_ms is None else way.busy_ms // 1000,
    }


def _bucket(bucket: Bucket, timezone: tzinfo) -> Json:
    return {
        "begin": local_time(bucket.start_ms, timezone).isoformat(),
        "in_bytes": bucket.in_bytes,
        "out_bytes": bucket.out_bytes,
        "covered_seconds": bucket.covered_ms / 1000,
        "missing": bucket.missing,
        "in_bps": None if bucket.missing else bucket.in_bps,
        "out_bps": None if bucket.missing else bucket.out_bps,
    }


def _cell(value: object) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _fullness(found: Figures) -> float:
    return max((way.p95_ratio or -1.0 for way in found.ways.values()), default=-1.0)


def _rate(found: Figures) -> int:
    return max((way.p95_bps or 0 for way in found.ways.values()), default=0)
