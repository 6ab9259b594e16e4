"""Which credentials keep what is polled with them from being read on the way. Pure."""

from __future__ import annotations

from collector.inventory.values import Credential, Device, Inventory, SshCredential, UsmCredential


def encrypts(credential: Credential) -> bool:
    """Return True if what is polled with this credential crosses the network encrypted."""
    return isinstance(credential, SshCredential) or (
        isinstance(credential, UsmCredential) and credential.priv is not None
    )


def unencrypted(device: Device, inventory: Inventory) -> bool:
    """Return True if any of what a device is polled with crosses the network in clear."""
    used = [check.credential for check in (device.snmp, device.ssh) if check is not None]
    return not all(encrypts(inventory.credentials[name]) for name in used)
