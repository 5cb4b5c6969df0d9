"""One tenant's PowerMTA include file, as a pure function of its addresses.

PowerMTA 5.0 User's Guide (2019): VMTAs and pools share one namespace, a pool deals its members
mail in strict rotation and knows no weights, and the mail of a VMTA that is gone is bounced.
A VMTA is therefore named by its address for ever.  A name that people gave is a pool of this one
VMTA: injectors may use it like a VMTA's, and no mail is lost when it changes.
"""

import hashlib
from collections.abc import Iterator, Mapping
from typing import NamedTuple, assert_never

from engine.ids import IpAddr, TenantId
from engine.rules.pmta_config import build, reply_lists, tenant_tree
from engine.rules.pmta_config.finding import Finding, Target
from engine.rules.pmta_config.load import of_text
from engine.rules.pmta_config.render import render as written
from engine.rules.pmta_config.tenant_tree import Key, Sender
from engine.rules.pmta_config.validate import errors, validate
from engine.values.levers import Output, Paused, PerDay, Unlimited
from engine.values.overlay import Chosen, Cold
from engine.values.patterns import PatternList
from engine.values.vmta import Running, Vmta


def render(tenant: TenantId, vmtas: Mapping[IpAddr, Vmta]) -> str:
    """Every VMTA stays defined, for PowerMTA bounces the mail of one that is gone.  "" if there
    is nothing to define.  Raises ValueError on a text that is no single PowerMTA word, and on a
    name that stands for two things.
    """
    named = _named(vmtas)
    senders = [_sender(tenant, ip, named) for ip in named]
    return written(tenant_tree.document(tenant, senders, _pools(named), _replies(named)))


def judged(tenant: TenantId, text: str, target: Target = "5.0") -> list[Finding]:
    """What is to be said of a rendered file before any node sees it."""
    return validate(of_text(text, f"{tenant}.conf"), target=target)


class Made(NamedTuple):
    text: str  # "" if it cannot be written, or there is nothing to define
    wrong: str = ""  # why it must not be deployed: where, what, and what to do; "" = nothing


def made(tenant: TenantId, vmtas: Mapping[IpAddr, Vmta], target: Target = "5.0") -> Made:
    try:
        text = render(tenant, vmtas)
    except ValueError as no:
        return Made("", f"{tenant}.conf cannot be written: {no}")
    found = errors(judged(tenant, text, target))
    more = f" ({len(found) - 1} more)" if len(found) > 1 else ""
    return Made(text, f"{found[0]}{more}" if found else "")


def expected(tenant: TenantId, vmtas: Mapping[IpAddr, Vmta]) -> tuple[Running, ...]:
    """What PowerMTA must say it runs once the rendered file is loaded, in the file's order."""
    return tuple(
        Running(vmta(tenant, ip), ip, one.hostname, _rate(one)) for ip, one in _named(vmtas).items()
    )


def vmta(tenant: TenantId, ip: IpAddr) -> str:
    """No slug holds two dashes in a row, so no name of one tenant is another's."""
    return build.token(f"{tenant}--{_rest(ip)}")


def signs(vmtas: Mapping[IpAddr, Vmta]) -> dict[str, tuple[str, ...]]:
    """The selectors of the engine's own keys that are rendered, by domain."""
    found: dict[str, set[str]] = {}
    for one in _named(vmtas).values():
        for key in one.keys:
            found.setdefault(key.domain, set()).add(key.selector)
    return {domain: tuple(sorted(found[domain])) for domain in sorted(found)}


def digest(text: str) -> str:
    """Hex SHA-256; "" for no file."""
    return hashlib.sha256(text.encode()).hexdigest() if text else ""


def digest_of(data: bytes | None) -> str:
    """Of what lies on a node; "" for no file.  An empty one is a file: nobody but a person makes
    it.
    """
    return "" if data is None else hashlib.sha256(data).hexdigest()


def _named(vmtas: Mapping[IpAddr, Vmta]) -> dict[IpAddr, Vmta]:
    return {ip: vmtas[ip] for ip in sorted(vmtas) if vmtas[ip].hostname}


def _rest(ip: IpAddr) -> str:
    return ip.replace(".", "-").replace(":", "-")


def _sender(tenant: TenantId, ip: IpAddr, vmtas: Mapping[IpAddr, Vmta]) -> Sender:
    one, chosen = vmtas[ip], vmtas[ip].chosen or Chosen()
    cold = _cold(chosen.cold, ip, vmtas)
    keys = [*([chosen.key] if chosen.key else []), *one.keys]
    return Sender(
        _rest(ip),
        ip,
        one.hostname,
        _rate(one),
        keys=[Key(key.selector, key.domain, key.path) for key in keys],
        limits=_limits(tenant, chosen, cold, signed=bool(one.keys)),
        secret=one.login,
        cold=_rest(cold.ip) if cold else "",
    )


def _cold(cold: Cold | None, ip: IpAddr, vmtas: Mapping[IpAddr, Vmta]) -> Cold | None:
    """Mail goes over only to an address that takes it in and has a cap of its own; all providers'
    counts together stay within that, in the order of their names."""
    beside = vmtas.get(cold.ip) if cold and cold.ip != ip else None
    if cold is None or beside is None or beside.levers.intake == "closed":
        return None
    if not isinstance(beside.levers.output, PerDay):
        return None
    left, counts = beside.levers.output.cap, dict[str, int]()
    for pattern in sorted(cold.counts):
        counts[pattern] = min(cold.counts[pattern], left)
        left -= counts[pattern]
    return Cold(cold.ip, {pattern: count for pattern, count in counts.items() if count})


def _replies(vmtas: Mapping[IpAddr, Vmta]) -> Iterator[PatternList]:
    for one in vmtas.values():
        yield from one.chosen.patterns.values() if one.chosen else ()


def _limits(
    tenant: TenantId, chosen: Chosen, cold: Cold | None, *, signed: bool
) -> dict[str, dict[str, str]]:
    """PowerMTA signs nothing unless it is told to (User's Guide 5.0, 3.3 dkim-sign)."""
    limits = {pattern: dict(one) for pattern, one in chosen.limits.items()}
    for pattern, count in (cold.counts if cold else {}).items():
        limits.setdefault(pattern, {})["max-cold-virtual-mta-msg"] = f"{count}/d"
    for pattern, replies in chosen.patterns.items():
        limits.setdefault(pattern, {}).update(reply_lists.limits(tenant, replies))
    if signed:
        limits.setdefault("*", {})["dkim-sign"] = "yes"
    return limits


def _rate(one: Vmta) -> str:
    output = one.levers.output
    match output:
        case PerDay(cap=cap):
            quota = one.chosen.quota if one.chosen else None
            hourly = quota is not None and quota.per == "hour" and quota.a_day == cap
            return f"{quota.messages}/h" if quota and hourly else f"{cap}/d"
        case Unlimited():
            return ""
        case Paused():
            return "1/d"  # the file cannot pause, and 0 means no limit; the queues are paused
        case _:
            assert_never(output)


def _pools(vmtas: Mapping[IpAddr, Vmta]) -> dict[str, list[str]]:
    """One per purpose.  A pool deals all its members the same share, so they are its open
    addresses of the highest cap; without an open one there is no pool.
    """
    pools = {
        purpose: pool_members({ip: one for ip, one in vmtas.items() if one.purpose == purpose})
        for purpose in sorted({one.purpose for one in vmtas.values()})
    }
    for name, ip in _given(vmtas):
        if name in pools:
            raise ValueError(f"{name} is the name of a pool and of {ip}; give each its own")
        pools[name] = [ip] if vmtas[ip].levers.intake == "open" else []
    return {name: [_rest(ip) for ip in members] for name, members in pools.items()}


def _given(vmtas: Mapping[IpAddr, Vmta]) -> Iterator[tuple[str, IpAddr]]:
    yield from sorted(
        (one.chosen.name, ip) for ip, one in vmtas.items() if one.chosen and one.chosen.name
    )


def pool_members(vmtas: Mapping[IpAddr, Vmta]) -> list[IpAddr]:
    """Those of one purpose that a pool deals to: open intake, and the highest cap among them."""
    caps = {ip: _cap(one.levers.output) for ip, one in vmtas.items() if one.levers.intake == "open"}
    return [ip for ip, cap in sorted(caps.items()) if cap == max(caps.values())]


def _cap(output: Output) -> float:
    if isinstance(output, PerDay):
        return output.cap
    return 0 if output == Paused() else float("inf")
