"""checkdmarc on the same zones: the three of its checks that ours has too."""

import importlib
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from typing import Any

NAME = "checkdmarc"
MISSING = f"{NAME} is not installed here (requirements-dev.lock): left out"


def is_here() -> bool:
    return find_spec(NAME) is not None


def found(domain: str, port: int) -> list[str]:
    """Errors and warnings on SPF, DMARC and MX.  It keeps what it was told for half an hour, so a
    domain is worth measuring once.
    """
    import dns.resolver

    mx, spf, dmarc = (_part(name) for name in ("smtp", "spf", "dmarc"))
    # That one asks the machine's own resolver, whatever it is told, for what nobody has here.
    mx.check_dnssec = lambda *_, **__: False
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers, resolver.port = ["127.0.0.1"], port
    checks = (mx.check_mx, spf.check_spf, dmarc.check_dmarc)
    results = [check(domain, resolver=resolver) for check in checks]
    return list(dict.fromkeys(said for result in results for said in _said(result)))


def _part(name: str) -> Any:
    """It has no types."""
    return importlib.import_module(f"{NAME}.{name}")


def _said(result: Mapping[str, Any]) -> Iterator[str]:
    if result.get("error"):
        yield str(result["error"])
    yield from map(str, result.get("warnings", ()))
    for part in result.values():
        if isinstance(part, Mapping):
            yield from _said(part)
