"""The units of the dead man's switch and the relay, judged by systemd's own tools."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from collector.exits import Exit

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "deploy" / "systemd"
SERVICES = ("haidang-deadman.service", "haidang-relay.service")
ANALYZE = shutil.which("systemd-analyze")

needs_systemd = pytest.mark.skipif(
    ANALYZE is None, reason="not installed: systemd-analyze (Debian package systemd)"
)


def analyze(*arguments: str) -> subprocess.CompletedProcess[str]:
    assert ANALYZE is not None
    return subprocess.run([ANALYZE, *arguments], capture_output=True, text=True, timeout=60, check=False)


@needs_systemd
@pytest.mark.parametrize("name", [*SERVICES, "haidang-deadman.timer"])
def test_a_unit_is_understood(name: str, tmp_path: Path) -> None:
    """systemd-analyze verify has nothing to say, neither an error nor a warning."""
    for unit in (*SERVICES, "haidang-deadman.timer"):
        text = (FOLDER / unit).read_text(encoding="utf-8")
        (tmp_path / unit).write_text(text.replace("/opt/haidang/venv/bin/haidang", "/bin/true"))
    done = analyze("verify", str(tmp_path / name))
    assert (done.returncode, done.stderr) == (0, "")


@needs_systemd
@pytest.mark.parametrize("name", SERVICES)
def test_a_unit_is_hardened(name: str) -> None:
    """systemd-analyze security rates the exposure at most 1.8 of 10."""
    done = analyze("security", "--offline=true", "--threshold=18", str(FOLDER / name))
    assert done.returncode == 0, done.stdout.splitlines()[-1]


def test_the_relay_is_not_started_again_where_that_does_not_help() -> None:
    """The exit codes of the unit are those of the program."""
    text = (FOLDER / "haidang-relay.service").read_text(encoding="utf-8")
    (codes,) = re.findall(r"^RestartPreventExitStatus=(.*)$", text, re.MULTILINE)
    assert codes == f"{int(Exit.USAGE)} {int(Exit.ALERTING)}"


def test_the_switch_shares_no_user_with_what_it_watches() -> None:
    """Nor its state folder."""
    text = (FOLDER / "haidang-deadman.service").read_text(encoding="utf-8")
    collector = (FOLDER / "haidang-collector.service").read_text(encoding="utf-8")
    for key in ("User", "StateDirectory"):
        (own,) = re.findall(rf"^{key}=(.*)$", text, re.MULTILINE)
        assert f"\n{key}={own}\n" not in collector
