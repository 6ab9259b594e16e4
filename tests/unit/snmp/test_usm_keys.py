"""Keys: the vectors of RFC 3414 appendix A, both extensions, and what is refused as a secret."""

from __future__ import annotations

from typing import Any

import pytest

from snmp.errors import UsageError
from snmp.usm_keys import LocalizedKey, MasterKey, Password, UserKeys, UsmUser, localize, master_key
from snmp.usm_protocols import (
    AUTH_NAMES,
    PRIV_NAMES,
    AuthProtocol,
    PrivProtocol,
    SecurityLevel,
    parse_auth_protocol,
    parse_priv_protocol,
)

# RFC 3414 appendix A.3: password "maplesyrup", engine id of eleven zeros and a two.
PASSWORD = Password.from_text("maplesyrup")
ENGINE_ID = bytes(11) + b"\x02"
MD5_MASTER = bytes.fromhex("9faf3283884e92834ebc9847d8edd963")
MD5_LOCALIZED = bytes.fromhex("526f5eed9fcce26f8964c2930787d82b")
SHA_MASTER = bytes.fromhex("9fb5cc0381497b3793528939ff788d5d79145211")
SHA_LOCALIZED = bytes.fromhex("6695febc9288e36282235fc7151f128497b38f3f")


@pytest.mark.parametrize(
    ("auth", "master", "localized"),
    [(AuthProtocol.MD5, MD5_MASTER, MD5_LOCALIZED), (AuthProtocol.SHA_1, SHA_MASTER, SHA_LOCALIZED)],
)
def test_password_becomes_the_keys_of_rfc3414(auth: AuthProtocol, master: bytes, localized: bytes) -> None:
    """Appendix A.3.1 and A.3.2, from the password and from the master key."""
    assert master_key(auth, PASSWORD.secret) == master
    assert localize(auth, PASSWORD, ENGINE_ID) == localized
    assert localize(auth, MasterKey(master), ENGINE_ID) == localized
    assert localize(auth, LocalizedKey(localized), b"any") == localized


def user(auth: AuthProtocol, priv: PrivProtocol, secret: Password | MasterKey = PASSWORD) -> UsmUser:
    """Return a user with the same secret for both purposes."""
    return UsmUser(name=b"u", auth=auth, auth_secret=secret, priv=priv, priv_secret=secret)


@pytest.mark.parametrize("priv", list(PrivProtocol))
@pytest.mark.parametrize("auth", list(AuthProtocol))
def test_every_pair_makes_keys_of_the_right_length(auth: AuthProtocol, priv: PrivProtocol) -> None:
    """The authentication key has the digest's length, the privacy key the cipher's."""
    keys = user(auth, priv).keys_for(ENGINE_ID)
    assert (len(keys.auth), len(keys.priv)) == (auth.key_size, priv.key_size)


def test_blumenthal_appends_the_digest_of_the_key() -> None:
    """Kul || SHA-1(Kul), cut to 32 octets; the digest is sha1sum's of the vector above."""
    keys = user(AuthProtocol.SHA_1, PrivProtocol.AES_256).keys_for(ENGINE_ID)
    assert keys.priv == SHA_LOCALIZED + bytes.fromhex("505e07eb9af25568fa1f5dbe")


@pytest.mark.parametrize(
    ("auth", "key"),
    [
        (AuthProtocol.MD5, "526f5eed9fcce26f8964c2930787d82b79eff44a90650ee0a3a40abfac5acc12"),
        (AuthProtocol.SHA_1, "6695febc9288e36282235fc7151f128497b38f3f9b8b6d78936ba6e7d19dfd9c"),
    ],
)
def test_reeder_chains_as_its_draft_has_it(auth: AuthProtocol, key: str) -> None:
    """draft-reeder-snmpv3-usm-3desede-00 appendix B: the same password and engine as RFC 3414's."""
    assert user(auth, PrivProtocol.AES_256_C).keys_for(ENGINE_ID).priv == bytes.fromhex(key)


def test_extensions_differ_only_where_the_digest_is_too_short() -> None:
    """With SHA-256 and longer no key is extended; with MD5, SHA-1, and SHA-224 at 256 bits it is."""
    differing = {
        (auth.label, plain.label)
        for auth in AuthProtocol
        for plain, cisco in (
            (PrivProtocol.AES_192, PrivProtocol.AES_192_C),
            (PrivProtocol.AES_256, PrivProtocol.AES_256_C),
        )
        if user(auth, plain).keys_for(ENGINE_ID) != user(auth, cisco).keys_for(ENGINE_ID)
    }
    assert differing == {
        ("MD5", "AES-192"),
        ("MD5", "AES-256"),
        ("SHA-1", "AES-192"),
        ("SHA-1", "AES-256"),
        ("SHA-224", "AES-256"),
    }


@pytest.mark.parametrize("priv", [PrivProtocol.AES_256, PrivProtocol.AES_256_C])
def test_master_key_serves_as_well_as_its_password(priv: PrivProtocol) -> None:
    """Also where the privacy key has to be extended."""
    assert user(AuthProtocol.SHA_1, priv, MasterKey(SHA_MASTER)).keys_for(ENGINE_ID) == user(
        AuthProtocol.SHA_1, priv
    ).keys_for(ENGINE_ID)


def test_localized_keys_are_used_as_they_are() -> None:
    """Whatever the engine."""
    keys = UsmUser(
        name=b"u",
        auth=AuthProtocol.SHA_1,
        auth_secret=LocalizedKey(SHA_LOCALIZED),
        priv=PrivProtocol.AES_128,
        priv_secret=LocalizedKey(SHA_LOCALIZED[:16]),
    ).keys_for(b"other")
    assert keys == UserKeys(SHA_LOCALIZED, SHA_LOCALIZED[:16])


def test_levels_follow_from_the_protocols() -> None:
    """The credential says how well it must be protected."""
    assert UsmUser(name=b"u").level is SecurityLevel.NO_AUTH_NO_PRIV
    only_auth = UsmUser(name=b"u", auth=AuthProtocol.MD5, auth_secret=PASSWORD)
    assert only_auth.level is SecurityLevel.AUTH_NO_PRIV
    assert user(AuthProtocol.MD5, PrivProtocol.DES).level is SecurityLevel.AUTH_PRIV


MD5, DES = AuthProtocol.MD5, PrivProtocol.DES


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"name": b""}, "SNMPv3 user name has 0 octets; must have 1 to 32"),
        ({"name": b"u" * 33}, "SNMPv3 user name has 33 octets; must have 1 to 32"),
        ({"auth": MD5}, "SNMPv3 authentication needs a protocol and a password, or neither"),
        ({"auth_secret": PASSWORD}, "SNMPv3 authentication needs a protocol and a password, or neither"),
        (
            {"auth": MD5, "auth_secret": PASSWORD, "priv": DES},
            "SNMPv3 privacy needs a protocol and a password, or neither",
        ),
        (
            {"priv": DES, "priv_secret": PASSWORD},
            "SNMPv3 privacy needs authentication too (RFC 3411 section 3.4.3)",
        ),
        (
            {"auth": MD5, "auth_secret": MasterKey(b"x" * 20)},
            "authentication master key has 20 octets; MD5 makes 16",
        ),
        (
            {"auth": MD5, "auth_secret": LocalizedKey(b"x" * 8)},
            "localized authentication key has 8 octets; MD5 needs 16",
        ),
        (
            {"auth": MD5, "auth_secret": PASSWORD, "priv": DES, "priv_secret": MasterKey(b"")},
            "privacy master key has 0 octets; MD5 makes 16",
        ),
        (
            {
                "auth": MD5,
                "auth_secret": PASSWORD,
                "priv": PrivProtocol.AES_256,
                "priv_secret": LocalizedKey(b"x" * 16),
            },
            "localized privacy key has 16 octets; AES-256 needs 32",
        ),
    ],
)
def test_user_that_cannot_work_is_refused_at_once(fields: dict[str, Any], message: str) -> None:
    """Before a packet is sent, and with what would be right."""
    with pytest.raises(UsageError) as caught:
        UsmUser(**({"name": b"u"} | fields))
    assert str(caught.value) == message


@pytest.mark.parametrize("text", ["", "seven77"])
def test_short_password_is_refused_with_the_rule(text: str) -> None:
    """RFC 3414 section 11.2: eight at least."""
    with pytest.raises(UsageError) as caught:
        Password.from_text(text)
    assert str(caught.value) == f"SNMPv3 password has {len(text)} octets; RFC 3414 requires at least 8"


def test_no_secret_is_shown_by_repr() -> None:
    """Neither as a password, nor as a key, nor inside a user."""
    shown = repr(user(AuthProtocol.SHA_1, PrivProtocol.AES_128)) + repr(MasterKey(b"tellme" * 3))
    shown += repr(user(AuthProtocol.SHA_1, PrivProtocol.AES_128).keys_for(ENGINE_ID))
    assert "maple" not in shown
    assert "tellme" not in shown
    assert "\\x" not in shown


@pytest.mark.parametrize("name", ["SHA-1", "SHA", "sha", "sha1", "SHA1"])
def test_sha1_has_all_its_spellings(name: str) -> None:
    """net-snmp's SHA, and hyphens and case as people type them."""
    assert parse_auth_protocol(name) is AuthProtocol.SHA_1


@pytest.mark.parametrize(
    ("name", "protocol"),
    [
        ("AES", PrivProtocol.AES_128),
        ("aes128", PrivProtocol.AES_128),
        ("AES256", PrivProtocol.AES_256),
        ("AES-256-C", PrivProtocol.AES_256_C),
        ("aes192c", PrivProtocol.AES_192_C),
        ("des", PrivProtocol.DES),
    ],
)
def test_privacy_protocols_have_their_spellings(name: str, protocol: PrivProtocol) -> None:
    """net-snmp's AES, and hyphens and case as people type them."""
    assert parse_priv_protocol(name) is protocol


def test_every_name_of_the_configuration_parses_to_itself() -> None:
    """The lists that messages show are the names that work."""
    assert all(parse_auth_protocol(name) is protocol for name, protocol in AUTH_NAMES.items())
    assert all(parse_priv_protocol(name) is protocol for name, protocol in PRIV_NAMES.items())


def test_unknown_protocol_is_answered_with_the_choices() -> None:
    """All of them, as configuration spells them."""
    with pytest.raises(UsageError) as caught:
        parse_auth_protocol("SHA-3")
    assert str(caught.value) == (
        "authentication protocol 'SHA-3' is unknown; "
        "choose one of MD5, SHA-1, SHA-224, SHA-256, SHA-384, SHA-512"
    )
    with pytest.raises(UsageError) as caught:
        parse_priv_protocol("3DES")
    assert str(caught.value) == (
        "privacy protocol '3DES' is unknown; "
        "choose one of DES, AES-128, AES-192, AES-256, AES-192-C, AES-256-C"
    )
