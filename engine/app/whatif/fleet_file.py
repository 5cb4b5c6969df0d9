"""What is simulated: one TOML file, whose unknown keys are errors that say what was meant.

[traffic]                  # what holds for every address that says nothing else
volume = "5000/day+10%/week"
bounce = 0.005             # shares of 1
[traffic.providers]        # weights
gmail = 50

[[tenants]]
slug = "acme"

[[ips]]
address = "192.0.2.1"
tenant = "acme"
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, NoReturn
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta, Struct

from engine.api.meant import fields, meant
from engine.app.whatif.fleet import Fleet, Ip, Rates
from engine.app.whatif.volume import Volume, volume
from engine.errors import StartRefused
from engine.ids import IpAddr, TenantId, parse_ip, parse_purpose, parse_slug
from engine.rules.accounting.providers import OTHER, PROVIDERS
from engine.rules.warmup import plans
from engine.rules.warmup.ladders import DEFAULT
from engine.values.plan import Interpolation, Plan

START = date(2026, 1, 5)  # a Monday, so that weeks of the simulation are weeks of the calendar
MIX: Mapping[str, float] = {"gmail": 45, "microsoft": 20, "yahoo": 15, OTHER: 20}
Share = Annotated[float, Meta(ge=0, le=1)]

_UNKNOWN = re.compile(r"contains unknown field `(?P<key>[^`]+)`(?: - at `(?P<place>[^`]+)`)?")


class _Table(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One table of the file."""


class TrafficTable(_Table, frozen=True, kw_only=True):
    """The defaults are those of a sender in good standing, and our own judgement."""

    volume: str | int = "20000/day"
    bounce: Share = 0.005
    block: Share = 0.002
    complaint: Share = 0.0002
    deferral: Share = 0.03
    providers: dict[str, Annotated[float, Meta(gt=0)]] | None = None  # by weight


class TenantTable(_Table, frozen=True, kw_only=True):
    slug: str
    day_tz: str = "UTC"


class IpTable(_Table, frozen=True, kw_only=True):
    address: str
    tenant: str
    purpose: str = "marketing"
    ladder: str = DEFAULT
    caps: list[int] | None = None  # a table of its own, in place of a ladder by name
    stage_days: int = plans.STAGE_DAYS  # of such a table
    active_per_day: int | None = None
    interpolation: Interpolation = "step"
    volume: str | int | None = None  # what is None is as in [traffic]
    bounce: Share | None = None
    block: Share | None = None
    complaint: Share | None = None
    deferral: Share | None = None


class FleetTable(_Table, frozen=True, kw_only=True):
    tenants: list[TenantTable]
    ips: list[IpTable]
    start: date = START
    traffic: TrafficTable = TrafficTable()


_PLACES: Mapping[str, type[_Table]] = {
    "$.traffic": TrafficTable,
    "$.tenants": TenantTable,
    "$.ips": IpTable,
}


def load(path: Path, everywhere: Volume | None = None) -> Fleet:
    """``everywhere`` takes the place of every volume in the file.  Raises StartRefused."""
    try:
        table = tomllib.loads(path.read_text())
    except (OSError, UnicodeDecodeError) as problem:
        why = getattr(problem, "strerror", None) or "it is no text"
        raise StartRefused(f"cannot read the fleet file {path}: {why}") from problem
    except tomllib.TOMLDecodeError as problem:
        raise StartRefused(f"{path} is not valid TOML: {problem}") from problem
    return read(table, str(path), everywhere)


def read(table: Mapping[str, Any], where: str, everywhere: Volume | None = None) -> Fleet:
    try:
        found = msgspec.convert(table, FleetTable)
        return _fleet(found, everywhere)
    except msgspec.ValidationError as problem:
        raise StartRefused(f"{where}: {_meant(str(problem))}") from problem
    except ValueError as problem:
        raise StartRefused(f"{where}: {problem}") from problem


def _meant(problem: str) -> str:
    found = _UNKNOWN.search(problem)
    if not found:
        return problem
    place = (found["place"] or "").partition("[")[0]
    known = fields(_PLACES.get(place, FleetTable))
    at = f" (at {found['place'].removeprefix('$.')})" if found["place"] else ""
    return f"there is no key `{found['key']}`{at}{meant(found['key'], known)}"


def _fleet(found: FleetTable, everywhere: Volume | None) -> Fleet:
    tenants = {TenantId(parse_slug(one.slug)): _day_tz(one) for one in found.tenants}
    if len(tenants) < len(found.tenants):
        _no("tenants", "a slug comes twice")
    ips = tuple(_ips(found, tenants, everywhere))
    if not ips:
        _no("ips", "there is no address; add one as [[ips]]")
    return Fleet(found.start, tenants, ips, _providers(found.traffic.providers or MIX))


def _day_tz(one: TenantTable) -> str:
    try:
        ZoneInfo(one.day_tz)
    except (KeyError, ValueError, OSError) as unknown:
        raise ValueError(
            f"tenant {one.slug}: no time zone {one.day_tz!r} is known; write it as Europe/Berlin"
        ) from unknown
    return one.day_tz


def _ips(
    found: FleetTable, tenants: Mapping[TenantId, str], everywhere: Volume | None
) -> Iterator[Ip]:
    seen: set[IpAddr] = set()
    for number, table in enumerate(found.ips):
        try:
            one = _ip(table, found.traffic, tenants, everywhere)
        except ValueError as wrong:
            raise ValueError(f"ips[{number}] ({table.address}): {wrong}") from wrong
        if one.ip in seen:
            _no(f"ips[{number}] ({table.address})", "it is in the file twice")
        seen.add(one.ip)
        yield one


def _ip(
    one: IpTable, rest: TrafficTable, tenants: Mapping[TenantId, str], everywhere: Volume | None
) -> Ip:
    tenant = TenantId(one.tenant)
    if tenant not in tenants:
        raise ValueError(f"there is no tenant {one.tenant!r}{meant(one.tenant, [*tenants])}")
    asked = rest.volume if one.volume is None else one.volume
    return Ip(
        parse_ip(one.address),
        tenant,
        parse_purpose(one.purpose),
        _plan(one),
        everywhere or volume(str(asked)),
        Rates(
            rest.bounce if one.bounce is None else one.bounce,
            rest.block if one.block is None else one.block,
            rest.complaint if one.complaint is None else one.complaint,
            rest.deferral if one.deferral is None else one.deferral,
        ),
    )


def _plan(one: IpTable) -> Plan:
    if one.caps is None:
        return plans.named(one.ladder, one.active_per_day, one.interpolation)
    if one.ladder != DEFAULT:
        raise ValueError("it has both a ladder by name and caps of its own; keep one of them")
    return plans.own(one.caps, one.stage_days, one.active_per_day, one.interpolation)


def _providers(weights: Mapping[str, float]) -> dict[str, float]:
    for name in weights:
        if name not in PROVIDERS:
            near = meant(name, sorted(PROVIDERS))
            raise ValueError(f"[traffic.providers]: there is no provider {name!r}{near}")
    left, shares = 0.0, dict[str, float]()
    for name, weight in reversed(list(weights.items())):
        left += weight
        shares[name] = weight / left
    return dict(reversed(list(shares.items())))


def _no(where: str, why: str) -> NoReturn:
    raise ValueError(f"{where}: {why}")
