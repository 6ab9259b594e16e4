"""Records what net-snmp's tools and snmpd say to each other, a file for each run of a tool.

    .venv/bin/python -m tests.golden.snmp.record

Lines that begin with `>` went to the agent, with `<` came from it, in hexadecimal.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from snmp.usm_protocols import AuthProtocol, PrivProtocol
from tests.peers import snmp_net_snmp as net_snmp
from tests.peers.snmp_net_snmp import AUTH, PRIV, user_of, v3_options
from tests.peers.udp_proxy import UdpProxy

HERE = Path(__file__).parent
COMMUNITY = ["-c", net_snmp.COMMUNITY.decode()]
SYSTEM = "1.3.6.1.2.1.1"
MIXED = [f"{SYSTEM}.{column}.0" for column in (1, 2, 3, 5, 7)] + [f"{SYSTEM}.5.9", "1.3.6.1.2.1.999.1.0"]
V3 = user_of(AuthProtocol.SHA_256, PrivProtocol.AES_128)


def runs() -> dict[str, tuple[str, list[str]]]:
    """Return the tool and its arguments for each recording."""
    found = {
        "v1-get": ("snmpget", ["-v1", *COMMUNITY, "@", f"{SYSTEM}.1.0", f"{SYSTEM}.3.0"]),
        "v1-get-no-such-name": ("snmpget", ["-v1", *COMMUNITY, "-Cf", "@", f"{SYSTEM}.5.9"]),
        "v1-walk": ("snmpwalk", ["-v1", *COMMUNITY, "@", f"{SYSTEM}.9.1.4"]),
        "v1-set": ("snmpset", ["-v1", *COMMUNITY, "@", f"{SYSTEM}.4.0", "s", "nobody"]),
        "v2c-get": ("snmpget", ["-v2c", *COMMUNITY, "@", *MIXED]),
        "v2c-bulk": (
            "snmpbulkget",
            ["-v2c", *COMMUNITY, "-Cn1", "-Cr8", "@", f"{SYSTEM}.3", "1.3.6.1.2.1.2"],
        ),
        "v2c-get-address": ("snmpget", ["-v2c", *COMMUNITY, "@", "1.3.6.1.2.1.4.20.1.1.127.0.0.1"]),
        "v2c-bulk-end": ("snmpbulkget", ["-v2c", *COMMUNITY, "-Cr3", "@", "1.3.6.1.6.4"]),
        "v2c-set": ("snmpset", ["-v2c", *COMMUNITY, "@", f"{SYSTEM}.4.0", "s", "nobody"]),
        "v3-no-auth": ("snmpget", [*v3_options(user_of(None, None), "noAuthNoPriv"), "@", *MIXED]),
        "v3-unknown-user": ("snmpget", ["-v3", "-u", "nobody", "-l", "noAuthNoPriv", "@", f"{SYSTEM}.1.0"]),
        "v3-wrong-digest": (
            "snmpget",
            [*_with(v3_options(V3), "-A", "another password"), "@", f"{SYSTEM}.1.0"],
        ),
        "v3-old-clock": (
            "snmpget",
            ["-Z", "1,5", "-e", net_snmp.ENGINE_ID.hex(), *v3_options(V3), "@", *MIXED],
        ),
        "v3-bulk": ("snmpbulkget", [*v3_options(V3), "-Cr10", "@", "1.3.6.1.2.1.11"]),
        "v3-set": ("snmpset", [*v3_options(V3), "@", f"{SYSTEM}.4.0", "s", "nobody"]),
    }
    for auth in AUTH:
        user = user_of(auth, None, "authNoPriv")
        found[f"v3-{AUTH[auth].lower()}"] = ("snmpget", [*v3_options(user, "authNoPriv"), "@", *MIXED])
    for priv in PRIV:
        user = user_of(AuthProtocol.SHA_1, priv)
        found[f"v3-sha-{PRIV[priv].lower()}"] = ("snmpget", [*v3_options(user), "@", *MIXED])
    return found


def _with(options: list[str], option: str, value: str) -> list[str]:
    at = options.index(option) + 1
    return [*options[:at], value, *options[at + 1 :]]


def main() -> None:
    """Record all."""
    with tempfile.TemporaryDirectory() as name, net_snmp.running_snmpd(Path(name), boots=6) as port:
        for title, (tool, arguments) in runs().items():
            at = arguments.index("@")
            with UdpProxy(("127.0.0.1", port)) as proxy:
                net_snmp.tool(tool, Path(name), proxy.port, arguments[:at], *arguments[at + 1 :])
                lines = [
                    line
                    for pair in zip(proxy.request_log, proxy.response_log, strict=False)
                    for line in (f"> {pair[0].hex()}", f"< {pair[1].hex()}")
                ]
            (HERE / f"{title}.txt").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
