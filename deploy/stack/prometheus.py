"""Prometheus and Alertmanager on loopback: generated configuration, data of their own, readiness."""

from __future__ import annotations

import http.client
import shutil
import urllib.request
from pathlib import Path

from deploy.stack.child import Child, ChildError


def prometheus_configuration(
    *, collector: str, scrape_s: int, alertmanager: str | None = None, rules: tuple[Path, ...] = ()
) -> str:
    """Return a prometheus.yml that scrapes the collector at HOST:PORT.

    honor_labels keeps the collector's own `instance` and `job`: they name the device, not the collector.
    """
    lines = [
        "global:",
        f"  scrape_interval: {scrape_s}s",
        f"  scrape_timeout: {min(scrape_s, 10)}s",
        f"  evaluation_interval: {scrape_s}s",
        "scrape_configs:",
        "  - job_name: haidang",
        "    honor_labels: true",
        "    static_configs:",
        f"      - targets: ['{collector}']",
    ]
    if alertmanager is not None:
        lines += [
            "alerting:",
            "  alertmanagers:",
            "    - static_configs:",
            f"        - targets: ['{alertmanager}']",
        ]
    if rules:
        lines += ["rule_files:", *(f"  - '{rule}'" for rule in rules)]
    return "\n".join(lines) + "\n"


def prometheus_child(directory: Path, configuration: str, *, port: int, retention: str = "90d") -> Child:
    """Write the configuration into `directory` and return the unstarted child."""
    program = _find("prometheus", "prometheus")
    config = _written(directory, "prometheus.yml", configuration)
    command = [
        program,
        f"--config.file={config}",
        f"--storage.tsdb.path={directory / 'data'}",
        f"--storage.tsdb.retention.time={retention}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--log.level=warn",
    ]
    return Child("prometheus", command, log=directory / "prometheus.log")


def alertmanager_child(directory: Path, *, port: int) -> Child:
    """Return the unstarted child; its configuration lies in `directory` already (see `stack.alerting`)."""
    program = _find("prometheus-alertmanager", "prometheus-alertmanager")
    config = directory / "alertmanager.yml"
    command = [
        program,
        f"--config.file={config}",
        f"--storage.path={directory / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
        # An empty address: no cluster, so no second port and no gossip.
        "--cluster.listen-address=",
        "--log.level=warn",
    ]
    return Child("alertmanager", command, log=directory / "alertmanager.log")


_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""Without it a proxy of the environment would be asked for loopback addresses."""


def open_here(url: str, *, seconds: float) -> http.client.HTTPResponse:
    """Open an address of this machine, past any proxy; raise OSError."""
    response: http.client.HTTPResponse = _direct.open(url, timeout=seconds)
    return response


def http_ok(url: str) -> bool:
    """Return True if a GET of this loopback address answers 200 within a second."""
    try:
        with open_here(url, seconds=1.0) as response:
            return response.status == 200
    except OSError:
        return False


def _find(program: str, package: str) -> str:
    found = shutil.which(program)
    if found is None:
        raise ChildError(f"{program}: not installed (Debian package {package})")
    return found


def _written(directory: Path, name: str, text: str) -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    file = directory / name
    file.write_text(text, encoding="utf-8")
    return file
