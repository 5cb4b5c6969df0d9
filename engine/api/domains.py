"""What the DNS says of a domain, now or if other records were published; and what it needs."""

from typing import Annotated

from msgspec import Meta, Struct

from engine.api import domain_asked, present_domain, present_report, reading, sending_domains
from engine.api.call import Answer, Call
from engine.api.decode import checked
from engine.api.domain_asked import AboutDomain, Records
from engine.ids import TenantId
from engine.rules import domain_records, zone_file
from engine.rules.domain_name import parse_domain
from engine.rules.proposed import Proposed
from engine.runtime.questions import Lookup, drive
from engine.runtime.validate import validate as validated
from engine.values.dns import DnsAnswer, Question
from engine.values.zone_record import ZoneRecord

ADDRESS = r"^[^@\s]{1,64}@[^@\s]+$"
NONCE_BITS = 64


class Validate(AboutDomain, frozen=True, kw_only=True):
    records: Records | str | None = None  # judged as if they were published; or a zone file


class NewRecords(AboutDomain, frozen=True, kw_only=True):
    keys: Annotated[dict[str, str], Meta(max_length=domain_asked.SELECTORS_MAX)] | None = None
    mx: str = ""  # the host that takes mail to the domain
    reports_to: Annotated[str, Meta(pattern=rf"{ADDRESS}|^$", max_length=254)] = ""


class RecordsShown(Struct, frozen=True, kw_only=True):
    domain: str
    records: tuple[ZoneRecord, ...]
    zone: str  # the same as lines of a zone file
    missing: tuple[str, ...]


async def validate(call: Call, body: Validate) -> Answer:
    """Of a sending domain as it is configured, the look is recorded like any other.  Nothing else
    is: it may be anybody's domain, other addresses, or records that nobody has published.
    """
    asked = domain_asked.about(call, body)
    if asked.registered and body.plain and body.records is None:
        return await _recorded(call, asked.check.domain, asked.tenant)
    lookup: Lookup = call.deps.resolver.lookup
    if body.records is not None:
        lookup = _if_published(domain_asked.proposed(body.records, asked.check.domain), lookup)
    with call.deps.validations.one(call.caller.key):
        made = await validated(
            asked.check,
            lookup=lookup,
            resolver=call.deps.resolver.name,
            nonce=f"ee-{call.deps.token(NONCE_BITS).hex()}",
        )
    return Answer(present_report.validation(made, call.deps.clock.now()))


async def _recorded(call: Call, domain: str, tenant: TenantId | None) -> Answer:
    with call.deps.validations.one(call.caller.key):
        found, position = await sending_domains.look(call, domain, tenant)
    if found is None or found.last is None:
        return reading.later(call, f"{sending_domains.DOMAINS_PATH}/{domain}", position)
    return Answer(present_domain.report(found.last), 200, position)


async def records(call: Call, body: NewRecords) -> Answer:
    check = domain_asked.with_keys(domain_asked.about(call, body).check, body.keys or {})
    mx = checked("$.mx", parse_domain, body.mx) if body.mx else ""
    made = domain_records.records(check, mx=mx, reports_to=body.reports_to)
    return Answer(
        RecordsShown(
            domain=made.domain,
            records=made.records,
            zone=zone_file.written(made.records),
            missing=made.missing,
        )
    )


def _if_published(records: list[ZoneRecord], lookup: Lookup) -> Lookup:
    proposed = Proposed(records)

    async def ask(questions: tuple[Question, ...]) -> tuple[DnsAnswer, ...]:
        return tuple([await lookup(one) for one in questions])

    async def look_up(question: Question) -> DnsAnswer:
        return await drive(proposed.look_up(question), ask)

    return look_up
