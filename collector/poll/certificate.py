"""Reads the certificates that a server shows: whose they are, who issued them, and until when they hold."""

from __future__ import annotations

import ssl
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509

_SHOWN = 80
_NAMES_SHOWN = 3
_DER = 2
"""OpenSSL's binary form, as `_ssl` numbers it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """One certificate; texts are printable and bounded."""

    names: tuple[str, ...]
    issuer: str
    not_before: datetime
    not_after: datetime

    def __str__(self) -> str:
        names = ", ".join(self.names[:_NAMES_SHOWN]) + (" …" if len(self.names) > _NAMES_SHOWN else "")
        return (
            f"certificate of {names or 'nobody'}, issued by {self.issuer or 'nobody'}, "
            f"valid from {self.not_before:%Y-%m-%d %H:%M} to {self.not_after:%Y-%m-%d %H:%M} UTC"
        )


def shown_chain(tls: ssl.SSLObject) -> tuple[Certificate, ...]:
    """Return what the server showed, its own certificate first; what cannot be read is left out."""
    if hasattr(tls, "get_unverified_chain"):
        chain: Iterable[bytes] = tls.get_unverified_chain()
    else:
        # Public from Python 3.13 on; before, only the wrapped object has it.
        inner = tls._sslobj.get_unverified_chain() or ()  # type: ignore[attr-defined]  # noqa: SLF001
        chain = [certificate.public_bytes(_DER) for certificate in inner]
    found = (_read(der) for der in chain)
    return tuple(certificate for certificate in found if certificate is not None)


def earliest_end_ms(chain: Iterable[Certificate]) -> int | None:
    """Return when the first of these certificates ends, in UTC milliseconds."""
    return min((round(one.not_after.timestamp() * 1000) for one in chain), default=None)


def _read(der: bytes) -> Certificate | None:
    try:
        with warnings.catch_warnings():
            # What a server does against RFC 5280 is for its users to be told, not for our log.
            warnings.simplefilter("ignore")
            parsed = x509.load_der_x509_certificate(der)
        return Certificate(
            names=_names(parsed),
            issuer=_plain(parsed.issuer.rfc4514_string()),
            not_before=parsed.not_valid_before_utc,
            not_after=parsed.not_valid_after_utc,
        )
    except (ValueError, TypeError, x509.UnsupportedGeneralNameType, OverflowError):
        # A server may show anything; OpenSSL has judged it, here it is only described.
        return None


def _names(parsed: x509.Certificate) -> tuple[str, ...]:
    try:
        extension = parsed.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, x509.DuplicateExtension):
        subject = parsed.subject.rfc4514_string()
        return (_plain(subject),) if subject else ()
    addresses = (str(address) for address in extension.get_values_for_type(x509.IPAddress))
    return tuple(_plain(name) for name in (*extension.get_values_for_type(x509.DNSName), *addresses))


def _plain(text: str) -> str:
    return "".join(char if char.isprintable() else "\ufffd" for char in text[:_SHOWN])
