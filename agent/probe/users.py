"""Counts login sessions."""

from __future__ import annotations

from pathlib import Path

import psutil

from agent.probe.guard import Absent, guarded
from agent.wire_sections import Unavailability, Users


@guarded
def read_users(run: Path = Path("/run")) -> Users:
    """Return how many sessions utmp lists. psutil shows none where there is no utmp; that is not 0."""
    utmp = run / "utmp"
    if not utmp.exists():
        raise Absent(Unavailability.MISSING, f"{utmp}: this system keeps no list of logins")
    sessions = psutil.users()
    return Users(sessions=len(sessions), users=len({session.name for session in sessions}))
