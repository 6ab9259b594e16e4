"""Fetches the secrets that the configuration names: from a file, the environment, a systemd credential."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

_MAX_BYTES = 1_024


class Scheme(StrEnum):
    """Where a secret may be kept."""

    FILE = "file"
    ENV = "env"
    CREDENTIAL = "credential"


class SecretError(Exception):
    """A secret cannot be had, or is not kept secret: which, and what to do. Never the secret itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretRef:
    """The name of a secret."""

    scheme: Scheme
    name: str

    def __str__(self) -> str:
        return f"{self.scheme}:{self.name}"


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret's octets, which no repr shows."""

    octets: bytes = field(repr=False)


def parse_reference(text: str) -> SecretRef:
    """Parse `file:/path`, `env:NAME` or `credential:NAME`; raise ValueError without repeating the text."""
    scheme, colon, name = text.partition(":")
    if not colon or scheme not in set(Scheme) or not name:
        raise ValueError(
            "must name a secret as file:/path, env:NAME or credential:NAME; a secret itself has no place here"
        )
    if scheme == Scheme.FILE and not name.startswith("/"):
        raise ValueError("must name the file by its full path: file:/path")
    if scheme == Scheme.CREDENTIAL and ("/" in name or name in {".", ".."}):
        raise ValueError("must name a credential of the unit, without a path")
    return SecretRef(scheme=Scheme(scheme), name=name)


def fetch(reference: SecretRef, environ: Mapping[str, str] = os.environ) -> Secret:
    """Return the secret, less one line end; raise SecretError."""
    if reference.scheme is Scheme.ENV:
        value = environ.get(reference.name)
        if value is None:
            raise SecretError(f"{reference}: the environment has no such variable")
        return _checked(reference, value.encode(errors="surrogateescape"))
    if reference.scheme is Scheme.FILE:
        return _checked(reference, _read(reference, Path(reference.name)))
    directory = environ.get("CREDENTIALS_DIRECTORY")
    if not directory:
        raise SecretError(f"{reference}: systemd passed no credentials; set LoadCredential= in the unit")
    return _checked(reference, _read(reference, Path(directory) / reference.name))


def _read(reference: SecretRef, path: Path) -> bytes:
    try:
        # Without O_NONBLOCK a pipe put in the file's place would hold the start up for ever.
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                raise SecretError(f"{reference}: not an ordinary file")
            if status.st_mode & (stat.S_IROTH | stat.S_IWOTH):
                mode = stat.S_IMODE(status.st_mode)
                raise SecretError(f"{reference}: open to all users (mode {mode:04o}); chmod 0640 it")
            return os.read(descriptor, _MAX_BYTES + 1)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise SecretError(f"{reference}: {error.strerror}") from None


def _checked(reference: SecretRef, octets: bytes) -> Secret:
    octets = octets.removesuffix(b"\n").removesuffix(b"\r")
    if not octets:
        raise SecretError(f"{reference}: empty")
    if len(octets) > _MAX_BYTES:
        raise SecretError(f"{reference}: more than {_MAX_BYTES} bytes")
    return Secret(octets)
