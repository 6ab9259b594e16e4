"""Starts one child process, waits until it is ready, and sees to its end, also when the parent is killed."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from deploy.stack import family

_PR_SET_PDEATHSIG = 1


class ChildError(Exception):
    """A child did not start, or ended before it was ready; the message holds the end of its log."""


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


class Child:
    """A process with its log in a file. Ends with its context, and at once if the parent dies.

    Start it from the main thread: Linux takes the end of the thread that forked for the parent's death.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        log: Path,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> None:
        self.name = name
        self.command = tuple(command)
        self.log = log
        self._env = dict(env) if env is not None else None
        self._cwd = cwd
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """Process id; the child must have been started."""
        if self._process is None:
            raise ChildError(f"{self.name} has not been started")
        return self._process.pid

    def start(self) -> Self:
        """Start the process; raise ChildError if the program cannot be executed."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            try:
                self._process = subprocess.Popen(
                    self.command,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    env=self._env,
                    cwd=self._cwd,
                    start_new_session=True,
                    preexec_fn=_die_with_parent,  # noqa: PLW1509 - one system call, no lock
                )
            except OSError as error:
                raise ChildError(f"{self.name}: cannot run {self.command[0]}: {error.strerror}") from error
        return self

    def running(self) -> bool:
        """Return True while the process lives."""
        return self._process is not None and self._process.poll() is None

    @property
    def exit_code(self) -> int | None:
        """The exit code, negative for a signal; None while it runs."""
        return None if self._process is None else self._process.poll()

    def wait_until(self, ready: Callable[[], bool], *, seconds: float = 15.0) -> Self:
        """Ask `ready` until it is true; raise ChildError if the child ends or the time is up."""
        deadline = time.monotonic() + seconds
        while not ready():
            if not self.running():
                raise ChildError(f"{self.name} ended with code {self.exit_code}:\n{self.log_tail()}")
            if time.monotonic() > deadline:
                raise ChildError(f"{self.name} was not ready after {seconds:g} s:\n{self.log_tail()}")
            time.sleep(0.02)
        return self

    def log_tail(self, lines: int = 12) -> str:
        """Return the last lines of the log."""
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        except OSError:
            return "(no log)"

    def stop(self, *, seconds: float = 5.0) -> None:
        """Ask the process to end; kill it after `seconds`. Its own children go with it."""
        process = self._process
        if process is None or process.poll() is not None:
            return
        # sshd's sessions leave its group and outlive it for as long as their clients hold on.
        below = family.descendants(process.pid)
        process.terminate()
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        family.end(below)

    def kill(self) -> None:
        """End the process at once, as a power cut would."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
