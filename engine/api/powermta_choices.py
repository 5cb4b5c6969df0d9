"""What people choose for their VirtualMTAs, read from a request or refused by field."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Annotated, TypeVar

from msgspec import Meta

from engine.api import auth, powermta_patterns
from engine.api.call import Body, Call, Word
from engine.api.decode import checked
from engine.api.problems import Problem
from engine.ids import IpAddr, NodeId, TenantId, parse_hostname, parse_ip
from engine.ports import NodeRefused, NodeSilent
from engine.projections.domains import DOMAINS
from engine.projections.ip_row import IpRow
from engine.projections.ips import IPS
from engine.projections.tenants import TENANTS
from engine.rules.domain_name import parse_domain, parse_selector
from engine.rules.key_path import parse_key_path
from engine.rules.overlay import inside, parse_name
from engine.rules.provider_limits import PROVIDERS_MAX, parse_limits, parse_provider
from engine.rules.quota import parse_quota
from engine.values.overlay import Chosen, Cold, Key
from engine.values.patterns import PatternList
from engine.values.sending_domain import DEFAULT_SELECTOR

KEY_S = 15  # real seconds for one key of one node
Choices = dict[IpAddr, Chosen]
T = TypeVar("T")


class ColdVirtualMta(Body, frozen=True, kw_only=True):
    """An address that is still warming up, and takes the first messages of a day from this one."""

    ip: Word
    counts: dict[str, Annotated[int, Meta(ge=1, le=10_000_000)]]  # a day, by provider's domains


class VirtualMta(Body, frozen=True, kw_only=True):
    name: Word
    ip: Word
    hostname: str = ""  # "" = as the engine has it
    quota: str = "unlimited"  # 50/day, 2/h; the lower of it and the engine's cap holds
    dkim_key: str = ""  # path on the node
    dkim_selector: str = DEFAULT_SELECTOR
    dkim_domain: str = ""  # "" = the tenant's sending domain
    limits: Mapping[str, Mapping[str, str]] = {}  # {"gmail.com": {"max-smtp-out": "5"}}
    cold: ColdVirtualMta | None = None
    patterns: Mapping[str, str] = {}  # {"*": "common"}: what replies do, by provider's domains


def addresses(call: Call, tenant: TenantId) -> dict[IpAddr, IpRow]:
    rows = call.deps.views.of(IPS).values()
    return {row.ip: row for row in rows if row.tenant == tenant and row.ip}


def read(
    call: Call,
    tenant: TenantId,
    given: Sequence[VirtualMta],
    rows: Mapping[IpAddr, IpRow],
    lists: Mapping[str, PatternList] = {},
) -> Choices:
    """``lists``: of reply patterns, by name.  Raises Problem that names the field."""
    choices: Choices = {}
    taken = {row.vmta.purpose for row in rows.values()}
    for n, one in enumerate(given):
        at = f"$.virtual_mtas[{n}]"
        ip = checked(f"{at}.ip", parse_ip, one.ip, index=n)
        row = rows.get(ip)
        if row is None:
            why = f"there is no {ip} here; register it first with POST /api/v2/ips"
            raise Problem("invalid", why, field=f"{at}.ip", index=n)
        if ip in choices:
            raise Problem("invalid", f"{ip} is named twice", field=f"{at}.ip", index=n)
        name = checked(f"{at}.name", parse_name, one.name, index=n)
        if name in taken:
            why = f"{name} is the name of a pool or of another VirtualMTA; choose another"
            raise Problem("invalid", why, field=f"{at}.name", index=n)
        taken.add(name)
        choices[ip] = Chosen(
            name=name,
            hostname=_hostname(one.hostname, f"{at}.hostname", n),
            quota=checked(f"{at}.quota", parse_quota, one.quota, index=n),
            key=_key(call, tenant, one, row.node, n) if one.dkim_key else None,
            limits=_limits(one.limits, f"{at}.limits", n),
            cold=_cold(one.cold, row, rows, n) if one.cold else None,
            patterns=powermta_patterns.of(one.patterns, lists, f"{at}.patterns", n),
        )
    return choices


def _hostname(text: str, field: str, index: int) -> str:
    return checked(field, parse_hostname, text, index=index) if text else ""


def _limits(given: Mapping[str, Mapping[str, str]], at: str, n: int) -> dict[str, dict[str, str]]:
    """Patterns that differ in case alone are one."""
    return {
        pattern: checked(f"{at}.{pattern}", parse_limits, limits, index=n)
        for pattern, limits in _providers(given, at, n).items()
    }


def _cold(given: ColdVirtualMta, row: IpRow, rows: Mapping[IpAddr, IpRow], n: int) -> Cold:
    """Queues are a node's own, so mail goes over only within one."""
    at = f"$.virtual_mtas[{n}].cold"
    ip = checked(f"{at}.ip", parse_ip, given.ip, index=n)
    if ip == row.ip or ip not in rows or rows[ip].node != row.node:
        why = f"{ip} is no other address of yours on {row.node}, where {row.ip} is"
        raise Problem("invalid", why, field=f"{at}.ip", index=n)
    if not given.counts:
        why = "say how many messages a day go over, for each provider"
        raise Problem("invalid", why, field=f"{at}.counts", index=n)
    return Cold(ip, _providers(given.counts, f"{at}.counts", n))


def _providers(given: Mapping[str, T], at: str, n: int) -> dict[str, T]:
    """By pattern; raises Problem that names the field."""
    if len(given) > PROVIDERS_MAX:
        why = f"a VirtualMTA has at most {PROVIDERS_MAX} providers of its own"
        raise Problem("invalid", why, field=at, index=n)
    found: dict[str, T] = {}
    for pattern, value in given.items():
        read = checked(at, parse_provider, pattern, index=n)
        if read in found:
            raise Problem("invalid", f"{read} is named twice", field=at, index=n)
        found[read] = value
    return found


def _key(call: Call, tenant: TenantId, one: VirtualMta, node: NodeId, n: int) -> Key:
    auth.permit(call.caller, "deploy")
    at = f"$.virtual_mtas[{n}]"
    path = checked(f"{at}.dkim_key", parse_key_path, one.dkim_key, index=n)
    folders = call.deps.tuning.keys_of(node)
    if not inside(path, folders):
        why = (
            f"a key on {node} lies in {' or '.join(folders)}, and {path} does not; the operator"
            f" sets key_dirs in [nodes.{node}]"
        )
        raise Problem("invalid", why, field=f"{at}.dkim_key", index=n)
    named = one.dkim_domain or call.deps.views.get(TENANTS, tenant).sending_domain_base
    domain = checked(f"{at}.dkim_domain", parse_domain, named, index=n)
    if _anothers_domain(call, tenant, domain):
        why = f"{domain} is another tenant's, and so {tenant} may not sign for it"
        raise Problem("invalid", why, field=f"{at}.dkim_domain", index=n)
    selector = checked(f"{at}.dkim_selector", parse_selector, one.dkim_selector, index=n)
    return Key(selector, domain, path)


def _anothers_domain(call: Call, tenant: TenantId, domain: str) -> bool:
    known = call.deps.views.of(DOMAINS).values()
    return any(
        one.domain == domain and one.setup is not None and one.tenant != tenant for one in known
    )


async def keys_exist(
    call: Call, tenant: TenantId, choices: Choices, nodes: Mapping[IpAddr, NodeId]
) -> None:
    """A look at each key on its node.  One that cannot be read there, or that is another tenant's,
    is refused in the same words; a silent node proves nothing.  Raises Problem."""
    wanted = {
        (nodes[ip], one.key.path): n for n, (ip, one) in enumerate(choices.items()) if one.key
    }
    anothers = _anothers_keys(call, tenant)
    for (node, path), n in wanted.items():
        if path in anothers or not await _lies(call, node, path):
            why = f"no private key that {tenant} may use can be read at {path} on {node}"
            raise Problem("invalid", why, field=f"$.virtual_mtas[{n}].dkim_key", index=n)


async def _lies(call: Call, node: NodeId, path: str) -> bool:
    try:
        async with asyncio.timeout(KEY_S):
            await call.deps.pmta.dkim_public(node, path)
    except NodeRefused:
        return False
    except (NodeSilent, TimeoutError) as silence:
        why = f"{node} did not answer whether there is a key at {path}; nothing was changed"
        raise Problem("node-silent", why, headers={"Retry-After": "60"}) from silence
    return True


def _anothers_keys(call: Call, tenant: TenantId) -> set[str]:
    tenants = [one for one in call.deps.views.of(TENANTS).values() if one.slug != tenant]
    domains = [one for one in call.deps.views.of(DOMAINS).values() if one.tenant != tenant]
    chosen = [one.key for of in tenants for one in of.overlay.virtual_mtas.values() if one.key]
    return {
        *(key.path for key in chosen),
        *(path for one in domains if one.setup for path in one.setup.dkim_keys.values()),
    }
