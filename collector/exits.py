"""The exit codes of `haidang`: one for each kind of end, so that scripts need not read texts."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """Why the program ended. 1 is left to Python itself: an error of this program, with its traceback."""

    OK = 0
    USAGE = 2  # the command line is wrong; nothing was done
    MISTAKES = 3  # the inventory can be read and has mistakes
    UNREADABLE = 4  # the inventory cannot be read: missing, not allowed, not text
    LEDGER = 5  # ledger or register cannot be used: held by another collector, damaged, newer, foreign
    ADDRESS = 6  # the address for /metrics cannot be had
    SECRET = 7  # a secret of the collector's own (TLS key, password) cannot be had
    NO_DEVICE = 8  # the inventory has no such device, or no such area
    POLL_FAILED = 9  # the device was polled, and at least one probe brought no values
    STACK = 10  # a part of the stack did not start, or ended by itself
    SCENARIO = 11  # a scenario of the lab cannot be read, or does not fit its province
    LAB = 12  # no lab runs, or it refused an order
    NO_ENTRY = 13  # there is no such maintenance that could be ended, or no such outage
    REMARKS = 14  # the calendar was looked over, and there is something to look at
    CHANGES = 15  # the inventory would change something
    HISTORY_CUT = 16  # the inventory would cut a history: what is under one id would go on under another
    NOT_CLOSED = 17  # a period cannot be closed, shown or restated: why, and from when on, is said
    ALTERED = 18  # a closed period is not what was sealed, or its seal is not the one on paper
    NO_FIGURES = 20  # the ledger has no evidence of that period
    ALERTING = 21  # a message or a file of alerting: nobody to tell, not taken, not to be had
    GRAFANA = 30  # Grafana cannot be reached, or not used so
    DIFFERENT = 31  # Grafana has not what it shall have
    REPORT = 25  # no report can be made: month open, additions or typeface unfit, or no place to write
    INTERRUPTED = 130  # Ctrl-C, as shells count it
