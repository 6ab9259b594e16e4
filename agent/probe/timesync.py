"""Asks the kernel whether the wall clock is disciplined by a time source."""

from __future__ import annotations

import ctypes
import os
import struct

from agent.probe.guard import guarded
from agent.wire_sections import Clock

_TIMEX = struct.Struct("@Illlli")
"""modes, offset, freq, maxerror, esterror, status: the head of struct timex (adjtimex(2))."""
_TIMEX_BYTES = 512
_STA_UNSYNC = 0x40


@guarded
def read_clock() -> Clock:
    """Return what adjtimex says; asked with no mode set it changes nothing and needs no privilege."""
    buffer = ctypes.create_string_buffer(_TIMEX_BYTES)
    if ctypes.CDLL(None, use_errno=True).adjtimex(buffer) < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), "adjtimex")
    _, _, _, max_error_us, estimated_error_us, status = _TIMEX.unpack_from(buffer)
    return Clock(
        synchronised=not status & _STA_UNSYNC,
        max_error_s=max_error_us / 1e6,
        estimated_error_s=estimated_error_us / 1e6,
    )
