"""Any inventory the types allow survives its canonical text."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collector.inventory.canonical import canonical_json, digest, from_canonical
from collector.inventory.planning_values import MaintenanceWindow, Repeat
from collector.inventory.report_values import PeriodKind, ReportSettings, Signer
from collector.inventory.values import (
    Area,
    CollectorSettings,
    CommunityCredential,
    Contact,
    Device,
    HttpSettings,
    Inventory,
    Organisation,
    SecretRef,
    SshCredential,
    UsmCredential,
)

ZONES = st.sampled_from(["Asia/Ho_Chi_Minh", "Europe/Berlin", "UTC"])
REFERENCES = st.builds(SecretRef, scheme=st.sampled_from(["env", "file", "credential"]))
NUMBERS = st.none() | st.integers()
DEGREES = st.none() | st.floats(-180, 180)
FIRST, LAST = datetime(1980, 1, 1, tzinfo=UTC).timestamp(), datetime(2199, 1, 1, tzinfo=UTC).timestamp()
CREDENTIALS = st.one_of(
    st.builds(CommunityCredential, community=REFERENCES),
    st.builds(UsmCredential, auth_password=st.none() | REFERENCES, priv_password=st.none() | REFERENCES),
    st.builds(SshCredential, private_key=REFERENCES),
)
HTTP = st.builds(HttpSettings, tls_key=st.none() | REFERENCES, password=st.none() | REFERENCES)


@st.composite
def inventories(draw: st.DrawFn) -> Inventory:
    """Return any inventory that the types allow, whether or not a file could say it, in one time zone."""
    name = draw(ZONES)
    zone = ZoneInfo(name)
    moments = st.floats(FIRST, LAST).map(lambda seconds: datetime.fromtimestamp(seconds, zone))
    devices = st.builds(
        Device,
        commissioned=st.none() | moments,
        withdrawn=st.none() | moments,
        latitude=DEGREES,
        longitude=DEGREES,
    )
    repeats = st.none() | st.builds(
        Repeat,
        nth=st.none() | st.integers(),
        month_day=st.none() | st.integers(),
        last=st.none() | st.dates(),
    )
    windows = st.builds(MaintenanceWindow, start=moments, end=moments, repeat=repeats)
    areas = st.builds(Area, latitude=DEGREES, longitude=DEGREES)
    contacts = st.builds(Contact, webhook=st.none() | REFERENCES)
    return draw(
        st.builds(
            Inventory,
            organisation=st.builds(Organisation, timezone=st.just(name)),
            collector=st.builds(CollectorSettings, http=HTTP),
            areas=st.lists(areas, max_size=2).map(tuple),
            devices=st.lists(devices, max_size=3).map(tuple),
            maintenance=st.lists(windows, max_size=2).map(tuple),
            contacts=st.lists(contacts, max_size=2).map(tuple),
            credentials=st.dictionaries(st.text(), CREDENTIALS, max_size=3),
            report=st.builds(
                ReportSettings,
                period=st.sampled_from(PeriodKind),
                availability_target_ppm=st.integers(1, 1_000_000),
                recipients=st.lists(st.text(), max_size=2).map(tuple),
                signer=st.builds(Signer, name=st.none() | st.text()),
                roles=st.dictionaries(st.text(), st.text(), max_size=2),
            ),
        )
    )


@given(inventories())
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_an_inventory_survives_its_canonical_text(inventory: Inventory) -> None:
    """Text and back gives an equal inventory, and the same text and digest again."""
    text = canonical_json(inventory)
    again = from_canonical(text)
    assert again == inventory
    assert canonical_json(again) == text
    assert len(digest(text)) == 64
