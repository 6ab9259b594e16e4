"""A small network's evidence: polled hourly for any number of days, with outages, restarts and traffic."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from collector.inventory.canonical import canonical_json
from collector.inventory.load import load
from collector.inventory.loaded import Accepted
from collector.ledger.book import Book
from collector.ledger.days import midnight_ms
from collector.ledger.evidence import Evidence, LeftOutEvidence, SpoolEvidence, TrafficEvidence
from collector.ledger.rows import Row, Session
from collector.ledger.store import open_store
from collector.model import Doubt, Reason, Uptime, UptimeSource, Verdict
from collector.traffic.buckets import BUCKET_MS, Bucket

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
BOOT_MS = 1_780_000_000_000
INVENTORY = """\
organisation: {name: Tỉnh Thử Nghiệm, language: vi, timezone: Asia/Ho_Chi_Minh}
collector: {ledger: ledger.db}
areas:
  - {id: dong-hung, name: Huyện Đông Hưng, hub: hub}
defaults: {interval: 1h, deadline: 20s}
devices:
  - {id: hub, name: Trạm huyện, role: hub, address: 127.0.0.1, icmp: {}}
  - {id: an-khe, name: Xã An Khê, role: commune, area: dong-hung, address: 127.0.0.2, icmp: {}}
  - {id: dong-hai, name: Xã Đông Hải, role: commune, area: dong-hung, address: 127.0.0.3, icmp: {}}
"""
DEVICES = ("hub", "an-khe", "dong-hai")


def local_ms(day: date) -> int:
    """Return when a day begins in Hanoi."""
    return midnight_ms(day, HANOI)


def inventory_in(folder: Path) -> Path:
    """Write the inventory of this network and return its file."""
    file = folder / "inventory.yaml"
    file.write_text(INVENTORY, encoding="utf-8")
    return file


def never(device: str, ms: int) -> bool:
    """Say that nothing is ever silent."""
    return False


class Network:
    """A collector's evidence, hour by hour; it never sleeps and its clock is the caller's."""

    def __init__(self, ledger: Path, *, since_ms: int, session: str = "s1") -> None:
        loaded = load(inventory_in(ledger.parent))
        assert isinstance(loaded, Accepted), loaded
        self._store, restored = open_store(ledger, now_ms=since_ms)
        self._book = Book(
            Session(id=session, started_ms=since_ms, version="test"),
            restored,
            HANOI,
            heartbeat_limit_ms=2 * HOUR_MS,
        )
        self._now_ms = since_ms
        self._hours = 0
        self.revision = self._book.revision(canonical_json(loaded.inventory), since_ms, HANOI)

    def watch(self, until_ms: int, *, silent: Callable[[str, int], bool] = never) -> None:
        """Poll each device once an hour until this instant."""
        while self._now_ms < until_ms:
            for place, device in enumerate(DEVICES):
                self._poll(device, self._now_ms + 1_000 * place, silent(device, self._now_ms))
            self._book.heartbeat(self._now_ms)
            self._line(self._now_ms)
            self._now_ms += HOUR_MS
            self._hours += 1
            if self._hours % 24 == 0:
                self.commit()
        self._book.heartbeat(until_ms)
        self.commit()

    def add(self, *rows: Row) -> None:
        """Commit these rows too."""
        self._store.write(rows)

    def commit(self) -> None:
        """Write what waits."""
        self._store.write(self._book.take().rows.values())
        self._book.done()

    def stop(self) -> None:
        """End all rows and close the ledger."""
        self._book.stop()
        self.kill()

    def kill(self) -> None:
        """Close the ledger with its rows left open, as a kill leaves them."""
        self.commit()
        self._store.close()

    def _poll(self, device: str, sent_ms: int, silent: bool) -> None:
        self._book.poll(
            Evidence(
                device=device,
                revision=self.revision,
                verdict=Verdict.SILENT if silent else Verdict.ANSWERED,
                reason=Reason.TIMEOUT if silent else None,
                sent_ms=sent_ms,
                done_ms=sent_ms + 20,
                answered_ms=None if silent else sent_ms + 20,
                interval_ms=HOUR_MS,
                deadline_ms=20_000,
            )
        )
        if not silent:
            self._book.uptime(
                device,
                Uptime(
                    source=UptimeSource.SYS_UPTIME,
                    ticks=(sent_ms - BOOT_MS) // 10,
                    sent_ms=sent_ms,
                    at_ms=sent_ms + 20,
                    wraps=False,
                    boots=None,
                    boot_id="",
                ),
            )

    def _line(self, at_ms: int) -> None:
        start_ms = at_ms // BUCKET_MS * BUCKET_MS
        for number in range(2):
            bucket = Bucket(
                start_ms=start_ms + number * BUCKET_MS, in_bytes=1_000, out_bytes=2_000, covered_ms=BUCKET_MS
            )
            self._book.traffic(TrafficEvidence(device="an-khe", interface="wan0", bucket=bucket))
        left = LeftOutEvidence(
            device="an-khe",
            interface="wan0",
            doubt=Doubt.RESTART,
            from_ms=start_ms + 2 * BUCKET_MS,
            to_ms=start_ms + 3 * BUCKET_MS,
            in_bytes=5,
            out_bytes=6,
        )
        self._book.left_out(left)
        self._book.agent_range(
            SpoolEvidence(
                device="hub",
                spool="a1",
                first_seq=self._hours,
                last_seq=self._hours,
                first_ms=at_ms,
                last_ms=at_ms,
                received_ms=at_ms,
            )
        )


def start_once(ledger: Path, at_ms: int) -> None:
    """Start a collector at this instant and stop it: the ledger then shows that it was then."""
    Network(ledger, since_ms=at_ms, session="later").stop()


def make(ledger: Path, first: date, days: int) -> None:
    """Make a ledger of whole days: a cut of the hub each third day, an outage of one commune each second."""

    def silent(device: str, ms: int) -> bool:
        day, hour = divmod((ms - local_ms(first)) // HOUR_MS, 24)
        if day % 3 == 1 and hour in (9, 10, 11):
            return device != "dong-hai" or hour != 10
        return device == "dong-hai" and day % 2 == 0 and 20 <= hour < 23

    network = Network(ledger, since_ms=local_ms(first))
    network.watch(local_ms(first + timedelta(days=days)), silent=silent)
    network.stop()
