"""An HTTP server that keeps to the part of Grafana's documented HTTP API that a push needs.

Health, folders, data sources by uid and name, dashboards by uid and saving one: paths, status codes and
bodies as in Grafana's reference of its HTTP API. It stores dashboards with an id and a version of its own,
adds defaults as Grafana does, and refuses what Grafana refuses.
"""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

TOKEN = "glsa_of_a_test"
VIEWER = "glsa_of_a_viewer"

Json = dict[str, Any]


@dataclass
class Kept:
    """What this Grafana has, and what was asked of it."""

    version: str = "9.4.17"
    prefix: str = ""
    folders: dict[str, Json] = field(default_factory=dict)
    sources: dict[str, Json] = field(default_factory=dict)
    dashboards: dict[str, Json] = field(default_factory=dict)
    folder_of: dict[str, str] = field(default_factory=dict)
    provisioned: set[str] = field(default_factory=set)
    written: list[str] = field(default_factory=list)


class RefusedError(Exception):
    def __init__(self, code: int, message: str, **more: object) -> None:
        super().__init__(message)
        self.status, self.body = code, {"message": message, **more}


def _answer(  # noqa: C901, PLR0911, PLR0912 - one table of routes
    kept: Kept, method: str, path: str, token: str, body: Json
) -> object:
    if path == "/api/health":
        return {"commit": "x", "database": "ok", "version": kept.version}
    if token not in (TOKEN, VIEWER):
        raise RefusedError(401, "Invalid API key")
    writes = method in ("POST", "PUT")
    if token == VIEWER and (writes or path.startswith("/api/datasources")):
        raise RefusedError(
            403, "You'll need additional permissions to perform this action.", accessErrorId="ACE1"
        )
    if writes:
        kept.written.append(f"{method} {path}")
    parts = path.split("/")[2:]
    match (method, *parts):
        case ("GET", "folders"):
            return list(kept.folders.values())
        case ("GET", "folders", uid):
            return _one(kept.folders, uid, "folder not found")
        case ("POST", "folders"):
            if body["uid"] in kept.folders:
                raise RefusedError(412, "a folder with the same uid already exists")
            return kept.folders.setdefault(body["uid"], {"id": 7, "version": 1, **body})
        case ("PUT", "folders", uid):
            _one(kept.folders, uid, "folder not found")["title"] = body["title"]
            return kept.folders[uid]
        case ("GET", "datasources", "uid", uid):
            return _one(kept.sources, uid, "Data source not found")
        case ("GET", "datasources", "name", name):
            named = {str(source["name"]): source for source in kept.sources.values()}
            return _one(named, name, "Data source not found")
        case ("POST", "datasources"):
            if any(source["name"] == body["name"] for source in kept.sources.values()):
                raise RefusedError(409, "data source with the same name already exists")
            made = {"id": 3, "orgId": 1, "version": 1, "readOnly": False, "isDefault": False, **body}
            kept.sources[body["uid"]] = made
            return {"id": 3, "message": "Datasource added", "name": body["name"], "datasource": made}
        case ("PUT", "datasources", "uid", uid):
            _one(kept.sources, uid, "Data source not found").update(body)
            return {"id": 3, "message": "Datasource updated", "datasource": kept.sources[uid]}
        case ("GET", "dashboards", "uid", uid):
            found = _one(kept.dashboards, uid, "Dashboard not found")
            return {"dashboard": found, "meta": {"folderUid": kept.folder_of[uid], "provisioned": False}}
        case ("POST", "dashboards", "db"):
            return _save(kept, body)
    raise RefusedError(404, "Not found")


def _save(kept: Kept, body: Json) -> Json:
    dashboard, uid = body["dashboard"], body["dashboard"]["uid"]
    if uid in kept.provisioned:
        raise RefusedError(400, "Cannot save provisioned dashboard")
    if body.get("folderUid") not in kept.folders:
        raise RefusedError(400, "folder not found")
    before = kept.dashboards.get(uid)
    if before is not None and not body.get("overwrite"):
        raise RefusedError(412, "The dashboard has been changed by someone else", status="version-mismatch")
    version = 1 if before is None else before["version"] + 1
    stored = json.loads(json.dumps(dashboard)) | {"id": 40 + len(kept.dashboards), "version": version}
    for panel in stored["panels"]:
        panel.setdefault("pluginVersion", kept.version)
    kept.dashboards[uid], kept.folder_of[uid] = stored, body["folderUid"]
    return {"id": stored["id"], "uid": uid, "url": f"/d/{uid}/x", "status": "success", "version": version}


def _one(found: dict[str, Json], key: str, message: str) -> Json:
    if key not in found:
        raise RefusedError(404, message)
    return found[key]


@contextmanager
def grafana(kept: Kept, *, certificate: Path | None = None, key: Path | None = None) -> Iterator[str]:
    """Serve on loopback, with TLS if there is a certificate; yields the address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _handle(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length) or b"{}")
            path = unquote(urlsplit(self.path).path)
            if not path.startswith(f"{kept.prefix}/api/"):
                self._say(404, b"<html>nothing here</html>", "text/html")
                return
            token = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
            try:
                found = _answer(kept, self.command, path.removeprefix(kept.prefix), token, body)
                self._say(200, json.dumps(found).encode(), "application/json")
            except RefusedError as refused:
                self._say(refused.status, json.dumps(refused.body).encode(), "application/json")

        def _say(self, status: int, body: bytes, kind: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = _handle  # noqa: N815 - the names the library looks for

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    scheme = "http"
    if certificate is not None and key is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        scheme = "https"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), name="grafana")
    thread.start()
    try:
        yield f"{scheme}://127.0.0.1:{server.server_address[1]}{kept.prefix}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
