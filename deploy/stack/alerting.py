"""What the stack's Prometheus and Alertmanager need for alerts, written from the inventory."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

from collector.alerting.alertmanager import told
from collector.alerting.written import RULES, made, write
from collector.inventory.secrets import SecretError
from collector.inventory.values import Inventory
from deploy.stack.child import ChildError

NOBODY = (
    "no contact is configured, so alerts are shown at Alertmanager's page and go no further "
    "(contacts and alerting in the inventory)"
)


def alerting_files(inventory: Inventory, directory: Path) -> tuple[Path, bool]:
    """Write the files; return the rules, and whether somebody can be told. ChildError if that fails."""
    try:
        write(made(inventory, os.environ, datetime.now(UTC)), directory)
    except SecretError as error:
        raise ChildError(f"alerting: {error}") from error
    except OSError as error:
        raise ChildError(f"alerting: {error.filename}: {error.strerror}") from error
    return directory / RULES, bool(told(inventory))
