"""Sending addresses: read, and moved through their lives."""

import ipaddress
from typing import Literal

from engine.api import as_of, auth, present_ip, reading, writing
from engine.api.as_of import Stood
from engine.api.call import Answer, AsOf, Call, OfTenant, Page, Text
from engine.api.decode import words
from engine.api.problems import Problem
from engine.commands.ip import (
    IpCommand,
    QuarantineIp,
    RecordRemedy,
    ReleaseIp,
    RequestWarmup,
    RetireIp,
)
from engine.errors import Rejected
from engine.events.ip import IP, IpRegistered
from engine.ids import IpAddr, Position, TenantId, parse_ip
from engine.projections.ips import IPS
from engine.runtime.command_handler import Asked
from engine.values.phase import HowToRetire, Phase, Reason


class Because(OfTenant, frozen=True, kw_only=True):
    reason: Text


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
    return await reading.page(call, query, IPS, present_ip.ip, where)


async def show(call: Call, query: AsOf) -> Answer:
    ip, then = named(call), await as_of.stood(call, query.as_of)
    owner = call.caller.tenant or await _owner(call, ip, then)
    reader = await as_of.reader(call, then, IPS, owner)
    row = await reading.one(reader, IPS, f"{owner}/{ip}", call.caller.tenant)
    if row is None:
        raise unknown(ip)
    return reading.as_then(call, then, Answer(present_ip.ip(row)))


async def _owner(call: Call, ip: IpAddr, then: Stood | None) -> TenantId | None:
    """Views are keyed by tenant first; the address's own stream says whose it is."""
    history = await call.deps.log.read(IP, ip)
    known = [one for one in history if then is None or one.position <= then.position]
    tenants = [one.tenant for one in known if isinstance(one.event, IpRegistered)]
    return tenants[-1] if tenants else None


async def warm_up(call: Call, body: OfTenant) -> Answer:
    return await _move(call, body, RequestWarmup(ip=named(call)))


async def retire(call: Call, body: OfTenant) -> Answer:
    return await _retire(call, body, "steps")


async def rest(call: Call, body: OfTenant) -> Answer:
    return await _retire(call, body, "at_once")


async def _retire(call: Call, body: OfTenant, how: HowToRetire) -> Answer:
    return await _move(call, body, RetireIp(ip=named(call), how=how))


async def quarantine(call: Call, body: Because) -> Answer:
    reason = words("$.reason", body.reason)
    return await _move(call, body, QuarantineIp(ip=named(call), reason=reason))


async def release(call: Call, body: Because) -> Answer:
    reason = words("$.reason", body.reason)
    return await _move(call, body, ReleaseIp(ip=named(call), reason=reason))


async def remedy(call: Call, body: Remedy) -> Answer:
    cause, done = words("$.cause", body.cause), words("$.remedy", body.remedy)
    return await _move(call, body, RecordRemedy(ip=named(call), cause=cause, remedy=done))


async def _move(call: Call, body: OfTenant, command: IpCommand) -> Answer:
    tenant = auth.whose(call.deps.views, call.caller, body.tenant)
    try:
        position = await writing.ask(call, [Asked(command, tenant)], tenant)
    except Rejected as refused:
        raise (unknown(command.ip) if refused.code == "not_found" else refused) from refused
    return await shown(call, command.ip, tenant, position)


async def shown(
    call: Call, ip: IpAddr, tenant: TenantId, position: Position, status: Literal[200, 201] = 200
) -> Answer:
    where = f"/api/v2/ips/{ip}"
    row = await reading.written(call.deps, position, IPS, f"{tenant}/{ip}", tenant)
    if row is None:
        return reading.later(where, position)
    location = where if status == 201 else None
    return Answer(present_ip.ip(row), status, position, location)


def parse_address(text: str) -> IpAddr:
    """An IPv4 address in IPv6 clothes is that IPv4 address, which may be somebody's already."""
    ip = parse_ip(text)
    mapped = ipaddress.IPv6Address(ip).ipv4_mapped if ":" in ip else None
    return ip if mapped is None else parse_ip(str(mapped))


def named(call: Call) -> IpAddr:
    """The address in the path."""
    try:
        return parse_address(call.path["id"])
    except ValueError as wrong:
        raise Problem("not-found", f"{wrong}; an IP's id is its address") from wrong


def unknown(ip: IpAddr) -> Problem:
    return Problem("not-found", f"there is no {ip} here; GET /api/v2/ips lists what there is")
