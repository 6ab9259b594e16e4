"""Defaults, groups and devices laid over one another."""

from __future__ import annotations

from datetime import date

from collector.inventory.loaded import Accepted
from collector.inventory.values import Capacity, IcmpCheck, Probe, Side, SnmpCheck, SshCheck, Uplink
from tests.unit.inventory.running import Accept, LoadText, Refuse


def test_a_device_needs_little(accept: Accept) -> None:
    """Id, address and one way of asking: everything else has a default."""
    device = accept("devices: [{id: c-1, address: 127.34.0.1, icmp: true}]").devices[0]
    assert (device.name, device.role, device.area, device.parents) == ("c-1", "device", None, ())
    assert device.icmp == IcmpCheck(packets=3, timeout_ms=2_000)
    assert (device.snmp, device.ssh, device.reachability) == (None, None, (Probe.ICMP,))
    assert (device.interval_ms, device.deadline_ms) == (30_000, 20_000)
    assert (device.serves, device.capacities, device.uplink) == (0, (), None)


def test_a_device_counts_more_than_its_group_and_that_more_than_defaults(accept: Accept) -> None:
    """Each value comes from the strongest layer that gives it, each key of a block by itself."""
    inventory = accept("""
defaults: {interval: 1m, role: thing, snmp: {timeout: 5s, retries: 1, port: 1161}}
groups:
  commune: {role: commune, serves: 2, snmp: {credential: routers, retries: 4}}
devices:
  - {id: c-1, address: 127.34.0.1, group: commune, snmp: {timeout: 6s}}
  - {id: c-2, address: 127.34.0.2, group: commune, role: ward, interval: 2m, serves: 0}
  - {id: c-3, address: 127.34.0.3, icmp: {}}
""")
    one, two, three = inventory.devices
    assert (one.role, one.interval_ms, one.serves) == ("commune", 60_000, 2)
    assert one.snmp == SnmpCheck(credential="routers", port=1_161, timeout_ms=6_000, retries=4)
    assert (two.role, two.interval_ms, two.serves) == ("ward", 120_000, 0)
    assert three.role == "thing"


def test_a_group_names_the_role_of_its_devices(accept: Accept) -> None:
    """Where nobody says a role, it is the group's name."""
    text = "groups: {hub: {icmp: {}}}\ndevices: [{id: h, address: 127.34.0.1, group: hub}]"
    assert accept(text).devices[0].role == "hub"


def test_false_switches_a_check_off_and_a_block_on_again(accept: Accept) -> None:
    """`false`, `off` or nothing in a device takes away what the group switches on; a block brings it back."""
    inventory = accept("""
defaults: {snmp: {credential: routers}}
groups:
  quiet: {icmp: {packets: 5}, snmp: false}
devices:
  - {id: a, address: 127.34.0.1, group: quiet}
  - {id: b, address: 127.34.0.2, group: quiet, snmp: {}}
  - {id: c, address: 127.34.0.3, group: quiet, icmp: off, snmp: true}
  - {id: d, address: 127.34.0.4, icmp: {}, snmp: }
  - {id: e, address: 127.34.0.5}
""")
    assert [device.probes for device in inventory.devices] == [
        (Probe.ICMP,),
        (Probe.ICMP, Probe.SNMP),
        (Probe.SNMP,),
        (Probe.ICMP,),
        (Probe.SNMP,),
    ]
    assert inventory.devices[1].snmp == SnmpCheck(credential="routers")


def test_defaults_without_a_credential_only_say_how(accept: Accept) -> None:
    """A port in the defaults makes nobody ask; a group's credential does, with that port."""
    inventory = accept("""
defaults: {ssh: {port: 2222}, uplink: {side: provider}}
groups: {server: {ssh: {credential: agents}}}
devices:
  - {id: a, address: 127.34.0.1, icmp: true}
  - {id: b, address: 127.34.0.2, group: server, uplink: {interface: eth0}}
""")
    assert inventory.devices[0].ssh is None
    assert inventory.devices[0].uplink is None
    assert inventory.devices[1].ssh == SshCheck(credential="agents", port=2_222)
    assert inventory.devices[1].uplink == Uplink(interface="eth0", side=Side.PROVIDER)


def test_members_hang_on_the_hub_of_their_area(accept: Accept) -> None:
    """Without parents a device or service hangs on its area's hub, the hub itself on nothing."""
    inventory = accept("""
areas: [{id: 340, hub: hub-340}, {id: dc}]
devices:
  - {id: core, address: 127.34.0.1, area: dc, icmp: true}
  - {id: hub-340, address: 127.34.0.2, area: 340, icmp: true}
  - {id: a, address: 127.34.0.3, area: 340, icmp: true}
  - {id: b, address: 127.34.0.4, area: 340, icmp: true, parents: [core]}
  - {id: c, address: 127.34.0.5, area: 340, icmp: true, parents: []}
services: [{id: portal, url: "https://portal.example/", area: 340}]
""")
    assert {device.id: device.parents for device in inventory.devices} == {
        "core": (), "hub-340": (), "a": ("hub-340",), "b": ("core",), "c": (), "portal": ("hub-340",),
    }  # fmt: skip


def test_a_short_interval_shortens_what_nobody_wrote(accept: Accept) -> None:
    """Deadline and timeouts that are left to the defaults never exceed the interval."""
    device = accept(
        "devices: [{id: a, address: 127.34.0.1, interval: 1s, icmp: true, snmp: {credential: routers}}]"
    ).devices[0]
    assert device.deadline_ms == 800
    assert device.icmp is not None
    assert device.snmp is not None
    assert (device.icmp.timeout_ms, device.snmp.timeout_ms) == (800, 800)


def test_capacities_follow_one_another(accept: Accept) -> None:
    """A period without an end holds until the next begins, in whatever order they are written."""
    inventory = accept("""
devices:
  - id: a
    address: 127.34.0.1
    icmp: true
    capacity:
      - {in: 200M, out: 50M, from: 2026-07-01}
      - {rate: 100M, until: 2026-03-01}
      - {rate: 150M, from: 2026-03-01}
  - {id: b, address: 127.34.0.2, icmp: true, capacity: 1G}
""")
    first, second = inventory.devices
    assert first.capacities == (
        Capacity(in_bps=10**8, out_bps=10**8, start=None, end=date(2026, 3, 1)),
        Capacity(in_bps=15 * 10**7, out_bps=15 * 10**7, start=date(2026, 3, 1), end=date(2026, 7, 1)),
        Capacity(in_bps=2 * 10**8, out_bps=5 * 10**7, start=date(2026, 7, 1), end=None),
    )
    assert second.capacities == (Capacity(in_bps=10**9, out_bps=10**9),)


def test_a_mistake_in_a_group_is_said_once(refuse: Refuse) -> None:
    """What is wrong in a layer is one mistake there, not one for each of its devices."""
    assert refuse("""
groups: {commune: {icmp: {}, interval: 10s, deadline: 11s, snmp: {credential: nobody}, area: nowhere}}
devices:
  - {id: a, address: 127.34.0.1, group: commune}
  - {id: b, address: 127.34.0.2, group: commune}
  - {id: c, address: 127.34.0.3, group: commune, deadline: 12s}
""") == [
        'groups.commune.area: "nowhere" is not an area',
        'groups.commune.snmp.credential: "nobody" is not a credential',
        "groups.commune.deadline: a deadline of 11s is longer than the interval of 10s",
        "devices[2].deadline: a deadline of 12s is longer than the interval of 10s",
    ]


def test_a_wrong_value_hides_no_other_mistake(refuse: Refuse) -> None:
    """The rest of a device with a wrong key is checked all the same, and causes no mistakes that are none."""
    assert refuse("""
areas: [{id: x, hub: a}]
devices:
  - {id: a, address: nonsense, parents: [b], icmp: true, interval: 0s}
  - {id: b, address: 127.34.0.2, parents: [a], snmp: {credential: routers, port: 0}}
""") == [
        'devices[0].address: "nonsense" is not an IP address',
        "devices[0].parents: hangs on itself: a → b → a",
        "devices[0].interval: 0s is out of range",
        "devices[1].snmp.port: 0 is out of range",
    ]


def test_a_successor_may_have_name_and_address_of_its_predecessor(load_text: LoadText) -> None:
    """Devices that are never in service together share what they like; those that are do not."""
    text = """
devices:
  - {id: old, name: Xã An Khê, address: 127.34.0.1, icmp: true, withdrawn: 2026-07-01}
  - {id: new, name: Xã An Khê, address: 127.34.0.1, icmp: true, commissioned: 2026-07-01}
"""
    assert isinstance(load_text(text), Accepted)
    overlapping = load_text(text.replace("commissioned: 2026-07-01", "commissioned: 2026-06-30"))
    assert not isinstance(overlapping, Accepted)
    assert len(overlapping.mistakes) == 2


def test_a_parent_that_leaves_service_first_is_a_warning(load_text: LoadText) -> None:
    """A child that outlives its parent would hang on nothing: somebody should know."""
    loaded = load_text("""
devices:
  - {id: old, address: 127.34.0.1, icmp: true, withdrawn: 2026-07-01}
  - {id: a, address: 127.34.0.2, icmp: true, parents: [old]}
  - {id: b, address: 127.34.0.3, icmp: true, parents: [old], withdrawn: 2026-06-01}
""")
    assert isinstance(loaded, Accepted)
    texts = [str(warning) for warning in loaded.warnings if "withdrawn" in warning.message]
    message = "old, on which a hangs, is withdrawn on 2026-07-01 (name another parent of a)"
    assert texts == [f"i.yaml:9: devices[1].parents: {message}"]
