"""The lab's world over restarts: what happened to it is kept, and happens again at the next start."""

from __future__ import annotations

import logging
from pathlib import Path

from lab.faults import FaultError
from lab.place import Province
from lab.truth import Became, Began, Happened, Over, Truth, TruthError
from lab.truth_log import TruthLog, read
from lab.world import World

_log = logging.getLogger(__name__)

PAST, TRUTH = "past.jsonl", "truth.jsonl"
_SEED = 1


class Kept:
    """A world whose counters, boots and uptimes go on from the lab's last run; all faults are restored.

    `truth.jsonl` in `folder` tells of this run, `truth.before.jsonl` of the one before. A past that cannot be
    read, or is another province's, is put aside, and the world begins anew.
    """

    def __init__(self, province: Province, folder: Path, now_ms: int) -> None:
        self._logs: tuple[TruthLog, ...] = ()
        self._reached_ms = 0
        past = folder / PAST
        try:
            self.world = self._again(province, past) or self._anew(province, past, now_ms)
        except (TruthError, FaultError, ValueError) as error:
            aside = past.with_suffix(".aside")
            past.replace(aside)
            _log.warning("the lab's world begins anew: %s; the old past is in %s", error, aside)
            self.world = self._anew(province, past, now_ms)
        self.now_ms = max(now_ms, self._reached_ms)
        truth = folder / TRUTH
        if truth.exists():
            truth.replace(folder / "truth.before.jsonl")
        self._past, self._truth = TruthLog(past), TruthLog(truth, anew=True)
        self._logs = (self._past,)
        for target in sorted({fault.target for fault in self.world.active()}):
            self.world.restore(target, self.now_ms)
        places = tuple(place.id for place in province.places)
        self._truth.write(Began(at_ms=self.now_ms, seed=_SEED, places=places))
        for place in places:
            condition = self.world.condition(place, self.now_ms)
            if not (condition.reachable and condition.answers):
                self._truth.write(
                    Became(
                        at_ms=self.now_ms,
                        place=place,
                        state=condition.state,
                        cut_off=condition.cut_off,
                        boot_ms=condition.boot_ms,
                    )
                )
        self._logs = (self._past, self._truth)

    def close(self, now_ms: int) -> None:
        """Note the end of this run."""
        self._truth.write(Over(at_ms=now_ms))
        self._truth.close()
        self._past.close()

    def _again(self, province: Province, past: Path) -> World | None:
        if not past.exists():
            return None
        world: World | None = None
        for truth in read(past):
            self._reached_ms = truth.at_ms
            if isinstance(truth, Began):
                if truth.places != tuple(place.id for place in province.places):
                    raise TruthError("it is another province's")
                world = World(province, seed=truth.seed, began_ms=truth.at_ms, truth=self._told)
            elif isinstance(truth, Happened) and world is not None:
                if truth.ended:
                    world.restore(truth.fault.target, truth.at_ms, kind=truth.fault.kind)
                else:
                    world.apply(truth.fault, truth.at_ms)
        return world

    def _anew(self, province: Province, past: Path, now_ms: int) -> World:
        with TruthLog(past, anew=True) as log:
            places = tuple(place.id for place in province.places)
            log.write(Began(at_ms=now_ms, seed=_SEED, places=places))
        return World(province, seed=_SEED, began_ms=now_ms, truth=self._told)

    def _told(self, truth: Truth) -> None:
        for log in self._logs:
            # What it means for every place follows from what happened.
            if log is not self._past or isinstance(truth, Happened):
                log.write(truth)
