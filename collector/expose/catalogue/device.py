"""Families that only Hải Đăng has: what each device is shown as, and how the probes fared."""

from __future__ import annotations

from collector.expose.catalogue.family import Family, Kind, Owner


def _device(name: str, unit: str, labels: tuple[str, ...], text: str, source: str) -> Family:
    kind = Kind.COUNTER if name.endswith("_total") else Kind.GAUGE
    return Family(
        name=name, kind=kind, owner=Owner.DEVICE, unit=unit, labels=labels, help=text, source=source
    )


_WHERE = ("role", "area")
_PROBE = ("probe",)

FAMILIES = (
    _device(
        "haidang_device_info",
        "1",
        ("name", "role", "area", "area_name", "address", "parents"),
        "Always 1; what the inventory says of the device",
        "inventory",
    ),
    _device(
        "haidang_device_state",
        "1",
        (*_WHERE, "state"),
        "1 for the state the device is in now, 0 for the other five",
        "live state machine",
    ),
    _device(
        "haidang_device_state_since_timestamp_seconds",
        "seconds",
        _WHERE,
        "When the present state began, as far as the polls can tell",
        "live state machine",
    ),
    _device(
        "haidang_device_last_evidence_timestamp_seconds",
        "seconds",
        _WHERE,
        "End of the last poll that proved anything (answered or silent)",
        "live state machine",
    ),
    _device(
        "haidang_device_serves",
        "agencies",
        _WHERE,
        "How many agencies depend on the device",
        "inventory, serves",
    ),
    _device(
        "haidang_device_unencrypted",
        "1",
        _WHERE,
        "1 if the device is polled by a protocol that does not encrypt (SNMP v1, v2c, or v3 without privacy)",
        "inventory, credential",
    ),
    _device(
        "haidang_probe_success",
        "1",
        _PROBE,
        "1 if the last poll's probe brought values, else 0",
        "poll",
    ),
    _device(
        "haidang_probe_fault",
        "1",
        (*_PROBE, "reason"),
        "1 with the reason why the last poll's probe brought none; absent when it did",
        "poll",
    ),
    _device(
        "haidang_probe_rtt_seconds",
        "seconds",
        _PROBE,
        "Round trip of the last poll: mean echo (icmp), fastest exchange (snmp), "
        "connection or command (ssh), connection (http, tls, tcp), answer (dns)",
        "poll",
    ),
    _device(
        "haidang_probe_rtt_min_seconds", "seconds", _PROBE, "Shortest round trip of the last poll", "icmp"
    ),
    _device(
        "haidang_probe_rtt_max_seconds", "seconds", _PROBE, "Longest round trip of the last poll", "icmp"
    ),
    _device(
        "haidang_probe_jitter_seconds",
        "seconds",
        _PROBE,
        "Mean difference between neighbouring round trips of the last poll",
        "icmp",
    ),
    _device(
        "haidang_probe_loss_ratio",
        "ratio",
        _PROBE,
        "Share of the last poll's echo requests that stayed without an answer",
        "icmp",
    ),
    _device(
        "haidang_probe_duration_seconds",
        "seconds",
        _PROBE,
        "How long the last poll's probe took, failed or not",
        "poll",
    ),
    _device(
        "haidang_probe_packets_sent_total",
        "packets",
        _PROBE,
        "Requests sent (ssh: exchanges begun), retransmissions included",
        "poll",
    ),
    _device(
        "haidang_probe_packets_received_total",
        "packets",
        _PROBE,
        "Answers that belonged to a request of ours",
        "poll",
    ),
    _device(
        "haidang_probe_failures_total",
        "polls",
        (*_PROBE, "reason"),
        "Polls whose probe brought no values, by reason",
        "poll",
    ),
    _device(
        "haidang_probe_last_success_timestamp_seconds",
        "seconds",
        _PROBE,
        "When the probe last brought values",
        "poll",
    ),
    _device(
        "haidang_agent_snapshot_age_seconds",
        "seconds",
        (),
        "How old the agent's latest snapshot was when the report was written",
        "ssh report",
    ),
    _device(
        "haidang_agent_snapshot_gaps_total",
        "snapshots",
        (),
        "Snapshots whose numbers were never received: the agent's spool had dropped or lost them",
        "ssh report",
    ),
    _device(
        "haidang_agent_clock_offset_seconds",
        "seconds",
        (),
        "The agent's wall clock less the collector's, uncertain by the round trip",
        "ssh report",
    ),
    _device(
        "haidang_agent_section_unavailable",
        "1",
        ("section", "reason"),
        "1 for a part of the snapshot that the agent could not read, with its reason",
        "ssh report",
    ),
    _device(
        "haidang_snmp_system_info",
        "1",
        ("sys_descr", "sys_location", "sys_name", "sys_object_id"),
        "Always 1; what the device says of itself",
        "1.3.6.1.2.1.1",
    ),
)
