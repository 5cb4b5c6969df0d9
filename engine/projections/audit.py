"""Who asked for what, and what became of it; and who led the engine."""

from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from engine.events import Event, Recorded
from engine.events.command import CommandCompleted, Outcome
from engine.events.engine import EngineLed
from engine.ids import Actor, CommandId, Position, TenantId
from engine.projections.projection import Projection


class Request(Struct, frozen=True, gc=False):
    request: CommandId = CommandId("")
    tenant: TenantId | None = None
    actor: Actor = Actor("")
    at: datetime | None = None
    position: Position = Position(0)
    commands: tuple[str, ...] = ()  # their tags
    outcome: Outcome | str = ""
    why: str = ""


class _Tagged(Struct):
    type: str


def keys(recorded: Recorded[Any]) -> tuple[str, ...]:
    event = recorded.event
    return (event.request,) if isinstance(event, CommandCompleted) else (f"led-{event.epoch}",)


def evolve(view: Request, recorded: Recorded[Event]) -> Request:
    made = (recorded.tenant, recorded.actor, recorded.at, recorded.position)
    match recorded.event:
        case CommandCompleted(request=request, commands=commands, outcome=outcome, why=why):
            tags = tuple(one.type for one in msgspec.json.decode(commands, type=list[_Tagged]))
            return Request(request, *made, tags, outcome, why)
        case EngineLed(engine=engine, epoch=epoch):
            name = CommandId(f"led-{epoch}")
            return Request(name, *made, ("engine.lead",), "accepted", f"{engine}, epoch {epoch}")
        case _:
            return view


AUDIT = Projection(
    name="audit",
    folds=(CommandCompleted, EngineLed),
    keys=keys,
    initial=Request(),
    evolve=evolve,
    tenant=lambda view: view.tenant,
    columns=lambda view: {"actor": view.actor, "outcome": view.outcome},
)
