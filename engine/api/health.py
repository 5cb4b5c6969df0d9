"""Alive, ready, and in numbers: for load balancers, systemd and Prometheus."""

import asyncio
from collections.abc import AsyncIterator

from engine.api.call import Answer, Call, Reading
from engine.errors import LogUnavailable

FOLDED_WITHIN_S = 1


async def alive(call: Call, _: Reading) -> Answer:
    return Answer({"status": "ok", "version": call.deps.version, "engine": call.deps.engine_id})


async def ready(call: Call, _: Reading) -> Answer:
    """It leads, it has folded the log to its head, and the log is there."""
    reasons = [why async for why in _missing(call)]
    if reasons:
        return Answer({"status": "not ready", "reasons": reasons}, 503)
    return Answer({"status": "ready", "position": call.deps.pump.position})


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
        yield f"the log is folded only to {pump.position} yet"


async def metrics(call: Call, _: Reading) -> Answer:
    text = await call.deps.metrics()
    return Answer(text, content_type="text/plain; version=0.0.4; charset=utf-8")
