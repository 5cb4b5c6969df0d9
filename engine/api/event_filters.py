"""Which events a client wants."""

import difflib
from typing import get_args

from engine.api import auth
from engine.api.call import Call, Reading
from engine.api.problems import Problem
from engine.events import Event
from engine.events.dns import DNS
from engine.events.dnsbl import DNSBL
from engine.events.effect import EFFECT
from engine.events.host import HOST
from engine.events.ip import IP
from engine.events.node import NODE
from engine.events.rollout import ROLLOUT
from engine.ids import IpAddr, NodeId, TenantId, parse_ip
from engine.ports import Wanted
from engine.projections.tenants import TENANTS

TAGS = tuple(sorted(str(kind.__struct_config__.tag) for kind in get_args(Event)))
FAMILIES = tuple(dict.fromkeys(tag.partition(".")[0] + "." for tag in TAGS))


class EventFilter(Reading, frozen=True, kw_only=True):
    type: str = ""  # tags, by comma; `ip.` means all of a family
    ip: str = ""  # its life, its looks, and the wishes about it
    node: str = ""
    stream: str = ""
    tenant: TenantId | None = None  # for a platform's key: only of this one
    since: str = ""  # a moment, so long ago (2h), or for the platform a position
    after: str = ""  # ``next`` of the page before; it goes before ``since``


def wanted(call: Call, query: EventFilter) -> Wanted:
    """Raises Problem, which says what was meant."""
    tenant = auth.reads_as(call.deps.views, call.caller, query.tenant)
    return Wanted(tenant=tenant, streams=_streams(call, query), tags=_tags(query.type))


def _tags(text: str) -> tuple[str, ...]:
    words = [word.strip() for word in text.split(",")]
    return tuple(dict.fromkeys(tag for word in words if word for tag in _of(word)))


def _of(word: str) -> list[str]:
    """``ip.stopped``, ``ip.`` or ``ip``."""
    found = [tag for tag in TAGS if tag == word or tag.startswith(f"{word.rstrip('.')}.")]
    if found:
        return found
    near = difflib.get_close_matches(word, [*TAGS, *FAMILIES], n=1)
    said = f"did you mean `{near[0]}`?" if near else f"there are those of {', '.join(FAMILIES)}"
    raise Problem("invalid", f"there is no type of event `{word}`; {said}", field="$.type")


def _streams(call: Call, query: EventFilter) -> tuple[str, ...]:
    given = [name for name in ("ip", "node", "stream") if getattr(query, name)]
    if len(given) > 1:
        why = f"give one of {', '.join(given)}, not several"
        raise Problem("invalid", why, field=f"$.{given[1]}")
    if query.ip:
        return of_ip(_address(query.ip))
    if query.node:
        return of_node(NodeId(query.node), _tenants(call))
    return (query.stream,) if query.stream else ()


def of_ip(ip: IpAddr) -> tuple[str, ...]:
    kinds = ("ip", "dns", "dnsbl", "server")
    own = tuple(category.stream(ip) for category in (IP, DNSBL, DNS))
    return (*own, *(EFFECT.stream(f"{kind}/{ip}") for kind in kinds))


def of_node(node: NodeId, tenants: tuple[TenantId, ...]) -> tuple[str, ...]:
    """A tenant's configuration there has a stream of its own."""
    own = (NODE.stream(node), HOST.stream(node), EFFECT.stream(f"node/{node}"))
    return (*own, *(ROLLOUT.stream(f"{node}/{tenant}") for tenant in tenants))


def _tenants(call: Call) -> tuple[TenantId, ...]:
    if call.caller.tenant is not None:
        return (call.caller.tenant,)
    return tuple(view.slug for view in call.deps.views.of(TENANTS).values())


def _address(text: str) -> IpAddr:
    try:
        return parse_ip(text)
    except ValueError as wrong:
        raise Problem("invalid", str(wrong), field="$.ip") from wrong
