"""10,000 alerts of one cause at one moment: ``python -m bench.alert_storm``.

From the effects of one pass to the reports in a log in memory, with a messenger that answers at
once; how long chats and Postgres take is another matter.  What counts is the longest time for
which nobody else could run.
"""

import asyncio
import gc
import sys
from time import perf_counter, thread_time

from engine.app import collector
from engine.effects import Dispatch, TellPeople
from engine.ids import IpAddr
from engine.ports import New, Slice
from engine.projections.alerts import ALERTS
from engine.runtime.notes import ENGINE
from tests.support.samples import stopped
from tests.support.spec import ACME
from tests.support.telling import Telling

ALERTS_AT_ONCE = 10_000
STALL_MOST_MS = 50.0


class Storm(Telling):
    async def measured(self) -> tuple[float, float, float]:
        """ms in all, of the longest stall by the clock, and of the processor's time in it."""
        await self.log.append(
            [self._listed(n) for n in range(ALERTS_AT_ONCE)], actor=ENGINE, cause="bench"
        )
        await self._fold_all()
        for effect in self._wanted():
            assert isinstance(effect, Dispatch)
            await self._perform(effect)
        await self._fold_all()
        effects = self._wanted()
        assert len(effects) == ALERTS_AT_ONCE
        gc.collect()
        gc.freeze()
        gc.set_threshold(collector.YOUNG, 20, 50)
        return await self._timed(effects)

    async def _timed(self, effects: list[Dispatch | TellPeople]) -> tuple[float, float, float]:
        stalls: list[tuple[float, float]] = []

        async def other() -> None:
            last, worked = perf_counter(), thread_time()
            while True:
                await asyncio.sleep(0)
                stalls.append((perf_counter() - last, thread_time() - worked))
                last, worked = perf_counter(), thread_time()

        beside = asyncio.create_task(other())
        await asyncio.sleep(0)
        began = perf_counter()
        await asyncio.gather(*(self._perform(effect) for effect in effects))
        took = perf_counter() - began
        beside.cancel()
        await self._fold_all()
        assert not self._wanted()
        longest = max(stall for stall, _ in stalls), max(work for _, work in stalls)
        return 1000 * took, 1000 * longest[0], 1000 * longest[1]

    def _listed(self, n: int) -> Slice:
        event = stopped(ip=IpAddr(f"10.0.{n >> 8}.{n & 255}"))
        return Slice(stream=f"bench-{n}", tenant=ACME, events=[New(self.new_id(), event)])

    def _wanted(self) -> list[Dispatch | TellPeople]:
        views = self.views.of(ALERTS).values()
        return [one for view in views for one in self._react(view, self.at).effects]  # type: ignore[misc]

    async def _fold_all(self) -> None:
        before = -1
        while before != self._position:
            before = self._position
            await self._fold()


def main() -> int:
    """0 when the aim is met."""
    storm = Storm()
    took, stall, work = asyncio.run(storm.measured())
    print(
        f"{ALERTS_AT_ONCE:,} alerts, {len(storm.read())} messages: {took:,.0f} ms; longest stall"
        f" {stall:.0f} ms ({work:.0f} ms of the processor); aim {STALL_MOST_MS:g} ms"
    )
    return 0 if stall < STALL_MOST_MS else 1


if __name__ == "__main__":
    sys.exit(main())
