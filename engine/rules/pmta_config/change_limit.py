"""How much of a tenant's file one rollout may take away unasked.

Counted is only what people's choices take away.  A stop and a ladder's step close and lower by the
engine's own will, which no limit may hold up.
"""

from collections.abc import Mapping
from typing import NamedTuple

from engine.ids import IpAddr
from engine.rules.pmta_config.tenant_file import pool_members
from engine.values.vmta import Vmta

Vmtas = Mapping[IpAddr, Vmta]


class Limit(NamedTuple):
    share: float = 0.2  # of the VMTAs, and of the pools, that the file has
    least: int = 10  # VMTAs; a smaller file may change as it likes


def too_large(told: Vmtas, wanted: Vmtas, drained: frozenset[IpAddr], limit: Limit) -> str:
    """What would go, in words; "" = it is within the limit.  ``drained``: addresses whose intake
    people closed with this change."""
    defined = {ip: one for ip, one in told.items() if one.hostname}
    if len(defined) < limit.least:
        return ""
    gone = sorted(
        ip
        for ip, one in defined.items()
        if one.levers.intake == "open" and (ip in drained or not _rendered(wanted.get(ip)))
    )
    pools, kept = _pools(defined), _pools(wanted)
    emptied = sorted(
        name
        for name, members in pools.items()
        if name not in kept and _by_choice(members, wanted, gone)
    )
    return _words(len(defined), gone, len(pools), emptied, limit)


def _rendered(one: Vmta | None) -> bool:
    return one is not None and bool(one.hostname)


def _pools(vmtas: Vmtas) -> dict[str, list[IpAddr]]:
    """Those that are rendered, by name: of purposes, and of one VMTA with a given name."""
    found = {
        purpose: pool_members({ip: one for ip, one in vmtas.items() if one.purpose == purpose})
        for purpose in sorted({one.purpose for one in vmtas.values()})
    }
    named = {
        one.chosen.name: [ip] if one.levers.intake == "open" else []
        for ip, one in vmtas.items()
        if one.chosen and one.chosen.name
    }
    return {name: members for name, members in (found | named).items() if members}


def _by_choice(members: list[IpAddr], wanted: Vmtas, gone: list[IpAddr]) -> bool:
    """A pool that only stops have emptied has no part in it; a member that is still open lost the
    name that people gave."""
    return any(ip in gone or wanted[ip].levers.intake == "open" for ip in members)


def _words(vmtas: int, gone: list[IpAddr], pools: int, emptied: list[str], limit: Limit) -> str:
    share = f"{limit.share:.0%}"
    parts = []
    if len(gone) > limit.share * vmtas:
        parts.append(f"{len(gone)} of {vmtas} VMTAs would take no more mail ({_few(gone)})")
    if len(emptied) > limit.share * pools:
        parts.append(f"{len(emptied)} of {pools} pools would be empty ({_few(emptied)})")
    return f"{' and '.join(parts)}; {share} may go unasked" if parts else ""


def _few(names: list[str] | list[IpAddr]) -> str:
    more = f", and {len(names) - 3} more" if len(names) > 3 else ""
    return f"{', '.join(names[:3])}{more}"
