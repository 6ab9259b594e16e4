"""The systemd unit, judged by systemd's own tools, and by running the agent under what it takes away."""

from __future__ import annotations

import ctypes
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from agent.cli import DEFAULT_CONFIG, DEFAULT_SPOOL
from agent.config import load_config
from agent.exit_codes import Exit
from agent.secret import Scheme
from agent.wire import Clock, parse_snapshot

ROOT = Path(__file__).resolve().parents[2]
UNIT = ROOT / "deploy" / "systemd" / "haidang-agent.service"
ANALYZE = shutil.which("systemd-analyze")
PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN = 65, 1

needs_systemd = pytest.mark.skipif(
    ANALYZE is None, reason="not installed: systemd-analyze (Debian package systemd)"
)


def analyze(*arguments: str) -> subprocess.CompletedProcess[str]:
    assert ANALYZE is not None
    return subprocess.run([ANALYZE, *arguments], capture_output=True, text=True, timeout=60, check=False)


def values(key: str) -> list[str]:
    return re.findall(rf"^{key}=(.*)$", UNIT.read_text(), re.MULTILINE)


@needs_systemd
def test_the_unit_is_understood(tmp_path: Path) -> None:
    """systemd-analyze verify has nothing to say, neither an error nor a warning."""
    copy = tmp_path / UNIT.name
    # The program is not where the unit expects it on this machine.
    copy.write_text(UNIT.read_text().replace("/opt/haidang-agent/bin/haidang-agent", "/bin/true"))
    done = analyze("verify", str(copy))
    assert (done.returncode, done.stderr) == (0, "")


@needs_systemd
def test_the_unit_is_hardened() -> None:
    """systemd-analyze security rates the exposure at most 2.1 of 10."""
    done = analyze("security", "--offline=true", "--threshold=21", str(UNIT))
    assert done.returncode == 0, done.stdout.splitlines()[-1]


def test_the_unit_fits_the_program() -> None:
    """Paths, credentials and exit codes of the unit are those of the program and of the shipped settings."""
    assert values("ExecStart") == [f"/opt/haidang-agent/bin/haidang-agent serve --config {DEFAULT_CONFIG}"]
    config = load_config(ROOT / "deploy" / "agent.toml")
    assert config.spool_directory == DEFAULT_SPOOL
    assert values("StateDirectory") == [config.state_directory.name]
    assert values("RestartPreventExitStatus") == [f"{int(Exit.USAGE)} {int(Exit.CONFIG)}"]
    assert config.snmp is not None
    references = [
        ref for user in config.snmp.users for ref in (user.auth_password, user.priv_password) if ref
    ]
    assert {one.scheme for one in references} == {Scheme.CREDENTIAL}
    loaded = {one.partition(":")[0] for one in values("LoadCredential")}
    assert {one.name for one in references} == loaded


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None)


def _refuse_writable_code() -> None:
    _libc().prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN, 0, 0, 0)


def under_mdwe(program: str) -> subprocess.CompletedProcess[bytes]:
    """Run a Python program that may not make memory executable."""
    return subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        capture_output=True,
        timeout=60,
        check=False,
        preexec_fn=_refuse_writable_code,
    )


def test_it_runs_where_memory_is_never_both_written_and_run() -> None:
    """MemoryDenyWriteExecute: probes, the kernel's clock among them, and the ciphers work under it."""
    if under_mdwe("import mmap; mmap.mmap(-1, 4096, prot=7)").returncode == 0:
        pytest.skip("this kernel does not know PR_SET_MDWE")
    done = under_mdwe("import agent.service, agent.cli; agent.cli.main(['snapshot', '--json'])")
    assert done.stderr == b""
    assert isinstance(parse_snapshot(done.stdout.strip()).clock, Clock)


STOP_WHEN_STORED = """
import os, pathlib, signal, threading, time, agent.cli
def watch():
    while not list(pathlib.Path({spool!r}).glob("*.segment")):
        time.sleep(0.05)
    os.kill(os.getpid(), signal.SIGTERM)
threading.Thread(target=watch, daemon=True).start()
agent.cli.main(["serve", "--config", {config!r}])
"""


@needs_systemd
@pytest.mark.skipif(shutil.which("strace") is None, reason="not installed: strace")
def test_every_system_call_passes_the_units_filter(tmp_path: Path) -> None:
    """What a snapshot and a start of the service call is within SystemCallFilter."""
    config = tmp_path / "agent.toml"
    config.write_text(f'interval_s = 1\nstate_directory = "{tmp_path}/state"\n')
    trace = tmp_path / "trace"
    program = STOP_WHEN_STORED.format(config=str(config), spool=f"{tmp_path}/state/spool")
    command = ["strace", "-f", "-qq", "-o", str(trace), sys.executable, "-c", program]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=60, check=False)
    if done.returncode != 0 and b"ptrace" in done.stderr:
        pytest.skip("tracing is not allowed here")
    assert list((tmp_path / "state" / "spool").glob("*.segment"))
    called = set(re.findall(r"^[0-9]+ +([a-z_0-9]+)\(", trace.read_text(), re.MULTILINE))
    assert "clock_adjtime" in called or "adjtimex" in called
    assert called - allowed_calls() == set()


def allowed_calls() -> set[str]:
    """Apply the unit's SystemCallFilter lines in their order."""
    allowed = expand("@default")
    for line in values("SystemCallFilter"):
        names = {call for name in line.lstrip("~").split() for call in expand(name)}
        allowed = allowed - names if line.startswith("~") else allowed | names
    return allowed


def expand(name: str) -> set[str]:
    if not name.startswith("@"):
        return {name}
    lines = [line.strip() for line in analyze("syscall-filter", name).stdout.splitlines()[1:]]
    return {call for line in lines if line and not line.startswith("#") for call in expand(line)}
