"""Progress on standard error."""

from __future__ import annotations

import pytest

from collector.commands.progress import Progress


def test_it_speaks_only_after_two_seconds_and_then_every_two(capsys: pytest.CaptureFixture[str]) -> None:
    """What is quick is quiet."""
    now = 0.0
    progress = Progress(mono=lambda: now)
    for now in (0.5, 1.9, 2.0, 3.0, 4.1):
        progress("copied", int(now * 10), 50)
    progress.end()
    assert capsys.readouterr().err == "copied 40 %\ncopied 82 %\n"


def test_nothing_to_do_is_no_division(capsys: pytest.CaptureFixture[str]) -> None:
    """An empty table has a progress too."""
    now = 0.0
    progress = Progress(mono=lambda: now)
    now = 2.0
    progress("copied", 0, 0)
    assert capsys.readouterr().err == "copied 0 %\n"
