"""Alive, ready, and in numbers: for load balancers, systemd and Prometheus."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Literal

from msgspec import Struct

from engine.api.call import Answer, Call, Reading
from engine.errors import LogUnavailable
from engine.ids import EngineId
from engine.projections.clocks import CLOCKS, OWN
from engine.rules.midnights import CALM

FOLDED_WITHIN_S = 1


class Alive(Struct, frozen=True, kw_only=True, omit_defaults=True):
    status: Literal["ok"]
    version: str
    engine: EngineId
    clock: str = ""  # set while nothing is raised because the clock was set
    telegram: str = ""  # why nobody is heard there; set while it does not answer the bot
    mail: str = ""  # why its server took no mail, or would take none; set until it does


class Unwell(Struct, frozen=True, kw_only=True):
    status: Literal["unwell"]
    reasons: Sequence[str]
    version: str
    engine: EngineId


# Without a position: anybody may ask, and how it grows tells how much all tenants do.
class Ready(Struct, frozen=True, kw_only=True):
    status: Literal["ready"]


class NotReady(Struct, frozen=True, kw_only=True):
    status: Literal["not ready"]
    reasons: Sequence[str]


class Figures(Struct, frozen=True):
    """Text in the format of Prometheus, 0.0.4."""


async def alive(call: Call, _: Reading) -> Answer:
    """Unless it should be started again; what it only waits for is the affair of ``ready``."""
    version, engine = call.deps.version, call.deps.engine_id
    if reasons := call.deps.unwell():
        unwell = Unwell(status="unwell", reasons=reasons, version=version, engine=engine)
        return Answer(unwell, 503)
    well = Alive(
        status="ok",
        version=version,
        engine=engine,
        clock=_stepped(call),
        telegram=call.deps.telegram(),
        mail=call.deps.mail(),
    )
    return Answer(well)


def _stepped(call: Call) -> str:
    """For as long as nothing is raised on account of it; "" = the clock ran as it should."""
    clock = call.deps.views.get(CLOCKS, OWN)
    if clock.stepped_at is None or call.deps.clock.now() >= clock.stepped_at + CALM:
        return ""
    way = "back" if clock.by_s < 0 else "forward"
    until = f"{clock.stepped_at + CALM:%Y-%m-%dT%H:%M:%SZ}"
    return f"it was set {way} by {abs(clock.by_s):,} s; no cap is raised before {until}"


async def ready(call: Call, _: Reading) -> Answer:
    """It leads, it has folded the log to its head, and the log is there."""
    reasons = [why async for why in _missing(call)]
    if reasons:
        return Answer(NotReady(status="not ready", reasons=reasons), 503)
    return Answer(Ready(status="ready"))


async def _missing(call: Call) -> AsyncIterator[str]:
    pump = call.deps.pump
    if not call.deps.leads():
        yield "it does not lead: another process holds the log, or it has just started"
    if pump.log_away_since is not None:
        yield f"the log is away since {pump.log_away_since:%Y-%m-%dT%H:%M:%SZ}"
        return
    try:
        async with asyncio.timeout(FOLDED_WITHIN_S):
            await pump.reached(await call.deps.log.head())
    except LogUnavailable:
        yield "the log does not answer"
    except TimeoutError:
        yield "the log is not folded to its head yet"


async def metrics(call: Call, _: Reading) -> Answer:
    missing = [why async for why in _missing(call)]
    text = await call.deps.metrics(ready=not missing)
    return Answer(text, content_type="text/plain; version=0.0.4; charset=utf-8")
