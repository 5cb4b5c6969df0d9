"""Keeps under way what the agendas ask for.

There is no queue: at each pass of the pump the first wish of each target that may start is
started, stops before all else.  A target that was worked on waits until the pump has read what
came of it, so nothing is begun on yesterday's knowledge.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from engine.effects import Dispatch, Effect
from engine.errors import LogUnavailable, Rejected, VersionConflict
from engine.events.effect import EFFECT, EffectRefused, EffectStuck, EffectWithheld
from engine.ids import EffectKey, Position
from engine.ports import Clock, Log
from engine.runtime.gate import Gate
from engine.runtime.newer import Newer
from engine.runtime.notes import Notes
from engine.runtime.real import pause
from engine.values.target import Target

Perform = Callable[[Any], Awaitable[None]]
Owner = tuple[str, str]  # reactor and key
Watch = Callable[[str, Effect], None]  # "started", "ended" …: for logs and metrics
ASKING_MAX = 1_000  # dispatches under way; each holds some 6 kB while it waits for the log
LOG_AWAY_S = 1.0  # real seconds before an effect whose outcome could not be written is begun again


def nobody(what: str, effect: Effect) -> None:
    """Watches nothing."""


class Performer:
    def __init__(
        self,
        *,
        log: Log,
        clock: Clock,
        notes: Notes,
        gate: Gate,
        perform: Mapping[type[Effect], Perform],
        watch: Watch = nobody,
    ) -> None:
        self._log = log
        self._clock = clock
        self._notes = notes
        self._gate = gate
        self._newer = Newer(log)
        self.performs = perform
        self._watch = watch
        self._asked: dict[Owner, Sequence[Effect]] = {}
        self._running: dict[tuple[Target, bool], Effect] = {}  # a lane for stops, one for the rest
        self._read_to: dict[Target, Position] = {}  # that the pump has yet to read so far
        self._begun: set[EffectKey] = set()
        self.stuck: set[EffectKey] = set()
        self._barred: set[EffectKey] = set()  # by what a newer engine wrote
        self.ended = asyncio.Event()  # since the pump last cleared it
        self._closed = False

    @property
    def idle(self) -> bool:
        return not self._running and not self.ended.is_set()

    def wishes(self) -> list[Effect]:
        """What is asked for now, stops first."""
        effects = [effect for wishes in self._asked.values() for effect in wishes]
        return sorted(effects, key=lambda effect: not effect.stop)

    def running(self) -> list[Effect]:
        return list(self._running.values())

    def ask(self, owner: Owner, effects: Sequence[Effect]) -> None:
        """From now on this owner asks for exactly these."""
        gone = {one.key for one in self._asked.pop(owner, ())} - {one.key for one in effects}
        self._begun -= gone
        self.stuck -= gone
        self._barred -= gone
        if effects:
            self._asked[owner] = effects

    def start(self, at: Position, tasks: asyncio.TaskGroup) -> None:
        """Start what may start, for a pump that has read to ``at``."""
        if self._closed:
            return
        self._read_to = {target: upto for target, upto in self._read_to.items() if upto > at}
        now, asking = self._clock.now(), sum(map(_only_asks, self._running.values()))
        later: set[Target] = set()
        for effect in self.wishes():
            asks = _only_asks(effect)
            if asks and asking == ASKING_MAX:
                later.add(effect.target)  # the end of any of them is a pass, and room for it
            elif effect.target not in later and self._may_start(effect, now):
                asking += asks
                self._running[effect.target, effect.stop] = effect
                tasks.create_task(self._run(effect), name=f"effect:{effect.key}")

    def close(self) -> None:
        """From now on nothing is begun; what is under way goes on."""
        self._closed = True

    async def settled(self) -> None:
        """Return once nothing is under way any more."""
        while self._running:
            self.ended.clear()
            await self.ended.wait()

    def _may_start(self, effect: Effect, now: datetime) -> bool:
        lanes = [True] if effect.stop else [True, False]
        free = not any((effect.target, lane) in self._running for lane in lanes)
        current = effect.target not in self._read_to
        ended = effect.key in self.stuck or effect.key in self._barred
        settled = ended or self._gate.settled(effect, now)
        return free and current and not settled

    async def _run(self, effect: Effect) -> None:
        """Whatever becomes of it: an effect whose outcome could not be written is begun again."""
        try:
            await self._work(effect)
            self._read_to[effect.target] = await self._log.head()
        except LogUnavailable:
            self._begun.discard(effect.key)
            self._watch("unwritten", effect)
            await pause(LOG_AWAY_S)
        del self._running[effect.target, effect.stop]
        self.ended.set()

    async def _work(self, effect: Effect) -> None:
        key, kind = effect.key, effect.kind
        stream = EFFECT.stream("/".join(effect.target))
        if why := self._gate.closed(effect):
            self._watch("withheld", effect)
            withheld = EffectWithheld(key=key, effect=kind, why=why)
            return await self._notes.add(effect, stream, withheld)
        if why := await self._newer.bars(effect):
            return await self._bar(effect, stream, why)
        if key in self._begun:
            self.stuck.add(key)
            self._watch("stuck", effect)
            return await self._notes.add(effect, stream, EffectStuck(key=key, effect=kind))
        self._begun.add(key)
        self._watch("started", effect)
        try:
            await self.performs[type(effect)](effect)
        except (Rejected, VersionConflict) as refused:
            self._watch("refused", effect)
            self._begun.discard(key)  # it is begun again, though not at once
            refusal = EffectRefused(
                key=key, effect=kind, target=effect.target, why=str(refused), of_stop=effect.stop
            )
            return await self._notes.add(effect, stream, refusal)
        self._watch("ended", effect)
        return None

    async def _bar(self, effect: Effect, stream: str, why: str) -> None:
        """Only a newer engine goes on with it, so this one says it once, whoever said it before."""
        self._barred.add(effect.key)
        if self._gate.said(effect) != why:
            self._watch("withheld", effect)
            withheld = EffectWithheld(key=effect.key, effect=effect.kind, why=why, newer=True)
            await self._notes.add(effect, stream, withheld)


def _only_asks(effect: Effect) -> bool:
    """It waits for the log alone, and for nobody in the world; a stop is never made to wait."""
    return isinstance(effect, Dispatch) and not effect.stop
