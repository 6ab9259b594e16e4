"""What the log says of probes that begin to fail, or work again, at a device that answers. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from collector.current import View
from collector.inventory.values import Probe
from collector.model import Reason, Verdict


class FaultLog:
    """Remembers what failed in each device's last answered poll.

    Silent polls are left out: that everything fails then is what the change of state says.
    """

    def __init__(self) -> None:
        self._failing: dict[str, dict[Probe, Reason]] = {}

    def retain(self, devices: Collection[str]) -> None:
        """Forget devices that have left."""
        self._failing = {device: failing for device, failing in self._failing.items() if device in devices}

    def polled(self, view: View | None, verdict: Verdict) -> Iterator[str]:
        """Yield a sentence for each probe that fares otherwise than in the last poll that was answered."""
        if view is None or verdict is not Verdict.ANSWERED:
            return
        device = view.device.id
        before = self._failing.get(device, {})
        now: dict[Probe, Reason] = {}
        for seen in view.probes:
            if seen.reason is not None:
                now[seen.probe] = seen.reason
                if before.get(seen.probe) is not seen.reason:
                    yield f"{device}: {seen.probe} fails ({seen.reason}): {seen.detail}"
            elif seen.probe in before:
                yield f"{device}: {seen.probe} works again"
        self._failing[device] = now
