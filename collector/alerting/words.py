"""Pieces of templates that several alerts share: since when, who is cut off, how long, why. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from collector.alerting.alert import Text

UNITS: Mapping[str, Text] = MappingProxyType(
    {
        "commune": Text(vi="xã, phường, thị trấn", en="communes"),
        "hub": Text(vi="điểm tập trung", en="hubs"),
        "core": Text(vi="thiết bị lõi", en="core devices"),
        "server": Text(vi="máy chủ", en="servers"),
    }
)
"""What places of a role are called where they are counted; other roles go by their own name."""

CAUSES: Mapping[str, Text] = MappingProxyType(
    {
        "line": Text(
            vi="đường truyền gián đoạn, thiết bị không khởi động lại",
            en="the line; the device did not restart",
        ),
        "power_or_restart": Text(
            vi="mất điện hoặc thiết bị khởi động lại", en="loss of power, or the device restarted"
        ),
        "undecided": Text(vi="chưa rõ nguyên nhân", en="not known"),
        "service": Text(vi="xem nhật ký của dịch vụ", en="see the service's own log"),
        "maintenance": Text(vi="bắt đầu bảo trì có kế hoạch", en="planned maintenance began"),
    }
)
"""The causes that `haidang_outage_length_seconds` knows."""


def _choice(field: str, words: Mapping[str, str]) -> str:
    """Return a template that puts words for a label's value, and the value itself where there are none."""
    first, *rest = words.items()
    branches = f'{{{{ if eq {field} "{first[0]}" }}}}{first[1]}'
    branches += "".join(f'{{{{ else if eq {field} "{value}" }}}}{word}' for value, word in rest)
    return f"{branches}{{{{ else }}}}{{{{ {field} }}}}{{{{ end }}}}"


def _units(language: str) -> str:
    return _choice(".Labels.unit", {role: getattr(text, language) for role, text in UNITS.items()})


def _causes(language: str) -> str:
    return _choice(".Labels.cause", {cause: getattr(text, language) for cause, text in CAUSES.items()})


_INFO = '{{ range printf "haidang_outage_info{instance=%q}" $labels.instance | query }}'
_UNITS = (
    '{{ range printf "last_over_time(haidang_outage_cut_off_units{instance=%q}[5m]) > 0" $labels.instance '
    "| query }}"
)
_OF_UNITS = (
    '{{ range printf "last_over_time(haidang_outage_of_units{instance=%q,unit=%q}[5m])" .Labels.instance '
    ".Labels.unit | query }}"
)
_AGENCIES = (
    '{{ range printf "last_over_time(haidang_outage_cut_off_agencies{instance=%q}[5m]) > 0" $labels.instance '
    "| query }}"
)
_OF_AGENCIES = (
    '{{ range printf "last_over_time(haidang_outage_of_agencies{instance=%q}[5m])" .Labels.instance '
    "| query }}"
)
_NUMBER = '{{ .Value | printf "%.0f" }}'
_LENGTH = '{{ range printf "haidang_outage_length_seconds{instance=%q}" $labels.instance | query }}'
_PATTERN = '"^([0-9]+)-([0-9]+)-([0-9]+) (.+)$" "$4 ngày $3/$2/$1"'

DURATION = Text(
    vi='humanizeDuration | reReplaceAll "([0-9])d" "$1 ngày" | reReplaceAll "([0-9])h" "$1 giờ" '
    '| reReplaceAll "([0-9])m" "$1 phút" | reReplaceAll "([0-9])s" "$1 giây"',
    en="humanizeDuration",
)
"""Turns seconds into words."""

OUTAGE = Text(
    vi=(
        f"{_INFO}Mất kết nối từ {{{{ .Labels.since | reReplaceAll {_PATTERN} }}}}."
        f"{{{{ end }}}}{_UNITS} Bị cắt theo: {_NUMBER}{_OF_UNITS}/{_NUMBER}{{{{ end }}}} {_units('vi')}."
        f"{{{{ end }}}}{_AGENCIES} Số cơ quan bị ảnh hưởng: {_NUMBER}{_OF_AGENCIES}/{_NUMBER}{{{{ end }}}}."
        f"{{{{ end }}}}{_LENGTH} Đã khắc phục sau {{{{ .Value | {DURATION.vi} }}}}; "
        f"nguyên nhân: {_causes('vi')}.{{{{ end }}}}"
    ),
    en=(
        f"{_INFO}No connection since {{{{ .Labels.since }}}}."
        f"{{{{ end }}}}{_UNITS} Cut off with it: {_NUMBER}{_OF_UNITS} of {_NUMBER}{{{{ end }}}} "
        f"{_units('en')}."
        f"{{{{ end }}}}{_AGENCIES} Agencies affected: {_NUMBER}{_OF_AGENCIES} of {_NUMBER}{{{{ end }}}}."
        f"{{{{ end }}}}{_LENGTH} Resolved after {{{{ .Value | {DURATION.en} }}}}; "
        f"cause: {_causes('en')}.{{{{ end }}}}"
    ),
)
"""An outage in full: since when, who is cut off of how many; once it is over, how long it was and why."""

FAULT = Text(
    vi=f"{_INFO} Kết quả kiểm tra: {{{{ .Labels.fault }}}}.{{{{ end }}}}",
    en=f"{_INFO} The check found: {{{{ .Labels.fault }}}}.{{{{ end }}}}",
)
"""Why the first poll of an outage failed, in the word that the operator's guide explains."""


def reason(probe: str = "") -> Text:
    """Return a template that names the reason why a probe of the device fails now."""
    extra = f",probe={probe}" if probe else ""
    ask = f'{{{{ range printf "haidang_probe_fault{{instance=%q{extra}}}" $labels.instance | query }}}}'
    return Text(
        vi=f"{ask} {{{{ .Labels.probe }}}}: {{{{ .Labels.reason }}}}.{{{{ end }}}}",
        en=f"{ask} {{{{ .Labels.probe }}}}: {{{{ .Labels.reason }}}}.{{{{ end }}}}",
    )
