"""Any text is settings or a list of mistakes, never a crash; no mistake shows what may be a secret."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from agent.config import AgentConfig, ConfigError, parse_config

KEYS = (
    *("interval_s", "state_directory", "spool", "spool.max_mib", "snmp", "snmp.listen", "snmp.allow"),
    *("snmp.rate", "snmp.rate.total", "snmp.user", "snmp.user.name", "snmp.user.auth", "snmp.communities"),
    *("name", "auth", "auth_password", "priv", "priv_password", "listen", "contact", "surprise"),
)
SECRET = "correct horse battery staple"
VALUES = st.sampled_from(
    [
        *("0", "15", "-1", "99999999999999999999", "1.5", "nan", "true", "2026-01-01", "[]", "{}", "[1]"),
        *('""', '"127.0.0.1:161"', '["127.0.0.1:161"]', '["::1"]', '"/srv"', '"env:X"', '["env:X"]', '"u"'),
        *('"SHA-256"', '"AES"', '"\\u0000"'),
    ]
)
HEADERS = st.sampled_from(["[spool]", "[snmp]", "[snmp.rate]", "[[snmp.user]]", "[snmp.user]", "[x]", "# ["])
SECRETS = st.builds(
    "{} = {}".format,
    st.sampled_from(["auth_password", "priv_password", "communities", "snmp.communities"]),
    st.sampled_from(
        [f'"{SECRET}"', f'["{SECRET}"]', f'[["{SECRET}"]]', f'{{x = "{SECRET}"}}', f'"file:{SECRET}"']
    ),
)
SETTINGS = st.builds("{} = {}".format, st.sampled_from(KEYS), VALUES)
LINES = st.one_of(HEADERS, SETTINGS, SECRETS, st.text(max_size=12))


def check(text: str) -> None:
    """Raise for anything but settings or a list of mistakes, each one printable line with the file's name."""
    found: Any
    try:
        found = parse_config(text, "f")
    except ConfigError as error:
        found = error
    if isinstance(found, AgentConfig):
        return
    assert found.mistakes
    for line in found.mistakes:
        assert line.startswith("f:")
        assert line.isprintable()
        assert SECRET not in line


@settings(max_examples=400, deadline=None)
@given(st.lists(LINES, max_size=12))
def test_lines_that_look_like_settings(lines: list[str]) -> None:
    """Keys and values of all kinds in any order."""
    check("\n".join(lines))


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=200))
def test_any_text(text: str) -> None:
    """Text of any kind."""
    check(text)
