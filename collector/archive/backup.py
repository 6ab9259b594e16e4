"""Makes a backup: ledger and register, as they are at one instant, in one file that says what is in it."""

from __future__ import annotations

import hashlib
import io
import os
import secrets
import shutil
import tarfile
from collections.abc import Callable
from pathlib import Path

from collector.archive.errors import BackupUnavailableError, errors_in_words
from collector.archive.manifest import LEDGER, NAME, REGISTER, Manifest, Part, to_bytes
from collector.ledger.opening import put_in_place
from collector.ledger.reader import LedgerReader
from collector.register.access import last_closing, open_if_there
from collector.register.store import Register

Progress = Callable[[str, int, int], None]
"""Called now and then with what is being done, how much of it is done, and how much it is."""

_MODE = 0o640
_PAGES = 2_000
_CHUNK = 1024 * 1024


def backup(ledger: Path, target: Path, *, program: str, now_ms: int, progress: Progress) -> Manifest:
    """Copy the ledger and its register into one new file at `target`; raise a LedgerError.

    The collector may go on writing. The register is copied after the ledger: what it says of the ledger's
    evidence was there before.
    """
    with errors_in_words(target):
        if target.exists():
            raise BackupUnavailableError(f"{target} exists already; name a new file")
        folder = target.parent / f".{target.name}.{secrets.token_hex(4)}"
        folder.mkdir(mode=0o700)
    try:
        with LedgerReader(ledger) as reader:
            meta, upto_ms = reader.meta(), reader.latest_ms()
            reader.copy(folder / LEDGER, pages=_PAGES, copied=lambda done, of: progress("copied", done, of))
        register = open_if_there(ledger, meta.ledger_id)
        entries, sealed = 0, None
        if register is not None:
            with register:
                register.backup(folder / REGISTER)
            with Register.open(folder / REGISTER, meta.ledger_id) as copy:
                entries, sealed = copy.verify(), last_closing(copy)
        manifest = Manifest(
            made_ms=now_ms,
            program=program,
            ledger_id=meta.ledger_id,
            simulated=meta.simulated,
            upto_ms=upto_ms,
            register_entries=entries,
            sealed_period="" if sealed is None else sealed.period,
            seal="" if sealed is None else sealed.seal,
            parts=tuple(
                _part(folder / name, progress) for name in (LEDGER, REGISTER) if (folder / name).exists()
            ),
        )
        with errors_in_words(target):
            _pack(folder, manifest, progress)
            try:
                put_in_place(folder / "tar", target)
            except FileExistsError:
                raise BackupUnavailableError(f"{target} exists already; name a new file") from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return manifest


def _part(path: Path, progress: Progress) -> Part:
    digest, size, done = hashlib.sha256(), path.stat().st_size, 0
    with errors_in_words(path), path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            done += len(chunk)
            progress("hashed", done, size)
    return Part(name=path.name, bytes=size, sha256=digest.hexdigest())


def _pack(folder: Path, manifest: Manifest, progress: Progress) -> None:
    path = folder / "tar"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, _MODE)
    with (
        os.fdopen(descriptor, "wb") as file,
        tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar,
    ):
        text = to_bytes(manifest)
        tar.addfile(_member(NAME, len(text), manifest), io.BytesIO(text))
        for number, part in enumerate(manifest.parts):
            with (folder / part.name).open("rb") as source:
                tar.addfile(_member(part.name, part.bytes, manifest), source)
            progress("packed", number + 1, len(manifest.parts))


def _member(name: str, size: int, manifest: Manifest) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size, member.mode, member.mtime = size, _MODE, manifest.made_ms // 1000
    return member
