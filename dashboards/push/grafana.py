"""One Grafana through its HTTP API: what it has, what it shall have, and in words what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self, cast
from urllib.parse import urlsplit

import niquests
from grafana_client.api import GrafanaApi
from grafana_client.client import GrafanaClientError, GrafanaException, GrafanaUnauthorizedError, TokenAuth

from dashboards.push.compare import Action, Change, change
from dashboards.push.wanted import FOLDER

OLDEST = (9, 4)
_TIMEOUT_S = 15.0

Json = dict[str, Any]


class GrafanaError(Exception):
    """Grafana cannot be used so; the text says what is wrong and what to do."""


class Grafana:
    """A Grafana at an address, asked with a service account's token. `ca` is a file of authorities."""

    def __init__(self, url: str, token: str, *, ca: str | None = None) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise GrafanaError(f"{url!r} is no address of a Grafana; write it as https://grafana.example/")
        self._url, self._ca = url, ca
        path = parts.path.strip("/")
        self._api = GrafanaApi(
            auth=TokenAuth(token),
            host=f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname,
            port=parts.port,
            url_path_prefix=f"{path}/" if path else "",
            protocol=parts.scheme,
            verify=True if ca is None else ca,
            timeout=_TIMEOUT_S,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._api.client.s.close()

    def check(self) -> str:
        """Return the version; raise GrafanaError if it is none, too old, or the token is not accepted."""
        with self._in_words("its health"):
            # The library's own check asks a path that is not of the documented API.
            health = self._api.client.GET("/health")
        version = health.get("version", "") if isinstance(health, Mapping) else ""
        number = re.match(r"(\d+)\.(\d+)", str(version))
        if number is None:
            raise GrafanaError(
                f"{self._url} answers, but not as Grafana does. Is a path missing, such as /grafana?"
            )
        if (int(number[1]), int(number[2])) < OLDEST:
            oldest = ".".join(map(str, OLDEST))
            raise GrafanaError(f"{self._url} is Grafana {version}; {oldest} is the oldest that will do")
        with self._in_words("the folders"):
            self._api.folder.get_all_folders()
        return str(version)

    def plan(self, source: Json, dashboards: list[Json]) -> list[Change]:
        """Return what would have to change; nothing is changed."""
        changes = [
            change("data source", source["uid"], source, self._source(source)),
            change("folder", FOLDER["uid"], FOLDER, self._folder()),
        ]
        return changes + [self._change(dashboard) for dashboard in dashboards]

    def push(self, source: Json, dashboards: list[Json]) -> Iterator[Change]:
        """Make Grafana have it all; yield each thing when it is so."""
        there = self._source(source)
        first = change("data source", source["uid"], source, there)
        if first.action is not Action.SAME:
            with self._in_words("the data source"):
                if there is None:
                    self._api.datasource.create_datasource(source)
                else:
                    # What a person set beside it stays: Grafana takes the whole object.
                    merged = {
                        **there,
                        **source,
                        "jsonData": {**there.get("jsonData", {}), **source["jsonData"]},
                    }
                    self._api.datasource.update_datasource_by_uid(source["uid"], merged)
        yield first
        folder = self._folder()
        second = change("folder", FOLDER["uid"], FOLDER, folder)
        if second.action is Action.CREATE:
            with self._in_words("the folder"):
                self._api.folder.create_folder(FOLDER["title"], uid=FOLDER["uid"])
        elif second.action is Action.UPDATE:
            with self._in_words("the folder"):
                self._api.folder.update_folder(FOLDER["uid"], title=FOLDER["title"], overwrite=True)
        yield second
        for dashboard in dashboards:
            found = self._change(dashboard)
            if found.action is not Action.SAME:
                payload = {
                    "dashboard": {**dashboard, "id": None},
                    "folderUid": FOLDER["uid"],
                    "message": "haidang dashboards push",
                    "overwrite": True,
                }
                with self._in_words(f"dashboard {dashboard['uid']}"):
                    self._api.dashboard.update_dashboard(payload)
            yield found

    def _source(self, source: Json) -> Json | None:
        there = self._found(
            "the data source", lambda: self._api.datasource.get_datasource_by_uid(source["uid"])
        )
        if there is None:
            named = self._found(
                "the data source", lambda: self._api.datasource.get_datasource_by_name(source["name"])
            )
            if named is not None:
                raise GrafanaError(
                    f"{self._url} has another data source of the name {source['name']!r} "
                    f"(uid {named.get('uid')}). Rename or delete that one first"
                )
        return there

    def _folder(self) -> Json | None:
        return self._found("the folder", lambda: self._api.folder.get_folder(FOLDER["uid"]))

    def _change(self, dashboard: Json) -> Change:
        uid = str(dashboard["uid"])
        there = self._found(f"dashboard {uid}", lambda: self._api.dashboard.get_dashboard(uid))
        found = change("dashboard", uid, dashboard, None if there is None else there["dashboard"])
        elsewhere = there is not None and there.get("meta", {}).get("folderUid") != FOLDER["uid"]
        if elsewhere and found.action is not Action.CREATE:
            moved = (*found.differences, "folder")
            return Change(
                kind=found.kind, uid=uid, title=found.title, action=Action.UPDATE, differences=moved
            )
        return found

    def _found(self, what: str, ask: Callable[[], object]) -> Json | None:
        with self._in_words(what):
            try:
                return cast("Json", ask())
            except GrafanaClientError as error:
                if error.status_code == 404:
                    return None
                raise

    @contextmanager
    def _in_words(self, what: str) -> Iterator[None]:
        try:
            yield
        except GrafanaUnauthorizedError as error:
            raise GrafanaError(
                f"{self._url} does not accept the token. Make one for a service account "
                "(Administration, Service accounts) and put it where --token points"
            ) from error
        except GrafanaException as error:
            raise GrafanaError(self._refusal(what, error)) from error
        except niquests.exceptions.SSLError as error:
            raise GrafanaError(
                f"{self._url}: its certificate is not believed: {_short(error)}. If an authority of your own "
                "has issued it, name its file with --ca"
            ) from error
        except niquests.exceptions.Timeout as error:
            raise GrafanaError(f"{self._url} did not answer within {_TIMEOUT_S:.0f} s") from error
        except niquests.exceptions.JSONDecodeError as error:
            raise GrafanaError(
                f"{self._url} answers, but not as Grafana does. Is a path missing, such as /grafana?"
            ) from error
        except (niquests.exceptions.RequestException, OSError) as error:
            raise GrafanaError(
                f"{self._url} cannot be reached: {_short(error)}. Is the address right, and does Grafana run?"
            ) from error

    def _refusal(self, what: str, error: GrafanaException) -> str:
        if error.status_code == 403:
            return (
                f"{self._url}: the token may not touch {what}. Give its service account the role Admin: "
                "data sources need it"
            )
        if error.status_code == 404:
            return f"{self._url} answers, but not as Grafana does. Is a path missing, such as /grafana?"
        if "provisioned" in str(error.message):
            return (
                f"{self._url}: {what} is kept by provisioning files there and cannot be pushed. "
                "Update the files instead, or take them away"
            )
        return f"{self._url}: {what}: {_short(error)}"


def _short(error: Exception) -> str:
    """Return the innermost words of an error: libraries wrap them many times."""
    seen: BaseException = error
    while (inner := seen.__cause__ or seen.__context__) is not None and len(str(inner)) > 0:
        seen = inner
    text = " ".join(str(seen).split())
    return text if len(text) <= 200 else f"{text[:199]}…"
