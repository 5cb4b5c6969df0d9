"""One tenant's PowerMTA include file, as a pure function of its addresses.

PowerMTA 5.0 User's Guide (2019): VMTAs and pools share one namespace, a pool deals its members
mail in strict rotation and knows no weights, and the mail of a VMTA that is gone is bounced.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import assert_never

from engine.ids import IpAddr, TenantId
from engine.values.levers import Output, Paused, PerDay, Unlimited
from engine.values.vmta import Running, Vmta

_TOKEN = re.compile(r"[A-Za-z0-9._:/-]{1,255}")  # ASCII, no blank, quote, bracket, # or control


def render(tenant: TenantId, vmtas: Mapping[IpAddr, Vmta]) -> str:
    """Every VMTA stays defined, for PowerMTA bounces the mail of one that is gone.  "" if there
    is nothing to define.  Raises ValueError on a text that is no single PowerMTA word.
    """
    named = _named(vmtas)
    defined = [_vmta(tenant, ip, one) for ip, one in named.items()]
    return "".join([*defined, *_pools(tenant, named)])


def expected(tenant: TenantId, vmtas: Mapping[IpAddr, Vmta]) -> tuple[Running, ...]:
    """What PowerMTA must say it runs once the rendered file is loaded, in the file's order."""
    return tuple(
        Running(vmta(tenant, ip), ip, one.hostname, _rate(one.levers.output))
        for ip, one in _named(vmtas).items()
    )


def vmta(tenant: TenantId, ip: IpAddr) -> str:
    """No slug holds two dashes in a row, so no name of one tenant is another's."""
    return _name(tenant, ip.replace(".", "-").replace(":", "-"))


def digest(text: str) -> str:
    """Hex SHA-256; "" for no file."""
    return hashlib.sha256(text.encode()).hexdigest() if text else ""


def _named(vmtas: Mapping[IpAddr, Vmta]) -> dict[IpAddr, Vmta]:
    return {ip: vmtas[ip] for ip in sorted(vmtas) if vmtas[ip].hostname}


def _name(tenant: TenantId, rest: str) -> str:
    return _word(f"{tenant}--{rest}")


def _word(text: str) -> str:
    """The last gate before the file: whatever came here is one word or nothing at all."""
    if not _TOKEN.fullmatch(text):
        raise ValueError(f"{text!r} cannot stand in a PowerMTA configuration")
    return text


def _vmta(tenant: TenantId, ip: IpAddr, one: Vmta) -> str:
    rate = _rate(one.levers.output)
    return (
        f"<virtual-mta {vmta(tenant, ip)}>\n"
        f"  smtp-source-host {_word(ip)} {_word(one.hostname)}\n"
        f"{f'  max-smtp-msg-rate {rate}{chr(10)}' if rate else ''}"
        "</virtual-mta>\n"
    )


def _rate(output: Output) -> str:
    match output:
        case PerDay(cap=cap):
            return f"{cap}/d"
        case Unlimited():
            return ""
        case Paused():
            return "1/d"  # the file cannot pause, and 0 means no limit; the queues are paused
        case _:
            assert_never(output)


def _pools(tenant: TenantId, vmtas: Mapping[IpAddr, Vmta]) -> Iterator[str]:
    """One per purpose.  A pool deals all its members the same share, so they are its open
    addresses of the highest cap; without an open one there is no pool.
    """
    for purpose in sorted({one.purpose for one in vmtas.values()}):
        members = pool_members({ip: one for ip, one in vmtas.items() if one.purpose == purpose})
        if members:
            lines = [f"  virtual-mta {vmta(tenant, ip)}\n" for ip in members]
            name = _name(tenant, purpose)
            yield "".join([f"<virtual-mta-pool {name}>\n", *lines, "</virtual-mta-pool>\n"])


def pool_members(vmtas: Mapping[IpAddr, Vmta]) -> list[IpAddr]:
    """Those of one purpose that a pool deals to: open intake, and the highest cap among them."""
    caps = {ip: _cap(one.levers.output) for ip, one in vmtas.items() if one.levers.intake == "open"}
    return [ip for ip, cap in sorted(caps.items()) if cap == max(caps.values())]


def _cap(output: Output) -> float:
    if isinstance(output, PerDay):
        return output.cap
    return 0 if output == Paused() else float("inf")
