"""agent.toml: every mistake in one run, each in exact words with its line and key."""

from __future__ import annotations

import ipaddress
from pathlib import Path

import pytest

from agent.config import (
    AgentConfig,
    ConfigError,
    ListenAddress,
    SpoolConfig,
    load_config,
    parse_config,
)
from agent.rate import RateLimits
from snmp.usm_protocols import AuthProtocol, PrivProtocol

EXAMPLE = Path(__file__).resolve().parents[3] / "deploy" / "agent.toml"

WHOLE = """\
interval_s = 30
state_directory = "/srv/agent"

[spool]
max_mib = 16
max_age_hours = 48

[snmp]
listen = ["127.0.0.1:161", "[::1]:1161", "0.0.0.0:161"]
allow = ["127.0.0.0/8", "::1"]
contact = "phòng trực"
location = "tủ 3"
communities = ["file:/etc/haidang-agent/community"]

[snmp.rate]
per_peer = 5
total = 50

[[snmp.user]]
name = "haidang"
auth = "sha512"
auth_password = "credential:auth"
priv = "AES-256-C"
priv_password = "env:PRIV"

[[snmp.user]]
name = "reader"
auth_password = "file:/etc/haidang-agent/auth"
"""


def test_a_whole_file_is_read() -> None:
    """Every key arrives in its place."""
    config = parse_config(WHOLE, "agent.toml")
    assert (config.interval_s, config.state_directory) == (30, Path("/srv/agent"))
    assert config.spool_directory == Path("/srv/agent/spool")
    assert config.spool == SpoolConfig(max_bytes=16 * 1024 * 1024, max_age_hours=48)
    assert config.max_records == 48 * 120
    snmp = config.snmp
    assert snmp is not None
    assert list(map(str, snmp.listen)) == ["127.0.0.1:161", "[::1]:1161", "0.0.0.0:161"]
    assert snmp.listen[1] == ListenAddress(host="::1", port=1161)
    assert snmp.allow == (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128"))
    assert (snmp.contact, snmp.location) == ("phòng trực", "tủ 3")
    assert snmp.rate == RateLimits(per_peer=5, total=50)
    assert list(map(str, snmp.communities)) == ["file:/etc/haidang-agent/community"]
    first, second = snmp.users
    assert (first.auth, first.priv) == (AuthProtocol.SHA_512, PrivProtocol.AES_256_C)
    assert (str(first.auth_password), str(first.priv_password)) == ("credential:auth", "env:PRIV")
    assert (second.auth, second.priv, second.priv_password) == (AuthProtocol.SHA_256, None, None)


def test_an_empty_file_means_the_defaults() -> None:
    """Without a word the agent measures and keeps, and serves no SNMP."""
    assert parse_config("", "f") == AgentConfig(source="f")
    assert AgentConfig().max_records == 7 * 24 * 240


def test_the_defaults_of_snmp_are_safe() -> None:
    """Encryption with AES where a password for it is given, loopback alone allowed, no community."""
    text = """
[snmp]
listen = ["127.0.0.1:161"]
[[snmp.user]]
name = "u"
auth_password = "env:A"
priv_password = "env:B"
"""
    snmp = parse_config(text, "f").snmp
    assert snmp is not None
    assert (snmp.users[0].auth, snmp.users[0].priv) == (AuthProtocol.SHA_256, PrivProtocol.AES_128)
    assert list(map(str, snmp.allow)) == ["127.0.0.0/8", "::1/128"]
    assert snmp.communities == ()


def test_the_shipped_example_is_in_order() -> None:
    """deploy/agent.toml can be used as it is."""
    config = load_config(EXAMPLE)
    assert config.snmp is not None
    assert all(ipaddress.ip_address(one.host).is_loopback for one in config.snmp.listen)


SECRET = "must name a secret as file:/path, env:NAME or credential:NAME; a secret itself has no place here"
USER = '[snmp]\nlisten = ["127.0.0.1:161"]\n[[snmp.user]]\nname = "u"\nauth_password = "env:A"\n'
SNMP = '[snmp]\nlisten = ["127.0.0.1:161"]\ncommunities = ["env:C"]\n'
AUTHS = "choose one of MD5, SHA-1, SHA-224, SHA-256, SHA-384, SHA-512"
PRIVS = "choose one of DES, AES-128, AES-192, AES-256, AES-192-C, AES-256-C"

MISTAKES = [
    ("interval_s = 0", "f:1: interval_s: is 0; must be 1 to 3600"),
    ("\ninterval_s = 1.5", "f:2: interval_s: must be a whole number, not a fraction"),
    ("interval_s = true", "f:1: interval_s: must be a whole number, not true or false"),
    ("interval = 15", "f:1: interval: unknown key; known here: interval_s, snmp, spool, state_directory"),
    ('state_directory = "var"', "f:1: state_directory: is 'var'; must be a full path"),
    ("state_directory = 7", "f:1: state_directory: must be a text in quotes, not a whole number"),
    ("state_directory = 2026-01-01", "f:1: state_directory: must be a text in quotes, not a date or time"),
    ("spool = 3", "f:1: spool: must be a table, not a whole number"),
    ("[spool]\nmax_mib = 3", "f:2: spool.max_mib: is 3; must be 4 to 1048576"),
    ("[spool]\nmax_age_hours = 0", "f:2: spool.max_age_hours: is 0; must be 1 to 87600"),
    ("spool.max_mib = 3", "f:1: spool.max_mib: is 3; must be 4 to 1048576"),
    ("[spool]\nsize = 1", "f:2: spool.size: unknown key; known here: max_age_hours, max_mib"),
    (
        '[snmp]\ncommunities = ["env:C"]',
        'f:1: snmp.listen: name at least one address, such as listen = ["127.0.0.1:161"]',
    ),
    (
        '[snmp]\nlisten = []\ncommunities = ["env:C"]',
        'f:2: snmp.listen: name at least one address, such as listen = ["127.0.0.1:161"]',
    ),
    (
        SNMP.replace("127.0.0.1:161", "x:161"),
        "f:2: snmp.listen[0]: 'x:161': must be ADDRESS:PORT, such as 127.0.0.1:161 or [::1]:161",
    ),
    (
        SNMP.replace("127.0.0.1:161", "127.0.0.1"),
        "f:2: snmp.listen[0]: '127.0.0.1': must be ADDRESS:PORT, such as 127.0.0.1:161 or [::1]:161",
    ),
    (
        SNMP.replace("127.0.0.1:161", "::1:161"),
        "f:2: snmp.listen[0]: '::1:161': an IPv6 address stands in brackets: [::1]:161",
    ),
    (SNMP.replace(":161", ":65536"), "f:2: snmp.listen[0]: '127.0.0.1:65536': the port must be 1 to 65535"),
    (SNMP.replace(":161", ":snmp"), "f:2: snmp.listen[0]: '127.0.0.1:snmp': the port must be 1 to 65535"),
    (SNMP.replace('161"]', '161", "127.0.0.1:161"]'), "f:2: snmp.listen: the same address comes twice"),
    (
        SNMP.replace('["127.0.0.1:161"]', '"127.0.0.1:161"'),
        "f:2: snmp.listen: must be a list of texts, not a text",
    ),
    (
        SNMP + 'allow = ["10"]',
        "f:4: snmp.allow[0]: '10': must be an address or a network such as 127.0.0.0/8",
    ),
    (
        SNMP + 'allow = ["127.0.0.1/8"]',
        "f:4: snmp.allow[0]: '127.0.0.1/8': has bits set beyond its prefix; the network is 127.0.0.0/8",
    ),
    (SNMP + "contact = 1", "f:4: snmp.contact: must be a text in quotes, not a whole number"),
    (SNMP + 'contact = "a\\nb"', "f:4: snmp.contact: must be one line of printable text"),
    (SNMP + f'location = "{"ề" * 90}"', "f:4: snmp.location: has 270 octets; at most 255 are possible"),
    (SNMP + "[snmp.rate]\ntotal = 0", "f:5: snmp.rate.total: is 0; must be 1 to 100000"),
    (
        SNMP + "[snmp.rate]\nper_second = 9",
        "f:5: snmp.rate.per_second: unknown key; known here: per_peer, total",
    ),
    (SNMP.replace("env:C", "public"), f"f:3: snmp.communities[0]: {SECRET}"),
    (
        '[snmp]\nlisten = ["127.0.0.1:161"]',
        "f:1: snmp.user: nobody could ask: add an [[snmp.user]] (or communities, for v2c in clear)",
    ),
    (
        SNMP + '[snmp.user]\nname = "u"',
        "f:4: snmp.user: must be written as [[snmp.user]], once for each; it is a table",
    ),
    (USER.replace('"u"', '""'), "f:4: snmp.user[0].name: missing; every user has a name"),
    (USER.replace('name = "u"\n', ""), "f:3: snmp.user[0].name: missing; every user has a name"),
    (
        USER.replace('"u"', '"' + "u" * 33 + '"'),
        "f:4: snmp.user[0].name: has 33 octets; at most 32 are possible",
    ),
    (USER + 'auth = "SHA-3"', f"f:6: snmp.user[0].auth: authentication protocol 'SHA-3' is unknown; {AUTHS}"),
    (
        USER + 'priv = "AES"',
        "f:3: snmp.user[0].priv_password: missing; name it as file:/path, env:NAME or credential:NAME",
    ),
    (
        USER + 'priv_password = "env:P"\npriv = "3DES"',
        f"f:7: snmp.user[0].priv: privacy protocol '3DES' is unknown; {PRIVS}",
    ),
    (USER.replace("env:A", "hunter2hunter2"), f"f:5: snmp.user[0].auth_password: {SECRET}"),
    (
        USER.replace("env:A", "file:secret"),
        "f:5: snmp.user[0].auth_password: must name the file by its full path: file:/path",
    ),
    (
        USER.replace('auth_password = "env:A"\n', ""),
        "f:3: snmp.user[0].auth_password: missing; name it as file:/path, env:NAME or credential:NAME",
    ),
    (
        USER + '[[snmp.user]]\nname = "u"\nauth_password = "env:B"',
        "f:7: snmp.user[1].name: user 'u' is there already",
    ),
    (
        USER + 'level = "authPriv"',
        "f:6: snmp.user[0].level: unknown key; known here: auth, auth_password, name, priv, priv_password",
    ),
    ("interval_s = = 3", "f:1: not TOML: Invalid value"),
    ("[snmp\n", "f:1: not TOML: Expected ']' at the end of a table declaration"),
    ("x = " + "[" * 5_000, "f: nested too deeply"),
]


@pytest.mark.parametrize(("text", "message"), MISTAKES, ids=[message[:60] for _, message in MISTAKES])
def test_each_mistake_has_its_words(text: str, message: str) -> None:
    """One mistake, one line: file, line, key, what is wrong and what is wanted; nothing of a secret."""
    with pytest.raises(ConfigError) as caught:
        parse_config(text, "f")
    assert caught.value.mistakes == (message,)
    assert "hunter2" not in str(caught.value)
    assert "public" not in str(caught.value)


def test_all_mistakes_come_in_one_run_by_line() -> None:
    """A file with many mistakes lists them all, in the order of its lines."""
    text = """\
interval_s = "often"
[snmp]
listen = ["here:161"]
colour = "blue"
[[snmp.user]]
name = "a"
auth_password = "password"
[[snmp.user]]
auth = "ROT13"
[spool]
max_mib = 1
"""
    with pytest.raises(ConfigError) as caught:
        parse_config(text, "f")
    keys = [line.split(": ")[:2] for line in caught.value.mistakes]
    assert keys == [
        ["f:1", "interval_s"],
        ["f:3", "snmp.listen[0]"],
        ["f:4", "snmp.colour"],
        ["f:7", "snmp.user[0].auth_password"],
        ["f:8", "snmp.user[1].name"],
        ["f:8", "snmp.user[1].auth_password"],
        ["f:9", "snmp.user[1].auth"],
        ["f:11", "spool.max_mib"],
    ]


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    """A missing, binary or huge file is one mistake in clear words."""
    gone, binary, huge = tmp_path / "gone.toml", tmp_path / "binary.toml", tmp_path / "huge.toml"
    binary.write_bytes(b"interval_s = 3\nname = '\xff'\n")
    huge.write_bytes(b"#" * 2_000_000)
    for path, message in (
        (gone, f"{gone}: No such file or directory"),
        (tmp_path, f"{tmp_path}: Is a directory"),
        (binary, f"{binary}:2: not UTF-8"),
        (huge, f"{huge}: more than 1048576 bytes; this is no configuration"),
    ):
        with pytest.raises(ConfigError) as caught:
            load_config(path)
        assert caught.value.mistakes == (message,)


def test_hostile_keys_are_shown_harmless() -> None:
    """Control characters in a key do not reach the terminal."""
    with pytest.raises(ConfigError) as caught:
        parse_config('"a\\u001b[2J" = 1', "f")
    assert str(caught.value).isprintable()
