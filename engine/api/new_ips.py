"""New sending addresses: address and purpose are enough, the rest follows by itself."""

from engine.api import auth, ips, reading, reviews, writing
from engine.api.call import Answer, Call, OfTenant, Word
from engine.api.decode import checked
from engine.api.problems import Problem
from engine.commands.ip import RegisterIp
from engine.errors import Rejected
from engine.ids import IpAddr, NodeId, TenantId, is_reserved, parse_hostname, parse_purpose
from engine.projections.domains import DOMAINS
from engine.projections.ips import IPS
from engine.projections.nodes import NODES
from engine.projections.quotas import QUOTAS
from engine.projections.tenants import TENANTS, Tenant
from engine.runtime.command_handler import Asked
from engine.values.phase import WarmupMode


class NewIp(OfTenant, frozen=True, kw_only=True):
    address: Word
    purpose: Word
    hostname: str = ""  # "" = by PTR
    node: NodeId | None = None  # may be left out where there is only one
    warmup: WarmupMode = "auto"


async def register(call: Call, body: NewIp) -> Answer:
    ip = checked("$.address", ips.parse_address, body.address)
    purpose = checked("$.purpose", parse_purpose, body.purpose)
    hostname = checked("$.hostname", parse_hostname, body.hostname) if body.hostname else ""
    if is_reserved(ip) and not call.deps.allow_reserved:
        why = (
            f"{ip} is not a public address and cannot send to the Internet"
            " (a demo or a test sets allow_reserved_addresses = true in the configuration)"
        )
        raise Problem("invalid", why, field="$.address")
    tenant = auth.whose(call.deps.views, call.caller, body.tenant)
    node = _node(call, body.node)
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
        )
        try:
            position = await writing.ask(call, [Asked(command, tenant)], tenant)
        except Rejected as refused:
            raise await _taken(call, ip, tenant, refused) from refused
        return await ips.shown(call, ip, tenant, position, status=201)


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
