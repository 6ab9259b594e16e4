"""Secrets: fetched from where references say, and shown nowhere."""

from __future__ import annotations

import copy
import json
import logging
import os
import pickle
import traceback
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pytest

from collector.inventory.secrets import Secret, SecretError, SecretStore
from collector.inventory.values import SecretRef

VALUE = "s3cr3t-vàng"


def reference(scheme: str, name: str) -> SecretRef:
    return SecretRef(scheme=scheme, name=name)


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """Return a file with the secret that only its owner can read."""
    path = tmp_path / "auth"
    path.touch(mode=0o600)
    path.write_text(f"{VALUE}\n")
    return path


@dataclass(frozen=True, slots=True)
class Holder:
    """A value of the collector that has a secret in it."""

    secret: Secret


def test_no_text_of_a_secret_shows_it(caplog: pytest.LogCaptureFixture) -> None:
    """Repr, str, format, %-formatting, logs, JSON, dataclass texts and tracebacks never hold the value."""
    secret = Secret(VALUE.encode())
    caplog.set_level(logging.DEBUG)
    logging.getLogger("test").warning("%s %r %s", secret, secret, Holder(secret))
    texts = [repr(secret), str(secret), f"{secret}", f"{secret!r:>20}", "%s" % secret, "{}".format(secret)]  # noqa: UP031, UP032
    texts += [
        repr([secret]),
        str({"a": secret}),
        repr(Holder(secret)),
        str(asdict(Holder(secret))),
        caplog.text,
    ]
    texts.append(json.dumps({"a": secret}, default=str))
    converters: tuple[Callable[[Any], object], ...] = (json.dumps, pickle.dumps, bytes, int, sorted)
    for failing in converters:
        try:
            failing(secret)
        except TypeError:
            texts.append(traceback.format_exc())
        else:
            pytest.fail(f"{failing} took a secret")
    try:
        raise ValueError(secret)
    except ValueError:
        texts.append(traceback.format_exc())
    assert all(VALUE not in text and "s3cr3t" not in text for text in texts)
    assert repr(secret) == str(secret) == f"{secret}" == "Secret(…)"
    assert secret.reveal_text() == VALUE


def test_a_secret_has_no_attributes_to_walk_and_no_hash() -> None:
    """What walks over objects finds no value, and what hashes them gets no fingerprint."""
    secret = Secret(VALUE.encode())
    assert not hasattr(secret, "__dict__")
    with pytest.raises(TypeError, match="unhashable"):
        hash(secret)
    with pytest.raises(TypeError, match="a Secret is not pickled: it would leave the process"):
        pickle.dumps(Holder(secret))


def test_secrets_compare_and_copy_by_value() -> None:
    """Equal secrets are equal, and a copy is the secret itself."""
    secret = Secret(b"x")
    assert secret == Secret(b"x") != Secret(b"y")
    assert secret != b"x"
    assert copy.deepcopy(secret) is copy.copy(secret) is secret
    assert len(secret) == 1


def test_secrets_come_from_environment_file_and_systemd(tmp_path: Path, kept: Path) -> None:
    """The three kinds of reference give the secret, without the line end that editors add."""
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    (credentials / "auth").write_text(f"{VALUE}\r\n")
    (credentials / "auth").chmod(0o440)
    environ = {"AUTH": VALUE, "CREDENTIALS_DIRECTORY": str(credentials)}
    store = SecretStore(tmp_path, environ)
    for found in (reference("env", "AUTH"), reference("file", "auth"), reference("credential", "auth")):
        assert store.fetch(found).reveal_text() == VALUE
    assert store.fetch(reference("file", str(kept))).reveal_text() == VALUE
    assert store.path(reference("file", "auth")) == kept
    assert store.path(reference("credential", "auth")) == credentials / "auth"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o601])
def test_a_file_that_others_can_use_is_refused(mode: int, tmp_path: Path, kept: Path) -> None:
    """Any right of group or others is one too many, and the message says how to take it away."""
    kept.chmod(mode)
    with pytest.raises(SecretError) as refused:
        SecretStore(tmp_path, {}).fetch(reference("file", "auth"))
    assert str(refused.value) == (
        f"file:auth can be read by others (mode {mode:04o}) (protect it: chmod 600 {kept})"
    )


def test_what_is_not_there_is_said_with_what_to_do(tmp_path: Path, kept: Path) -> None:
    """Each reason why a secret cannot be had has words of its own, none with a secret in it."""
    kept.write_text("\n")
    os.mkfifo(tmp_path / "pipe", 0o600)
    (tmp_path / "big").touch(mode=0o600)
    (tmp_path / "big").write_bytes(b"x" * 65_537)
    store = SecretStore(tmp_path, {"EMPTY": ""})

    def reason(scheme: str, name: str) -> str:
        with pytest.raises(SecretError) as refused:
            store.fetch(reference(scheme, name))
        return str(refused.value)

    assert reason("env", "AUTH") == "env:AUTH is not set (set AUTH in the collector's environment)"
    assert reason("env", "EMPTY") == "env:EMPTY is empty (write the secret into it)"
    assert reason("file", "auth") == "file:auth is empty (write the secret into it)"
    assert (
        reason("file", "x") == f"file:x: there is no file {tmp_path}/x (write the secret into it, mode 600)"
    )
    assert reason("file", ".") == "file:. is not a file (name the file that holds the secret)"
    assert reason("file", "pipe") == "file:pipe is not a file (name the file that holds the secret)"
    assert reason("file", "big") == "file:big is larger than 64 KiB (is it the right file?)"
    assert reason("file", "auth/x") == "file:auth/x cannot be read: Not a directory (name a file)"
    assert reason("credential", "auth") == (
        "credential:auth: systemd has passed no credentials "
        "(start it as a unit with LoadCredential=auth:PATH)"
    )
    with pytest.raises(
        SecretError, match=r"env:AUTH is not in a file \(write file:PATH or credential:NAME\)"
    ):
        store.path(reference("env", "AUTH"))


def test_a_secret_that_is_no_text_says_so_without_its_bytes() -> None:
    """Bytes that are not UTF-8 are refused as text, and the message does not quote them."""
    with pytest.raises(SecretError, match=r"^the secret is not UTF-8 text \(store it as UTF-8\)$"):
        Secret(b"\xff\xfe").reveal_text()
