"""Makes loopback addresses truly silent, ICMP, UDP and TCP alike: routes into an empty network namespace.

A packet to such an address leaves by one end of a veth pair, and nothing lives at the other: the send
succeeds and no error comes back, as on a line that is cut. It needs root and iproute2. The namespace has no
name: it belongs to a child process, so that the kernel removes it, the pair and the routes when the child is
gone, also if this process was killed.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

from deploy.stack.child import Child, ChildError

_PROGRAMS = ("ip", "unshare", "nsenter", "sleep")
_TIMEOUT_S = 10
_PROOF_S = 0.05


class SilenceError(Exception):
    """Addresses cannot be made silent here; the text says why."""


class Silence:
    """Addresses that swallow everything, until the context ends. `log` takes what the child prints.

    Start it from the main thread, as Child wants.
    """

    def __init__(self, log: Path) -> None:
        # At most 15 characters; unique, because the process's number is.
        self._near, self._far = f"hdlab{os.getpid()}a", f"hdlab{os.getpid()}b"
        self._holder = Child("empty namespace", ["unshare", "--net", "sleep", "infinity"], log=log)
        self._silent: frozenset[str] = frozenset()

    @property
    def silent(self) -> frozenset[str]:
        """The addresses that are silent now."""
        return self._silent

    def set(self, addresses: Iterable[str]) -> None:
        """Make exactly these addresses silent; raise SilenceError with everything as it was before."""
        wanted = frozenset(addresses)
        lines = [self._route("del", address) for address in sorted(self._silent - wanted)]
        lines += [self._route("add", address) for address in sorted(wanted - self._silent)]
        if not lines:
            return
        try:
            _ip(lines)
        except SilenceError:
            self._restore()
            raise
        self._silent = wanted

    def start(self) -> Self:
        """Make the namespace and the pair; raise SilenceError where that cannot be done."""
        missing = [program for program in _PROGRAMS if shutil.which(program) is None]
        if missing:
            raise SilenceError(f"not installed: {', '.join(missing)} (Debian packages iproute2, util-linux)")
        if os.geteuid() != 0:
            raise SilenceError("it needs root")
        try:
            self._holder.start().wait_until(self._has_namespace)
            _ip([f"link add {self._near} type veth peer name {self._far} netns {self._holder.pid}"])
            # Neither asks for neighbours nor announces itself: nothing moves but what is routed here.
            self._switch("ipv6/conf/{}/disable_ipv6", 1)
            self._switch("ipv4/conf/{}/route_localnet", 1)
            _ip([f"link set {self._near} up arp off"])
            _run(["nsenter", "-t", str(self._holder.pid), "--net", "ip", "link", "set", self._far, "up"])
            self._prove()
        except (ChildError, OSError) as error:
            self.close()
            raise SilenceError(str(error)) from error
        except SilenceError:
            self.close()
            raise
        return self

    def close(self) -> None:
        """Let every address be heard again and leave nothing behind."""
        if Path("/sys/class/net", self._near).exists():
            _run(["ip", "link", "del", self._near], check=False)
        self._silent = frozenset()
        self._holder.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _prove(self) -> None:
        """Send a datagram to a silent address and see that it does not arrive, and another that does."""
        address = f"127.253.{os.getpid() >> 8 & 0xFF}.{os.getpid() & 0xFF}"
        with (
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener,
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender,
        ):
            listener.bind((address, 0))
            listener.settimeout(_PROOF_S)
            arrived = []
            for silent in ({address}, set()):
                self.set(silent)
                sender.sendto(b"heard" if not silent else b"silent", listener.getsockname())
                with contextlib.suppress(TimeoutError):
                    arrived.append(listener.recv(16))
        if arrived != [b"heard"]:
            raise SilenceError("this kernel delivers packets that are routed away")

    def _route(self, verb: str, address: str) -> str:
        return f"route {verb} {address}/32 dev {self._near} src 127.0.0.1 scope link table local"

    def _restore(self) -> None:
        """Put back what was, after a batch that stopped half way."""
        _run(["ip", "route", "flush", "dev", self._near, "table", "local"], check=False)
        _ip([self._route("add", address) for address in sorted(self._silent)])

    def _has_namespace(self) -> bool:
        own, theirs = (Path(f"/proc/{pid}/ns/net").stat().st_ino for pid in ("self", self._holder.pid))
        return own != theirs

    def _switch(self, name: str, value: int) -> None:
        path = Path("/proc/sys/net", name.format(self._near))
        if path.exists():
            path.write_text(f"{value}\n", encoding="ascii")


def _ip(lines: list[str]) -> None:
    _run(["ip", "-batch", "-"], "".join(f"{line}\n" for line in lines))


def _run(command: list[str], text: str = "", *, check: bool = True) -> None:
    try:
        ran = subprocess.run(
            command, input=text, capture_output=True, text=True, timeout=_TIMEOUT_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SilenceError(f"{command[0]}: {error}") from error
    if check and ran.returncode != 0:
        why = " ".join(ran.stderr.split()) or f"exit code {ran.returncode}"
        raise SilenceError(f"{command[0]}: {why}")
