"""Sending addresses: read, and moved through their lives."""

from typing import Literal

from engine.api import as_of, auth, present_ip, reading, reviews, writing
from engine.api.as_of import Stood
from engine.api.call import Answer, AsOf, Call, OfTenant, Page, Text
from engine.api.decode import words
from engine.api.problems import Problem
from engine.commands.ip import (
    IpCommand,
    QuarantineIp,
    RecordRemedy,
    ReleaseIp,
    RetireIp,
)
from engine.commands.ip_listing import ReleaseStop
from engine.errors import Rejected
from engine.events.ip import IP, IpRegistered
from engine.ids import CommandId, IpAddr, Position, TenantId, parse_ip
from engine.projections.ips import IPS
from engine.projections.zones import ZONES
from engine.runtime.command_handler import Asked
from engine.values.phase import HowToRetire, Phase, Reason


class Because(OfTenant, frozen=True, kw_only=True):
    reason: Text


class Retirement(OfTenant, frozen=True, kw_only=True):
    how: Literal["steps", "at_once"] = "steps"  # over a week, or intake closed at once


class Remedy(OfTenant, frozen=True, kw_only=True):
    cause: Text
    remedy: Text


class IpPage(Page, frozen=True, kw_only=True):
    phase: Phase | None = None
    reason: Reason | None = None
    node: str | None = None
    purpose: str | None = None


async def listed(call: Call, query: IpPage) -> Answer:
    where = {
        "phase": query.phase.value if query.phase else None,
        "reason": query.reason,
        "node": query.node,
        "purpose": query.purpose,
    }
    return await reading.rows(call, query, IPS, call.deps.shown_ips.of, where)


async def show(call: Call, query: AsOf) -> Answer:
    ip = named(call)
    whose, then = await owner(call, ip, query.as_of)
    reader = await as_of.reader(call, then, IPS, whose)
    body = await reader.one(IPS.name, f"{whose}/{ip}", tenant=call.caller.tenant)
    now = then.at if then else call.deps.clock.now()
    shown = None if body is None else call.deps.shown_ips.of(body, now)
    if shown is None:
        raise unknown(ip)
    return reading.as_then(call, then, Answer(shown))


async def owner(call: Call, ip: IpAddr, moment: str) -> tuple[TenantId | None, Stood | None]:
    """Whose it is, or was then."""
    then = await as_of.stood(call, moment)
    return call.caller.tenant or await _owner(call, ip, then), then


async def _owner(call: Call, ip: IpAddr, then: Stood | None) -> TenantId | None:
    """Views are keyed by tenant first; the address's own stream says whose it is."""
    history = await call.deps.log.read(IP, ip)
    known = [one for one in history if then is None or one.position <= then.position]
    tenants = [one.tenant for one in known if isinstance(one.event, IpRegistered)]
    return tenants[-1] if tenants else None


async def retire(call: Call, body: Retirement) -> Answer:
    return await _retire(call, body, body.how)


async def rest(call: Call, body: OfTenant) -> Answer:
    return await _retire(call, body, "at_once")


async def _retire(call: Call, body: OfTenant, how: HowToRetire) -> Answer:
    return await move(call, body, RetireIp(ip=named(call), how=how))


async def quarantine(call: Call, body: Because) -> Answer:
    reason = words("$.reason", body.reason)
    return await move(call, body, QuarantineIp(ip=named(call), reason=reason))


async def release(call: Call, body: Because) -> Answer:
    """Ends a quarantine, or a stop by lists that are held in suspicion."""
    ip, reason = named(call), words("$.reason", body.reason)
    tenant = auth.whose(call.deps.views, call.caller, body.tenant)
    if call.deps.views.get(IPS, f"{tenant}/{ip}").reason != "listed":
        return await move(call, body, ReleaseIp(ip=ip, reason=reason))
    reviews.none_of(call, tenant, "no stop is released")
    zones = call.deps.views.of(ZONES).values()
    suspected = tuple(sorted(one.zone for one in zones if one.suspected_since is not None))
    return await move(call, body, ReleaseStop(ip=ip, suspected=suspected, reason=reason))


async def remedy(call: Call, body: Remedy) -> Answer:
    cause, done = words("$.cause", body.cause), words("$.remedy", body.remedy)
    return await move(call, body, RecordRemedy(ip=named(call), cause=cause, remedy=done))


async def move(
    call: Call, body: OfTenant, command: IpCommand, request: CommandId | None = None
) -> Answer:
    tenant = auth.whose(call.deps.views, call.caller, body.tenant)
    try:
        position = await writing.ask(call, [Asked(command, tenant)], tenant, request)
    except Rejected as refused:
        raise (unknown(command.ip) if refused.code == "not_found" else refused) from refused
    return await shown(call, command.ip, tenant, position)


async def shown(
    call: Call, ip: IpAddr, tenant: TenantId, position: Position, status: Literal[200, 201] = 200
) -> Answer:
    where = f"/api/v2/ips/{ip}"
    row = await reading.written(call.deps, position, IPS, f"{tenant}/{ip}", tenant)
    if row is None:
        return reading.later(call, where, position)
    location = where if status == 201 else None
    known = present_ip.ip(row, call.deps.catalogue, call.deps.clock.now())
    return Answer(known, status, position, location)


def named(call: Call) -> IpAddr:
    """The address in the path."""
    try:
        return parse_ip(call.path["id"])
    except ValueError as wrong:
        raise Problem("not-found", f"{wrong}; an IP's id is its address") from wrong


def unknown(ip: IpAddr) -> Problem:
    return Problem("not-found", f"there is no {ip} here; GET /api/v2/ips lists what there is")
