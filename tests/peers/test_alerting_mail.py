"""The mail as the person on call sees it: rendered by a browser, on a desk and on a telephone."""

from __future__ import annotations

import os
import shutil
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from collector.alerting.table import alert
from collector.alerting.talk import ask
from deploy.stack.ports import free_port
from deploy.stack.prometheus import alertmanager_child, http_ok
from tests.e2e.alerting_rig import Mail, mail_sink, run

CHROMIUM = shutil.which("chromium")
FLAGS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--no-first-run",
         "--disable-quic", "--disable-sync"]  # fmt: skip
SUMMARY = {
    "vi": "Mất kết nối từ 07:15:21 ngày 28/11/2026. Bị cắt theo: 44/286 xã, phường, thị trấn. "
    "Số cơ quan bị ảnh hưởng: 111/788.",
    "en": "No connection since 2026-11-28 07:15:21. Cut off with it: 44 of 286 communes. "
    "Agencies affected: 111 of 788.",
}

pytestmark = [
    pytest.mark.all,
    pytest.mark.skipif(CHROMIUM is None, reason="not installed: chromium"),
    pytest.mark.skipif(
        shutil.which("prometheus-alertmanager") is None, reason="not installed: prometheus-alertmanager"
    ),
]


def sent(folder: Path, language: str) -> list[Mail]:
    """Return the mails of a hub that is down and then up again."""
    with mail_sink() as (sink, mail_port):
        (folder / "community").touch(mode=0o600)
        (folder / "community").write_text("x")
        (folder / "inventory.yaml").write_text(
            "organisation: {name: Sở TTTT, language: vi, timezone: Asia/Ho_Chi_Minh}\n"
            "credentials: {old: {type: snmpv2c, community: file:community}}\n"
            "devices: [{id: a, address: 127.34.0.1, snmp: {credential: old}}]\n"
            "contacts: [{id: duty, name: Trực ban, email: truc@haidang.example}]\n"
            "alerting:\n"
            f"  language: {language}\n"
            "  runbooks: https://git.example.vn/tinh-thai-binh/trung-tam-tich-hop/haidang/docs/runbooks\n"
            f"  email: {{server: 127.0.0.1, port: {mail_port}, sender: hd@haidang.example, tls: none}}\n",
            encoding="utf-8",
        )
        assert run("alerts", "write", "out", cwd=folder).returncode == 0
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        with alertmanager_child(folder / "out", port=port) as child:
            child.wait_until(lambda: http_ok(f"{url}/-/ready"))
            ask("Alertmanager", f"{url}/api/v2/alerts", body=[hub()])
            child.wait_until(lambda: len(sink.mails) == 1, seconds=30)
            over = datetime.now(UTC).isoformat()
            ask("Alertmanager", f"{url}/api/v2/alerts", body=[{**hub(), "endsAt": over}])
            child.wait_until(lambda: len(sink.mails) == 2, seconds=90)
        return sink.mails


def hub() -> dict[str, object]:
    found = alert("HubDown")
    assert found is not None
    name = "Điểm tập trung huyện Đông Hưng"
    notes = {"runbook": found.runbook}
    for tongue in ("vi", "en"):
        title: str = getattr(found.title, tongue)
        notes[f"title_{tongue}"] = title.replace("{{ $labels.name }}", name)
        notes[f"summary_{tongue}"] = SUMMARY[tongue]
        notes[f"advice_{tongue}"] = getattr(found.advice, tongue)
    labels = {
        "alertname": "HubDown",
        "severity": "page",
        "instance": "hub-dong-hung",
        "area": "dong-hung",
        "area_name": "Huyện Đông Hưng",
        "role": "hub",
        "name": name,
    }
    return {
        "labels": labels,
        "annotations": notes,
        "startsAt": datetime.fromtimestamp(time.time() - 1, UTC).isoformat(),
    }


@pytest.mark.parametrize("language", ["vi", "both"])
def test_a_mail_fits_a_telephone(language: str, tmp_path: Path) -> None:
    """Nothing is cut off or scrolls sideways at 360 pixels; words are 16 pixels high; pictures are kept.

    HAIDANG_PICTURES names a folder for them, to be looked at.
    """
    mails = sent(tmp_path, language)
    assert [mail.subject for mail in mails] == [
        "[KHẨN] Điểm tập trung huyện Đông Hưng mất kết nối, kéo theo các điểm phía sau",
        "[ĐÃ KHẮC PHỤC] Điểm tập trung huyện Đông Hưng mất kết nối, kéo theo các điểm phía sau",
    ]
    pictures = Path(os.environ.get("HAIDANG_PICTURES", str(tmp_path)))
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for number, mail in enumerate(mails):
            assert SUMMARY["vi"] in mail.html
            assert (SUMMARY["en"] in mail.html) == (language == "both")
            for width in (360, 900):
                page = browser.new_page(viewport={"width": width, "height": 640})
                page.set_content(mail.html)
                assert page.evaluate("document.documentElement.scrollWidth") <= width
                size = page.evaluate(
                    "Math.min(...[...document.querySelectorAll('div')].filter(d => d.innerText.length > 60 "
                    "&& d.children.length == 0).map(d => parseFloat(getComputedStyle(d).fontSize)))"
                )
                assert size >= 16
                page.screenshot(path=pictures / f"mail-{language}-{number}-{width}.png", full_page=True)
        browser.close()
