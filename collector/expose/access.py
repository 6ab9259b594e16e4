"""Who may ask the HTTP server: a user with a password, or whoever reaches it at this machine."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from dataclasses import dataclass

from aiohttp import BasicAuth

_LOOPBACK_NAMES = frozenset({"localhost", "localhost.localdomain"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Who may ask: a user and the SHA-256 of the password, or None for everybody who reaches the address."""

    username: str
    password_sha256: bytes

    @staticmethod
    def of(username: str, password: bytes) -> Access:
        """Return the access of a user with this password."""
        return Access(username=username, password_sha256=hashlib.sha256(password).digest())

    def allows(self, header: str | None) -> bool:
        """Return True if the Authorization header names the user and the password (RFC 7617)."""
        try:
            given = BasicAuth.decode(header or "", encoding="utf-8")
        except ValueError:
            return False
        digest = hashlib.sha256(given.password.encode()).digest()
        right = hmac.compare_digest(digest, self.password_sha256)
        return hmac.compare_digest(given.login.encode(), self.username.encode()) and right


def is_here(host_header: str, served: str) -> bool:
    """Return True if the Host header names an IP address, localhost, or what was configured."""
    name = host_header.rsplit(":", 1)[0] if not host_header.endswith("]") else host_header
    name = name.strip("[]").lower()
    if name in _LOOPBACK_NAMES or name == served.lower():
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
