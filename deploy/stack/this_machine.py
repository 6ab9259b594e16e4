"""The parts of the stack that stand for devices of the inventory: an agent with its sshd, and an snmpd."""

from __future__ import annotations

import shlex
import socket
import sys
from pathlib import Path

from collector.inventory.values import (
    CommunityCredential,
    Device,
    Inventory,
    SecretRef,
    SshCredential,
    UsmCredential,
)
from deploy.stack import sshd
from deploy.stack.child import Child, ChildError
from deploy.stack.ports import is_free
from deploy.stack.secret_files import ensure_secret
from deploy.stack.snmpd import SnmpdUser, configuration, snmpd_child

AGENT_DEVICE = "this-machine"
SNMPD_DEVICE = "net-snmp"


def make_secrets(inventory: Inventory, var: Path) -> None:
    """Make the passwords and the SSH key that the inventory keeps below `var`; touch no other."""
    for credential in inventory.credentials.values():
        if isinstance(credential, UsmCredential):
            for reference in (credential.auth_password, credential.priv_password):
                path = _own(reference, inventory, var)
                if path is not None:
                    ensure_secret(path)
        elif isinstance(credential, CommunityCredential):
            path = _own(credential.community, inventory, var)
            if path is not None:
                ensure_secret(path)
        elif isinstance(credential, SshCredential):
            path = _own(credential.private_key, inventory, var)
            if path is not None:
                sshd.generate_key(path, comment="haidang collector")


def agent(inventory: Inventory, device: Device, var: Path) -> Child:
    """Return the agent of this machine, unstarted, as the inventory expects to find it."""
    directory = var / "agent"
    directory.mkdir(parents=True, exist_ok=True)
    config = directory / "agent.toml"
    lines = ["interval_s = 15", f'state_directory = "{directory / "state"}"']
    if device.snmp is not None:
        user = _user(inventory, device)
        _must_be_free(device, device.snmp.port, socket.SOCK_DGRAM)
        lines += [
            "[snmp]",
            f'listen = ["{device.address}:{device.snmp.port}"]',
            'allow = ["127.0.0.0/8"]',
            "[[snmp.user]]",
            f'name = "{user.user}"',
            f'auth = "{user.auth}"',
            f'auth_password = "file:{_path(user.auth_password, inventory)}"',
            f'priv = "{user.priv}"',
            f'priv_password = "file:{_path(user.priv_password, inventory)}"',
        ]
    config.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return Child("agent", [_agent_program(), "serve", "--config", str(config)], log=directory / "agent.log")


def agent_sshd(inventory: Inventory, device: Device, var: Path) -> Child:
    """Return an sshd whose only login may run the agent's report; pins its key for the collector."""
    credential = None if device.ssh is None else inventory.credentials[device.ssh.credential]
    if device.ssh is None or not isinstance(credential, SshCredential):
        raise ChildError(f"sshd: {device.id} has no SSH check with a credential for it")
    _must_be_free(device, device.ssh.port, socket.SOCK_STREAM)
    directory = var / "sshd"
    public_key = _path(credential.private_key, inventory).with_name(
        _path(credential.private_key, inventory).name + ".pub"
    )
    config = var / "agent" / "agent.toml"
    login = sshd.Login(
        public_key=public_key.read_text(encoding="utf-8").strip(),
        command=shlex.join([_agent_program(), "report", "--config", str(config)]),
    )
    child = sshd.sshd_child(directory, host=device.address, port=device.ssh.port, logins=(login,))
    host_key = (directory / "host_key.pub").read_text(encoding="utf-8")
    known_hosts = Path(credential.known_hosts)
    if known_hosts.is_relative_to(var):
        line = sshd.known_hosts_line(device.address, device.ssh.port, host_key)
        known_hosts.write_text(f"{line}\n", encoding="utf-8")
    return child


def net_snmp(inventory: Inventory, device: Device, var: Path) -> Child:
    """Return a net-snmp snmpd at the device's address, with the inventory's user."""
    if device.snmp is None:
        raise ChildError(f"snmpd: {device.id} has no SNMP check")
    user = _user(inventory, device)
    _must_be_free(device, device.snmp.port, socket.SOCK_DGRAM)
    text = configuration(
        listen=(f"udp:{device.address}:{device.snmp.port}",),
        users=(
            SnmpdUser(
                name=user.user,
                auth=user.auth or "",
                auth_password=ensure_secret(_path(user.auth_password, inventory)),
                # net-snmp calls AES-128 just AES.
                priv=(user.priv or "").replace("AES-128", "AES"),
                priv_password=ensure_secret(_path(user.priv_password, inventory)),
            ),
        ),
    )
    return snmpd_child(var / "snmpd", text)


def _user(inventory: Inventory, device: Device) -> UsmCredential:
    credential = None if device.snmp is None else inventory.credentials[device.snmp.credential]
    if not isinstance(credential, UsmCredential) or credential.auth is None or credential.priv is None:
        raise ChildError(f"{device.id}: the stack speaks SNMPv3 with authentication and privacy only")
    return credential


def _own(reference: SecretRef | None, inventory: Inventory, var: Path) -> Path | None:
    if reference is None or reference.scheme != "file":
        return None
    path = _path(reference, inventory)
    return path if path.is_relative_to(var) else None


def _path(reference: SecretRef | None, inventory: Inventory) -> Path:
    if reference is None or reference.scheme != "file":
        raise ChildError(f"{reference}: the stack reads secrets of its devices from files only")
    return inventory.folder / reference.name


def _must_be_free(device: Device, port: int, kind: socket.SocketKind) -> None:
    if not is_free(port, host=device.address, kind=kind):
        protocol = "UDP" if kind is socket.SOCK_DGRAM else "TCP"
        raise ChildError(
            f"{device.id}: {protocol} port {port} of {device.address} is taken. Stop what listens there "
            "(another ./run?), or give the device another port in the inventory"
        )


def _agent_program() -> str:
    return str(Path(sys.executable).with_name("haidang-agent"))
