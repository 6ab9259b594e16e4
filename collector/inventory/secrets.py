"""Fetches secrets from where references say they are kept, and keeps them out of every text."""

from __future__ import annotations

import hmac
import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn, Self, SupportsIndex

from collector.inventory.values import SecretRef

MAX_SECRET_BYTES = 65_536
_HIDDEN = "Secret(…)"


class SecretError(Exception):
    """A secret cannot be had: which, why, and what to do. Never says anything of a secret itself."""

    def __init__(self, message: str, advice: str) -> None:
        super().__init__(f"{message} ({advice})")
        self.message = message
        self.advice = advice


class Secret:
    """Bytes that show in no repr, text, format, log, dump or pickle; only `reveal` gives them."""

    __slots__ = ("__value",)

    def __init__(self, value: bytes) -> None:
        self.__value = value

    def reveal(self) -> bytes:
        """Return the secret itself."""
        return self.__value

    def reveal_text(self) -> str:
        """Return the secret as text; SecretError if it is not UTF-8."""
        try:
            return self.__value.decode()
        except UnicodeDecodeError:
            raise SecretError("the secret is not UTF-8 text", "store it as UTF-8") from None

    def __len__(self) -> int:
        return len(self.__value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and hmac.compare_digest(self.__value, other.__value)

    __hash__ = None  # type: ignore[assignment]  # a hash would be a fingerprint of the secret

    def __repr__(self) -> str:
        return _HIDDEN

    def __format__(self, spec: str) -> str:
        return format(_HIDDEN, spec)

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self

    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        raise TypeError("a Secret is not pickled: it would leave the process")


class SecretStore:
    """Resolves the references of one inventory: `folder` is where it lies, `environ` the environment."""

    def __init__(self, folder: Path, environ: Mapping[str, str]) -> None:
        self._folder = folder
        self._environ = environ

    def fetch(self, reference: SecretRef) -> Secret:
        """Return a secret without the line end that editors add; SecretError if it cannot be had."""
        if reference.scheme == "env":
            raw = self._variable(reference)
        else:
            path = self.path(reference)
            raw = _read(path, str(reference), private=reference.scheme == "file")
        value = raw.removesuffix(b"\n").removesuffix(b"\r")
        if not value:
            raise SecretError(f"{reference} is empty", "write the secret into it")
        return Secret(value)

    def path(self, reference: SecretRef) -> Path:
        """Return the file of a `file:` or `credential:` reference, for libraries that read it themselves."""
        if reference.scheme == "file":
            return self._folder / reference.name
        if reference.scheme != "credential":
            raise SecretError(f"{reference} is not in a file", "write file:PATH or credential:NAME")
        folder = self._environ.get("CREDENTIALS_DIRECTORY")
        if folder is None:
            raise SecretError(
                f"{reference}: systemd has passed no credentials",
                f"start it as a unit with LoadCredential={reference.name}:PATH",
            )
        return Path(folder) / reference.name

    def _variable(self, reference: SecretRef) -> bytes:
        value = self._environ.get(reference.name)
        if value is None:
            raise SecretError(
                f"{reference} is not set", f"set {reference.name} in the collector's environment"
            )
        return value.encode(errors="surrogateescape")


def _read(path: Path, shown: str, *, private: bool) -> bytes:
    """Read a secret's file; if `private`, refuse one that others may read.

    What systemd passes is exempt: it lies in a folder of the unit's own, and access control lists on it show
    as group bits of the mode.
    """
    try:
        # Not blocking: a pipe of that name would otherwise hold the collector until somebody writes to it.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise SecretError(f"{shown}: there is no file {path}", "write the secret into it, mode 600") from None
    except PermissionError:
        raise SecretError(f"{shown} may not be read by this user", f"change the owner of {path}") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "impossible path"
        raise SecretError(f"{shown} cannot be read: {reason}", "name a file") from None
    try:
        status = os.fstat(descriptor)
        mode = stat.S_IMODE(status.st_mode)
        if not stat.S_ISREG(status.st_mode):
            raise SecretError(f"{shown} is not a file", "name the file that holds the secret")
        if private and mode & 0o077:
            message = f"{shown} can be read by others (mode {mode:04o})"
            raise SecretError(message, f"protect it: chmod 600 {path}")
        if status.st_size > MAX_SECRET_BYTES:
            raise SecretError(f"{shown} is larger than {MAX_SECRET_BYTES >> 10} KiB", "is it the right file?")
        return os.read(descriptor, MAX_SECRET_BYTES)
    finally:
        os.close(descriptor)
