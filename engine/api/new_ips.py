"""New sending addresses: address and purpose are enough, the rest follows by itself."""

from collections.abc import Sequence
from typing import NamedTuple

from engine.api import auth, ips, reading, reviews, servers, warmups, writing
from engine.api.call import Answer, Call, Word
from engine.api.decode import checked
from engine.api.problems import Problem
from engine.commands import Command
from engine.commands.ip import RegisterIp, RequestWarmup
from engine.commands.server import ClaimServer
from engine.errors import KeyReused, Rejected
from engine.ids import (
    CommandId,
    InstanceId,
    IpAddr,
    NodeId,
    TenantId,
    is_reserved,
    parse_hostname,
    parse_ip,
    parse_purpose,
)
from engine.projections.domains import DOMAINS
from engine.projections.ips import IPS
from engine.projections.nodes import NODES
from engine.projections.quotas import QUOTAS
from engine.projections.tenants import TENANTS, Tenant
from engine.runtime.command_handler import Asked
from engine.runtime.held import held_elsewhere
from engine.values.phase import WarmupMode
from engine.values.plan import Plan


class NewIp(warmups.OnLadder, frozen=True, kw_only=True):
    address: Word
    purpose: Word
    hostname: str = ""  # "" = by PTR
    node: NodeId | None = None  # may be left out where there is only one
    server_id: servers.Number | None = None  # of MailWizz; null: the one row with its hostname
    warmup: WarmupMode = "auto"


class _Wanted(NamedTuple):
    """What a request says itself."""

    ip: IpAddr
    purpose: str
    hostname: str
    warmup: WarmupMode
    plan: Plan | None
    server_id: int | None


async def register(call: Call, body: NewIp) -> Answer:
    ip = checked("$.address", parse_ip, body.address)
    purpose = checked("$.purpose", parse_purpose, body.purpose)
    hostname = checked("$.hostname", parse_hostname, body.hostname) if body.hostname else ""
    plan = _plan(body)
    if is_reserved(ip) and not call.deps.allow_reserved:
        why = (
            f"{ip} is not a public address and cannot send to the Internet"
            " (a demo or a test sets allow_reserved_addresses = true in the configuration)"
        )
        raise Problem("invalid", why, field="$.address")
    tenant = auth.whose(call.deps.views, call.caller, body.tenant)
    request = writing.request_id(call, tenant)
    wanted = _Wanted(ip, purpose, hostname, body.warmup, plan, body.server_id)
    if before := await _asked_before(call, request, wanted, body.node):
        return await _registered(call, wanted, tenant, before, request)
    node = _node(call, body.node)
    if ip in held_elsewhere(call.deps.views, node, tenant):
        raise Problem("taken", RegisterIp.stranger, field="$.address")
    async with call.deps.turns.of(tenant):
        known = call.deps.views.get(TENANTS, tenant)
        if body.warmup == "auto" and not call.deps.views.get(QUOTAS, tenant).knows(ip):
            reviews.none_of(call, tenant, "no address is registered to warm up")
        _within(call, ip, known)
        _no_given_name(purpose, known)
        command = RegisterIp(
            ip=ip,
            node=node,
            purpose=purpose,
            hostname=hostname,
            warmup=body.warmup,
            day_tz=known.day_tz,
            instance=known.mailwizz,
            domains=_domains(call, tenant, purpose),
            zone_actions=known.zone_actions,
            suspended=known.suspended is not None,
        )
        ladder = [RequestWarmup(ip=ip, plan=plan)] if plan else []
        server = _server(call, wanted, tenant, known.mailwizz)
        return await _registered(call, wanted, tenant, [command, *ladder, *server], request)


async def _registered(
    call: Call, wanted: _Wanted, tenant: TenantId, commands: Sequence[Command], request: CommandId
) -> Answer:
    asked = [Asked(one, tenant) for one in commands]
    try:
        position = await writing.ask(call, asked, tenant, request)
    except Rejected as refused:
        at = commands[refused.index or 0]
        if isinstance(at, ClaimServer):
            raise servers.taken(refused, at.server.server_id) from refused
        raise await _taken(call, wanted.ip, tenant, refused) from refused
    return await ips.shown(call, wanted.ip, tenant, position, status=201)


def _server(
    call: Call, wanted: _Wanted, tenant: TenantId, instance: InstanceId | None
) -> list[Command]:
    if wanted.server_id is None:
        return []
    return servers.claims(call, wanted.ip, tenant, instance, wanted.server_id)


async def _asked_before(
    call: Call, request: CommandId, wanted: _Wanted, node: NodeId | None
) -> Sequence[Command]:
    """The commands of the same request, as they were: what the engine filled in for itself, such
    as the only node, may be something else by now, and the request is the same all the same.
    Raises KeyReused.
    """
    if call.idempotency_key is None:
        return ()
    before = await writing.asked_before(call, request)
    match before:
        case [RegisterIp() as first, *more]:
            plan = next((one.plan for one in more if isinstance(one, RequestWarmup)), None)
            claims = (one.server.server_id for one in more if isinstance(one, ClaimServer))
        case []:
            return ()
        case _:
            raise KeyReused(request)
    server = next(claims, None)
    then = _Wanted(first.ip, first.purpose, first.hostname, first.warmup, plan, server)
    if then != wanted or node not in (None, first.node):
        raise KeyReused(request)
    return before


def _plan(body: NewIp) -> Plan | None:
    plan = warmups.plan(body)
    if plan is not None and body.warmup == "manual":
        why = "with warmup `manual` a ladder is given when the warm-up is asked for (POST …/warmup)"
        raise Problem("invalid", why, field="$.ladder")
    return plan


def _no_given_name(purpose: str, tenant: Tenant) -> None:
    """PowerMTA has one namespace for VMTAs and pools."""
    if any(one.name == purpose for one in tenant.overlay.virtual_mtas.values()):
        why = f"{purpose!r} is the name of one of your VirtualMTAs; choose another purpose"
        raise Problem("invalid", why, field="$.purpose")


def _within(call: Call, ip: IpAddr, tenant: Tenant) -> None:
    """Each address gets at least one message a day of its tenant's quota."""
    quotas = call.deps.views.get(QUOTAS, tenant.slug)
    full = tenant.quota is not None and quotas.addresses >= tenant.quota
    if full and not quotas.knows(ip):
        why = (
            f"the quota of {tenant.slug!r} is {tenant.quota} a day, it has {quotas.addresses}"
            " addresses, and each gets at least 1; an admin raises the quota first (PATCH"
            f" /api/v2/tenants/{tenant.slug})"
        )
        raise Problem("invalid", why, field="$.address")


def _node(call: Call, named: NodeId | None) -> NodeId:
    nodes = sorted(key for key, one in call.deps.views.of(NODES).items() if one.registered)
    if named is None and len(nodes) == 1:
        return NodeId(nodes[0])
    if named in nodes and named is not None:
        return named
    if not nodes:
        why = "no PowerMTA node is registered yet; the operator does it with POST /api/v2/nodes"
    elif named is None:
        why = f"there are several nodes; say which: {', '.join(nodes)}"
    else:
        why = f"there is no node {named!r}; there are {', '.join(nodes)}"
    raise Problem("invalid", why, field="$.node")


def _domains(call: Call, tenant: TenantId, purpose: str) -> tuple[str, ...]:
    """That it will send for: its SPF guard waits for a look at each that knows of it."""
    own = [one for one in call.deps.views.of(DOMAINS).values() if one.tenant == tenant]
    setups = {one.domain: one.setup for one in own if one.setup is not None}
    fits = [name for name, setup in setups.items() if purpose in (setup.purposes or (purpose,))]
    return tuple(sorted(fits))


async def _taken(call: Call, ip: IpAddr, tenant: TenantId, refused: Rejected) -> Exception:
    """Who has it is said to nobody else."""
    if refused.code != "taken":
        return refused
    own = await reading.one(call.deps.models, IPS, f"{tenant}/{ip}", tenant)
    mine = f": it is registered for {tenant} already; see GET /api/v2/ips/{ip}" if own else ""
    return Problem("taken", f"{refused.reason}{mine}", field="$.address")
