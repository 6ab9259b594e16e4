"""Which metrics and labels two dashboards of the ecosystem ask for; they themselves are not copied here.

`NETWORK` is a "Network Overview" for snmp_exporter's if_mib, found public on GitHub: interfaces up, traffic,
errors, discards, by instance and interface description. `NODES` is the Linux "Nodes" of node_exporter's own
mixin (docs/node-mixin/lib/prom-mixin.libsonnet). Both choose by `instance`, the second by `job` too.
"""

from __future__ import annotations

NETWORK: dict[str, set[str]] = {
    "ifOperStatus": {"instance", "ifDescr"},
    "ifHCInOctets": {"instance", "ifDescr", "ifAlias"},
    "ifHCOutOctets": {"instance", "ifDescr", "ifAlias"},
    "ifInErrors": {"instance", "ifDescr"},
    "ifOutErrors": {"instance", "ifDescr"},
    "ifInDiscards": {"instance", "ifDescr"},
    "ifOutDiscards": {"instance", "ifDescr"},
}

NODES: dict[str, set[str]] = {
    "node_uname_info": {"job", "instance", "sysname"},
    "node_cpu_seconds_total": {"job", "instance", "cpu", "mode"},
    "node_load1": {"job", "instance"},
    "node_load5": {"job", "instance"},
    "node_load15": {"job", "instance"},
    "node_memory_MemTotal_bytes": {"job", "instance"},
    "node_memory_MemFree_bytes": {"job", "instance"},
    "node_memory_MemAvailable_bytes": {"job", "instance"},
    "node_memory_Buffers_bytes": {"job", "instance"},
    "node_memory_Cached_bytes": {"job", "instance"},
    "node_disk_read_bytes_total": {"job", "instance", "device"},
    "node_disk_written_bytes_total": {"job", "instance", "device"},
    "node_disk_io_time_seconds_total": {"job", "instance", "device"},
    "node_filesystem_size_bytes": {"job", "instance", "device", "fstype", "mountpoint"},
    "node_filesystem_avail_bytes": {"job", "instance", "device", "fstype", "mountpoint"},
    "node_network_receive_bytes_total": {"job", "instance", "device"},
    "node_network_transmit_bytes_total": {"job", "instance", "device"},
}
