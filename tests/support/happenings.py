"""Things that happen in the small world of the API, whoever decided them."""

from datetime import datetime

from engine.events import Event
from engine.ids import Actor, Position, TenantId
from engine.ports import New, Slice
from tests.support.api_world import ApiWorld


async def happens(
    world: ApiWorld,
    tenant: TenantId | None,
    stream: str,
    *events: Event,
    at: datetime | None = None,
    cause: str = "a test",
) -> Position:
    """Where the last of them stands; folded."""
    if at is not None:
        world.clock.at = at
    news = [New(world.new_id(), event) for event in events]
    slices = [Slice(stream=stream, tenant=tenant, events=news)]
    position = await world.log.append(slices, actor=Actor("engine"), cause=cause)
    await world.pump.reached(position)
    return position
