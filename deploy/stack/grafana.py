"""Grafana on loopback where it is installed: data source, dashboards and settings of this project."""

from __future__ import annotations

import secrets
import shutil
from pathlib import Path

from deploy.stack.child import Child, ChildError

PROGRAMS = ("grafana", "grafana-server")
"""The program since 9.4, and the one before."""
PACKAGE_HOMES = ("/usr/share/grafana", "/usr/local/share/grafana", "/opt/grafana")
HOW_TO_GET = (
    "Grafana: neither grafana nor grafana-server is installed. Debian does not have it: take the .deb or the "
    "archive of 9.4 or later from its makers (grafana.com/grafana/download) and put its bin folder into "
    "PATH. Until then the status page shows the same in short"
)


def program() -> Path | None:
    """Return the Grafana that is installed, None if none is."""
    found = (shutil.which(name) for name in PROGRAMS)
    return next((Path(one) for one in found if one is not None), None)


def home(of: Path) -> Path:
    """Return the folder that holds Grafana's own files; raise ChildError if there is none."""
    beside = of.resolve().parent.parent
    for folder in (beside, *map(Path, PACKAGE_HOMES)):
        if (folder / "conf" / "defaults.ini").is_file() and (folder / "public").is_dir():
            return folder
    raise ChildError(f"grafana: {of} is there, but not its folder with conf/defaults.ini and public")


def settings(directory: Path, *, port: int, provisioning: Path, start: Path) -> str:
    """Return grafana.ini: loopback only, everybody here may look, nothing is fetched or reported."""
    return f"""\
[server]
http_addr = 127.0.0.1
http_port = {port}

[paths]
data = {directory / "data"}
logs = {directory / "log"}
plugins = {directory / "plugins"}
provisioning = {provisioning}

[security]
admin_password = $__file{{{directory / "admin-password"}}}
disable_gravatar = true

[auth.anonymous]
enabled = true
org_role = Viewer

[users]
allow_sign_up = false
default_language = en-US

[dashboards]
default_home_dashboard_path = {start}

[analytics]
reporting_enabled = false
check_for_updates = false
check_for_plugin_updates = false
feedback_links_enabled = false

[news]
news_feed_enabled = false

[plugins]
preinstall_disabled = true
plugin_admin_enabled = false

[unified_alerting]
enabled = false

[log]
mode = console
level = warn
"""


def grafana_child(
    directory: Path, *, port: int, prometheus: str, interval: str, language: str, dashboards: Path
) -> Child:
    """Write the settings into `directory` and return the unstarted child; `dashboards` is their folder."""
    found = program()
    if found is None:
        raise ChildError(HOW_TO_GET)
    generated = dashboards / "generated" / language
    own = home(found)
    directory.mkdir(parents=True, exist_ok=True)
    password = directory / "admin-password"
    if not password.exists():
        password.touch(mode=0o600)
        password.write_text(secrets.token_urlsafe(24), encoding="utf-8")
    file = directory / "grafana.ini"
    text = settings(
        directory, port=port, provisioning=dashboards / "provisioning", start=generated / "wall.json"
    )
    file.write_text(text, encoding="utf-8")
    verb = ["server"] if found.name == "grafana" else []
    return Child(
        "grafana",
        [str(found), *verb, "--homepath", str(own), "--config", str(file)],
        log=directory / "grafana.log",
        env={
            "HOME": str(directory),
            "PATH": "/usr/bin:/bin",
            "HAIDANG_PROMETHEUS_URL": prometheus,
            "HAIDANG_POLL_INTERVAL": interval,
            "HAIDANG_DASHBOARDS": str(generated),
        },
    )
