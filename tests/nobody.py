"""Commands run as other users, and whether this machine lets them run our Python at all."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

NOBODY = 65_534


def as_user(uid: int, gid: int, *command: str) -> list[str]:
    """Return a command that drops every privilege first."""
    return ["setpriv", f"--reuid={uid}", f"--regid={gid}", "--clear-groups", "--no-new-privs", *command]


def as_nobody(*command: str) -> list[str]:
    """Return a command that runs as nobody."""
    return as_user(NOBODY, NOBODY, *command)


def cannot_be_nobody() -> str | None:
    """Return why other users cannot be tried here, None if they can."""
    if os.geteuid() != 0 or shutil.which("setpriv") is None:
        return "needs root, to become other users, and setpriv"
    probe = as_nobody(sys.executable, "-c", "import agent, collector, psutil, cryptography")
    if subprocess.run(probe, capture_output=True, check=False, cwd="/").returncode != 0:
        return "this Python environment lies where other users cannot read it"
    return None
