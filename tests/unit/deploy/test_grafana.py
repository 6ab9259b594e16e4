"""Grafana in the stack: found or said how to get, on loopback, provisioned by this repository's files."""

from __future__ import annotations

import configparser
import json
import os
import re
from pathlib import Path

import pytest
import yaml

from deploy.stack.child import ChildError
from deploy.stack.grafana import HOW_TO_GET, grafana_child, home, settings
from deploy.stack.ports import free_port

DASHBOARDS = Path(__file__).resolve().parents[3] / "dashboards"

STAND_IN = """\
#!/usr/bin/env python3
import json, os, sys
names = ("HAIDANG_PROMETHEUS_URL", "HAIDANG_POLL_INTERVAL", "HAIDANG_DASHBOARDS")
said = {"arguments": sys.argv[1:], "environment": {name: os.environ[name] for name in names}}
print(json.dumps(said), flush=True)
"""
"""Stands in the place of the program only to show how it is called; a real one is not to be had here."""


def installed(folder: Path, name: str) -> Path:
    """Lay out an installation as the makers' archive does."""
    for part in ("bin", "conf", "public"):
        (folder / part).mkdir(parents=True)
    (folder / "conf" / "defaults.ini").touch()
    program = folder / "bin" / name
    program.write_text(STAND_IN, encoding="utf-8")
    program.chmod(0o755)
    return program


def child(directory: Path) -> object:
    return grafana_child(
        directory,
        port=free_port(),
        prometheus="http://127.0.0.1:9",
        interval="15s",
        language="vi",
        dashboards=DASHBOARDS,
    )


def test_without_grafana_it_is_said_how_to_get_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The stack goes without it."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ChildError, match=re.escape(HOW_TO_GET)):
        child(tmp_path / "grafana")


@pytest.mark.parametrize(("name", "verb"), [("grafana", ["server"]), ("grafana-server", [])])
def test_an_installed_grafana_is_started_with_all_of_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, verb: list[str]
) -> None:
    """By the name it has, in its own home, with the address of Prometheus and the folder of the language."""
    program = installed(tmp_path / "opt", name)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    made = child(tmp_path / "grafana")
    with made as running:  # type: ignore[attr-defined]
        log = tmp_path / "grafana" / "grafana.log"
        while running.running() or not log.read_text(encoding="utf-8"):
            pass
    said = json.loads(log.read_text(encoding="utf-8"))
    config = tmp_path / "grafana" / "grafana.ini"
    assert said["arguments"] == [*verb, "--homepath", str(tmp_path / "opt"), "--config", str(config)]
    assert said["environment"]["HAIDANG_DASHBOARDS"] == str(DASHBOARDS / "generated" / "vi")
    assert (tmp_path / "grafana" / "admin-password").stat().st_mode & 0o777 == 0o600


def test_a_grafana_without_its_files_is_said(tmp_path: Path) -> None:
    """A program alone cannot run."""
    with pytest.raises(ChildError, match="not its folder"):
        home(tmp_path / "bin" / "grafana")


def test_the_settings_listen_on_loopback_and_fetch_nothing(tmp_path: Path) -> None:
    """No report, no update, no news, no plugin from anywhere; readers may look and not touch."""
    text = settings(tmp_path, port=3000, provisioning=tmp_path / "p", start=tmp_path / "wall.json")
    found = configparser.ConfigParser(interpolation=None)
    found.read_string(text)
    assert found["server"]["http_addr"] == "127.0.0.1"
    assert {found["analytics"][key] for key in found["analytics"]} == {"false"}
    assert found["news"]["news_feed_enabled"] == "false"
    assert found["plugins"]["preinstall_disabled"] == "true"
    assert found["auth.anonymous"]["org_role"] == "Viewer"
    assert "$__file{" in found["security"]["admin_password"]


def test_the_provisioning_files_are_of_the_documented_form() -> None:
    """Data source and folder have the uids of a push; what differs by machine is a variable."""
    from dashboards.push.wanted import FOLDER, SOURCE_UID

    folder = DASHBOARDS / "provisioning"
    sources = yaml.safe_load((folder / "datasources" / "haidang.yaml").read_text("utf-8"))
    (source,) = sources["datasources"]
    assert (source["uid"], source["type"], source["url"]) == (
        SOURCE_UID,
        "prometheus",
        "${HAIDANG_PROMETHEUS_URL}",
    )
    providers = yaml.safe_load((folder / "dashboards" / "haidang.yaml").read_text("utf-8"))
    (provider,) = providers["providers"]
    assert (provider["folder"], provider["folderUid"]) == (FOLDER["title"], FOLDER["uid"])
    assert provider["options"]["path"] == "${HAIDANG_DASHBOARDS}"
