"""The tables as a declared fleet, each value parsed as the API parses it."""

from collections.abc import Callable, Mapping
from typing import Any

from msgspec.structs import replace

from engine.app.fleet_file.decoding import Rows, Wrong
from engine.app.fleet_file.lines import KeyPath
from engine.app.fleet_file.tables import ChatTable, DomainTable, IpTable, NodeTable, TenantTable
from engine.ids import IpAddr, NodeId, TenantId, parse_hostname, parse_ip, parse_purpose, parse_slug
from engine.rules.chat_number import parse_chat
from engine.rules.domain_name import parse_domain, parse_selector
from engine.rules.fleet.declared import Chat, Domain, Fleet, Ip, Node, Tenant
from engine.rules.host_place import parse_host, parse_host_key, parse_path, parse_user
from engine.rules.key_path import parse_key_path
from engine.rules.quiet_hours import known_tz, parse_quiet, written
from engine.rules.redaction import one_line
from engine.rules.warmup import plans
from engine.rules.warmup.ladders import DEFAULT
from engine.rules.warmup.plans import PlanError
from engine.values.plan import Plan

LADDER = ("ladder", "caps", "stage_days", "active_per_day", "interpolation", "day_rule")
Declared = Mapping[str, Mapping[int, Any]]  # by kind and number in the file


def declared(rows: Rows, wrong: Wrong) -> dict[str, dict[int, Any]]:
    """Of each kind what could be called by its name, by its number in the file: what else is wrong
    of it is as if it was not said.
    """
    return {
        kind: {
            number: made
            for number, table in rows[kind].items()
            if (made := parse((kind, number), table, wrong)) is not None
        }
        for kind, parse in PARSERS.items()
    }


def fleet(known: Declared) -> Fleet:
    return Fleet(**{kind: tuple(found.values()) for kind, found in known.items()})


def _tenant(at: KeyPath, one: TenantTable, wrong: Wrong) -> Tenant | None:
    slug = wrong.checked((*at, "slug"), parse_slug, one.slug)
    made = Tenant(
        slug=TenantId(slug or ""),
        name=wrong.checked((*at, "name"), one_line, one.name),
        brand_domain=wrong.checked((*at, "brand_domain"), parse_hostname, one.brand_domain),
        sending_domain_base=wrong.checked(
            (*at, "sending_domain_base"), parse_hostname, one.sending_domain_base
        ),
        day_tz=wrong.checked((*at, "day_tz"), known_tz, one.day_tz),
        mailwizz=one.mailwizz,
        quota=one.quota,
        authority=one.authority,
        list_actions=_zones(one.list_actions),
    )
    return made if slug is not None else None


def _zones(given: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if given is None:
        return None
    return {zone.strip().lower().rstrip("."): action for zone, action in given.items()}


def _node(at: KeyPath, one: NodeTable, wrong: Wrong) -> Node | None:
    name = wrong.checked((*at, "name"), parse_slug, one.name)
    made = Node(
        name=NodeId(name or ""),
        host=wrong.checked((*at, "host"), parse_host, one.host),
        host_key=wrong.checked((*at, "host_key"), parse_host_key, one.host_key),
        port=one.port,
        user=wrong.checked((*at, "user"), parse_user, one.user),
        config_dir=wrong.checked((*at, "config_dir"), parse_path, one.config_dir),
        pmta=wrong.checked((*at, "pmta"), parse_path, one.pmta),
        authority=one.authority,
    )
    return made if name is not None else None


def _domain(at: KeyPath, one: DomainTable, wrong: Wrong) -> Domain | None:
    domain = wrong.checked((*at, "domain"), parse_domain, one.domain)
    mail_from = wrong.checked((*at, "mail_from"), _or_none(parse_domain), one.mail_from)
    selectors = _each((*at, "selectors"), parse_selector, one.selectors, wrong)
    made = Domain(
        domain=domain or "",
        tenant=TenantId(one.tenant),
        selectors=selectors,
        dkim_keys=_keys((*at, "dkim_keys"), one.dkim_keys, selectors, wrong),
        mail_from="" if mail_from == domain else mail_from,
        helo=wrong.checked((*at, "helo"), _or_none(parse_hostname), one.helo),
        purposes=_each((*at, "purposes"), parse_purpose, one.purposes, wrong),
        removed=one.removed,
    )
    return made if domain is not None else None


def _or_none(parse: Callable[[str], str]) -> Callable[[str], str]:
    """ "" says that there is none."""
    return lambda text: parse(text) if text else ""


def _each(
    at: KeyPath, parse: Callable[[str], str], given: list[str] | None, wrong: Wrong
) -> tuple[str, ...] | None:
    if given is None:
        return None
    found = [wrong.checked((*at, number), parse, one) for number, one in enumerate(given)]
    return tuple(dict.fromkeys(one for one in found if one is not None))


def _keys(
    at: KeyPath, given: Mapping[str, str] | None, selectors: tuple[str, ...] | None, wrong: Wrong
) -> dict[str, str] | None:
    if given is None:
        return None
    found: dict[str, str] = {}
    for name, path in given.items():
        selector = wrong.checked((*at, name), parse_selector, name)
        key = wrong.checked((*at, name), parse_key_path, path)
        if selector and selectors is not None and selector not in selectors:
            why = f"there is no selector {selector!r}; there are {', '.join(selectors)}"
            wrong.say((*at, name), why)
        if selector and key:
            found[selector] = key
    return found


def _ip(at: KeyPath, one: IpTable, wrong: Wrong) -> Ip | None:
    address = wrong.checked((*at, "address"), parse_ip, one.address)
    made = Ip(
        address=address or IpAddr(""),
        tenant=TenantId(one.tenant),
        purpose=wrong.checked((*at, "purpose"), parse_purpose, one.purpose),
        node=None if one.node is None else NodeId(one.node),
        hostname=wrong.checked((*at, "hostname"), _or_none(parse_hostname), one.hostname),
        warmup=one.warmup,
        plan=_plan(at, one, wrong),
        server_id=one.server_id,
        removed=one.removed,
    )
    return made if address is not None else None


def _plan(at: KeyPath, one: IpTable, wrong: Wrong) -> Plan | None:
    """None: it says nothing of its warm-up."""
    said = [name for name in LADDER if getattr(one, name) is not None]
    if not said or any(wrong.within((*at, name)) for name in LADDER):
        return None
    if one.caps is not None and one.ladder is not None:
        why = "it has both a ladder by name and caps of its own; keep one of them"
        wrong.say((*at, "caps"), why)
        return None
    if one.stage_days is not None and one.caps is None:
        why = "a built-in ladder has its own days; `stage_days` goes with `caps`"
        wrong.say((*at, "stage_days"), why)
        return None
    try:
        return replace(_ladder(one), day_rule=one.day_rule or "default")
    except PlanError as error:
        stage = () if error.stage is None else (error.stage - 1,)
        wrong.say((*at, error.field, *stage), str(error))
        return None


def _ladder(one: IpTable) -> Plan:
    interpolation = one.interpolation or "step"
    if one.caps is None:
        return plans.named(one.ladder or DEFAULT, one.active_per_day, interpolation)
    days = plans.STAGE_DAYS if one.stage_days is None else one.stage_days
    return plans.own(one.caps, days, one.active_per_day, interpolation)


def _chat(at: KeyPath, one: ChatTable, wrong: Wrong) -> Chat | None:
    chat = wrong.checked((*at, "chat"), parse_chat, str(one.chat))
    if one.platform == (one.tenant is not None):
        wrong.say(at, "say of whom it hears: tenant = 'acme', or platform = true for everything")
        return None
    tz = wrong.checked((*at, "quiet_tz"), known_tz, one.quiet_tz)
    if tz is not None and not one.quiet:
        wrong.say((*at, "quiet_tz"), "it is where the hours of `quiet` are, and there are none")
    made = Chat(
        chat=chat or "",
        tenant=None if one.tenant is None else TenantId(one.tenant),
        platform=one.platform or None,
        severity=one.severity,
        quiet=wrong.checked((*at, "quiet"), _quiet, one.quiet),
        quiet_tz=tz,
        removed=one.removed,
    )
    return made if chat is not None else None


def _quiet(text: str) -> str:
    return written(parse_quiet(text, "UTC"))


PARSERS: Mapping[str, Callable[[KeyPath, Any, Wrong], Any]] = {
    "tenants": _tenant,
    "nodes": _node,
    "domains": _domain,
    "ips": _ip,
    "chats": _chat,
}
