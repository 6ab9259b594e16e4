"""Secrets as Alertmanager can take them: a path where it knows one, else the secret in a protected file."""

from __future__ import annotations

from collector.alerting.yaml_text import Plain
from collector.inventory.secret_ref import SecretRef
from collector.inventory.secrets import SecretStore


class HandedSecrets:
    """Implements `receivers.Secrets` for one inventory; raises SecretError where one cannot be had."""

    def __init__(self, store: SecretStore) -> None:
        self._store = store

    def entry(self, key: str, reference: SecretRef) -> dict[str, Plain]:
        """Return the path of a `file:` secret, and any other secret itself: only this program can read it."""
        if reference.scheme == "file":
            return {f"{key}_file": str(self._store.path(reference).absolute())}
        return {key: self.value(reference)}

    def value(self, reference: SecretRef) -> str:
        """Return the secret itself."""
        return self._store.fetch(reference).reveal_text()
