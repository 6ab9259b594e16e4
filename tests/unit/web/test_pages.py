"""The pages as text: what they say, and that nobody's name becomes markup."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest

from collector.figures.tally import Piece
from collector.model import State
from collector.planning.announced import Announced
from collector.traffic.buckets import BUCKET_MS, Bucket
from collector.web.language import Language, Taste, Theme
from collector.web.pages.device import device_page
from collector.web.pages.devices import Filter, devices
from collector.web.pages.frame import Context
from collector.web.pages.maintenance import maintenance
from collector.web.pages.outages import outages
from collector.web.pages.province import province as province_page
from collector.web.past import History
from collector.web.picture import live_outages, picture
from collector.web.rings import Cell
from collector.web.snapshot import Snapshot
from collector.web.told import told
from tests.unit.web.shown import HOSTILE, NOW_MS, figures, inventory, line, province, window

CUT = {"hub": State.DOWN, "an-khe": State.UPSTREAM, "me-linh": State.UPSTREAM, "hostile": State.UPSTREAM}


class Read(HTMLParser):
    """Reads a page: its text, its tags, and what is not closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.attributes: list[tuple[str, str, str | None]] = []
        self.text: list[str] = []
        self.open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes += [(tag, name, value) for name, value in attrs]
        if tag not in ("meta", "link", "input", "br", "hr", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    @property
    def words(self) -> str:
        return " ".join(" ".join(self.text).split())


def context(shown: Snapshot, language: Language = Language.VI) -> Context:
    return Context.of(
        shown, Taste(language=language, theme=Theme.AUTO), "/", style="/static/s", script="/static/j"
    )


def full() -> Snapshot:
    """Return a province with everything a page can show."""
    shown = province(CUT, figures=figures(), ledger_fault=HOSTILE, simulated=True)
    return province(
        CUT,
        inventory=inventory(shown.inventory.devices, maintenance=(window(),)),
        lines={view.device.id: line(95_000_000) for view in shown.views},
        figures=figures(),
        ledger_fault=HOSTILE,
        simulated=True,
    )


def history() -> History:
    start = NOW_MS - 30 * 86_400_000
    mid = NOW_MS - 3_600_000
    buckets = [
        Bucket(start_ms=(NOW_MS // BUCKET_MS - n) * BUCKET_MS, in_bytes=n, out_bytes=2, covered_ms=BUCKET_MS)
        for n in range(400, 0, -1)
        if n % 7
    ]
    return History(
        device="hostile",
        end_ms=NOW_MS,
        pieces=(
            Piece(start_ms=start, end_ms=mid, state=State.UP, possible=frozenset({State.UP})),
            Piece(start_ms=mid, end_ms=NOW_MS, state=State.DOWN, possible=frozenset({State.DOWN})),
        ),
        buckets=tuple(buckets),
    )


def one_device(shown: Snapshot, language: Language, *, past: History | None) -> str:
    cells = tuple(
        Cell(start_ms=NOW_MS - n * 300_000, mean_s=0.01, max_s=0.02, lost=1, asked=3)
        for n in range(20, 0, -1)
    )
    labels = 'ifIndex="1",ifName="w\\"an<b>",ifAlias="<script>x</script>",ifDescr="d"'
    lines = [f"ifOperStatus{{{labels}}} 1", f"ifHighSpeed{{{labels}}} 1000"]
    return device_page(context(shown, language), shown.by_id["hostile"], past, cells, told(lines))


def pages(shown: Snapshot, language: Language) -> list[str]:
    made = context(shown, language)
    return [
        province_page(made),
        devices(made, Filter(query=HOSTILE)),
        devices(made, Filter()),
        outages(made),
        maintenance(made),
        one_device(shown, language, past=history()),
        one_device(shown, language, past=None),
    ]


@pytest.mark.parametrize("language", Language)
def test_hostile_names_stay_text(language: Language) -> None:
    """Names, addresses, aliases, reasons and searches make no tag, and turn no line of text around."""
    for page in pages(full(), language):
        read = Read(page)
        assert read.open == []
        assert read.tags["script"] == 1
        assert [a for a in read.attributes if a[1].startswith("on") or a[1] == "style"] == []
        assert "\u202e" not in page
        assert "\x07" not in page


@pytest.mark.parametrize("language", Language)
def test_every_page_has_landmarks_labels_and_one_heading(language: Language) -> None:
    """What a screen reader goes by; every address is this server's own."""
    for page in pages(full(), language):
        read = Read(page)
        assert [read.tags[tag] for tag in ("header", "nav", "main", "footer", "h1", "title")] == [1] * 6
        assert ("html", "lang", str(language)) in read.attributes
        own = [value for _, name, value in read.attributes if name in ("href", "src", "action")]
        assert [value for value in own if value is None or value[0] not in "/#"] == []
        graphics = [1 for tag, name, _ in read.attributes if tag == "svg" and name == "aria-label"]
        assert len(graphics) == read.tags["svg"]


def test_a_cut_hub_is_one_outage_with_all_that_hang_on_it() -> None:
    """36 upstream places are no 36 outages; the service's agencies are not counted twice."""
    found = picture(province(CUT))
    assert [(one.view.device.id, one.units, one.agencies) for one in found.outages] == [("hub", 4, 31)]
    assert (found.cut_off_units, found.units) == (4, 4)
    assert (found.cut_off_agencies, found.agencies) == (31, 31)


def test_two_outages_of_one_line_each_have_their_own() -> None:
    """A commune that is down by itself counts for itself alone."""
    found = live_outages(province({"an-khe": State.DOWN, "portal": State.DOWN}))
    assert [(one.view.device.id, one.units) for one in found] == [("an-khe", 1), ("portal", 0)]


def test_the_province_says_who_is_cut_off_in_words_and_tiles() -> None:
    """Every device has a tile that tells its state without its colour."""
    read = Read(province_page(context(full())))
    labels = [value for tag, name, value in read.attributes if (tag, name) == ("a", "aria-label")]
    assert "Điểm tập trung huyện Đông Hưng: Mất kết nối" in labels
    assert "Xã an-khe: Gián đoạn do tuyến trên" in labels
    assert "Đơn vị mất kết nối 4 trên 4" in read.words
    assert "99,90%" in read.words
    assert "2 ngày liên tiếp vượt 90%" in read.words


def test_an_outage_is_counted_though_no_unit_is_known_yet() -> None:
    """A service that is down is known of; only what nobody knows is left open."""
    known = province({"portal": State.DOWN})
    views = tuple(one if one.device.id == "portal" else type(one)(device=one.device) for one in known.views)
    read = Read(province_page(context(province(views=views), Language.EN)))
    assert "Outages under way 1" in read.words
    assert "Units cut off – of 4 · 4 unknown" in read.words


def test_nothing_is_said_where_nothing_is_known() -> None:
    """An empty inventory says what to do; a new collector says that it has only begun."""
    empty = Read(province_page(context(province(views=(), inventory=inventory(())))))
    assert "Danh mục chưa có thiết bị nào" in empty.words
    views = tuple(type(view)(device=view.device) for view in province().views)
    started = Read(province_page(context(province(views=views), Language.EN)))
    assert "has just started" in started.words
    assert "100" not in started.words
    assert "not computed yet" in started.words
    assert "Units cut off – of 4 · 4 unknown" in started.words
    assert "Not known of any unit yet." in started.words
    assert "No outage is under way" not in started.words
    looks = [str(value) for _, name, value in started.attributes if name == "class"]
    assert [look for look in looks if look.startswith("key")] == ["keys", *["key unsure"] * 4]
    assert "ok" not in looks
    assert "part" not in looks


def test_devices_in_trouble_come_first_and_filters_narrow() -> None:
    """By words without accents, by area, by state."""
    made = context(province({"me-linh": State.DOWN}))
    read = Read(devices(made, Filter(query="diem tap")))
    assert "1 trên 5 thiết bị" in read.words
    every = devices(made, Filter())
    assert every.index("/devices/me-linh") < every.index("/devices/hub")
    assert "1 trên 5" in Read(devices(made, Filter(state="down"))).words
    assert "Không có thiết bị nào phù hợp" in Read(devices(made, Filter(area="nowhere"))).words


def test_a_device_page_shows_sums_that_are_the_strips() -> None:
    """The hour of outage is told as text too, and a gap breaks the curve."""
    page = one_device(full(), Language.VI, past=history())
    read = Read(page)
    assert "Mất kết nối 1 giờ 00 phút" in " ".join(
        v or "" for _, n, v in read.attributes if n == "aria-label"
    )
    assert page.count("f-down") == 2
    day = [v for t, n, v in read.attributes if (t, n) == ("path", "d") and v is not None]
    assert max(one.count("M") for one in day) > 20


def test_outages_show_their_cause_and_why_it_is_not_known() -> None:
    """In both languages."""
    assert (
        "Chưa xác định (thiết bị không cho biết thời gian hoạt động)" in Read(outages(context(full()))).words
    )
    assert "Undecided (the device shows no uptime)" in Read(outages(context(full(), Language.EN))).words


def test_work_of_the_register_and_of_the_inventory_stand_side_by_side() -> None:
    """Each occurrence once; one that a person ended early is past at that instant, not at the planned one."""
    soon = window(
        id="soon",
        start=datetime.fromtimestamp(NOW_MS / 1000 + 3_600, UTC),
        end=datetime.fromtimestamp(NOW_MS / 1000 + 7_200, UTC),
    )
    whole = province()
    shown = province(
        inventory=inventory(whole.inventory.devices, maintenance=(window(),)),
        entered=(
            Announced(window=soon, entered_ms=NOW_MS - 5),
            Announced(window=window(id="ended"), entered_ms=NOW_MS - 700_000, ended_ms=NOW_MS - 1_000),
        ),
    )
    assert [work.id for work in shown.work.running] == ["w1"]
    assert [work.id for work in shown.work.next] == ["soon"]
    assert [(work.id, work.end_ms) for work in shown.work.past] == [("ended", NOW_MS - 1_000)]
    read = Read(maintenance(context(shown)))
    assert "Đang thực hiện" in read.words
    assert "Sắp tới" in read.words
