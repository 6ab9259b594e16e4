"""Families about the collector itself: is the monitor well."""

from __future__ import annotations

from collector.expose.catalogue.family import Family, Kind, Owner


def _own(
    name: str, unit: str, text: str, labels: tuple[str, ...] = (), *, kind: Kind | None = None
) -> Family:
    return Family(
        name=name,
        kind=kind or (Kind.COUNTER if name.endswith("_total") else Kind.GAUGE),
        owner=Owner.COLLECTOR,
        unit=unit,
        labels=labels,
        help=text,
        source="collector",
    )


BUILD_INFO = _own("haidang_build_info", "1", "Always 1; the collector's version", ("version",))
POLLS = _own("haidang_polls_total", "polls", "Polls that have ended, by verdict", ("verdict",))
POLLS_SKIPPED = _own(
    "haidang_polls_skipped_total", "polls", "Turns on which the device's poll before had not ended yet"
)
POLLS_MISSED = _own(
    "haidang_polls_missed_total", "polls", "Turns that went by while the collector looked at nothing"
)
REPLIES_DROPPED = _own(
    "haidang_replies_dropped_total",
    "polls",
    "Polls whose device had left the inventory, or moved in it, by the time they ended",
)
LATENESS = _own(
    "haidang_poll_start_lateness_seconds",
    "seconds",
    "How long after it was due a poll began",
    kind=Kind.HISTOGRAM,
)
POLL_SECONDS = _own("haidang_poll_duration_seconds", "seconds", "How long polls took", kind=Kind.HISTOGRAM)
POLLS_RUNNING = _own("haidang_polls_running", "polls", "Polls under way now")
STALLS = _own("haidang_loop_stalls_total", "stalls", "Times the event loop looked at nothing for over 1 s")
STALL_SECONDS = _own("haidang_loop_stall_seconds_total", "seconds", "How long those stalls were together")
DEVICES = _own("haidang_devices", "devices", "Devices by live state", ("state",))
TRANSITIONS = _own(
    "haidang_state_transitions_total", "transitions", "Changes of live state, by the state after", ("state",)
)
LATITUDE = _own(
    "haidang_area_latitude_degrees", "degrees", "Where the area is on a map", ("area", "area_name")
)
LONGITUDE = _own(
    "haidang_area_longitude_degrees", "degrees", "Where the area is on a map", ("area", "area_name")
)
RELOAD_OK = _own(
    "haidang_inventory_reload_success", "1", "1 if the inventory file was sound when it was last read, else 0"
)
RELOAD_AT = _own(
    "haidang_inventory_reload_timestamp_seconds", "seconds", "When the inventory in use was taken up"
)
REVISION = _own("haidang_inventory_revision", "1", "Number of the inventory revision in use")
MISTAKES = _own(
    "haidang_inventory_mistakes", "mistakes", "Mistakes in the inventory file when it was last read"
)
CREDENTIALS = _own(
    "haidang_credential_usable",
    "1",
    "1 if the credential's secrets could be read and used, else 0",
    ("credential",),
)
LEDGER_OK = _own("haidang_ledger_ok", "1", "1 while evidence reaches the disk, 0 while it waits in memory")
REGISTER_OK = _own(
    "haidang_register_ok",
    "1",
    "1 while the register of decisions can be read, or there is none yet, else 0",
)
LEDGER_PENDING = _own("haidang_ledger_pending_rows", "rows", "Rows of evidence not yet on the disk")
LEDGER_LAST = _own(
    "haidang_ledger_last_commit_timestamp_seconds", "seconds", "When evidence last reached the disk"
)
LEDGER_COMMITS = _own("haidang_ledger_commits_total", "transactions", "Transactions of evidence written")
LEDGER_ERRORS = _own("haidang_ledger_errors_total", "errors", "Attempts to write evidence that failed")
LEDGER_ROWS = _own("haidang_ledger_rows_written_total", "rows", "Rows of evidence written")
LEDGER_COMMIT_SECONDS = _own(
    "haidang_ledger_commit_duration_seconds", "seconds", "How long the last transaction took"
)
LEDGER_BYTES = _own(
    "haidang_ledger_file_bytes", "bytes", "Size of the ledger and of its write-ahead log", ("file",)
)
LEDGER_NOT_BOOKED = _own(
    "haidang_ledger_not_booked_total",
    "items",
    "Evidence handed over twice or out of order (refused), in a clock jump (unsure), impossible (invalid), "
    "dropped for want of memory (lost), or not taken by the database (rejected: always 0)",
    ("why",),
)
PERIOD_CLOSED = _own(
    "haidang_period_closed",
    "1",
    "1 if the last reporting period that is over and has evidence is closed, else 0",
    ("period",),
)
PERIOD_END = _own(
    "haidang_period_end_timestamp_seconds",
    "seconds",
    "When the last reporting period that has evidence was over",
    ("period",),
)
CLOCK_JUMPS = _own(
    "haidang_clock_jumps_total", "jumps", "Steps of the wall clock and suspends of this machine", ("kind",)
)
CLOCK_BEHIND = _own(
    "haidang_clock_behind_ledger_seconds",
    "seconds",
    "How long the ledger still holds still because the wall clock was set back",
)
ALTERED = _own(
    "haidang_labels_altered_total",
    "values",
    "Label values that were too long or held what cannot be printed, each time they were rendered",
)
STRANGERS = _own(
    "haidang_snmp_strangers_total", "datagrams", "Datagrams at the SNMP socket from nobody who was asked"
)
INTERNAL_ERRORS = _own(
    "haidang_internal_errors_total",
    "errors",
    "Errors of the collector's own, each logged; please report them",
)

COUNTED = (
    POLLS,
    POLLS_SKIPPED,
    POLLS_MISSED,
    REPLIES_DROPPED,
    STALLS,
    STALL_SECONDS,
    TRANSITIONS,
    CLOCK_JUMPS,
    INTERNAL_ERRORS,
)
"""Counters that events raise; the rest is looked up at each scrape."""

FAMILIES = tuple(value for value in vars().values() if isinstance(value, Family))
