"""Orders to a running lab, over a Unix socket that only its owner may use: one line of JSON each way.

    {"order": "apply", "fault": {…}}      →  {"ok": true, …}  or  {"ok": false, "error": "what to do"}

A socket's path may have at most 107 bytes, so both sides go through a descriptor of its folder.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Json = dict[str, Any]

MAX_LINE_BYTES = 1024 * 1024
_TIMEOUT_S = 30.0


class ControlError(Exception):
    """The lab did not take an order, or there is none; the text is for whoever gave the order."""


class NoLabError(ControlError):
    """There is no lab to give orders to."""


class ControlServer:
    """Listens at `path` and hands each order to `handle`, which may raise ControlError."""

    def __init__(self, path: Path, handle: Callable[[Mapping[str, Any]], Json]) -> None:
        self._path, self._handle = path, handle
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Listen; raise ControlError if another lab does."""
        if _connects(self._path):
            raise ControlError(f"{self._path}: another lab runs here; stop it first (haidang lab status)")
        self._path.unlink(missing_ok=True)
        listener = socket.socket(socket.AF_UNIX)
        before = os.umask(0o177)
        try:
            with _short(self._path) as name:
                listener.bind(name)
        except OSError as error:
            listener.close()
            raise ControlError(f"{self._path}: {error.strerror}") from error
        finally:
            os.umask(before)
        self._server = await asyncio.start_unix_server(self._serve, sock=listener, limit=MAX_LINE_BYTES)

    async def stop(self) -> None:
        """Take no more orders and remove the socket."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
            self._path.unlink(missing_ok=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, TimeoutError):
            try:
                async with asyncio.timeout(_TIMEOUT_S):
                    line = await reader.readline()
            except ValueError:
                answer = {"ok": False, "error": f"an order has at most {MAX_LINE_BYTES} bytes"}
            else:
                answer = self._answer(line)
            writer.write(json.dumps(answer, ensure_ascii=False).encode() + b"\n")
            await writer.drain()
        writer.close()

    def _answer(self, line: bytes) -> Json:
        try:
            order = json.loads(line)
        except ValueError:
            return {"ok": False, "error": "an order is one line of JSON"}
        if not isinstance(order, dict):
            return {"ok": False, "error": "an order is a JSON object"}
        try:
            return {"ok": True, **self._handle(order)}
        except ControlError as error:
            return {"ok": False, "error": str(error)}


def send(path: Path, order: Mapping[str, Any]) -> Json:
    """Give a running lab an order and return its answer; raise ControlError if it refuses or is not there."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(_TIMEOUT_S)
        try:
            with _short(path) as name:
                connection.connect(name)
            connection.sendall(json.dumps(order, ensure_ascii=False).encode() + b"\n")
            with connection.makefile("rb") as answers:
                answer = json.loads(answers.readline(MAX_LINE_BYTES))
        except (FileNotFoundError, NotADirectoryError, ConnectionRefusedError):
            raise NoLabError(
                f"no lab runs here ({path}). Start it with ./run, haidang up or haidang lab serve"
            ) from None
        except PermissionError:
            raise ControlError(
                f"{path}: the lab of another user; only its owner may give it orders"
            ) from None
        except (OSError, ValueError) as error:
            raise ControlError(f"{path}: the lab gave no answer: {error}") from error
    if not answer.get("ok"):
        raise ControlError(str(answer.get("error")))
    return {key: value for key, value in answer.items() if key != "ok"}


def _connects(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe, contextlib.suppress(OSError):
        with _short(path) as name:
            probe.connect(name)
        return True
    return False


@contextmanager
def _short(path: Path) -> Iterator[str]:
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
