"""Turns whatever a probe raises into Unavailable: a failed reading says why and never stops the others."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

import psutil

from agent.probe.text import printable
from agent.wire_sections import Unavailability, Unavailable

P = ParamSpec("P")
S = TypeVar("S")


class Absent(Exception):  # noqa: N818 - raised to say so, not to report a mistake
    """Raised by a probe that knows why it has nothing to say."""

    def __init__(self, reason: Unavailability, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


def guarded(probe: Callable[P, S]) -> Callable[P, S | Unavailable]:
    """Make a probe return Unavailable where it would raise."""

    @wraps(probe)
    def read(*args: P.args, **kwargs: P.kwargs) -> S | Unavailable:
        try:
            return probe(*args, **kwargs)
        except Exception as error:  # noqa: BLE001 - the promise of this module
            return unavailable(error)

    return read


def unavailable(error: Exception) -> Unavailable:
    """Return the section that stands for this failure."""
    if isinstance(error, Absent):
        return Unavailable(reason=error.reason, detail=printable(str(error)))
    return Unavailable(reason=_reason(error), detail=printable(_detail(error)))


def _reason(error: Exception) -> Unavailability:
    if isinstance(error, PermissionError | psutil.AccessDenied):
        return Unavailability.PERMISSION
    if isinstance(error, FileNotFoundError | psutil.NoSuchProcess):
        return Unavailability.MISSING
    # psutil leaves out the functions that a platform does not have.
    if isinstance(error, NotImplementedError | AttributeError):
        return Unavailability.UNSUPPORTED
    return Unavailability.FAILED


def _detail(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
