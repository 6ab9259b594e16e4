"""Secrets by reference: where they may be kept, what is refused, and that none is ever shown."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from agent.secret import SecretError, fetch, parse_reference

NO_REFERENCE = (
    "must name a secret as file:/path, env:NAME or credential:NAME; a secret itself has no place here"
)


def secret_file(path: Path, content: bytes, mode: int = 0o600) -> str:
    path.write_bytes(content)
    path.chmod(mode)
    return f"file:{path}"


@pytest.mark.parametrize("content", [b"opensesame", b"opensesame\n", b"opensesame\r\n"])
def test_a_secret_is_read_without_its_line_end(content: bytes, tmp_path: Path) -> None:
    """From a file, the environment and a systemd credential the same octets come."""
    reference = parse_reference(secret_file(tmp_path / "s", content))
    assert fetch(reference).octets == b"opensesame"
    assert fetch(parse_reference("env:PASS"), {"PASS": "opensesame"}).octets == b"opensesame"
    credentials = {"CREDENTIALS_DIRECTORY": str(tmp_path)}
    assert fetch(parse_reference("credential:s"), credentials).octets == b"opensesame"


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o400, 0o440])
def test_a_file_for_owner_and_group_is_taken(mode: int, tmp_path: Path) -> None:
    """The group may read: that is how the service gets at a file of root's."""
    assert fetch(parse_reference(secret_file(tmp_path / "s", b"opensesame", mode))).octets


@pytest.mark.parametrize("mode", [0o644, 0o604, 0o602, 0o666])
def test_a_file_that_is_open_to_all_is_refused(mode: int, tmp_path: Path) -> None:
    """A secret that everybody can read or change is none."""
    reference = parse_reference(secret_file(tmp_path / "s", b"opensesame", mode))
    with pytest.raises(SecretError) as caught:
        fetch(reference)
    assert str(caught.value) == f"{reference}: open to all users (mode {mode:04o}); chmod 0640 it"


def test_what_cannot_be_had_is_explained(tmp_path: Path) -> None:
    """Missing files, variables and credentials, empty and endless ones, pipes: each in its own words."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe, 0o600)
    empty, large = secret_file(tmp_path / "empty", b"\n"), secret_file(tmp_path / "large", b"x" * 5_000)
    for text, environ, message in (
        (f"file:{tmp_path}/gone", {}, "No such file or directory"),
        (f"file:{tmp_path}", {}, "not an ordinary file"),
        (f"file:{pipe}", {}, "not an ordinary file"),
        (empty, {}, "empty"),
        (large, {}, "more than 1024 bytes"),
        ("env:GONE", {}, "the environment has no such variable"),
        ("credential:x", {}, "systemd passed no credentials; set LoadCredential= in the unit"),
        ("credential:x", {"CREDENTIALS_DIRECTORY": str(tmp_path)}, "No such file or directory"),
    ):
        with pytest.raises(SecretError) as caught:
            fetch(parse_reference(text), environ)
        assert str(caught.value) == f"{text}: {message}"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "opensesame",
            NO_REFERENCE,
        ),
        (
            "pass:opensesame",
            NO_REFERENCE,
        ),
        (
            "env:",
            NO_REFERENCE,
        ),
        ("file:opensesame", "must name the file by its full path: file:/path"),
        ("credential:../opensesame", "must name a credential of the unit, without a path"),
    ],
)
def test_a_reference_that_is_none_is_not_repeated(text: str, message: str) -> None:
    """What stands in a secret's place may be the secret: the message does not show it."""
    with pytest.raises(ValueError, match="must name") as caught:
        parse_reference(text)
    assert str(caught.value) == message
    assert "opensesame" not in str(caught.value)


def test_no_repr_shows_a_secret() -> None:
    """Neither repr nor str of a fetched secret holds it."""
    secret = fetch(parse_reference("env:PASS"), {"PASS": "opensesame"})
    assert "opensesame" not in f"{secret!r} {secret}"
