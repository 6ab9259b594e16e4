"""Restores a backup: nothing is put in place before all of it was checked, and nothing is overwritten."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import tarfile
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import IO

from collector.archive.errors import BackupDamagedError, BackupUnavailableError, errors_in_words
from collector.archive.manifest import (
    LEDGER,
    MAX_BYTES,
    NAME,
    REGISTER,
    Manifest,
    ManifestError,
    Part,
    from_bytes,
)
from collector.archive.only import Only
from collector.ledger.errors import LedgerError
from collector.ledger.lock import LedgerLock
from collector.ledger.opening import inspected, put_in_place
from collector.ledger.place import size_of, wal_of
from collector.ledger.queries import check_rows
from collector.ledger.reader import LedgerReader
from collector.register.access import last_closing
from collector.register.store import Register, register_of

_CHUNK = 1024 * 1024


def restore(
    backup: Path, ledger: Path, *, only: Only | None = None, progress: Callable[[str, int, int], None]
) -> Manifest:
    """Put the ledger of a backup at `ledger` and the register beside it; raise a LedgerError.

    Files that are there already are never replaced.
    """
    register = register_of(ledger)
    wanted = {LEDGER: ledger, REGISTER: register}
    if only is not None:
        wanted = {LEDGER: ledger} if only is Only.LEDGER else {REGISTER: register}
    with errors_in_words(ledger):
        _must_be_free([*wanted.values()])
        folder = ledger.parent / f".{ledger.name}.restore-{secrets.token_hex(4)}"
        folder.mkdir(mode=0o700)
    lock = LedgerLock(ledger)
    try:
        if only is not Only.REGISTER:
            lock.acquire()
        manifest = _unpack(backup, folder, wanted, progress)
        _check(backup, folder, manifest)
        if only is Only.REGISTER:
            _must_fit(ledger, manifest)
        with errors_in_words(ledger):
            _put(folder, wanted, ledger.parent)
    finally:
        lock.release()
        shutil.rmtree(folder, ignore_errors=True)
    return manifest


def _must_be_free(paths: list[Path]) -> None:
    # An empty log is what a reader leaves; one with content would be replayed into the restored file.
    logs = [wal_of(path) for path in paths if size_of(wal_of(path)) > 0]
    there = [*(path for path in paths if path.exists()), *logs]
    if there:
        raise BackupUnavailableError(
            f"{there[0]} is there already, and nothing is ever overwritten. Name another place, or move it "
            f"aside, with all files whose names begin with {there[0].name.removesuffix('-wal')}"
        )


def _must_fit(ledger: Path, manifest: Manifest) -> None:
    with LedgerReader(ledger) as reader:
        found = reader.meta().ledger_id
    if found != manifest.ledger_id:
        raise BackupUnavailableError(
            f"{ledger} is another ledger ({found}) than the one of this backup ({manifest.ledger_id})"
        )


def _opened(backup: Path) -> tarfile.TarFile:
    with errors_in_words(backup):
        try:
            return tarfile.open(backup, mode="r:")
        except tarfile.TarError as error:
            raise _damaged(backup, f"it is no backup ({error})") from None


def _damaged(backup: Path, what: str) -> BackupDamagedError:
    return BackupDamagedError(f"{backup}: {what}. Nothing was restored. Take another backup.")


def _manifest(backup: Path, tar: tarfile.TarFile) -> Manifest:
    with errors_in_words(backup):
        try:
            member = tar.next()
            file = (
                None
                if member is None or member.name != NAME or not member.isreg()
                else tar.extractfile(member)
            )
            if member is None or file is None or member.size > MAX_BYTES:
                raise _damaged(backup, f"it does not begin with {NAME}")
            return from_bytes(file.read())
        except (tarfile.TarError, ManifestError) as error:
            raise _damaged(backup, str(error)) from None


def _unpack(
    backup: Path, folder: Path, wanted: dict[str, Path], progress: Callable[[str, int, int], None]
) -> Manifest:
    with closing(_opened(backup)) as tar:
        manifest = _manifest(backup, tar)
        for part in manifest.parts:
            # One after another, as they were written: a name, a link or a size that lies is never followed.
            with errors_in_words(backup):
                try:
                    member = tar.next()
                except tarfile.TarError as error:
                    raise _damaged(backup, str(error)) from None
                if (
                    member is None
                    or member.name != part.name
                    or not member.isreg()
                    or member.size != part.bytes
                ):
                    raise _damaged(backup, f"{part.name} is missing, or not of the size in the manifest")
                _write(backup, tar.extractfile(member), part, folder / part.name, progress)
    if not wanted.keys() & {part.name for part in manifest.parts}:
        raise _damaged(backup, f"there is no {' and no '.join(wanted)} in it")
    return manifest


def _write(
    backup: Path,
    source: IO[bytes] | None,
    part: Part,
    target: Path,
    progress: Callable[[str, int, int], None],
) -> None:
    digest, done = hashlib.sha256(), 0
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640)
    with os.fdopen(descriptor, "wb") as file:
        try:
            while source is not None and (chunk := source.read(_CHUNK)):
                with errors_in_words(target):
                    file.write(chunk)
                digest.update(chunk)
                done += len(chunk)
                progress("unpacked", done, part.bytes)
        except tarfile.TarError as error:
            raise _damaged(backup, f"{part.name} is cut off ({error})") from None
    if digest.hexdigest() != part.sha256 or done != part.bytes:
        raise _damaged(backup, f"{part.name} does not match the hash in the manifest")


def _check(backup: Path, folder: Path, manifest: Manifest) -> None:
    """Look into the files too: a hash proves what was written, not that it was sound."""
    try:
        with inspected(folder / LEDGER, thorough=True) as connection:
            check_rows(connection, folder / LEDGER)
        with LedgerReader(folder / LEDGER) as reader:
            meta = reader.meta()
        if (meta.ledger_id, meta.simulated) != (manifest.ledger_id, manifest.simulated):
            raise _damaged(backup, f"its ledger is {meta.ledger_id}, its manifest is of {manifest.ledger_id}")
        if manifest.part(REGISTER) is not None:
            with Register.open(folder / REGISTER, manifest.ledger_id) as register:
                last = last_closing(register)
                found = (register.verify(), "" if last is None else last.seal)
            if found != (manifest.register_entries, manifest.seal):
                raise _damaged(backup, "its register has other entries or seals than its manifest says")
    except BackupDamagedError:
        raise
    except LedgerError as error:
        # Its own words tell how to mend a file in place, which this one is not.
        what = str(error).partition(" is damaged: ")[2].partition(". Nothing")[0] or str(error)
        raise _damaged(backup, f"what is in it cannot be used: {what}") from error


def _put(folder: Path, wanted: dict[str, Path], target: Path) -> None:
    placed: list[Path] = []
    owner = target.stat()
    try:
        # The register first: a ledger without its register would look as if nobody had decided anything.
        for name in (REGISTER, LEDGER):
            if name in wanted and (folder / name).exists():
                if os.geteuid() == 0:
                    os.chown(folder / name, owner.st_uid, owner.st_gid)
                put_in_place(folder / name, wanted[name])
                placed.append(wanted[name])
    except OSError:
        for path in placed:
            with suppress(OSError):
                path.unlink()
        raise
