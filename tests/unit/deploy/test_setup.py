"""The set-up that ./run and ./test share, with apt played by the test."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

SETUP = Path(__file__).parents[3] / "deploy" / "setup.sh"


def install(policy: Path, apt: str) -> subprocess.CompletedProcess[str]:
    """Have a package installed that is nowhere, by root, where apt-get does what `apt` says."""
    script = f"""
    set -euo pipefail
    . {SETUP}
    POLICY={policy}
    can_be_root() {{ true; }}
    as_root() {{ if [ "$1" = env ]; then {apt}; else "$@"; fi; }}
    debian_packages no-such-package-of-anybody
    echo installed
    """
    return subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=30, check=False)


@pytest.mark.parametrize(
    ("apt", "ended"),
    [("test -x $POLICY", 0), ("false", 0), ("kill -INT $$", -2), ("kill -TERM $$", -15)],
    ids=["works", "fails", "ctrl-c", "terminated"],
)
def test_services_may_start_again_however_the_installation_ends(tmp_path: Path, apt: str, ended: int) -> None:
    """The file that keeps services from starting is there during apt-get, and is never left behind."""
    policy = tmp_path / "policy-rc.d"
    ran = install(policy, apt)
    assert ran.returncode == ended, ran
    assert ("could not be installed" in ran.stderr) == (apt == "false")
    assert not policy.exists()


def test_a_policy_of_somebody_else_stays(tmp_path: Path) -> None:
    """An administrator's own answer to the question is neither changed nor removed."""
    policy = tmp_path / "policy-rc.d"
    policy.write_text("#!/bin/sh\nexit 0\n")
    assert install(policy, "true").returncode == 0
    assert policy.read_text() == "#!/bin/sh\nexit 0\n"


def test_what_a_killed_run_left_is_removed_by_the_next(tmp_path: Path) -> None:
    """kill -9 is the one end at which nothing can be tidied up."""
    policy = tmp_path / "policy-rc.d"
    assert install(policy, "kill -KILL $$").returncode == -9
    assert policy.exists()
    assert install(policy, "true").returncode == 0
    assert not policy.exists()
