"""Wishes that were not fulfilled, by effect key: what people see as withheld, refused or stuck.

What was refused is tried again, whether the view that asks for it counts its tries or not.
"""

from typing import Any, Literal

from msgspec import Struct

from engine.events import Event, Recorded
from engine.events.effect import EffectRefused, EffectStuck, EffectWithheld
from engine.ids import EffectKey, Position, TenantId
from engine.projections.projection import Projection
from engine.values.retry import Retry


class Wish(Struct, frozen=True, gc=False):
    key: EffectKey = EffectKey("")
    effect: str = ""
    tenant: TenantId | None = None
    state: Literal["", "withheld", "refused", "stuck"] = ""
    why: str = ""
    since: Position = Position(0)
    retry: Retry = Retry()  # of what was refused


def keys(recorded: Recorded[Any]) -> tuple[str, ...]:
    return (recorded.event.key,)


def evolve(view: Wish, recorded: Recorded[Event]) -> Wish:
    here, tenant = recorded.position, recorded.tenant
    match recorded.event:
        case EffectWithheld(key=key, effect=effect, why=why):
            return Wish(key, effect, tenant, "withheld", why, here)
        case EffectRefused(key=key, effect=effect, why=why, of_stop=stop):
            retry = view.retry.failed(recorded.at, stop=stop)
            return Wish(key, effect, tenant, "refused", why, here, retry)
        case EffectStuck(key=key, effect=effect):
            return Wish(key, effect, tenant, "stuck", "it ended and changed nothing", here)
        case _:
            return view


EFFECTS = Projection(
    name="effects",
    folds=(EffectWithheld, EffectRefused, EffectStuck),
    keys=keys,
    initial=Wish(),
    evolve=evolve,
    tenant=lambda view: view.tenant,
    columns=lambda view: {"state": view.state},
)
