"""Reads addresses, listening endpoints, host keys, ways to reach people, and references to secrets."""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re

from collector.inventory.fields.error import FieldError, show
from collector.inventory.fields.words import scalar, text
from collector.inventory.values import SecretRef

SECRET_SCHEMES = ("env", "file", "credential")
_ADDRESS_ADVICE = "write an IPv4 or IPv6 address, not a host name"
_ENVIRONMENT_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}")
_CREDENTIAL_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,99}")
_EMAIL = re.compile(r"[^\s@<>,;\"]{1,64}@[^\s@<>,;\"]{1,190}")
_PHONE = re.compile(r"\+?[0-9][0-9 .()-]{1,30}")
_KEY_TYPE = re.compile(r"(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)|sk-[a-z0-9@.-]+)")


def address(value: object) -> str:
    """Return the address of one device, in its shortest spelling."""
    raw = scalar(value)
    try:
        parsed = ipaddress.ip_address(raw)
    except ValueError:
        raise FieldError(f"{show(raw)} is not an IP address", _ADDRESS_ADVICE) from None
    advice = "write the device's own address"
    if parsed.is_unspecified:
        raise FieldError(f"{raw} means any address", advice)
    if parsed.is_multicast:
        raise FieldError(f"{raw} is a multicast address", advice)
    if isinstance(parsed, ipaddress.IPv4Address):
        if parsed == ipaddress.IPv4Address("255.255.255.255"):
            raise FieldError(f"{raw} is the broadcast address", advice)
        if parsed.is_reserved:
            raise FieldError(f"{raw} is reserved and reaches nothing", advice)
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        raise FieldError(f"{raw} is an IPv4 address in disguise", f"write {parsed.ipv4_mapped}")
    if parsed.is_link_local and parsed.scope_id is None:
        raise FieldError(f"{raw} is valid on each link anew", f"name the interface: {raw}%eth0")
    return str(parsed)


def endpoint(value: object) -> tuple[str, int]:
    """Return address and port: `127.0.0.1:10286`, `[::1]:10286`, or a port alone for loopback."""
    raw = scalar(value)
    advice = "write address:port, such as 127.0.0.1:10286 or [::1]:10286"
    host, separator, digits = raw.rpartition(":")
    if not separator:
        host = "127.0.0.1"
    if not digits.isascii() or not digits.isdecimal() or not 0 < int(digits[:6]) < 65_536:
        raise FieldError(f"{show(raw)} has no port from 1 to 65535", advice)
    if ":" in host and not (host.startswith("[") and host.endswith("]")):
        raise FieldError(f"{show(raw)} is an IPv6 address without brackets", advice)
    host = "127.0.0.1" if host == "localhost" else host.removeprefix("[").removesuffix("]")
    try:
        parsed = ipaddress.ip_address(host)
    except ValueError:
        raise FieldError(f"{show(host)} is not an IP address", advice) from None
    if parsed.is_multicast:
        raise FieldError(f"{raw} is a multicast address", advice)
    return str(parsed), int(digits)


def host_key(value: object) -> str:
    """Return a public host key as in known_hosts: type and base64, without a comment."""
    raw = scalar(value)
    advice = 'write type and key as in known_hosts: "ssh-ed25519 AAAA…"'
    words = raw.split()
    if len(words) < 2 or _KEY_TYPE.fullmatch(words[0]) is None:
        raise FieldError("is not a public host key", advice)
    try:
        blob = base64.b64decode(words[1], validate=True)
    except (binascii.Error, ValueError):
        raise FieldError("is not a public host key", advice) from None
    length = int.from_bytes(blob[:4], "big")
    if blob[4 : 4 + length] != words[0].encode():
        raise FieldError(f"is not a key of the type {words[0]}", advice)
    return f"{words[0]} {words[1]}"


def email(value: object) -> str:
    """Return an e-mail address."""
    raw = text(value)
    if _EMAIL.fullmatch(raw) is None:
        raise FieldError(f"{show(raw)} is not an e-mail address", "write name@domain")
    return raw


def phone(value: object) -> str:
    """Return a telephone number as it is written."""
    raw = text(value)
    if _PHONE.fullmatch(raw) is None:
        raise FieldError(
            f"{show(raw)} is not a telephone number", 'write digits, in quotes: "+84 227 3 000 000"'
        )
    return raw


def secret_ref(value: object) -> SecretRef:
    """Return a reference to a secret. The value itself is never repeated: it may be the secret."""
    raw = scalar(value)
    scheme, separator, name = raw.partition(":")
    if not separator or scheme not in SECRET_SCHEMES:
        raise FieldError(
            "is a secret in clear",
            "keep it elsewhere and write env:NAME, file:PATH or credential:NAME",
        )
    if scheme == "env" and _ENVIRONMENT_NAME.fullmatch(name) is None:
        raise FieldError(
            "env: is not followed by a variable's name", "write env:NAME with letters, digits and _"
        )
    if scheme == "credential" and (_CREDENTIAL_NAME.fullmatch(name) is None or ".." in name):
        raise FieldError("credential: is not followed by a credential's name", "write credential:NAME")
    if scheme == "file" and (not name.strip() or not name.isprintable()):
        raise FieldError(
            "file: is not followed by a path", "write file:PATH, relative to the inventory's folder"
        )
    return SecretRef(scheme=scheme, name=name)


def path(value: object) -> str:
    """Return a path of a file; relative ones count from the inventory's folder."""
    return text(value)
