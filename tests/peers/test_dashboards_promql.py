"""A real Prometheus reads every question of every dashboard."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from deploy.stack.ports import free_port
from deploy.stack.prometheus import http_ok, prometheus_child, prometheus_configuration
from tests.e2e.rig import Prometheus
from tests.unit.dashboards.promql import metrics
from tests.unit.dashboards.questions import questions

pytestmark = pytest.mark.skipif(shutil.which("prometheus") is None, reason="needs Debian's prometheus")


def test_every_question_is_understood(tmp_path: Path) -> None:
    """Types and labels fit too: Prometheus evaluates each, now and over an hour, and finds nothing yet."""
    port = free_port()
    text = prometheus_configuration(collector=f"127.0.0.1:{free_port()}", scrape_s=60)
    with prometheus_child(tmp_path, text, port=port) as child:
        url = f"http://127.0.0.1:{port}"
        child.wait_until(lambda: http_ok(f"{url}/-/ready"), seconds=30)
        prometheus = Prometheus(url)
        asked = {one.expr: one for one in questions({})}
        assert len(asked) > 150
        for expr in asked:
            # An error is answered 400, which raises.
            prometheus.query(expr, start=1_000, end=4_600, step=60)
            # Where nobody looks there is no answer, and so no 0 either.
            assert prometheus.query(expr) == [] or "up" in metrics(expr), expr
