"""What lies between a fleet as it is declared and as it stands."""

from collections.abc import Iterator, Sequence
from typing import Any

from engine.ids import NodeId, TenantId
from engine.rules.fleet import of_chats, of_domains, of_ips, of_nodes, of_tenants
from engine.rules.fleet.checks import NAMES, named
from engine.rules.fleet.declared import Chat, Domain, Finding, Fleet, Ip
from engine.rules.fleet.plan import KINDS, Kept, Plan, Stands, Step
from engine.rules.meant import meant

_ORDER = (  # so that nothing is asked for before what it needs
    ("node", "create"), ("node", "change"), ("tenant", "create"), ("tenant", "change"),
    ("chat", "remove"), ("chat", "create"), ("chat", "change"),
    ("domain", "create"), ("domain", "change"), ("ip", "create"), ("ip", "change"),
    ("ip", "remove"), ("domain", "remove"),
)  # fmt: skip
_LAST = len(_ORDER)


def plan(wanted: Fleet, stands: Stands, remove: Sequence[str] = ()) -> Plan:
    """``remove``: what stands and the file does not name, by name: addresses, domains, chats."""
    found = [
        *_tables(wanted, stands),
        *_chats(wanted, stands, remove),
        *_removals(wanted, stands, remove),
    ]
    return Plan(
        position=stands.position,
        steps=tuple(sorted((one for one in found if isinstance(one, Step)), key=_turn)),
        kept=tuple(_kept(wanted, stands, frozenset(remove))),
        refused=tuple(one for one in found if isinstance(one, Finding)),
    )


def _turn(step: Step) -> int:
    if step.what == "tenant" and of_tenants.lowers(step):
        return _LAST
    return _ORDER.index((step.what, step.does))


def _tables(wanted: Fleet, stands: Stands) -> Iterator[Step | Finding]:
    tenants, nodes, domains, ips, _ = (_known(stands.fleet, kind) for kind in NAMES)
    for n, node in enumerate(wanted.nodes):
        yield from of_nodes.steps(("nodes", n), node, nodes.get(node.name))
    for n, tenant in enumerate(wanted.tenants):
        path = ("tenants", n)
        yield from of_tenants.steps(path, tenant, tenants.get(tenant.slug), stands)
    for n, domain in enumerate(wanted.domains):
        yield from of_domains.steps(("domains", n), domain, domains.get(domain.domain))
    every: list[NodeId] = sorted({*nodes, *(one.name for one in wanted.nodes)})
    for n, ip in enumerate(wanted.ips):
        yield from _ip(("ips", n), ip, ips.get(ip.address), stands, every)
    yield from _quotas(wanted, stands)


def _known(fleet: Fleet, kind: str) -> dict[Any, Any]:
    return {named(kind, one): one for one in getattr(fleet, kind)}


def _ip(
    path: tuple[str | int, ...], wanted: Ip, present: Ip | None, stands: Stands, nodes: list[NodeId]
) -> Iterator[Step | Finding]:
    if present is not None:
        yield from of_ips.known(path, wanted, present, stands.places[present.address])
    elif not wanted.removed:
        yield from of_ips.new(path, wanted, nodes)


def _chats(wanted: Fleet, stands: Stands, remove: Sequence[str]) -> Iterator[Step | Finding]:
    known = _known(stands.fleet, "chats")
    gone = {*remove, *(one.name for one in wanted.chats if one.removed)}
    left = {**known, **_known(wanted, "chats")}
    hears = [one for name, one in left.items() if name not in gone]
    for n, chat in enumerate(wanted.chats):
        path = ("chats", n)
        yield from of_chats.steps(path, chat, known.get(chat.name), hears, stands.configured)


def _quotas(wanted: Fleet, stands: Stands) -> Iterator[Finding]:
    """Each address gets at least one message a day, those too that are on their way out."""
    present = {one.slug: one.quota for one in stands.fleet.tenants}
    for n, tenant in enumerate(wanted.tenants):
        quota = tenant.quota or present.get(tenant.slug)
        count = len(_addresses(wanted, stands, tenant.slug))
        if isinstance(quota, int) and quota < count:
            why = (
                f"{quota} a day is less than the {count} addresses that {tenant.slug} has, and each"
                " gets at least 1; those that are to be removed count until they are gone"
            )
            yield Finding(("tenants", n, "quota"), why)


def _addresses(wanted: Fleet, stands: Stands, tenant: TenantId) -> set[str]:
    new = {one.address for one in wanted.ips if one.tenant == tenant and not one.removed}
    return new | {one.address for one in stands.fleet.ips if one.tenant == tenant}


def _removals(wanted: Fleet, stands: Stands, remove: Sequence[str]) -> Iterator[Step | Finding]:
    kinds = ("ips", "domains", "chats")
    stays = {name for kind in kinds for name in _known(wanted, kind)}
    standing: dict[str, Ip | Domain | Chat] = {}
    for kind in kinds:
        standing |= _known(stands.fleet, kind)
    for name in dict.fromkeys(remove):
        one = standing.get(name)
        if name in stays:
            why = f"{name} is in the file; say removed = true there, or take it out of the file"
            yield Finding((), f"--remove {name}: {why}")
        elif one is None:
            left = sorted({*standing} - stays)
            near = meant(name, left) if left else "; the file names all that there are"
            yield Finding((), f"--remove {name}: there is no such address, domain or chat{near}")
        elif isinstance(one, Domain):
            yield of_domains.removed(one)
        elif isinstance(one, Chat):
            yield of_chats.removed(one)
        elif not stands.places[one.address].leaving:
            yield of_ips.removed(one)


def _kept(wanted: Fleet, stands: Stands, removed: frozenset[str]) -> Iterator[Kept]:
    for what, kind in KINDS.items():
        named = {*_known(wanted, kind)}
        for name in sorted(_known(stands.fleet, kind)):
            if name not in named and name not in removed:
                yield Kept(what, name)
