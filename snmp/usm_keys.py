"""Keys of USM users (RFC 3414 section 2.6 and appendix A): from a password to the keys of one engine.

password ─► master key Ku (a megabyte is hashed: milliseconds) ─► localized key Kul, another for each engine.
Ku is kept per protocol and password, so a fleet that shares a user pays for it once.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import lru_cache

from snmp.errors import UsageError
from snmp.usm_protocols import AuthProtocol, KeyExtension, PrivProtocol, SecurityLevel

MIN_PASSWORD = 8
MAX_USER_NAME = 32
_EXPANDED_PASSWORD = 1_048_576


@dataclass(frozen=True, slots=True)
class Password:
    """A password of at least 8 octets; text is taken as UTF-8."""

    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        # RFC 3414 section 11.2: implementations must ensure that passwords have at least 8 characters.
        if len(self.secret) < MIN_PASSWORD:
            raise UsageError(
                f"SNMPv3 password has {len(self.secret)} octets; RFC 3414 requires at least {MIN_PASSWORD}"
            )

    @classmethod
    def from_text(cls, text: str) -> Password:
        """Return the password for text as typed."""
        return cls(text.encode())


@dataclass(frozen=True, slots=True)
class MasterKey:
    """Ku, the digest of an expanded password, the same for all engines."""

    secret: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class LocalizedKey:
    """Kul, a key that fits one engine only, of the length that its protocol needs."""

    secret: bytes = field(repr=False)


Secret = Password | MasterKey | LocalizedKey


@dataclass(frozen=True, slots=True)
class UserKeys:
    """A user's keys at one engine."""

    auth: bytes = field(default=b"", repr=False)
    priv: bytes = field(default=b"", repr=False)


NO_KEYS = UserKeys()


@dataclass(frozen=True, slots=True, kw_only=True)
class UsmUser:
    """A user with its protocols and secrets, on either side. Raises UsageError for what cannot work."""

    name: bytes
    auth: AuthProtocol | None = None
    auth_secret: Secret | None = None
    priv: PrivProtocol | None = None
    priv_secret: Secret | None = None
    context_name: bytes = b""

    def __post_init__(self) -> None:
        if not 1 <= len(self.name) <= MAX_USER_NAME:
            raise UsageError(f"SNMPv3 user name has {len(self.name)} octets; must have 1 to {MAX_USER_NAME}")
        if (self.auth is None) != (self.auth_secret is None):
            raise UsageError("SNMPv3 authentication needs a protocol and a password, or neither")
        if (self.priv is None) != (self.priv_secret is None):
            raise UsageError("SNMPv3 privacy needs a protocol and a password, or neither")
        if self.priv is not None and self.auth is None:
            raise UsageError("SNMPv3 privacy needs authentication too (RFC 3411 section 3.4.3)")
        if self.auth is not None:
            _check_size("authentication", self.auth_secret, self.auth.label, self.auth.key_size, self.auth)
            if self.priv is not None:
                _check_size("privacy", self.priv_secret, self.priv.label, self.priv.key_size, self.auth)

    @property
    def level(self) -> SecurityLevel:
        """The highest security level this user can be held to."""
        if self.auth is None:
            return SecurityLevel.NO_AUTH_NO_PRIV
        return SecurityLevel.AUTH_NO_PRIV if self.priv is None else SecurityLevel.AUTH_PRIV

    def keys_for(self, engine_id: bytes) -> UserKeys:
        """Return this user's keys at the engine. Keep them: Reeder's extension costs a megabyte hash."""
        if self.auth is None or self.auth_secret is None:
            return NO_KEYS
        auth_key = localize(self.auth, self.auth_secret, engine_id)
        if self.priv is None or self.priv_secret is None:
            return UserKeys(auth_key)
        priv_key = localize(self.auth, self.priv_secret, engine_id)
        if len(priv_key) < self.priv.key_size:
            extend = _EXTENSIONS[self.priv.extension]
            priv_key = extend(self.auth, priv_key, engine_id, self.priv.key_size)
        return UserKeys(auth_key, priv_key[: self.priv.key_size])


def _check_size(purpose: str, secret: Secret | None, label: str, localized: int, auth: AuthProtocol) -> None:
    if isinstance(secret, MasterKey) and len(secret.secret) != auth.key_size:
        raise UsageError(
            f"{purpose} master key has {len(secret.secret)} octets; {auth.label} makes {auth.key_size}"
        )
    if isinstance(secret, LocalizedKey) and len(secret.secret) != localized:
        raise UsageError(
            f"localized {purpose} key has {len(secret.secret)} octets; {label} needs {localized}"
        )


@lru_cache(maxsize=256)
def master_key(auth: AuthProtocol, password: bytes) -> bytes:
    """Return Ku: the digest of the password repeated to 1,048,576 octets (RFC 3414 appendix A.2)."""
    if not password:
        raise UsageError("an empty password makes no key")
    repeats = -(-_EXPANDED_PASSWORD // len(password))
    return _hash(auth, (password * repeats)[:_EXPANDED_PASSWORD])


def localize(auth: AuthProtocol, secret: Secret, engine_id: bytes) -> bytes:
    """Return Kul = H(Ku || engineID || Ku) (RFC 3414 section 2.6); a localized key is returned as it is."""
    if isinstance(secret, LocalizedKey):
        return secret.secret
    master = secret.secret if isinstance(secret, MasterKey) else master_key(auth, secret.secret)
    return _hash(auth, master + engine_id + master)


def _hash(auth: AuthProtocol, data: bytes) -> bytes:
    # MD5 and SHA-1 are what RFC 3414 prescribes; the marker lets builds for FIPS tell this from a signature.
    return hashlib.new(auth.hash_name, data, usedforsecurity=False).digest()


def _extend_blumenthal(auth: AuthProtocol, key: bytes, _engine_id: bytes, size: int) -> bytes:
    """Append H(Kul), then H of all so far, until long enough (draft-blumenthal-aes-usm-04, 3.1.2.1)."""
    while len(key) < size:
        key += _hash(auth, key)
    return key


def _extend_reeder(auth: AuthProtocol, key: bytes, engine_id: bytes, size: int) -> bytes:
    """Append the key that the last part makes as a password (draft-reeder-snmpv3-usm-3desede-00, 2.1)."""
    last = key
    while len(key) < size:
        # Not through the cache: these passwords differ from engine to engine.
        master = master_key.__wrapped__(auth, last)
        last = _hash(auth, master + engine_id + master)
        key += last
    return key


_EXTENSIONS = {KeyExtension.BLUMENTHAL: _extend_blumenthal, KeyExtension.REEDER: _extend_reeder}
