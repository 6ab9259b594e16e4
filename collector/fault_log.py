"""What the log says of probes that begin to fail, or work again, at a device that answers. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from collector.current import View
from collector.inventory.values import Probe
from collector.model import Reason, Verdict


class FaultLog:
    """Remembers what failed in each device's last answered poll.

    A fault is told when the next poll finds it too: at both edges of an outage one probe often comes too
    early or too late. Silent polls are left out: that everything fails then is what the change of state says.
    A service that answers wrongly is told in the words of its check.
    """

    def __init__(self) -> None:
        self._failing: dict[str, dict[Probe, Reason]] = {}
        self._told: dict[str, dict[Probe, Reason]] = {}

    def retain(self, devices: Collection[str]) -> None:
        """Forget devices that have left."""
        for known in (self._failing, self._told):
            for device in known.keys() - set(devices):
                del known[device]

    def polled(self, view: View | None, verdict: Verdict) -> Iterator[str]:
        """Yield a sentence for each probe that fares otherwise than in the last poll that was answered."""
        if view is None:
            return
        device = view.device.id
        if verdict is not Verdict.ANSWERED and not _speaks(view):
            self._failing.pop(device, None)
            return
        before, told = self._failing.get(device, {}), self._told.setdefault(device, {})
        now: dict[Probe, Reason] = {}
        for seen in view.probes:
            if seen.reason is not None:
                now[seen.probe] = seen.reason
                if before.get(seen.probe) is seen.reason is not told.get(seen.probe):
                    told[seen.probe] = seen.reason
                    yield f"{device}: {seen.probe} fails ({seen.reason}): {seen.detail}"
            elif told.pop(seen.probe, None) is not None:
                yield f"{device}: {seen.probe} works again"
        self._failing[device] = now


def _speaks(view: View) -> bool:
    """Return True for a service of which there is more to say than that it is silent."""
    return any(seen.probe.of_service and seen.reason is not Reason.TIMEOUT for seen in view.probes)
