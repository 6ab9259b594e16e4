"""The exit codes of `haidang`: one for each kind of end, so that scripts need not read texts."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """Why the program ended. 1 is left to Python itself: an error of this program, with its traceback."""

    OK = 0
    USAGE = 2  # the command line is wrong; nothing was done
    MISTAKES = 3  # the inventory can be read and has mistakes
    UNREADABLE = 4  # the inventory cannot be read: missing, not allowed, not text
    INTERRUPTED = 130  # Ctrl-C, as shells count it
