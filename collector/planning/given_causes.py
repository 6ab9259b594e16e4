"""The causes that a person may give an outage, by name; what the evidence found stays beside it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class GivenCause(StrEnum):
    """What somebody who was there says that it was."""

    POWER = "power"
    FIBRE_CUT = "fibre_cut"
    DEVICE = "device"
    PROVIDER = "provider"
    PLANNED_WORK_UNANNOUNCED = "planned_work_unannounced"
    OTHER = "other"
    UNKNOWN = "unknown"


VIETNAMESE: Mapping[GivenCause, str] = MappingProxyType(
    {
        GivenCause.POWER: "mất điện",
        GivenCause.FIBRE_CUT: "đứt cáp quang",
        GivenCause.DEVICE: "hỏng thiết bị",
        GivenCause.PROVIDER: "do nhà cung cấp dịch vụ",
        GivenCause.PLANNED_WORK_UNANNOUNCED: "thi công theo kế hoạch nhưng không thông báo trước",
        GivenCause.OTHER: "nguyên nhân khác",
        GivenCause.UNKNOWN: "chưa rõ nguyên nhân",
    }
)

ENGLISH: Mapping[GivenCause, str] = MappingProxyType(
    {
        GivenCause.POWER: "power failure",
        GivenCause.FIBRE_CUT: "fibre cut",
        GivenCause.DEVICE: "device failure",
        GivenCause.PROVIDER: "the provider's fault",
        GivenCause.PLANNED_WORK_UNANNOUNCED: "planned work that was not announced",
        GivenCause.OTHER: "another cause",
        GivenCause.UNKNOWN: "cause not known yet",
    }
)


def named(cause: str, language: str) -> str:
    """Return a cause in a language, `vi` or `en`; one that is not among these as it stands, nothing as –."""
    names = VIETNAMESE if language == "vi" else ENGLISH
    return names[GivenCause(cause)] if cause in list(GivenCause) else cause or "–"
