"""What the tests of probes share: trees of system files, and the section that stands for a failure."""

from __future__ import annotations

from pathlib import Path

from agent.wire_sections import Unavailability, Unavailable


def tree(root: Path, files: dict[str, str]) -> Path:
    """Write files below a root and return it."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return root


def unavailable(reason: Unavailability, detail: str) -> Unavailable:
    return Unavailable(reason=reason, detail=detail)
