"""Tenants: read and changed."""

from datetime import datetime
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from engine.api import as_of, reading, writing
from engine.api.as_of import Modes, Stood
from engine.api.call import Answer, AsOf, Body, Call, Page, Word
from engine.api.decode import checked
from engine.api.problems import Problem
from engine.commands.tenant import ChangeTenant
from engine.ids import InstanceId, Position, TenantId, Zone, parse_hostname
from engine.projections.quotas import QUOTAS, Quotas
from engine.projections.tenants import TENANTS, Review, Suspension, Tenant
from engine.rules.redaction import one_line
from engine.runtime.command_handler import Asked
from engine.values.authority import Mode, over_tenant
from engine.values.verdict import Action

Quota = Annotated[int, Meta(ge=1, le=1_000_000_000)]  # messages a day


class TenantChange(Body, frozen=True, kw_only=True):
    """What is left out stays."""

    name: Word | None = None
    brand_domain: Word | None = None
    sending_domain_base: Word | None = None
    mailwizz: InstanceId | None = None
    quota: UnsetType | Quota | None = UNSET  # null: unlimited


class TenantShown(Struct, frozen=True, kw_only=True):
    slug: TenantId
    name: str
    brand_domain: str
    sending_domain_base: str
    day_tz: str
    mailwizz: InstanceId | None
    quota: int | None  # messages a day of all its addresses together; null: unlimited
    authority: Mode
    zone_actions: dict[Zone, Action]  # what differs from the catalogue
    created_at: datetime | None
    review: Review | None  # null: it is in none
    suspended: Suspension | None  # null: it is not


class QuotaUse(Struct, frozen=True, kw_only=True):
    """Messages a day."""

    used: int  # the caps of its addresses together
    left: int | None  # null: unlimited
    wanted: int  # what their ladders come to
    addresses: int
    limited: int  # addresses whose cap the quota holds down


class TenantOne(TenantShown, frozen=True, kw_only=True):
    quota_use: QuotaUse


async def listed(call: Call, query: Page) -> Answer:
    mode = await as_of.modes(call, await as_of.stood(call, query.as_of))
    return await reading.page(call, query, TENANTS, lambda one: present(one, mode))


async def show(call: Call, query: AsOf) -> Answer:
    then = await as_of.stood(call, query.as_of)
    shown = present(await known(call, then), await as_of.modes(call, then))
    reader = await as_of.reader(call, then, QUOTAS, shown.slug)
    quotas = await reading.one(reader, QUOTAS, shown.slug, shown.slug) or Quotas()
    fields = {name: getattr(shown, name) for name in shown.__struct_fields__}
    return reading.as_then(call, then, Answer(TenantOne(**fields, quota_use=_use(shown, quotas))))


def _use(shown: TenantShown, quotas: Quotas) -> QuotaUse:
    return QuotaUse(
        used=quotas.given,
        left=None if shown.quota is None else max(0, shown.quota - quotas.given),
        wanted=quotas.wanted,
        addresses=quotas.addresses,
        limited=quotas.limited,
    )


async def change(call: Call, body: TenantChange) -> Answer:
    slug = (await known(call)).slug
    name, brand, base = body.name, body.brand_domain, body.sending_domain_base
    command = ChangeTenant(
        slug=slug,
        name=None if name is None else checked("$.name", one_line, name),
        brand_domain=None if brand is None else checked("$.brand_domain", parse_hostname, brand),
        sending_domain_base=(
            None if base is None else checked("$.sending_domain_base", parse_hostname, base)
        ),
        mailwizz=None if body.mailwizz is None else instance(call, slug, body.mailwizz),
        quota=body.quota,
    )
    async with call.deps.turns.of(slug):
        _enough(call, slug, body.quota)
        position = await writing.ask(call, [Asked(command, slug)], slug)
        found = await reading.written(call.deps, position, TENANTS, slug, slug)
    return answer(call, found, slug, position)


def answer(call: Call, found: Tenant | None, slug: TenantId, position: Position) -> Answer:
    """As it stands after what was written at ``position``."""
    if found is None:
        return reading.later(call, f"/api/v2/tenants/{slug}", position)
    return Answer(present(found, as_of.live(call)), 200, position)


def _enough(call: Call, slug: TenantId, quota: UnsetType | int | None) -> None:
    """Each address gets at least one message a day: 0 would be no cap at all."""
    addresses = call.deps.views.get(QUOTAS, slug).addresses
    if isinstance(quota, int) and quota < addresses:
        why = (
            f"a quota of {quota} a day is less than the {addresses} addresses of {slug!r}, and each"
            " gets at least 1; to stop an address, quarantine or retire it"
        )
        raise Problem("invalid", why, field="$.quota")


async def known(call: Call, then: Stood | None = None) -> Tenant:
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
    """Which installation a tenant may name is the configuration's affair; None: the only one."""
    given = call.deps.mailwizz_for(slug)
    if named is None:
        return given[0] if len(given) == 1 else None
    if named in given:
        return named
    has = f"gives it {' or '.join(map(repr, given))}" if given else "gives it none"
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
        quota=tenant.quota,
        authority=mode(over_tenant(tenant.slug)),
        zone_actions=tenant.zone_actions,
        created_at=tenant.created_at,
        review=tenant.review,
        suspended=tenant.suspended,
    )
