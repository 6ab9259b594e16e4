"""Every panel of every dashboard has something to show, on a real Prometheus fed by the lab."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

import pytest

from tests.e2e.rig import Prometheus
from tests.e2e.test_province import HUB, Province, all_up, settle
from tests.e2e.test_up import HAIDANG, interrupt, needs_prometheus, started, wait_for
from tests.unit.dashboards.foreign import NETWORK, NODES
from tests.unit.dashboards.questions import Question, questions

pytestmark = [pytest.mark.all, needs_prometheus]

CHOSEN = {
    "district": {"area": "tp-thai-binh"},
    "site": {"device": HUB},
    # A server of the lab, and this machine: only an agent knows of itself, and of a disk's time.
    "server": {"device": "srv-portal-db|this-machine"},
    "services": {"device": "portal|eoffice"},
}

MAY_BE_EMPTY = {
    "annotation": "nothing may have been down, or planned, within the hour",
    "site: Kiểm tra không thành công": "the chosen site's probes bring values",
    "site: Ngày liên tiếp vượt 90%": "needs a capacity and a finished day",
    "server: Lỗi và gói bị bỏ": "the lab's servers drop nothing",
    "server: Nhiệt độ": "the lab's servers have no sensors",
    "server: Lệch giờ": "the report of the lab's servers is fresh",
    "datacentre: Các máy chủ E": "no disk of the lab fills within 90 days",
    "server: Hệ thống tệp D": "no disk of the lab fills",
    "traffic: Thời gian bị loại vì nghi ngờ": "no reading was in doubt",
    "collector: Bằng chứng không ghi": "all evidence is booked",
    "services: Các dịch vụ E": "all services work",
    "services: Sự cố của dịch vụ": "all services work",
    "availability: Giờ hành chính": "no working hour may have passed since the lab began",
    "availability: Theo địa bàn F": "no working hour may have passed since the lab began",
    "availability: Sự cố theo nguyên nhân": "an outage is shown so only once it has ended",
    "wall: Sự cố đang diễn ra E": "the outage has not ended",
    "district: Sự cố B": "nothing hangs on the commune that is down",
    "district: Sự cố E": "the outage has not ended",
}
"""Questions that may find nothing in a healthy lab of a few minutes, and why."""


def excused(question: Question) -> bool:
    return any(
        question.at.startswith(at) or (at == "annotation" and ": annotation" in question.at)
        for at in MAY_BE_EMPTY
    )


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Province, Prometheus]]:
    folder = tmp_path_factory.mktemp("dashboards")
    settle(folder)
    output = folder / "output"
    with started([HAIDANG, "up"], folder, output) as process:
        found = Province(folder, output, process)
        found.until(all_up, seconds=180)
        line = wait_for("Prometheus: ", output, process, 60)
        yield found, Prometheus(line.split(": ", 1)[1].strip())
        assert interrupt(process) == set()


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root for silence")
def test_every_question_finds_something(running: tuple[Province, Prometheus]) -> None:
    """With a hub cut and a commune without power, within twelve minutes: buckets and figures take that."""
    province, prometheus = running
    province.lab("cut", "hub-vu-thu")
    province.lab("power-off", "le-hong-phong-12433")
    asked = list(questions(CHOSEN, range_s=900))
    missing = [question for question in asked if not excused(question)]
    deadline = time.monotonic() + 720
    while missing and time.monotonic() < deadline:
        missing = [question for question in missing if not prometheus.query(question.expr)]
        time.sleep(5)
    assert [f"{question.at}: {question.expr}" for question in missing] == []


def test_dashboards_of_others_find_what_they_ask_for(running: tuple[Province, Prometheus]) -> None:
    """One written for snmp_exporter's if_mib, one of node_exporter's own, on the lab's metrics."""
    _, prometheus = running
    for asked, job in ((NETWORK, "snmp"), (NODES, "node")):
        for name, labels in asked.items():
            wanted = ",".join(f'{label}!=""' for label in sorted(labels - {"job", "ifAlias"}))
            assert prometheus.query(f'{name}{{job="{job}",{wanted}}}'), name


def test_the_excuses_are_of_questions_that_there_are() -> None:
    """An excuse for nothing would hide a panel that has lost its question."""
    asked = [question.at for question in questions({})]
    stale = [at for at in MAY_BE_EMPTY if at != "annotation" and not any(one.startswith(at) for one in asked)]
    assert stale == []


def test_no_question_takes_a_second_on_what_the_lab_has(running: tuple[Province, Prometheus]) -> None:
    """On 321 devices and minutes of history; bench/dashboards.py has thirty days."""
    _, prometheus = running
    slow = []
    for question in questions(CHOSEN):
        began = time.monotonic()
        prometheus.query(question.expr)
        took = time.monotonic() - began
        if took > 1.0:
            slow.append((question.at, round(took, 2)))
    assert slow == []
