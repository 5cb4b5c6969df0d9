"""DKIM keys that the engine makes for a sending domain: asked for, published, rotated, dropped."""

from datetime import datetime, timedelta

from msgspec import Struct

from engine.api import as_of, auth, outcomes, reading, sending_domains, writing
from engine.api.call import Answer, AsOf, Call, OfTenant
from engine.api.decode import checked
from engine.api.problems import Problem
from engine.api.sending_domains import DOMAINS_PATH, Whose
from engine.commands.domain import DomainCommand
from engine.commands.domain_key import AskKey, DropKey
from engine.errors import Rejected
from engine.ids import NodeId, Position, TenantId
from engine.projections.dkim_keys import DKIM_KEYS, DkimKey, DkimKeys
from engine.projections.domains import DOMAINS
from engine.projections.ips import IPS
from engine.rules.dkim.publish import key_name
from engine.rules.dkim.standing import revoking
from engine.rules.domain_name import parse_selector
from engine.rules.timing import KEY_KEPT
from engine.runtime.command_handler import Asked
from engine.values.dkim_key import Algorithm, KeyState, Standing
from engine.values.sending_domain import Setup

TTL_S = 3600  # of a record, as it is proposed


class NewDkimKey(OfTenant, frozen=True, kw_only=True):
    selector: str = ""  # "" = named by the day
    algorithm: Algorithm = "rsa"


class RecordShown(Struct, frozen=True, kw_only=True):
    name: str
    type: str
    value: str
    ttl: int


class DkimKeyShown(Struct, frozen=True, kw_only=True):
    selector: str
    algorithm: Algorithm
    state: KeyState
    since: datetime
    record: RecordShown | None  # as it is to be published now; None: not made yet, or to be nothing
    paths: dict[NodeId, str]  # where the private part lies
    nodes_lacking: tuple[NodeId, ...]  # that send for the domain, and do not have it
    seen: Standing | None  # how the DNS stood to it last
    looked_at: datetime | None
    why: str  # of the last attempt or look
    next: str  # what it waits for
    revoked_from: datetime | None  # of a superseded one


class KeysShown(Struct, frozen=True, kw_only=True):
    domain: str
    tenant: TenantId
    keys: list[DkimKeyShown]


async def ask(call: Call, body: NewDkimKey) -> Answer:
    """Waits for the key; asked again before that one is in use, it is shown again."""
    return await _asked(call, body, rotates=False)


async def rotate(call: Call, body: NewDkimKey) -> Answer:
    """The same, and only where one is in use: it signs on until the new one's record was seen and
    every node was told."""
    return await _asked(call, body, rotates=True)


async def _asked(call: Call, body: NewDkimKey, *, rotates: bool) -> Answer:
    domain = sending_domains.named(call)
    tenant = auth.whose(call.deps.views, call.caller, body.tenant)
    selector = checked("$.selector", parse_selector, body.selector) if body.selector else ""
    setup = _registered(call, tenant, domain)
    nodes = _nodes(call, tenant, setup)
    if not nodes:
        why = f"no address of {tenant} sends for {domain} yet; register one with POST /api/v2/ips"
        raise Problem("refused", why)
    command = AskKey(
        domain=domain,
        nodes=nodes,
        selector=selector,
        algorithm=body.algorithm,
        rotates=rotates,
    )
    position = await _told(call, command, tenant)
    key = f"{tenant}/{domain}"
    where = f"{DOMAINS_PATH}/{domain}/dkim"
    found = await outcomes.seen(call, DKIM_KEYS, key, position, _is_made)
    if found is None:
        return reading.later(call, where, position)
    return Answer(_shown(found, nodes), 200, position, where)


def _is_made(view: DkimKeys) -> bool:
    """Or failed to be, which is shown too."""
    return all(one.state != "asked" or one.why for one in view.keys.values())


async def show(call: Call, query: AsOf) -> Answer:
    domain, then = sending_domains.named(call), await as_of.stood(call, query.as_of)
    tenant = call.caller.tenant or await sending_domains.owner(call, domain, then)
    reader = await as_of.reader(call, then, DKIM_KEYS, tenant)
    view = await reading.one(reader, DKIM_KEYS, f"{tenant}/{domain}", call.caller.tenant)
    setup = call.deps.views.get(DOMAINS, f"{tenant}/{domain}").setup
    if tenant is None or (view is None and setup is None):
        raise sending_domains.unknown(domain)
    nodes = _nodes(call, tenant, setup or Setup())
    return reading.as_then(call, then, Answer(_shown(view or DkimKeys(tenant, domain), nodes)))


async def drop(call: Call, query: Whose) -> Answer:
    domain, selector = sending_domains.named(call), call.path["selector"]
    tenant = auth.whose(call.deps.views, call.caller, query.tenant)
    setup = _registered(call, tenant, domain)
    position = await _told(call, DropKey(domain=domain, selector=selector), tenant)
    await writing.seen(call, position)
    view = call.deps.views.get(DKIM_KEYS, f"{tenant}/{domain}")
    return Answer(_shown(view, _nodes(call, tenant, setup)), 200, position)


def _registered(call: Call, tenant: TenantId, domain: str) -> Setup:
    setup = call.deps.views.get(DOMAINS, f"{tenant}/{domain}").setup
    if setup is None:
        raise sending_domains.unknown(domain)
    return setup


def _nodes(call: Call, tenant: TenantId, setup: Setup) -> tuple[NodeId, ...]:
    """Of the addresses that may send for the domain."""
    every = call.deps.views.of(IPS).values()
    rows = [row for row in every if row.tenant == tenant and row.ip]  # a removed one is blank
    sending = {row.node for row in rows if not setup.purposes or row.vmta.purpose in setup.purposes}
    return tuple(sorted(sending))


async def _told(call: Call, command: DomainCommand, tenant: TenantId) -> Position:
    try:
        return await writing.ask(call, [Asked(command, tenant)], tenant)
    except Rejected as refused:
        missing = refused.code == "not_found"
        raise Problem("not-found" if missing else "refused", refused.reason) from refused


def _shown(view: DkimKeys, nodes: tuple[NodeId, ...]) -> KeysShown:
    keys = sorted(view.keys.items(), key=lambda one: (one[1].asked_at, one[0]), reverse=True)
    return KeysShown(
        domain=view.domain,
        tenant=view.tenant,
        keys=[_key(view.domain, selector, one, nodes) for selector, one in keys],
    )


def _key(domain: str, selector: str, one: DkimKey, nodes: tuple[NodeId, ...]) -> DkimKeyShown:
    kept = one.since + KEY_KEPT if one.state == "superseded" else None
    signing = one.state in ("laid", "published", "used")
    return DkimKeyShown(
        selector=selector,
        algorithm=one.algorithm,
        state=one.state,
        since=one.since,
        record=_record(domain, selector, one),
        paths=one.paths,
        nodes_lacking=tuple(node for node in nodes if signing and node not in one.paths),
        seen=one.standing,
        looked_at=one.looked_at,
        why=one.why,
        next=_NEXT[one.state] if one.algorithm == "rsa" or one.state != "used" else _NEVER,
        revoked_from=kept,
    )


def _record(domain: str, selector: str, one: DkimKey) -> RecordShown | None:
    if not one.record or one.state == "dropped":
        return None
    value = revoking(one.record) if one.state == "revoked" else one.record
    return RecordShown(name=key_name(selector, domain), type="TXT", value=value, ttl=TTL_S)


_NEXT: dict[KeyState, str] = {
    "asked": "it is made, and laid on its nodes",
    "laid": "publish the record; it is looked for every 15 minutes",
    "published": "every node is told to sign with it",
    "used": "nothing; leave the record where it is",
    "superseded": f"leave the record where it is for {KEY_KEPT // timedelta(days=1)} days",
    "revoked": "publish the record with its p= empty, or take it away",
    "dropped": "its private part is taken off the nodes; take the record away",
}
_NEVER = "leave the record where it is; PowerMTA 5.0 signs with RSA alone, so nothing uses it yet"
