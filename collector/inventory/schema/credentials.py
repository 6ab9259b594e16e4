"""The blocks about who asks: one kind of credential each."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from collector.inventory.schema.entry import Entry, key
from collector.inventory.schema.types import AuthName, FilePath, PrivName, Secret, Text


class CredentialKind(StrEnum):
    """The value of `type`, which decides what other keys there are."""

    SNMP_V3 = "snmpv3"
    SNMP_V2C = "snmpv2c"
    SNMP_V1 = "snmpv1"
    SSH = "ssh"


class CredentialBlock(Entry):
    """What every kind has."""

    type: Text = key("kind of credential", example="snmpv3", required=True)


class UsmBlock(CredentialBlock):
    """An SNMPv3 user; authenticated and encrypted unless it says otherwise."""

    user: Text = key("its name on the devices", example="haidang", required=True)
    auth: AuthName = key(
        "`MD5`, `SHA-1`, `SHA-224`, `SHA-256`, `SHA-384`, `SHA-512` or `none`",
        example="SHA-512",
        default="`SHA-256`",
    )
    auth_password: Secret = key(
        "where its password is kept, 8 characters or more",
        example="file:secrets/auth",
        default="required, unless `auth: none`",
    )
    priv: PrivName = key(
        "`DES`, `AES-128`, `AES-192`, `AES-256`, `AES-192-C`, `AES-256-C` (`-C`: Cisco's keys) or `none`",
        example="AES-256",
        default="`AES-128`",
    )
    priv_password: Secret = key(
        "where its second password is kept, 8 characters or more",
        example="file:secrets/priv",
        default="required, unless `priv: none`",
    )
    context: Text = key("SNMP context", example="bridge1", default="the empty one")


class CommunityBlock(CredentialBlock):
    """SNMP v1 or v2c; the community crosses the network in clear, and so do the answers."""

    community: Secret = key("where the community string is kept", example="env:OLD_COMMUNITY", required=True)


class LoginBlock(CredentialBlock):
    """A login that may run one command: the agent's report."""

    username: Text = key(
        "login on the devices", example="haidang-report", default="the account that the collector runs as"
    )
    private_key: Secret = key("where its private key is kept", example="file:secrets/ssh_key", required=True)
    known_hosts: FilePath = key(
        "file with the host keys that are accepted", example="secrets/known_hosts", default="`known_hosts`"
    )


BLOCKS: Mapping[str, type[CredentialBlock]] = MappingProxyType(
    {
        CredentialKind.SNMP_V3: UsmBlock,
        CredentialKind.SNMP_V2C: CommunityBlock,
        CredentialKind.SNMP_V1: CommunityBlock,
        CredentialKind.SSH: LoginBlock,
    }
)
