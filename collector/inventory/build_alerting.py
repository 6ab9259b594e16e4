"""Turns the checked block about alerts into the values that leave this package."""

from __future__ import annotations

from datetime import tzinfo
from types import MappingProxyType

from collector.inventory.alerting_values import (
    AlertingSettings,
    DeadMan,
    Mail,
    Rota,
    Sms,
    Telegram,
    Turn,
)
from collector.inventory.build_service import need
from collector.inventory.fields.times import localise
from collector.inventory.schema.alerting import (
    AlertingBlock,
    DeadManBlock,
    EmailBlock,
    RotaBlock,
    SmsBlock,
    TelegramBlock,
)


def build_alerting(entry: AlertingBlock, zone: tzinfo) -> AlertingSettings:
    """Return who is told of alerts, when and how."""
    return AlertingSettings(
        contacts=entry.contacts or (),
        rota=_rota(entry.rota),
        turns=tuple(
            Turn(
                contact=need(turn.contact),
                start=localise(need(turn.start), zone),
                end=localise(need(turn.end), zone),
            )
            for turn in entry.turns
        ),
        notices=entry.notices,
        language=entry.language,
        mail=_mail(entry.email),
        sms=_sms(entry.sms),
        telegram=_telegram(entry.telegram),
        runbooks=entry.runbooks,
        repeat_ms=need(entry.repeat),
        dead_man=_dead_man(entry.dead_man),
    )


def _rota(block: RotaBlock | None) -> Rota | None:
    if block is None:
        return None
    return Rota(order=need(block.order), start=need(block.start), weeks=block.weeks, handover=block.handover)


def _mail(block: EmailBlock | None) -> Mail | None:
    if block is None:
        return None
    return Mail(
        server=need(block.server),
        port=need(block.port),
        sender=need(block.sender),
        username=block.username,
        password=block.password,
        tls=block.tls,
    )


def _sms(block: SmsBlock | None) -> Sms | None:
    if block is None:
        return None
    return Sms(
        url=need(block.url),
        fields=MappingProxyType(dict(need(block.fields))),
        format=block.format,
        token=block.token,
        port=need(block.port),
    )


def _telegram(block: TelegramBlock | None) -> Telegram | None:
    return None if block is None else Telegram(token=need(block.token), api=need(block.api))


def _dead_man(block: DeadManBlock | None) -> DeadMan:
    if block is None:
        return DeadMan()
    return DeadMan(
        contacts=block.contacts or (),
        prometheus=need(block.prometheus),
        alertmanager=need(block.alertmanager),
        after_ms=need(block.after),
        again_ms=need(block.repeat),
    )
