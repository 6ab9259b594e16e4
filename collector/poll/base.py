"""What every poller has in common: the requests, the one call, and how a failed send is named."""

from __future__ import annotations

import errno
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from collector.model import Check, Reason

Note = Callable[[str], None]
"""Receives one line a step, for `haidang poll --explain`; None in everyday polling."""

_SEND_REASONS = {
    errno.EACCES: Reason.NO_PERMISSION,
    errno.EPERM: Reason.NO_PERMISSION,
    errno.ENETUNREACH: Reason.NO_ROUTE,
    errno.EHOSTUNREACH: Reason.NO_ROUTE,
    errno.ENETDOWN: Reason.NO_ROUTE,
    errno.EADDRNOTAVAIL: Reason.NO_ROUTE,
    errno.EAFNOSUPPORT: Reason.NO_ROUTE,
    # Linux says EINVAL for a `blackhole` route.
    errno.EINVAL: Reason.NO_ROUTE,
    errno.ENOBUFS: Reason.NO_BUFFER,
    errno.ENOMEM: Reason.NO_BUFFER,
    errno.EAGAIN: Reason.NO_BUFFER,
    errno.EMFILE: Reason.NO_BUFFER,
    errno.ENFILE: Reason.NO_BUFFER,
}


def send_reason(error: OSError) -> Reason:
    """Return the reason for an error that the kernel raised before anything left this machine."""
    return _SEND_REASONS.get(error.errno or 0, Reason.SEND_FAILED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """The window of one probe: it began at `started_at` and must be over by `deadline_at` (monotonic s)."""

    started_at: float
    deadline_at: float


RequestT_contra = TypeVar("RequestT_contra", contravariant=True)


class Poller(Protocol[RequestT_contra]):
    """One way of asking. A poller turns every failure into a Fault; what it raises is a bug."""

    async def poll(self, request: RequestT_contra, timing: Timing, note: Note | None = None) -> Check:
        """Ask once, within the window, and return exactly one Reply or Fault."""
        ...

    async def close(self) -> None:
        """Give back sockets, threads and connections."""
        ...
