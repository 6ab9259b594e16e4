"""Prints what a poll came to: per probe, the verdict, the values, and what to check next."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from collector.advice import what_next
from collector.expose.labels import prefix
from collector.model import Batch, Check, Fault, Uptime
from collector.pipeline import Step

_SHOWN = 12


def print_step(steps: Sequence[Step], *, explain: bool) -> None:
    """Print what a device's poll came to; `explain` adds all values and the boot evidence."""
    console = Console(soft_wrap=True, highlight=False)
    last = steps[-1]
    if explain:
        console.print()
    for check in last.outcome.checks:
        # One line each, however long: it is searched for, and copied into a message.
        console.print(Text.assemble((str(check.probe), "bold"), "  ", _result(check), "  ", _packets(check)))
    console.print(_verdict(last))
    for check in last.outcome.checks:
        if isinstance(check, Fault):
            console.print(Text(f"{check.probe}: {what_next(check, last.judgement.verdict)}"))
    for sentence in _line(last):
        console.print(Text(sentence))
    if explain:
        for uptime in last.uptimes:
            console.print(Text(f"boot evidence: {uptime.source} {_span(uptime)}"))
    # An agent has nothing new to tell so soon after its first report: what that brought still stands.
    read = {probe: batches for step in steps for probe, batches in step.batches.items()}
    _print_values(console, [batch for batches in read.values() for batch in batches], everything=explain)


def _result(check: Check) -> Text:
    if isinstance(check, Fault):
        return Text(f"{check.reason}: {check.detail}", "red")
    return Text(f"ok, round trip {check.rtt_s * 1000:.2f} ms", "green")


def _packets(check: Check) -> Text:
    took = (check.done_at - check.sent_at) * 1000
    return Text(f"{check.packets_sent} sent, {check.packets_received} came back, {took:.1f} ms", "dim")


def _verdict(step: Step) -> Text:
    judgement = step.judgement
    beside = "" if judgement.reason is None else f" ({judgement.reason})"
    return Text(f"verdict: {judgement.verdict}{beside}", "bold")


def _line(step: Step) -> list[str]:
    """Say which interface carries the device's line; nothing where nobody named one."""
    plan = step.memory.plan
    if plan is None or plan.uplink is None:
        return []
    if plan.line is not None:
        received = plan.line.received
        return [f"line: {plan.uplink} is interface {received.name[-1]}, counted in {received.bits} bits"]
    series = (one for section in plan.sections for one in section.layout.series)
    names = sorted({dict(one.labels)["ifName"] for one in series if "ifName" in dict(one.labels)} - {""})
    shown = f"; it shows {', '.join(names[:_SHOWN])}" if names else ""
    wanted = f"no interface {plan.uplink} that can be counted, or several"
    advice = "correct uplink.interface to one ifName, ifDescr or ifAlias of it"
    return [f"line: the device shows {wanted}: {advice}{shown}"]


def _span(uptime: Uptime) -> str:
    seconds = uptime.ticks // 100
    days, rest = divmod(seconds, 86_400)
    boots = "" if uptime.boots is None else f", boots {uptime.boots}"
    return f"{days} d {rest // 3600:02}:{rest % 3600 // 60:02}:{rest % 60:02}{boots}"


def _print_values(console: Console, batches: Sequence[Batch], *, everything: bool) -> None:
    lines = [
        f"{prefix(series)}{value}"
        for batch in batches
        for series, value in zip(batch.layout.series, batch.values, strict=True)
        if value is not None
    ]
    if not lines:
        return
    shown = lines if everything else lines[:_SHOWN]
    console.print(Text(f"{len(lines)} values:", "bold"))
    for line in shown:
        console.print(Text(f"  {line}"))
    if len(shown) < len(lines):
        console.print(Text(f"  … {len(lines) - len(shown)} more with --explain", "dim"))
