"""Tenants: read and changed."""

from datetime import datetime

from msgspec import Struct

from engine.api import as_of, reading, writing
from engine.api.as_of import Modes, Stood
from engine.api.call import Answer, AsOf, Body, Call, Page, Word
from engine.api.decode import checked, one_line
from engine.api.problems import Problem
from engine.commands.tenant import ChangeTenant
from engine.ids import InstanceId, TenantId, parse_hostname
from engine.projections.tenants import TENANTS, Tenant
from engine.runtime.command_handler import Asked
from engine.values.authority import Mode, over_tenant


class TenantChange(Body, frozen=True, kw_only=True):
    """What is left out stays."""

    name: Word | None = None
    brand_domain: Word | None = None
    sending_domain_base: Word | None = None
    mailwizz: InstanceId | None = None


class TenantShown(Struct, frozen=True, kw_only=True):
    slug: TenantId
    name: str
    brand_domain: str
    sending_domain_base: str
    day_tz: str
    mailwizz: InstanceId | None
    authority: Mode
    created_at: datetime | None


async def listed(call: Call, query: Page) -> Answer:
    mode = await as_of.modes(call, await as_of.stood(call, query.as_of))
    return await reading.page(call, query, TENANTS, lambda one: present(one, mode))


async def show(call: Call, query: AsOf) -> Answer:
    then = await as_of.stood(call, query.as_of)
    shown = present(await _known(call, then), await as_of.modes(call, then))
    return reading.as_then(call, then, Answer(shown))


async def change(call: Call, body: TenantChange) -> Answer:
    slug = (await _known(call)).slug
    name, brand, base = body.name, body.brand_domain, body.sending_domain_base
    command = ChangeTenant(
        slug=slug,
        name=None if name is None else checked("$.name", one_line, name),
        brand_domain=None if brand is None else checked("$.brand_domain", parse_hostname, brand),
        sending_domain_base=(
            None if base is None else checked("$.sending_domain_base", parse_hostname, base)
        ),
        mailwizz=None if body.mailwizz is None else instance(call, slug, body.mailwizz),
    )
    position = await writing.ask(call, [Asked(command, slug)], slug)
    found = await reading.written(call.deps, position, TENANTS, slug, slug)
    where = f"/api/v2/tenants/{slug}"
    return (
        reading.later(where, position)
        if found is None
        else Answer(present(found, as_of.live(call)), 200, position)
    )


async def _known(call: Call, then: Stood | None = None) -> Tenant:
    """Another tenant is the same as none."""
    slug = call.path["slug"]
    tenant = call.caller.tenant
    found = await reading.one(
        await as_of.reader(call, then, TENANTS, tenant), TENANTS, slug, tenant
    )
    if found is None:
        raise Problem("not-found", f"there is no tenant {slug!r}; GET /api/v2/tenants lists them")
    return found


def instance(
    call: Call,
    slug: TenantId,
    named: InstanceId | None,
    field: str = "$.mailwizz",
    index: int | None = None,
) -> InstanceId | None:
    """Which installation a tenant may name is the configuration's affair."""
    given = call.deps.mailwizz_for(slug)
    if named in (None, given):
        return given
    has = f"gives it {given!r}" if given else "gives it none"
    why = f"the tenant {slug!r} may not name {named!r}: the configuration {has} ([mailwizz.…])"
    raise Problem("invalid", why, field=field, index=index)


def present(tenant: Tenant, mode: Modes) -> TenantShown:
    return TenantShown(
        slug=tenant.slug,
        name=tenant.name,
        brand_domain=tenant.brand_domain,
        sending_domain_base=tenant.sending_domain_base,
        day_tz=tenant.day_tz,
        mailwizz=tenant.mailwizz,
        authority=mode(over_tenant(tenant.slug)),
        created_at=tenant.created_at,
    )
