"""Asking the DNS about an address: forward-confirmed reverse DNS (RFC 1912 2.1)."""

import asyncio
from collections.abc import Sequence
from typing import NamedTuple

from engine.effects.dns import LookAtPtr
from engine.events.dns import DNS, FcrdnsLooked
from engine.ids import IpAddr, parse_hostname
from engine.ports import DnsFailure, Resolver
from engine.rules.dnsbl import is_v6
from engine.runtime.notes import Notes

NAMES_MAX = 10  # of one address; the rest is not asked about


async def look_at_ptr(effect: LookAtPtr, *, resolver: Resolver, notes: Notes) -> None:
    await notes.add(effect, DNS.stream(effect.ip), await _looked(resolver, effect.ip))


async def _looked(resolver: Resolver, ip: IpAddr) -> FcrdnsLooked:
    try:
        names = await resolver.ptr(ip)
    except DnsFailure as failure:
        return FcrdnsLooked(ip=ip, names=None, confirmed=None, why=str(failure))
    if not names:
        return FcrdnsLooked(ip=ip, names=(), confirmed=(), why=f"{ip} has no PTR record")
    async with asyncio.TaskGroup() as tasks:  # at once: each may be silent for seconds
        asked = [tasks.create_task(_forward(resolver, ip, name)) for name in names[:NAMES_MAX]]
    return _judged(ip, names, [one.result() for one in asked])


class _Forward(NamedTuple):
    name: str
    confirmed: bool | None  # None: not answered
    why: str = ""


async def _forward(resolver: Resolver, ip: IpAddr, name: str) -> _Forward:
    try:
        host = parse_hostname(name)
        found = await (resolver.aaaa(host) if is_v6(ip) else resolver.a(host))
    except ValueError as error:
        return _Forward(name, confirmed=False, why=str(error))
    except DnsFailure as failure:
        return _Forward(name, confirmed=None, why=str(failure))
    if ip in found:
        return _Forward(name, confirmed=True)
    return _Forward(name, confirmed=False, why=f"{name} leads to {', '.join(found) or 'nowhere'}")


def _judged(ip: IpAddr, names: Sequence[str], found: Sequence[_Forward]) -> FcrdnsLooked:
    """One name that points back is enough; without one, a name not answered leaves it open."""
    confirmed = tuple(one.name for one in found if one.confirmed)
    open_ = not confirmed and any(one.confirmed is None for one in found)
    return FcrdnsLooked(
        ip=ip,
        names=tuple(names[:NAMES_MAX]),
        confirmed=None if open_ else confirmed,
        why="; ".join([one.why for one in found if one.why] + _left_out(names)),
    )


def _left_out(names: Sequence[str]) -> list[str]:
    more = len(names) - NAMES_MAX
    return [f"{more} more names were not asked about"] if more > 0 else []
