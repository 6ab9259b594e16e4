"""Addresses, endpoints, host keys, ways to reach people, references to secrets, protocol names."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from collector.inventory.fields.error import FieldError
from collector.inventory.fields.network import (
    address,
    email,
    endpoint,
    host_key,
    phone,
    secret_ref,
)
from collector.inventory.fields.protocols import authentication, privacy
from collector.inventory.values import SecretRef

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"


def refusal(read: Callable[[object], object], value: str) -> str:
    """Return the words with which a value is refused."""
    with pytest.raises(FieldError) as refused:
        read(value)
    return str(refused.value)


def test_addresses_come_out_in_their_shortest_spelling() -> None:
    """Two spellings of one IPv6 address are the same address."""
    assert address("127.34.0.1") == "127.34.0.1"
    assert address("2001:DB8:0:0:0:0:0:1") == address("2001:db8::1") == "2001:db8::1"
    assert address("fe80::1%eth0") == "fe80::1%eth0"


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("127.0.0.01", '"127.0.0.01" is not an IP address (write an IPv4 or IPv6 address, not a host name)'),
        (
            "127.0.0.1/8",
            '"127.0.0.1/8" is not an IP address (write an IPv4 or IPv6 address, not a host name)',
        ),
        ("ff02::1", "ff02::1 is a multicast address (write the device's own address)"),
        ("::", ":: means any address (write the device's own address)"),
        ("240.0.0.1", "240.0.0.1 is reserved and reaches nothing (write the device's own address)"),
        ("::ffff:127.0.0.1", "::ffff:127.0.0.1 is an IPv4 address in disguise (write 127.0.0.1)"),
    ],
)
def test_addresses_that_reach_no_single_device_are_refused(written: str, message: str) -> None:
    """What is no address of one device is refused with its reason."""
    assert refusal(address, written) == message


def test_endpoints_are_address_and_port() -> None:
    """A port alone and `localhost` listen on loopback; IPv6 stands in brackets."""
    assert endpoint("10286") == endpoint("localhost:10286") == ("127.0.0.1", 10_286)
    assert endpoint("[::1]:10286") == ("::1", 10_286)
    for wrong in ("127.0.0.1", "127.0.0.1:0", "127.0.0.1:65536", "127.0.0.1:٣", "::1:80x", "host:"):
        assert "has no port from 1 to 65535" in refusal(endpoint, wrong)
    assert "is an IPv6 address without brackets" in refusal(endpoint, "::1:10286")
    assert '"monitor.example" is not an IP address' in refusal(endpoint, "monitor.example:80")


def test_host_keys_are_public_and_of_their_type() -> None:
    """A host key is type and base64 that begins with the same type; a comment is dropped."""
    assert host_key(f"{KEY} root@host") == KEY
    assert "is not a public host key" in refusal(host_key, "ssh-dss AAAA")
    assert "is not a public host key" in refusal(host_key, "ssh-ed25519 !!!!")
    assert "is not a key of the type ssh-rsa" in refusal(host_key, KEY.replace("ssh-ed25519", "ssh-rsa"))


def test_people_are_reached_by_mail_and_phone() -> None:
    """Mail needs an @, phones are digits."""
    assert email("truc@example.vn") == "truc@example.vn"
    assert phone("+84 227 3 000 000") == "+84 227 3 000 000"
    assert "is not an e-mail address" in refusal(email, "truc")
    assert "is not a telephone number" in refusal(phone, "gọi trực ban")


@pytest.mark.parametrize("written", ["env:OLD_COMMUNITY", "file:secrets/auth key", "credential:auth"])
def test_references_say_where_a_secret_is(written: str) -> None:
    """A reference reads back as it was written."""
    reference = secret_ref(written)
    assert isinstance(reference, SecretRef)
    assert str(reference) == written


@pytest.mark.parametrize(
    "written",
    ["s3cr3t", "vault:s3cr3t", "env:s3cr3t-word", "credential:../s3cr3t", "file:", "env:", "file:s3cr3t\n"],
)
def test_what_is_no_reference_is_refused_and_not_repeated(written: str) -> None:
    """A secret in clear, or a broken reference, is refused without being shown."""
    assert "s3cr3t" not in refusal(secret_ref, written)


def test_protocols_have_several_spellings_and_are_not_repeated() -> None:
    """Net-snmp's names are understood; what is no protocol may be a password and is not shown."""
    names = [authentication(name) for name in ("sha", "SHA-256", "sha512", "none")]
    assert names == ["SHA-1", "SHA-256", "SHA-512", "none"]
    assert [privacy(name) for name in ("AES", "aes256", "AES-192-C")] == ["AES-128", "AES-256", "AES-192-C"]
    assert "s3cr3t" not in refusal(authentication, "s3cr3t")
    assert "s3cr3t" not in refusal(privacy, "s3cr3t")
