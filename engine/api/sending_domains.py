"""Domains that tenants send from: registered, changed, removed, read, and looked at on demand."""

from functools import partial
from typing import Literal

from msgspec import Struct

from engine.api import as_of, auth, domain_setup, outcomes, present_domain, reading, writing
from engine.api.as_of import Stood
from engine.api.call import Answer, AsOf, Call, OfTenant, Page, Reading
from engine.api.decode import checked
from engine.api.domain_setup import DomainChange, NewDomain
from engine.api.problems import Problem
from engine.commands.domain import (
    ChangeDomain,
    CheckDomain,
    DomainCommand,
    RegisterDomain,
    RemoveDomain,
)
from engine.errors import Rejected
from engine.events.domain import DOMAIN
from engine.ids import Position, TenantId
from engine.projections.domains import DOMAINS, Domain
from engine.rules.domain_name import parse_domain
from engine.runtime.command_handler import Asked
from engine.values.sending_domain import Setup
from engine.values.status import Status

DOMAINS_PATH = "/api/v2/domains"


class DomainPage(Page, frozen=True, kw_only=True):
    status: Status | None = None


class Whose(Reading, frozen=True, kw_only=True):
    tenant: TenantId | None = None  # a platform's key must name it


class Removed(Struct, frozen=True):
    domain: str
    registered: Literal[False] = False


async def register(call: Call, body: NewDomain) -> Answer:
    domain = checked("$.domain", parse_domain, body.domain)
    said = domain_setup.said(domain, body, Setup())
    tenant = auth.whose(call.deps.views, call.caller, body.tenant)
    command = RegisterDomain(domain=domain, setup=Setup(**said))
    try:
        position = await writing.ask(call, [Asked(command, tenant)], tenant)
    except Rejected as refused:
        raise await _taken(call, domain, tenant, refused) from refused
    return await _shown(call, domain, tenant, position, status=201)


async def listed(call: Call, query: DomainPage) -> Answer:
    shown = partial(present_domain.domain, tuning=call.deps.tuning)
    return await reading.page(call, query, DOMAINS, shown, {"status": query.status})


async def show(call: Call, query: AsOf) -> Answer:
    domain, then = named(call), await as_of.stood(call, query.as_of)
    tenant = call.caller.tenant or await owner(call, domain, then)
    reader = await as_of.reader(call, then, DOMAINS, tenant)
    view = await reading.one(reader, DOMAINS, f"{tenant}/{domain}", call.caller.tenant)
    shown = present_domain.whole(view, call.deps.tuning) if view else None
    if shown is None:
        raise unknown(domain)
    return reading.as_then(call, then, Answer(shown))


async def change(call: Call, body: DomainChange) -> Answer:
    domain = named(call)
    tenant = auth.whose(call.deps.views, call.caller, body.tenant)
    known = call.deps.views.get(DOMAINS, f"{tenant}/{domain}").setup
    if known is None:
        raise unknown(domain)
    command = ChangeDomain(domain=domain, **domain_setup.said(domain, body, known))
    _, position = await _asked(call, command, tenant)
    return await _shown(call, domain, tenant, position)


async def remove(call: Call, query: Whose) -> Answer:
    domain = named(call)
    _, position = await _asked(call, RemoveDomain(domain=domain), query.tenant)
    await writing.seen(call, position)
    return Answer(Removed(domain), 200, position)


async def check(call: Call, body: OfTenant) -> Answer:
    """Looks now, and waits for what the look finds; two who ask at once are shown the same look."""
    domain = named(call)
    found, position = await look(call, domain, body.tenant)
    if found is None:
        return reading.later(call, f"{DOMAINS_PATH}/{domain}", position)
    shown = present_domain.whole(found, call.deps.tuning)
    if shown is None:  # it was removed meanwhile
        raise unknown(domain)
    return Answer(shown, 200, position)


async def look(call: Call, domain: str, whose: TenantId | None) -> tuple[Domain | None, Position]:
    """The view after a look of now; None: not in time."""
    tenant = auth.whose(call.deps.views, call.caller, whose)
    key = f"{tenant}/{domain}"
    last = call.deps.views.get(DOMAINS, key).last
    command = CheckDomain(domain=domain, after=last.position if last else Position(0))
    _, position = await _asked(call, command, tenant)
    return await outcomes.seen(call, DOMAINS, key, position, looked), position


def looked(view: Domain) -> bool:
    """Nothing is asked of it any more."""
    return view.setup is None or not view.due


def named(call: Call) -> str:
    """The domain in the path."""
    try:
        return parse_domain(call.path["domain"])
    except ValueError as wrong:
        raise Problem("not-found", str(wrong)) from wrong


def unknown(domain: str) -> Problem:
    why = f"{domain} is not registered here; GET {DOMAINS_PATH} lists what is"
    return Problem("not-found", why)


async def _asked(
    call: Call, command: DomainCommand, whose: TenantId | None
) -> tuple[TenantId, Position]:
    tenant = auth.whose(call.deps.views, call.caller, whose)
    try:
        return tenant, await writing.ask(call, [Asked(command, tenant)], tenant)
    except Rejected as refused:
        raise (unknown(command.domain) if refused.code == "not_found" else refused) from refused


async def _shown(
    call: Call,
    domain: str,
    tenant: TenantId,
    position: Position,
    status: Literal[200, 201] = 200,
) -> Answer:
    where = f"{DOMAINS_PATH}/{domain}"
    view = await reading.written(call.deps, position, DOMAINS, f"{tenant}/{domain}", tenant)
    shown = present_domain.whole(view, call.deps.tuning) if view else None
    if shown is None:
        return reading.later(call, where, position)
    return Answer(shown, status, position, where if status == 201 else None)


async def owner(call: Call, domain: str, then: Stood | None) -> TenantId | None:
    """Views are keyed by tenant first; the domain's own stream says whose it is."""
    history = await call.deps.log.read(DOMAIN, domain)
    known = [one for one in history if then is None or one.position <= then.position]
    return known[-1].tenant if known else None


async def _taken(call: Call, domain: str, tenant: TenantId, refused: Rejected) -> Exception:
    """Who has it is said to nobody else."""
    if refused.code != "taken":
        return refused
    own = await reading.one(call.deps.models, DOMAINS, f"{tenant}/{domain}", tenant)
    where = f"GET {DOMAINS_PATH}/{domain}"
    mine = f": it is registered for {tenant} already; see {where}" if own and own.setup else ""
    return Problem("taken", f"{refused.reason}{mine}", field="$.domain")
