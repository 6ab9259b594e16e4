"""What all tests share: tiers, and peers that are skipped only where they cannot be had."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

# Where all this is started in the background, Ctrl-C is ignored, and would be by what the tests start too.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the long tier unless it is asked for (`./test --all` sets HAIDANG_TEST_ALL)."""
    if os.environ.get("HAIDANG_TEST_ALL") == "1":
        return
    skip = pytest.mark.skip(reason="long: run ./test --all")
    for item in items:
        if "all" in item.keywords:
            item.add_marker(skip)


@pytest.fixture(scope="session", autouse=True)
def _net_snmp_keeps_its_files_here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """On a new machine net-snmp's tools would make folders under /var and say so on stderr."""
    folder = tmp_path_factory.mktemp("net-snmp")
    (folder / "cert_indexes").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SNMP_PERSISTENT_DIR", str(folder))
        yield
