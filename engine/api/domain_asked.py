"""What a request asks about a domain, completed by what its tenant's configuration says."""

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, NamedTuple, TypeVar

from msgspec import Meta
from msgspec.structs import replace

from engine.api import auth
from engine.api.call import Body, Call, OfTenant
from engine.api.decode import checked
from engine.api.problems import Problem
from engine.ids import TenantId, parse_ip
from engine.projections.domains import DOMAINS, Domain
from engine.projections.tenants import TENANTS
from engine.rules import zone_file
from engine.rules.dkim.keys import deployed
from engine.rules.domain_name import parse_domain, parse_selector
from engine.rules.zone_data import parse_data, parse_name
from engine.runtime.perform.domain import names, senders
from engine.values.dns import RecordType
from engine.values.domain_check import DomainCheck
from engine.values.sending_domain import Setup
from engine.values.zone_record import ZoneRecord

T = TypeVar("T")

IPS_MAX = 100  # of one request; a tenant's own are looked at as many as there are
SELECTORS_MAX = 20

Ips = Annotated[list[str], Meta(max_length=IPS_MAX)]
Selectors = Annotated[list[str], Meta(max_length=SELECTORS_MAX)]


class Proposed(Body, frozen=True, kw_only=True):
    name: str
    type: RecordType
    data: str | None = None  # null: as if there were no such record


Records = Annotated[list[Proposed], Meta(max_length=zone_file.RECORDS_MAX)]


class AboutDomain(OfTenant, frozen=True, kw_only=True):
    """What is left out comes from the tenant's configuration."""

    domain: str
    ips: Ips | None = None
    selectors: Selectors | None = None
    mail_from: str | None = None
    helo: str | None = None

    @property
    def plain(self) -> bool:
        """Nothing but the domain is said: it is asked about as it is configured."""
        given = (self.ips, self.selectors, self.mail_from, self.helo)
        return all(one is None for one in given)


class Asked(NamedTuple):
    check: DomainCheck
    tenant: TenantId | None  # whose configuration completed it
    registered: bool  # as a sending domain of this tenant


def about(call: Call, body: AboutDomain) -> Asked:
    """Raises Problem."""
    domain = checked("$.domain", parse_domain, body.domain)
    tenant = _tenant(call, body.tenant, domain)
    found = call.deps.views.get(DOMAINS, f"{tenant}/{domain}").setup if tenant else None
    check = _check(call, body, domain, tenant, found or Setup())
    return Asked(check, tenant, found is not None)


def _check(
    call: Call, body: AboutDomain, domain: str, tenant: TenantId | None, setup: Setup
) -> DomainCheck:
    own = senders(call.deps.views, tenant, setup) if tenant else []
    ips = [row.ip for row in own]
    wanted = tuple(ips) if body.ips is None else _each("$.ips", parse_ip, body.ips)
    selectors = _given("$.selectors", parse_selector, body.selectors, setup.selectors)
    return DomainCheck(
        domain=domain,
        ips=wanted,
        names={ip: name for ip, name in names(own).items() if ip in wanted},
        selectors=selectors,
        mail_from=_name("$.mail_from", body.mail_from, setup.mail_from),
        helo=_name("$.helo", body.helo, setup.helo),
        allow_reserved=call.deps.allow_reserved,
    )


def proposed(records: Records | str, domain: str) -> list[ZoneRecord]:
    """Records to be judged as if they were published, one by one or as a zone file."""
    if isinstance(records, str):
        return checked("$.records", lambda text: zone_file.parse(text, domain), records)
    return [_record(index, one) for index, one in enumerate(records)]


def with_keys(check: DomainCheck, keys: Mapping[str, str]) -> DomainCheck:
    """A selector whose key is given need not be named apart from it."""
    given = {
        checked(f"$.keys.{name}", parse_selector, name): _public_key(f"$.keys.{name}", text)
        for name, text in keys.items()
    }
    selectors = tuple(dict.fromkeys((*given, *check.selectors))) if given else check.selectors
    return replace(check, keys={**check.keys, **given}, selectors=selectors)


def _public_key(field: str, text: str) -> str:
    """Base64 of a public key, from that or from PEM; raises Problem."""
    lines = [line.strip() for line in text.strip().splitlines()]
    if any("PRIVATE" in line for line in lines):
        raise Problem("invalid", "that is a private key; give the public part alone", field=field)
    plain = "".join(line for line in lines if not line.startswith("-----"))
    return checked(field, _key, plain)


def _key(text: str) -> str:
    try:
        deployed(base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError) as wrong:
        raise ValueError(f"this is no public key, as PEM or in base64: {wrong}") from wrong
    return text


def _tenant(call: Call, named: TenantId | None, domain: str) -> TenantId | None:
    """Whose configuration completes the request.  The platform need not name a tenant whose domain
    it is; of a domain that is nobody's here, only what is said is known.
    """
    views = call.deps.views
    if call.caller.tenant is not None or named is not None:
        return auth.whose(views, call.caller, named)
    registered = [one.tenant for one in views.of(DOMAINS).values() if _is(one, domain)]
    below = [
        tenant.slug
        for tenant in views.of(TENANTS).values()
        if f".{domain}".endswith(f".{tenant.sending_domain_base or '-'}")
    ]
    return next(iter([*registered, *below]), None)


def _is(view: Domain, domain: str) -> bool:
    return view.setup is not None and view.domain == domain


def _record(index: int, one: Proposed) -> ZoneRecord:
    name = checked(f"$.records[{index}].name", parse_name, one.name)
    if one.data is None:
        return ZoneRecord(name, one.type, None)
    data = checked(f"$.records[{index}].data", lambda text: parse_data(one.type, text), one.data)
    return ZoneRecord(name, one.type, data)


def _given(
    field: str,
    parse: Callable[[str], str],
    given: Sequence[str] | None,
    configured: tuple[str, ...],
) -> tuple[str, ...]:
    return configured if given is None else _each(field, parse, given)


def _each(field: str, parse: Callable[[str], T], given: Sequence[str]) -> tuple[T, ...]:
    found = [checked(f"{field}[{n}]", parse, text) for n, text in enumerate(given)]
    return tuple(dict.fromkeys(found))


def _name(field: str, given: str | None, configured: str) -> str:
    """A domain, or an address in it."""
    if given is None or not given:
        return configured if given is None else ""
    return checked(field, parse_domain, given.rpartition("@")[2])
