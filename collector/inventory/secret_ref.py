"""A reference to a secret, which is all that the inventory holds of one."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretRef:
    """Where a secret is kept (`env:NAME`, `file:PATH` or `credential:NAME`), never the secret itself."""

    scheme: str
    name: str

    def __str__(self) -> str:
        return f"{self.scheme}:{self.name}"
