"""Turns the inventory's credentials into what the pollers log in with; a missing secret stays a value."""

from __future__ import annotations

import os
import pwd
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from collector.inventory.secrets import SecretError, SecretStore
from collector.inventory.values import (
    CommunityCredential,
    Credential,
    SecretRef,
    SshCredential,
)
from collector.poll.ssh_session import IdentityError, SshIdentity
from snmp.community_exchange import Community
from snmp.errors import UsageError
from snmp.message import Version
from snmp.usm_keys import Password, UsmUser
from snmp.usm_protocols import parse_auth_protocol, parse_priv_protocol


@dataclass(frozen=True, slots=True)
class Unusable:
    """A credential that cannot be used, and why; its devices' polls fail with reason no_secret."""

    why: str


Usable = Community | UsmUser | SshIdentity


def resolve(credentials: Mapping[str, Credential], store: SecretStore) -> dict[str, Usable | Unusable]:
    """Fetch every credential's secrets; what fails is Unusable, the others go on."""
    resolved: dict[str, Usable | Unusable] = {}
    for name, credential in credentials.items():
        try:
            resolved[name] = _resolve(credential, store)
        except (SecretError, UsageError, IdentityError) as error:
            resolved[name] = Unusable(f"credential {name}: {error}")
    return resolved


def _resolve(credential: Credential, store: SecretStore) -> Usable:
    if isinstance(credential, CommunityCredential):
        version = Version.V1 if credential.version == 1 else Version.V2C
        return Community(version=version, name=store.fetch(credential.community).reveal())
    if isinstance(credential, SshCredential):
        return _identity(credential, store)
    return UsmUser(
        name=credential.user.encode(),
        auth=None if credential.auth is None else parse_auth_protocol(credential.auth),
        auth_secret=_password(credential.auth_password, store),
        priv=None if credential.priv is None else parse_priv_protocol(credential.priv),
        priv_secret=_password(credential.priv_password, store),
        context_name=credential.context.encode(),
    )


def _password(reference: SecretRef | None, store: SecretStore) -> Password | None:
    return None if reference is None else Password(store.fetch(reference).reveal())


def _identity(credential: SshCredential, store: SecretStore) -> SshIdentity:
    private_key = store.fetch(credential.private_key).reveal_text()
    try:
        known_hosts = Path(credential.known_hosts).read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise SecretError(
            f"known_hosts {credential.known_hosts} cannot be read: {error.strerror}",
            "write the servers' host keys into it, one line each",
        ) from error
    username = credential.username or pwd.getpwuid(os.geteuid()).pw_name
    return SshIdentity.load(username=username, private_key=private_key + "\n", known_hosts=known_hosts)
