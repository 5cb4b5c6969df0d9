"""What of an existing VMTA could be chosen for an address of the fleet, and what could not."""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from engine.ids import IpAddr, parse_hostname, parse_purpose
from engine.rules.domain_name import parse_domain, parse_selector
from engine.rules.key_path import parse_key_path
from engine.rules.overlay import parse_name
from engine.rules.pmta_config.imported import KeyRead, VmtaRead
from engine.rules.provider_limits import parse_limits, parse_provider

NAME_MAX = 40  # letters
PURPOSE = "imported"  # of a VMTA that is in no pool
_RATE = re.compile(r"(\d{1,9})/(\d{0,4})(d|day|h|hr|m|min|s|sec)", re.IGNORECASE)
_SECONDS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
_NOT_OF_A_NAME = re.compile(r"[^a-z0-9]+")


class Entry(NamedTuple):
    """As ``PUT /api/v2/powermta/config`` takes it."""

    name: str
    ip: IpAddr
    hostname: str
    quota: str
    key: KeyRead | None
    limits: Mapping[str, Mapping[str, str]]
    purpose: str
    remarks: tuple[str, ...]  # what is not as it was in the file


class NotThis(ValueError):
    """Why nothing is proposed for a VMTA, for people to read."""


def entry(vmta: VmtaRead, pools: list[str], taken: Mapping[IpAddr, str]) -> Entry:
    """``taken``: addresses of the VMTAs before it, and their names.  Raises NotThis."""
    if "--" in vmta.name:
        raise NotThis("two dashes in a name are for the files that the engine writes itself")
    if len(vmta.hosts) != 1:
        raise NotThis(f"it has {len(vmta.hosts)} source hosts, and an address of the fleet has one")
    ((ip, host),) = vmta.hosts
    if ip in taken:
        raise NotThis(f"{taken[ip]} has {ip} too, and an address has one VMTA")
    try:
        hostname = parse_hostname(host)
    except ValueError as no:
        raise NotThis(str(no)) from no
    remarks: list[str] = []
    return Entry(
        name=_name(vmta.name, "name", remarks),
        ip=ip,
        hostname=hostname,
        quota=_quota(vmta.rate, remarks),
        key=_key(vmta.keys, remarks),
        limits=_limits(vmta.limits, remarks),
        purpose=_purpose(pools, remarks),
        remarks=tuple([*remarks, *_left_out(vmta)]),
    )


def _slug(text: str) -> str:
    slug = _NOT_OF_A_NAME.sub("-", text.lower()).strip("-")[:NAME_MAX].strip("-")
    return slug if slug[:1].isalpha() else f"v-{slug}".strip("-")


def _name(text: str, what: str, remarks: list[str]) -> str:
    name = parse_name(_slug(text))
    if name != text:
        remarks.append(f"the {what} {text[:NAME_MAX]!r} becomes {name!r}")
    return name


def _purpose(pools: list[str], remarks: list[str]) -> str:
    if len(pools) > 1:
        remarks.append(f"it is in {len(pools)} pools; an address is in one, here {pools[0]!r}")
    return parse_purpose(_slug(pools[0])) if pools else PURPOSE


def _quota(rate: str, remarks: list[str]) -> str:
    """Never more than the rate lets through in an hour, or where that is none, in a day."""
    if rate.lower() in ("", "0", "unlimited"):
        return "unlimited"
    found = _RATE.fullmatch(rate)
    if not found or not int(found[1]) or found[2] == "0":
        remarks.append(f"its rate {rate[:NAME_MAX]!r} is not understood; 1/day is proposed")
        return "1/day"
    unit = found[3][0].lower()
    if not found[2] and unit in "dh":
        return f"{int(found[1])}/{'day' if unit == 'd' else 'hour'}"
    within = _SECONDS[unit] * int(found[2] or 1)
    hourly, daily = int(found[1]) * 3_600 // within, int(found[1]) * 86_400 // within
    quota = f"{hourly}/hour" if hourly else f"{max(daily, 1)}/day"
    remarks.append(f"its rate {rate} becomes {quota}")
    return quota


def _key(keys: tuple[KeyRead, ...], remarks: list[str]) -> KeyRead | None:
    usable = []
    for key in keys:
        try:
            parse_selector(key.selector)
            parse_domain(key.domain)
            usable.append(key._replace(path=parse_key_path(key.path)))
        except ValueError as no:
            remarks.append(f"its key for {key.domain[:NAME_MAX]} cannot be taken: {no}")
    if len(usable) > 1:
        remarks.append(f"it has {len(usable)} keys, and only the first is proposed")
    return usable[0] if usable else None


def _limits(
    given: Mapping[str, Mapping[str, str]], remarks: list[str]
) -> Mapping[str, Mapping[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for pattern, said in given.items():
        for name, value in said.items():
            try:
                one = parse_limits({name: value})
                found.setdefault(parse_provider(pattern), {}).update(one)
            except ValueError:
                remarks.append(f"{name} {value[:NAME_MAX]} for {pattern[:NAME_MAX]} is left out")
    return found


def _left_out(vmta: VmtaRead) -> Iterator[str]:
    if vmta.cold:
        yield "its cold VMTAs are left out; choose `cold` for each provider by hand"
    if vmta.kept:
        yield f"left out: {'; '.join(one[:NAME_MAX] for one in vmta.kept)}"
