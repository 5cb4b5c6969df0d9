"""How things stand, read only: alerts, block lists, rollouts, servers, wishes, requests."""

from datetime import datetime
from functools import partial
from typing import Literal

from msgspec import Struct

from engine.api import present, reading
from engine.api.call import Answer, Call, Page, Reading
from engine.effects import Effect
from engine.projections.alerts import ALERTS
from engine.projections.audit import AUDIT
from engine.projections.effects import EFFECTS
from engine.projections.rollouts import ROLLOUTS
from engine.projections.servers import SERVERS
from engine.values.alert import Severity


class AlertPage(Page, frozen=True, kw_only=True):
    name: str | None = None
    severity: Severity | None = None
    state: Literal["firing", "over"] | None = None


class EffectPage(Page, frozen=True, kw_only=True):
    state: Literal["withheld", "refused", "stuck"] | None = None


class AuditPage(Page, frozen=True, kw_only=True):
    actor: str | None = None
    outcome: Literal["accepted", "rejected", "unchanged"] | None = None


class RolloutPage(Page, frozen=True, kw_only=True):
    node: str | None = None
    state: Literal["wanted", "open", "torn", "conflict", "told"] | None = None


class ServerPage(Page, frozen=True, kw_only=True):
    instance: str | None = None
    state: Literal["none", "unknown", "wanted", "on", "off"] | None = None


async def alerts(call: Call, query: AlertPage) -> Answer:
    where = {"name": query.name, "severity": query.severity, "state": query.state}
    return await reading.page(call, query, ALERTS, present.alert, where)


async def effects(call: Call, query: EffectPage) -> Answer:
    show = partial(present.wish, platform=call.caller.tenant is None)
    return await reading.page(call, query, EFFECTS, show, {"state": query.state})


async def audit(call: Call, query: AuditPage) -> Answer:
    where = {"actor": query.actor, "outcome": query.outcome}
    return await reading.page(call, query, AUDIT, present.request, where)


async def rollouts(call: Call, query: RolloutPage) -> Answer:
    where = {"node": query.node, "state": query.state}
    return await reading.page(call, query, ROLLOUTS, present.rollout, where)


async def servers(call: Call, query: ServerPage) -> Answer:
    where = {"instance": query.instance, "state": query.state}
    return await reading.page(call, query, SERVERS, present.server, where)


class EffectShown(Struct, frozen=True, kw_only=True):
    key: str
    kind: str
    tenant: str | None
    target: str
    stop: bool


class AgendaShown(Struct, frozen=True, kw_only=True):
    running: list[EffectShown]
    wishes: list[EffectShown]  # what ought to be under way, whether it is or is withheld
    next_wake: datetime | None


async def agenda(call: Call, _: Reading) -> Answer:
    now = call.deps.agenda()
    running, wishes = map(_effect, now.running), map(_effect, now.wishes)
    shown = AgendaShown(running=list(running), wishes=list(wishes), next_wake=now.next_wake)
    return Answer(shown)


def _effect(effect: Effect) -> EffectShown:
    return EffectShown(
        key=effect.key,
        kind=effect.kind,
        tenant=effect.tenant,
        target="/".join(effect.target),
        stop=effect.stop,
    )
