"""What is simulated: a fleet file (docs/fleet.md), of which traffic and volumes are read here."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from engine.app import fleet_file
from engine.app.fleet_file import FleetFile
from engine.app.fleet_file.tables import IpTable, TrafficTable
from engine.app.whatif.fleet import Fleet, Ip, Rates
from engine.app.whatif.volume import Volume, volume
from engine.ids import TenantId
from engine.rules.accounting.providers import OTHER, PROVIDERS
from engine.rules.fleet.declared import Finding
from engine.rules.fleet.of_ips import PURPOSE
from engine.rules.meant import meant
from engine.rules.warmup.plans import DEFAULT_PLAN
from engine.values.capacity import Rotation

MIX: Mapping[str, float] = {"gmail": 45, "microsoft": 20, "yahoo": 15, OTHER: 20}
UTC = "UTC"  # of a tenant that says no day_tz


def load(path: Path, everywhere: Volume | None = None) -> Fleet:
    """``everywhere`` takes the place of every volume in the file.  Raises StartRefused."""
    return _fleet(fleet_file.load(path), everywhere)


def read(table: Mapping[str, Any], where: str, everywhere: Volume | None = None) -> Fleet:
    return _fleet(fleet_file.read(table, where), everywhere)


def _fleet(file: FleetFile, everywhere: Volume | None) -> Fleet:
    volumes: dict[int, Volume] = {}
    found = [
        *(*_providers_known(file), *_reserve(file)),
        *_volumes_read(file, everywhere, volumes),
    ]
    ips = tuple(_ips(file, volumes))
    if not ips and not found:
        found = [Finding(("ips",), "there is no address; add one as [[ips]]")]
    if found:
        raise file.wrong(found)
    tenants = {TenantId(one.slug): one.day_tz or UTC for one in file.fleet.tenants}
    traffic = file.rest.traffic
    providers = _providers(traffic.providers or MIX)
    return Fleet(file.rest.start, tenants, ips, providers, _rotation(file))


def _rotation(file: FleetFile) -> dict[TenantId, Rotation]:
    """Of those whose capacity is to be judged."""
    rows = file.rows["tenants"].values()
    return {TenantId(one.slug): one.rotation for one in rows if one.rotation != "off"}


def _reserve(file: FleetFile) -> Iterator[Finding]:
    """A plan is given by whoever asks for a warm-up, and in reserve nobody has."""
    for number, one in file.declared["ips"].items():
        if one.warmup == "manual" and one.plan not in (None, DEFAULT_PLAN):
            why = "what is in reserve starts on the default ladder; leave its own plan out"
            yield Finding(("ips", number, "warmup"), why)


def _volumes_read(
    file: FleetFile, everywhere: Volume | None, into: dict[int, Volume]
) -> Iterator[Finding]:
    for number, table in file.rows["ips"].items():
        own = table.volume is not None
        asked = table.volume if own else file.rest.traffic.volume
        try:
            into[number] = everywhere or volume(str(asked))
        except ValueError as wrong:
            yield Finding(("ips", number, "volume") if own else ("traffic", "volume"), str(wrong))


def _ips(file: FleetFile, volumes: Mapping[int, Volume]) -> Iterator[Ip]:
    """Those that are to be there."""
    for number, one in file.declared["ips"].items():
        if not one.removed and number in volumes:
            yield Ip(
                one.address,
                one.tenant,
                one.purpose or PURPOSE,
                one.plan or DEFAULT_PLAN,
                volumes[number],
                _rates(file.rows["ips"][number], file.rest.traffic),
                one.warmup or "auto",
            )


def _rates(one: IpTable, rest: TrafficTable) -> Rates:
    return Rates(
        rest.bounce if one.bounce is None else one.bounce,
        rest.block if one.block is None else one.block,
        rest.complaint if one.complaint is None else one.complaint,
        rest.deferral if one.deferral is None else one.deferral,
    )


def _providers_known(file: FleetFile) -> Iterator[Finding]:
    for name in file.rest.traffic.providers or ():
        if name not in PROVIDERS:
            near = meant(name, sorted(PROVIDERS))
            path = ("traffic", "providers", name)
            yield Finding(path, f"there is no provider {name!r}{near}")


def _providers(weights: Mapping[str, float]) -> dict[str, float]:
    left, shares = 0.0, dict[str, float]()
    for name, weight in reversed(list(weights.items())):
        left += weight
        shares[name] = weight / left
    return dict(reversed(list(shares.items())))
