"""The whole catalogue: every metric that Hải Đăng has, once."""

from __future__ import annotations

from collector.expose.catalogue import collector, device, figures, host, interface, outage, service, traffic
from collector.expose.catalogue.family import Family

DEVICE_FAMILIES: tuple[Family, ...] = (
    *device.FAMILIES,
    *outage.FAMILIES,
    *figures.FAMILIES,
    *traffic.FAMILIES,
    *interface.FAMILIES,
    *host.FAMILIES,
    *service.FAMILIES,
)
"""What is written as blocks, in the order of the exposition."""

COLLECTOR_FAMILIES: tuple[Family, ...] = collector.FAMILIES
"""What prometheus_client writes."""

FAMILIES: tuple[Family, ...] = (*DEVICE_FAMILIES, *COLLECTOR_FAMILIES)
