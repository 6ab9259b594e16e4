"""The blocks about what is polled: checks, defaults, groups, devices, areas, and CSV imports."""

from __future__ import annotations

from collector.inventory.schema.entry import Entry, key
from collector.inventory.schema.types import (
    Address,
    CapacityList,
    Count,
    Day,
    Duration,
    FilePath,
    HostKey,
    Identifier,
    Identifiers,
    Instant,
    Latitude,
    Longitude,
    Mapped,
    Packets,
    Port,
    Probes,
    Rate,
    Retries,
    SideName,
    Switched,
    Text,
)


class IcmpBlock(Entry):
    """Ping."""

    packets: Packets = key("echo requests sent in one poll, 1 to 20", example="3", default="`3`")
    timeout: Duration = key(
        "how long each may take to come back", example="2s", default="`2s`, never above the deadline"
    )


class SnmpBlock(Entry):
    """SNMP."""

    credential: Identifier = key(
        "which of `credentials` to ask with; SNMP is off without one", example="routers"
    )
    port: Port = key("UDP port", example="1161", default="`161`")
    timeout: Duration = key(
        "longest wait for one answer; less is learned from the device",
        example="3s",
        default="`3s`, never above the deadline",
    )
    retries: Retries = key(
        "how often an unanswered request is sent again, 0 to 10", example="2", default="`2`"
    )


class SshBlock(Entry):
    """The agent's report over SSH."""

    credential: Identifier = key(
        "which of `credentials` to log in with; SSH is off without one", example="agents"
    )
    port: Port = key("TCP port", example="2222", default="`22`")
    timeout: Duration = key(
        "longest time for connection and report", example="8s", default="`8s`, never above the deadline"
    )
    host_key: HostKey = key(
        "the one public key this device may show, instead of what `known_hosts` says",
        example='"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA…"',
    )


class UplinkBlock(Entry):
    """The interface that carries the site's line."""

    interface: Text = key("its ifName, ifDescr or ifAlias", example="wan0")
    side: SideName = key(
        "whose router it is on: `site`, or `provider` where it is the other end of the line",
        example="provider",
        default="`site`",
    )


class CapacityBlock(Entry):
    """What was subscribed, and for which time."""

    rate: Rate = key("both directions", example="100M")
    into: Rate = key("towards the site, where the directions differ", example="200M", name="in")
    out: Rate = key("from the site, where the directions differ", example="50M")
    start: Day = key("first day it holds", example="2026-01-01", default="always", name="from")
    end: Day = key(
        "first day it holds no longer", example="2026-07-01", default="the next entry's `from`", name="until"
    )


class SettingsBlock(Entry):
    """What defaults, groups and devices can all say; a device's word counts more than its group's."""

    role: Identifier = key(
        "what kind of thing it is: a label of its metrics",
        example="commune",
        default="the group's name, else `device`",
    )
    area: Identifier = key("which of `areas` it lies in", example='"340"', default="none")
    parents: Identifiers = key(
        "the devices it hangs on: it is cut off when all of them are; `[]` for none",
        example="[hub-340]",
        default="the hub of its area",
    )
    icmp: Switched[IcmpBlock] = key(
        "ping it; `{}` or `true` for the defaults, `false` not to", example="{packets: 5}", default="off"
    )
    snmp: Switched[SnmpBlock] = key(
        "ask it by SNMP; `false` not to", example="{credential: routers}", default="off"
    )
    ssh: Switched[SshBlock] = key(
        "fetch its agent's report by SSH; `false` not to", example="{credential: agents}", default="off"
    )
    reachability: Probes = key(
        "which of its checks show that it is there: any answer to any of them counts",
        example="[icmp, snmp]",
        default="all it has",
    )
    interval: Duration = key("time from poll to poll, 1s to 1h", example="1m", default="`30s`")
    deadline: Duration = key(
        "when an unfinished poll is given up, at most the interval",
        example="15s",
        default="4/5 of the interval, at most `20s`",
    )
    capacity: CapacityList[CapacityBlock] = key(
        "subscribed rate of its line: a rate, or a list of rates with dates",
        example="[{rate: 100M, from: 2026-01-01}]",
        default="unknown",
    )
    uplink: Switched[UplinkBlock] = key(
        "the interface that carries its line", example="{interface: wan0}", default="none"
    )
    serves: Count = key("how many agencies lose their connection with it", example="3", default="`0`")


class DefaultsBlock(SettingsBlock):
    """What holds for every device that says nothing else."""


class GroupBlock(SettingsBlock):
    """What the devices of a group have in common."""


class DeviceBlock(SettingsBlock):
    """One polled thing. What it does not say, its group and the defaults say."""

    id: Identifier = key(
        "its name for ever, in metrics and in the ledger: letters a-z, digits, `.`, `-` and `_`",
        example="c-12687",
        required=True,
    )
    name: Text = key("what people call it; unique in its area", example="Xã An Khê", default="the id")
    group: Identifier = key("which of `groups` it takes its settings from", example="commune", default="none")
    address: Address = key("its IPv4 or IPv6 address", example="127.34.0.1", required=True)
    latitude: Latitude = key("degrees north, for maps", example="20.556", default="unknown")
    longitude: Longitude = key("degrees east, for maps", example="106.355", default="unknown")
    commissioned: Instant = key(
        "when it went into service; nothing counts before", example="2026-01-01", default="always"
    )
    withdrawn: Instant = key(
        "when it went out of service; keep its entry, the past still needs it",
        example="2026-07-01 12:00",
        default="never",
    )


class AreaBlock(Entry):
    """A district, a room: what devices are grouped by on screens and in reports."""

    id: Identifier = key("its name for ever", example='"340"', required=True)
    name: Text = key("what people call it; unique", example="Huyện Đông Hưng", default="the id")
    hub: Identifier = key(
        "the device that the area's other devices hang on", example="hub-340", default="none"
    )
    latitude: Latitude = key("degrees north, for maps", example="20.556", default="unknown")
    longitude: Longitude = key("degrees east, for maps", example="106.355", default="unknown")


class ImportBlock(Entry):
    """A CSV file with one device a row, UTF-8, separated by commas, semicolons or tabs."""

    csv: FilePath = key("the file, relative to the inventory's folder", example="communes.csv", required=True)
    group: Identifier = key("the group of all its devices", example="commune", default="none")
    columns: Mapped = key(
        "which column gives which key of a device, `snmp.port` a key in a block; an empty cell gives nothing",
        example="{id: unit_code, name: unit_name, area: district_code, address: address}",
        required=True,
    )
    id_prefix: Identifier = key("written before every id", example="c-", default="nothing")
