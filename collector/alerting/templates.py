"""The templates of messages for Alertmanager: subject, e-mail and plain text, in both languages. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from collector.inventory.alerting_values import Tongue


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    """What messages say around the alerts."""

    tongue: str
    page: str
    notice: str
    resolved: str
    more: str
    area: str
    firing_head: str
    resolved_head: str
    do: str
    page_of: str


_VI = _Words(
    tongue="vi",
    page="KHẨN",
    notice="THÔNG BÁO",
    resolved="ĐÃ KHẮC PHỤC",
    more="cảnh báo",
    area="Khu vực",
    firing_head="Đang diễn ra",
    resolved_head="Đã khắc phục",
    do="Việc cần làm",
    page_of="Hướng dẫn xử lý",
)
_EN = _Words(
    tongue="en",
    page="URGENT",
    notice="NOTICE",
    resolved="RESOLVED",
    more="alerts",
    area="Area",
    firing_head="Now",
    resolved_head="Resolved",
    do="What to do",
    page_of="Runbook",
)

_STYLE = (
    "margin:0;padding:0;background:#eef1f4;font-family:'Segoe UI',Roboto,'Noto Sans',Arimo,Arial,sans-serif;"
    "color:#1b2733"
)


def templates_text(runbooks: str | None) -> str:
    """Return haidang.tmpl; `runbooks` is where docs/runbooks is served, None to name the files."""
    parts = [_subject(words) + _text(words, runbooks) + _cards(words, runbooks) for words in (_VI, _EN)]
    pages = [
        _page(Tongue.VIETNAMESE, "vi"),
        _page(Tongue.ENGLISH, "en"),
        _page(Tongue.BOTH, "vi", "en"),
    ]
    return "".join([*parts, _both(), *pages])


def _link(runbooks: str | None) -> str:
    if runbooks is None:
        return "{{ .Annotations.runbook }}"
    return f"{runbooks}/{{{{ .Labels.alertname }}}}.md"


def _subject(words: _Words) -> str:
    title = f"{{{{ .Annotations.title_{words.tongue} }}}}"
    return (
        f'{{{{ define "haidang.{words.tongue}.subject" }}}}'
        f'{{{{ if eq .Status "firing" }}}}'
        f'[{{{{ if eq .CommonLabels.severity "page" }}}}{words.page}'
        f"{{{{ else }}}}{words.notice}{{{{ end }}}}] "
        f"{{{{ with index .Alerts.Firing 0 }}}}{title}{{{{ end }}}}"
        f"{{{{ if gt (len .Alerts.Firing) 1 }}}} (+ {words.more}: {{{{ len .Alerts.Firing }}}}){{{{ end }}}}"
        f"{{{{ else }}}}[{words.resolved}] {{{{ with index .Alerts.Resolved 0 }}}}{title}{{{{ end }}}}"
        f"{{{{ if gt (len .Alerts.Resolved) 1 }}}} (+ {words.more}: {{{{ len .Alerts.Resolved }}}})"
        "{{ end }}{{ end }}{{ end }}\n"
    )


def _text(words: _Words, runbooks: str | None) -> str:
    def part(which: str, head: str, *, advice: bool) -> str:
        tongue = words.tongue
        lines = (
            f"{{{{ range .Alerts.{which} }}}}\n"
            f"{head}: {{{{ .Annotations.title_{tongue} }}}}\n{{{{ .Annotations.summary_{tongue} }}}}\n"
        )
        if advice:
            lines += (
                f"{words.do}: {{{{ .Annotations.advice_{tongue} }}}}\n{words.page_of}: {_link(runbooks)}\n"
            )
        return lines + "{{ end }}"

    return (
        f'{{{{ define "haidang.{words.tongue}.text" }}}}'
        f'{{{{ template "haidang.{words.tongue}.subject" . }}}}\n'
        f"{part('Firing', words.firing_head, advice=True)}"
        f"{part('Resolved', words.resolved_head, advice=False)}"
        "{{ end }}\n"
    )


def _cards(words: _Words, runbooks: str | None) -> str:
    tongue = words.tongue
    area = (
        f"{{{{ range .Alerts }}}}{{{{ if .Labels.area_name }}}}"
        f'<div style="font-size:14px;color:#52606d;margin-top:10px">{words.area}: {{{{ .Labels.area_name }}}}'
        "</div>{{ break }}{{ end }}{{ end }}"
    )
    runbook = (
        _link(runbooks)
        if runbooks is None
        else f'<a href="{_link(runbooks)}" style="color:#0b5394">{_link(runbooks)}</a>'
    )

    def card(which: str, colour: str, head: str, *, advice: bool) -> str:
        more = (
            '<div style="margin-top:10px;padding:10px 12px;line-height:1.45;background:#f5f7fa;'
            'border-radius:6px">'
            f"<b>{words.do}:</b> {{{{ .Annotations.advice_{tongue} }}}}</div>"
            '<div style="margin-top:8px;font-size:13px;color:#52606d;word-break:break-word">'
            f"{words.page_of}: "
            f"{runbook}</div>"
        )
        return (
            f"{{{{ range .Alerts.{which} }}}}"
            f'<div style="background:#fff;border-left:6px solid {colour};border-radius:6px;padding:14px 16px;'
            'margin-top:12px">'
            f'<div style="font-size:12px;font-weight:bold;letter-spacing:.04em;color:{colour}">{head}</div>'
            f'<div style="font-size:18px;font-weight:bold;line-height:1.35;margin-top:2px">'
            f"{{{{ .Annotations.title_{tongue} }}}}</div>"
            f'<div style="font-size:16px;line-height:1.5;margin-top:6px">'
            f"{{{{ .Annotations.summary_{tongue} }}}}</div>{more if advice else ''}</div>"
            "{{ end }}"
        )

    red = '{{ if eq .Labels.severity "page" }}#b3261e{{ else }}#b25e00{{ end }}'
    return (
        f'{{{{ define "haidang.{tongue}.cards" }}}}{area}'
        f"{card('Firing', red, words.firing_head, advice=True)}"
        f"{card('Resolved', '#1b7f4b', words.resolved_head, advice=False)}"
        "{{ end }}\n"
    )


def _page(name: Tongue, *languages: str) -> str:
    cards = "".join(f'{{{{ template "haidang.{tongue}.cards" . }}}}' for tongue in languages)
    return (
        f'{{{{ define "haidang.{name}.html" }}}}<!doctype html><html lang="{languages[0]}"><head>'
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<title>{{{{ template "haidang.{name}.subject" . }}}}</title></head>'
        f'<body style="{_STYLE}"><div style="max-width:600px;margin:0 auto;padding:16px">'
        f'<div style="font-size:15px;font-weight:bold;color:#1b2733">Hải Đăng</div>{cards}'
        "</div></body></html>{{ end }}\n"
    )


def _both() -> str:
    both = Tongue.BOTH
    return (
        f'{{{{ define "haidang.{both}.subject" }}}}{{{{ template "haidang.vi.subject" . }}}}{{{{ end }}}}\n'
        f'{{{{ define "haidang.{both}.text" }}}}{{{{ template "haidang.vi.text" . }}}}\n'
        '{{ template "haidang.en.text" . }}{{ end }}\n'
    )
