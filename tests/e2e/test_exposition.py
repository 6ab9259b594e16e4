"""A real scrape of a real collector: read by promtool, by prometheus_client and by Prometheus itself."""

from __future__ import annotations

import gzip
import json
import re
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from collector.expose.catalogue.all import FAMILIES
from collector.expose.catalogue.family import Owner
from deploy.stack.ports import free_port
from tests.e2e.rig import Running, collecting, device, entry, prometheus, router

HOSTILE = b'evil" } 1\nup{job="x"} 0 \\ \xff\xfe' + b"x" * 10_000

needs_promtool = pytest.mark.skipif(shutil.which("promtool") is None, reason="not installed: prometheus")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    directory = tmp_path_factory.mktemp("collector")
    with (
        device(router(lambda: 5_000)) as good,
        device(router(lambda: 7, alias=HOSTILE, name=HOSTILE[:200])) as hostile,
        collecting(
            directory,
            [
                entry("good", good, more=", area: a"),
                entry("hostile", hostile, more=", area: b"),
                entry("dead", free_port(), more=", area: b"),
            ],
            extra="areas: [{id: a, name: A}, {id: b, name: B}]\n",
        ) as found,
    ):
        found.wait_for(lambda: found.states() == {"good": "up", "hostile": "up", "dead": "down"}, seconds=30)
        yield found


@needs_promtool
def test_promtool_complains_only_of_the_names_that_the_ecosystem_fixes(running: Running) -> None:
    """camelCase of IF-MIB and of meminfo, and IF-MIB counters without _total; nothing else."""
    ran = subprocess.run(
        ["promtool", "check", "metrics"],
        input=running.get("/metrics"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode in (0, 3), ran.stderr
    fixed = {family.name for family in FAMILIES if family.owner is Owner.INTERFACE}
    allowed = re.compile(
        rf"^({'|'.join(sorted(fixed))}) "
        r"(metric names should be written in 'snake_case' not 'camelCase'"
        r"|label names should be written in 'snake_case' not 'camelCase'"
        r'|counter metrics should have "_total" suffix)$'
        r"|^node_memory_\w+ metric names should be written in 'snake_case' not 'camelCase'$"
    )
    complaints = sorted(set(ran.stderr.splitlines()))
    assert [line for line in complaints if not allowed.match(line)] == []


def test_prometheus_clients_parser_reads_it_all(running: Running) -> None:
    """Every line is a sample of a family of the catalogue, or of the process itself."""
    known = {family.name.removesuffix("_total") for family in FAMILIES}
    found = list(text_string_to_metric_families(running.get("/metrics")))
    names = [family.name for family in found]
    assert len(names) == len(set(names)), "a family stands in two places"
    assert {
        name for name in names if name not in known and not name.startswith(("process_", "python_"))
    } == set()
    assert {family.name for family in found} >= {"ifHCInOctets", "haidang_device_state", "haidang_polls"}


def test_every_series_has_the_labels_that_the_catalogue_says(running: Running) -> None:
    """No more and no less, besides instance and job; metrics of the collector itself have neither."""
    labels = {family.name: set(family.labels) for family in FAMILIES}
    wrong = set()
    for family in text_string_to_metric_families(running.get("/metrics")):
        for sample in family.samples:
            if sample.name in labels:
                expected = labels[sample.name]
                given = set(sample.labels)
                if given != expected and given != expected | {"instance", "job"}:
                    wrong.add((sample.name, tuple(sorted(given))))
    assert wrong == set()


def test_a_hostile_device_cannot_forge_samples(running: Running) -> None:
    """Quotes, line ends, foreign bytes and 10 kB of alias are one label value of its own series."""
    families = {family.name: family for family in text_string_to_metric_families(running.get("/metrics"))}
    (sample,) = [s for s in families["ifHCInOctets"].samples if s.labels["instance"] == "hostile"]
    assert sample.value == 7
    assert len(sample.labels["ifAlias"]) <= 256
    assert sample.labels["ifAlias"].isprintable()
    assert "up" not in families
    assert families["haidang_labels_altered"].samples[0].value > 0


def test_a_silent_device_shows_its_state_and_no_values(running: Running) -> None:
    """Down with a reason, since when, and not one counter."""
    text = running.get("/metrics")
    assert (
        'haidang_device_state{instance="dead",job="haidang",role="commune",area="b",state="down"} 1' in text
    )
    assert 'haidang_probe_fault{instance="dead",job="haidang",probe="snmp",reason="timeout"} 1' in text
    assert not any(line.startswith("if") and 'instance="dead"' in line for line in text.splitlines())


def test_an_areas_endpoint_shows_its_devices_only(running: Running) -> None:
    """Large fleets are scraped in parts."""
    text = running.get("/metrics/area/a")
    assert 'instance="good"' in text
    assert 'instance="hostile"' not in text
    with pytest.raises(urllib.error.HTTPError) as caught:
        running.get("/metrics/area/zz")
    assert caught.value.code == 404
    caught.value.close()


def test_a_scraper_that_takes_gzip_gets_gzip(running: Running) -> None:
    """The same text, a fraction of the bytes."""
    request = urllib.request.Request(running.url + "/metrics", headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(request, timeout=5) as response:
        assert response.headers["Content-Encoding"] == "gzip"
        assert b"haidang_device_state" in gzip.decompress(response.read())


def test_requests_under_a_foreign_name_or_from_a_web_page_are_refused(running: Running) -> None:
    """A page in a browser on this machine can neither read nor reload."""
    request = urllib.request.Request(running.url + "/metrics", headers={"Host": "attacker.example:80"})
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request, timeout=5)
    assert caught.value.code == 421
    caught.value.close()
    assert running.post("/-/reload", {"Origin": "http://attacker.example"})[0] == 403


def test_the_views_tell_what_the_metrics_tell(running: Running) -> None:
    """One device in detail: state, probes with reasons, and its samples."""
    detail = json.loads(running.get("/api/v1/devices/dead"))
    assert detail["state"] == "down"
    assert detail["probes"]["snmp"]["reason"] == "timeout"
    good = json.loads(running.get("/api/v1/devices/good"))
    assert any(line.startswith("ifHCInOctets{") for line in good["samples"])
    with pytest.raises(urllib.error.HTTPError) as caught:
        running.get("/api/v1/devices/nobody")
    assert caught.value.code == 404
    caught.value.close()


def test_a_broken_inventory_never_replaces_the_running_one(running: Running) -> None:
    """The reload is refused with every mistake, a metric says so, and the devices stay."""
    sound = running.inventory.read_text(encoding="utf-8")
    revision = running.get("/metrics")
    try:
        running.inventory.write_text(
            sound + "  - {id: good, name: Twice, address: nowhere}\n", encoding="utf-8"
        )
        status, said = running.post("/-/reload")
        assert status == 422
        assert len(said["mistakes"]) >= 2
        assert all(mistake["line"] for mistake in said["mistakes"])
        text = running.get("/metrics")
        assert "haidang_inventory_reload_success 0.0" in text
        assert running.states().keys() == {"good", "hostile", "dead"}
    finally:
        running.inventory.write_text(sound, encoding="utf-8")
    status, said = running.post("/-/reload")
    assert (status, said["devices"]) == (200, 3)
    text = running.get("/metrics")
    assert "haidang_inventory_reload_success 1.0" in text
    same = [line for line in revision.splitlines() if line.startswith("haidang_inventory_revision ")]
    assert same[0] in text, "an unchanged inventory is not a new revision"


@needs_promtool
def test_the_rate_of_a_steady_flow_is_steady(tmp_path: Path) -> None:
    """Polled every 2 s and scraped every second, 100,000 octets a second read as that, within 2 %."""
    began = time.monotonic()
    with (
        device(router(lambda: round((time.monotonic() - began) * 100_000))) as port,
        collecting(
            tmp_path / "collector",
            [entry("r", port)],
        ) as running,
        prometheus(tmp_path / "prometheus", running.url) as judge,
    ):
        time.sleep(30)  # Prometheus keeps the clock
        end = time.time() - 2
        (series,) = judge.query(
            'rate(ifHCInOctets{instance="r",job="snmp"}[8s])', start=end - 16, end=end, step=1
        )
        rates = [float(value) for _, value in series["values"]]
        (state,) = judge.query('haidang_device_state{instance="r",state="up"}')
        assert state["metric"]["job"] == "haidang"
    assert len(rates) >= 15
    assert min(rates) > 98_000
    assert max(rates) < 102_000
