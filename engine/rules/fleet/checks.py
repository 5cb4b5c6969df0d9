"""What can be wrong between the tables of one file."""

from collections.abc import Iterator, Mapping
from typing import Any

from engine.ids import TenantId
from engine.rules.fleet.declared import Domain, Finding, Ip
from engine.rules.meant import meant

Rows = Mapping[str, Mapping[int, Any]]  # what was declared, by kind and number in the file

NAMES: Mapping[str, str] = {
    "tenants": "slug",
    "nodes": "name",
    "domains": "domain",
    "ips": "address",
    "chats": "chat",
}


def named(kind: str, one: Any) -> str:
    """What it is known by: of its kind there is no other with this name."""
    name: str = one.name if kind == "chats" else getattr(one, NAMES[kind])
    return name


def findings(rows: Rows, slugs: frozenset[TenantId]) -> Iterator[Finding]:
    """``slugs``: of all tenants in the file, whether they could be read or not."""
    for kind, name in NAMES.items():
        yield from _twice(kind, name, rows[kind])
    for kind in ("domains", "ips", "chats"):
        for number, one in rows[kind].items():
            if one.tenant is not None and one.tenant not in slugs:
                known = meant(one.tenant, sorted(slugs)) if slugs else "; add it as [[tenants]]"
                why = f"there is no tenant {one.tenant!r} in the file{known}"
                yield Finding((kind, number, "tenant"), why)


def _twice(kind: str, name: str, rows: Mapping[int, Any]) -> Iterator[Finding]:
    first: dict[str, int] = {}
    for number, one in rows.items():
        text = named(kind, one)
        if text in first:
            before = rows[first[text]]
            yield Finding((kind, number, name), _repeated(kind, before, one, first[text]))
        first.setdefault(text, number)


def _repeated(kind: str, before: Any, one: Any, number: int) -> str:
    if isinstance(one, Ip | Domain) and before.tenant != one.tenant:
        what = "an address" if isinstance(one, Ip) else "a domain"
        return (
            f"it is in the file twice, of {before.tenant} in {kind}[{number}] and of {one.tenant}"
            f" here; {what} is one tenant's"
        )
    return f"it is in the file twice, first as {kind}[{number}]"
