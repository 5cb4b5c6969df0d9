"""Why an address is in its state: its decisions, the newest first, with what they were made on."""

from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from engine.api import as_of, causes, ips, state_said, story
from engine.api.as_of import Stood
from engine.api.call import Answer, AsOf, Call
from engine.api.sentences import sentence
from engine.api.story import Line, Story
from engine.events import Event, Recorded
from engine.events.rollout import RolloutEnded
from engine.ids import IpAddr, Position


class EventSaid(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An event in a sentence."""

    at: datetime
    position: Position | None = None  # the platform's alone
    id: str
    type: str
    actor: str
    says: str


class Decision(EventSaid, frozen=True, kw_only=True):
    because: tuple[EventSaid, ...]  # who asked for it, or the looks and outcomes it was made on
    then: tuple[EventSaid, ...]  # what came of it, until the next one


class Explanation(Struct, frozen=True, kw_only=True):
    ip: IpAddr
    as_of: datetime
    state: str
    sentences: list[Decision]  # the newest first
    next: list[str]  # what comes by itself, and what holds it


async def explained(call: Call, query: AsOf) -> Answer:
    ip = ips.named(call)
    then = await as_of.stood(call, query.as_of)
    upto, now = then or Stood(await call.deps.log.head(), call.deps.clock.now())
    told = await story.told(call, ip, upto)
    if told is None:
        raise ips.unknown(ip)
    return Answer(
        Explanation(
            ip=ip,
            as_of=now,
            state=state_said.state(told.row),
            sentences=list(_decisions(call, told)),
            next=list(
                state_said.coming(told.row, now, call.deps.catalogue, call.deps.tuning.accounting)
            ),
        )
    )


def _decisions(call: Call, told: Story) -> list[Decision]:
    made = told.decisions
    ends = [*(one.position for one in made[1:]), None]
    found = [_decision(call, told, *pair) for pair in zip(made, ends, strict=True)]
    return found[::-1]


def _decision(
    call: Call, told: Story, decision: Recorded[Event], before: Position | None
) -> Decision:
    because = causes.because(told, decision)
    then = causes.outcomes(told, decision.position, before)
    return Decision(
        **_said(call, told, decision),
        because=_all(call, told, because),
        then=_all(call, told, then),
    )


def _all(call: Call, told: Story, events: Line) -> tuple[EventSaid, ...]:
    return tuple(EventSaid(**_said(call, told, one)) for one in events)


def _said(call: Call, told: Story, recorded: Recorded[Event]) -> dict[str, Any]:
    return {
        "at": recorded.at,
        "position": recorded.position if call.caller.tenant is None else None,
        "id": recorded.id,
        "type": str(recorded.event.__struct_config__.tag),
        "actor": recorded.actor,
        "says": sentence(_narrowed(told.ip, recorded)),
    }


def _narrowed(ip: IpAddr, recorded: Recorded[Event]) -> Recorded[Event]:
    """A rollout is told as far as this address is concerned."""
    event = recorded.event
    if not isinstance(event, RolloutEnded) or ip not in event.changed:
        return recorded
    return replace(recorded, event=replace(event, changed={ip: event.changed[ip]}))
