"""Commands as an operator meets them: mistakes are answered in words, with an exit code of their own."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import re
import socket
import ssl
import subprocess
import sys
import termios
import time
import urllib.error
import urllib.request
from importlib.metadata import version
from pathlib import Path

import pytest

from deploy.stack.ports import free_port
from deploy.stack.prometheus import http_ok
from snmp.ber import Oid
from snmp.smi import Tag, Typed
from snmp.tree import Source
from tests.e2e.rig import COMMUNITY, collecting, collector, device, entry, router, write_inventory

HAIDANG = str(Path(sys.executable).with_name("haidang"))


def haidang(*arguments: str, cwd: Path, timeout: float = 60) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [HAIDANG, *arguments], cwd=cwd, capture_output=True, text=True, timeout=timeout, check=False
    )


def test_a_typo_in_the_inventory_is_named_with_its_line_by_every_command(tmp_path: Path) -> None:
    """`check`, `run`, `poll` and `up` say the same sentence and end with 3."""
    write_inventory(
        tmp_path,
        ["{id: r, name: R, rol: x, role: c, address: 127.0.0.1, snmp: {credential: old}}"],
        port=free_port(),
    )
    for command in (["check"], ["run"], ["poll", "r"], ["up"]):
        ran = haidang(*command, cwd=tmp_path)
        assert ran.returncode == 3, ran
        assert ran.stderr == (
            'inventory.yaml:6: devices[0].rol: is not a key of this block (did you mean "role"?)\n'
        )


def test_a_missing_inventory_is_said_and_ends_with_4(tmp_path: Path) -> None:
    """No traceback."""
    ran = haidang("run", cwd=tmp_path)
    assert ran.returncode == 4
    assert "inventory.yaml" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_a_device_that_is_not_there_is_said_and_ends_with_8(tmp_path: Path) -> None:
    """With some that are."""
    write_inventory(tmp_path, [entry("r", 1)], port=free_port())
    ran = haidang("poll", "x", cwd=tmp_path)
    assert ran.returncode == 8
    assert ran.stderr == "haidang: inventory.yaml has no device 'x'; it begins with r\n"


@pytest.mark.parametrize("typed", ["gate", "gateway-nort", "NORTH"])
def test_a_device_that_is_nearly_there_is_suggested(tmp_path: Path, typed: str) -> None:
    """A part of its id, or one that is much like it."""
    write_inventory(tmp_path, [entry("core", 1), entry("gateway-north", 2)], port=free_port())
    ran = haidang("poll", typed, cwd=tmp_path)
    assert ran.returncode == 8
    assert ran.stderr.endswith(f"has no device {typed!r}; did you mean gateway-north?\n")


def test_help_says_what_each_command_is_for_and_where_to_begin(tmp_path: Path) -> None:
    """No command's line is cut off on 80 columns; the first three steps stand as they are typed."""
    ran = haidang("--help", cwd=tmp_path)
    assert ran.returncode == 0
    assert "..." not in ran.stdout.replace("[ARGS]...", "")
    assert "\n    haidang check my.yaml\n    haidang poll DEVICE -i my.yaml --explain\n" in ran.stdout
    assert "..." not in haidang("ledger", "--help", cwd=tmp_path).stdout.replace("[ARGS]...", "")


def test_the_version_is_that_of_the_installed_package(tmp_path: Path) -> None:
    """As `haidang-agent --version` says it."""
    assert haidang("--version", cwd=tmp_path).stdout == f"haidang {version('haidang')}\n"


def test_poll_explains_each_step_and_every_value(tmp_path: Path) -> None:
    """Packets, verdict, boot evidence and the metric lines of a device that answers; exit code 0."""
    with device(router(lambda: 77)) as port:
        write_inventory(tmp_path, [entry("r", port)], port=free_port())
        ran = haidang("poll", "r", "--explain", cwd=tmp_path)
    assert ran.returncode == 0, ran
    assert re.search(
        r"^snmp: GET_BULK 1[\d.]+ …: \d+ values in \d+ octets after [\d.]+ ms$", ran.stdout, re.MULTILINE
    )
    assert re.search(
        r"^snmp: GET 1[\d.]+ …: \d+ values in \d+ octets after [\d.]+ ms$", ran.stdout, re.MULTILINE
    )
    assert "verdict: answered" in ran.stdout
    assert re.search(r"^boot evidence: sysUpTime 0 d 00:00:\d\d$", ran.stdout, re.MULTILINE)
    assert re.search(r"^  ifHCInOctets\{instance=\"r\",.*ifName=\"wan0\"\} 77$", ran.stdout, re.MULTILINE)


def test_poll_of_a_dead_device_says_what_to_check_next(tmp_path: Path) -> None:
    """The reason, the packets, the advice; exit code 9."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as hole:
        hole.bind(("127.0.0.1", 0))
        write_inventory(tmp_path, [entry("r", hole.getsockname()[1])], port=free_port())
        ran = haidang("poll", "r", cwd=tmp_path)
    assert ran.returncode == 9
    assert "timeout: no answer to" in ran.stdout
    assert "verdict: silent (timeout)" in ran.stdout
    assert "Ping its parent; then power, cable and the address in the inventory." in ran.stdout


def test_a_secret_that_cannot_be_had_costs_its_devices_only_and_is_never_shown(tmp_path: Path) -> None:
    """The collector runs, says which reference fails, and polls the others; no secret is printed."""
    with (
        device(router(lambda: 1)) as port,
        collecting(tmp_path, [entry("good", port), entry("bad", free_port(), credential="lost")]) as running,
    ):
        running.wait_for(lambda: running.states().get("good") == "up")
        running.wait_for(lambda: 'reason="no_secret"' in running.get("/metrics"))
        metrics = running.get("/metrics")
        views = running.get("/api/v1/devices")
        log = running.child.log.read_text()
    assert 'haidang_credential_usable{credential="lost"} 0.0' in metrics
    assert 'haidang_credential_usable{credential="old"} 1.0' in metrics
    assert "credential lost: env:HAIDANG_TEST_NOT_SET is not set" in log
    for shown in (metrics, views, log):
        assert f'"{COMMUNITY}"' not in shown


def test_a_probe_that_fails_at_a_device_that_answers_is_in_the_log_with_its_words(tmp_path: Path) -> None:
    """The state says up; why there are no values stands beside it, once."""
    nothing_polled: dict[Oid, Source] = {(1, 3, 6, 1, 4, 1, 1, 1, 0): Typed(Tag.INTEGER, 1)}
    with device(nothing_polled) as port, collecting(tmp_path, [entry("mute", port)]) as running:
        running.wait_for(lambda: "fails" in running.child.log.read_text())
        running.wait_for(lambda: 'haidang_polls_total{verdict="answered"} 4.0' in running.get("/metrics"))
        metrics = running.get("/metrics")
        log = running.child.log.read_text()
    assert log.count("mute: snmp fails (no_objects): answers, but shows none of the objects") == 1
    assert 'haidang_polls_total{verdict="silent"} 0.0' in metrics
    assert 'haidang_state_transitions_total{state="down"} 0.0' in metrics


def test_sighup_takes_up_a_changed_inventory(tmp_path: Path) -> None:
    """A device that is added is polled, one that is removed is gone, in the log and in the metrics."""
    with (
        device(router(lambda: 1)) as first,
        device(router(lambda: 2)) as second,
        collecting(tmp_path, [entry("a", first)]) as running,
    ):
        running.wait_for(lambda: running.states() == {"a": "up"})
        text = running.inventory.read_text()
        running.inventory.write_text(text.replace(entry("a", first), entry("b", second)))
        os.kill(running.child.pid, 1)
        running.wait_for(lambda: running.states() == {"b": "up"})
        assert 'instance="a"' not in running.get("/metrics")
        assert "inventory revision 2 in use: 1 devices" in running.child.log.read_text()


def test_a_second_collector_on_the_same_ledger_is_refused(tmp_path: Path) -> None:
    """The first goes on; the second says who holds it and ends with 5."""
    with device(router(lambda: 1)) as port, collecting(tmp_path, [entry("a", port)]) as running:
        ran = haidang("run", "--listen", f"127.0.0.1:{free_port()}", cwd=tmp_path)
        assert ran.returncode == 5
        assert str(running.child.pid) in ran.stderr
        assert "Traceback" not in ran.stderr
        assert running.get("/-/healthy") == "alive\n"


@pytest.mark.parametrize("address", ["0.0.0.0", "[::]", "[::ffff:0.0.0.0]"])
def test_an_option_does_not_open_to_others_what_the_inventory_may_not(tmp_path: Path, address: str) -> None:
    """Any address but loopback needs TLS and a password, by --listen as well; nothing is listened at."""
    write_inventory(tmp_path, [entry("a", 1)], port=free_port())
    ran = haidang("run", "--listen", f"{address}:{free_port()}", cwd=tmp_path)
    assert ran.returncode == 2
    said = " ".join(ran.stderr.replace("│", " ").split())
    wanted = f"{address.strip('[]')} can be reached by others; that needs tls and basic_auth in the inventory"
    assert wanted in said
    assert not (tmp_path / "ledger.sqlite").exists()


def test_evidence_is_for_its_owner_and_group_only(tmp_path: Path) -> None:
    """The ledger, its log and its lock, whatever umask the shell has."""
    with device(router(lambda: 1)) as port, collecting(tmp_path, [entry("a", port)]) as running:
        running.wait_for((tmp_path / "ledger.sqlite-wal").exists)
        modes = {file.name: file.stat().st_mode & 0o777 for file in tmp_path.glob("ledger*")}
    assert len(modes) >= 3
    assert {name for name, mode in modes.items() if mode & 0o007} == set()


def test_an_address_that_is_taken_ends_with_6(tmp_path: Path) -> None:
    """And says which."""
    with socket.create_server(("127.0.0.1", 0)) as squatter:
        port = squatter.getsockname()[1]
        write_inventory(tmp_path, [entry("a", 1)], port=port)
        ran = haidang("run", cwd=tmp_path)
    assert ran.returncode == 6
    assert ran.stderr.splitlines()[-1] == (
        f"haidang: 127.0.0.1:{port}: address already in use; is another collector running there?"
    )


def test_a_stop_by_sigterm_is_clean_and_closes_the_ledger(tmp_path: Path) -> None:
    """Exit code 0, no log left behind, the last poll on disk; the next start shows the state at once."""
    with device(router(lambda: 1)) as good:
        port = free_port()
        write_inventory(tmp_path, [entry("a", good)], port=port, interval="30s")
        for life in range(2):
            with collector(tmp_path, port) as child:
                child.wait_until(lambda: http_ok(f"http://127.0.0.1:{port}/-/ready"), seconds=30)
                # The page answers before the states are restored: that is done when it says what it watches.
                child.wait_until(lambda: child.log.read_text().count("watching ") == life + 1, seconds=30)  # noqa: B023
                if life == 0:
                    child.wait_until(lambda: "a: unknown → up" in child.log.read_text(), seconds=60)
                else:
                    # Restored from the ledger, so it needed no poll of this life to be known as up.
                    assert "a: unknown → up" not in child.log.read_text().split("watching ", 2)[2]
                child.stop()
                assert child.exit_code == 0
            assert not (tmp_path / "ledger.sqlite-wal").exists()


@pytest.mark.parametrize(
    ("mode", "cipher", "message"),
    [
        (0o644, ["-noenc"], "file:tls.key can be read by others (mode 0644)"),
        (0o600, ["-passout", "pass:secret"], "and key file:tls.key cannot be used"),
    ],
)
def test_a_tls_key_that_is_no_secret_or_has_a_passphrase_is_refused(
    tmp_path: Path, mode: int, cipher: list[str], message: str
) -> None:
    """In words and at once, on a terminal too: nobody is asked for a passphrase, and the exit code is 7."""
    subprocess.run(
        [
            *[
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "ed25519",
                "-subj",
                "/CN=x",
                "-keyout",
                "tls.key",
                "-out",
                "tls.crt",
            ],
            *cipher,
        ],
        cwd=tmp_path,
        check=True,
        capture_output=True,
    )
    (tmp_path / "tls.key").chmod(mode)
    (tmp_path / "password").write_text("secret")
    (tmp_path / "password").chmod(0o600)
    write_inventory(tmp_path, [entry("a", 1)], port=free_port())
    inventory = tmp_path / "inventory.yaml"
    tls = "tls: {certificate: tls.crt, key: file:tls.key}, basic_auth: {username: u, password: file:password}"
    inventory.write_text(
        inventory.read_text().replace("ledger: ledger.sqlite}", f"ledger: l.sqlite, {tls}}}")
    )
    terminal, line = os.openpty()
    try:
        ran = subprocess.run(
            [HAIDANG, "run"],
            cwd=tmp_path,
            stdin=line,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            timeout=20,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
            check=False,
        )
    finally:
        os.close(terminal)
        os.close(line)
    assert ran.returncode == 7, ran
    assert message in ran.stderr


def test_metrics_behind_tls_and_a_password(tmp_path: Path) -> None:
    """Wrong password: 401 after a pause; right one: the metrics, over TLS only."""
    key, certificate = tmp_path / "tls.key", tmp_path / "tls.crt"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2",
         "-keyout", str(key), "-out", str(certificate)],
        check=True, capture_output=True,
    )  # fmt: skip
    key.chmod(0o600)
    password = tmp_path / "password"
    password.touch(mode=0o600)
    password.write_text("correct horse")
    port = free_port()
    file = write_inventory(tmp_path, [entry("a", 1)], port=port)
    listen = f"collector: {{listen: 127.0.0.1:{port}, ledger: ledger.sqlite}}"
    file.write_text(
        file.read_text().replace(
            listen,
            f"collector: {{listen: 127.0.0.1:{port}, ledger: ledger.sqlite, "
            "tls: {certificate: tls.crt, key: file:tls.key}, "
            "basic_auth: {username: prometheus, password: file:password}}",
        )
    )

    trusted = ssl.create_default_context(cafile=str(certificate))

    def ask(authorization: str | None) -> tuple[int, str]:
        url = f"https://127.0.0.1:{port}/metrics"
        headers = {} if authorization is None else {"Authorization": authorization}
        try:
            with urllib.request.urlopen(urllib.request.Request(url, headers=headers), context=trusted) as got:
                return got.status, got.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, ""
        except OSError:
            return 0, ""

    def basic(who: str) -> str:
        return "Basic " + base64.b64encode(who.encode()).decode()

    with collector(tmp_path, port) as child:
        child.wait_until(lambda: ask(basic("prometheus:correct horse"))[0] == 200, seconds=20)
        assert "haidang_device_state" in ask(basic("prometheus:correct horse"))[1]
        started = time.monotonic()
        for wrong in (None, basic("prometheus:wrong"), basic("other:correct horse"), "Basic ###"):
            assert ask(wrong)[0] == 401, wrong
        assert time.monotonic() - started >= 3.9
        assert not http_ok(f"http://127.0.0.1:{port}/metrics")


def test_check_as_json_counts_devices(tmp_path: Path) -> None:
    """For programs that look before they deploy."""
    write_inventory(tmp_path, [entry("a", 1), entry("b", 2)], port=free_port())
    ran = haidang("check", "--json", cwd=tmp_path)
    assert ran.returncode == 0
    assert json.loads(ran.stdout)["devices"] == 2
