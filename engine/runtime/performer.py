"""Keeps under way what the agendas ask for.

There is no queue: at each pass of the pump the first wish of each target that may start is
started, stops before all else.  A target that was worked on waits until the pump has read what
came of it, so nothing is begun on yesterday's knowledge.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from engine.effects import Effect
from engine.errors import LogUnavailable, Rejected, VersionConflict
from engine.events.effect import EFFECT, EffectRefused, EffectStuck, EffectWithheld
from engine.ids import EffectKey, Position
from engine.ports import Log
from engine.runtime.gate import Gate
from engine.runtime.notes import Notes
from engine.runtime.real import pause
from engine.values.target import Target

Perform = Callable[[Any], Awaitable[None]]
Owner = tuple[str, str]  # reactor and key
Watch = Callable[[str, Effect], None]  # "started", "ended" …: for logs and metrics
LOG_AWAY_S = 1.0  # real seconds before an effect whose outcome could not be written is begun again


def nobody(what: str, effect: Effect) -> None:
    """Watches nothing."""


class Performer:
    def __init__(
        self,
        *,
        log: Log,
        notes: Notes,
        gate: Gate,
        perform: Mapping[type[Effect], Perform],
        watch: Watch = nobody,
    ) -> None:
        self._log = log
        self._notes = notes
        self._gate = gate
        self.performs = perform
        self._watch = watch
        self._asked: dict[Owner, Sequence[Effect]] = {}
        self._running: dict[tuple[Target, bool], Effect] = {}  # a lane for stops, one for the rest
        self._read_to: dict[Target, Position] = {}
        self._begun: set[EffectKey] = set()
        self.stuck: set[EffectKey] = set()
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
        if effects:
            self._asked[owner] = effects

    def start(self, at: Position, tasks: asyncio.TaskGroup) -> None:
        """Start what may start, for a pump that has read to ``at``."""
        if self._closed:
            return
        for effect in self.wishes():
            if self._may_start(effect, at):
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

    def _may_start(self, effect: Effect, at: Position) -> bool:
        lanes = [True] if effect.stop else [True, False]
        free = not any((effect.target, lane) in self._running for lane in lanes)
        current = self._read_to.get(effect.target, 0) <= at
        settled = effect.key in self.stuck or self._gate.settled(effect)
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
            refusal = EffectRefused(key=key, effect=kind, target=effect.target, why=str(refused))
            return await self._notes.add(effect, stream, refusal)
        self._watch("ended", effect)
        return None
