"""Rules E10 and W3 to W6: VMTAs, their pools, keys, addresses and warm-up."""

from collections.abc import Iterator
from itertools import chain

from engine.rules.pmta_config.finding import Finding, error, warning
from engine.rules.pmta_config.outline import Outline, where
from engine.rules.pmta_config.tree import Directive, Section, directives, sections, unquoted


def check(found: Outline) -> Iterator[Finding]:
    return chain(
        _two_pools(found),
        _cold(found),
        _keys(found),
        _without_address(found),
        _mixed(found),
        _shared(found),
    )


def _two_pools(found: Outline) -> Iterator[Finding]:
    """It would inherit from both, and so it may not."""
    inside: dict[str, Section] = {}
    for pool in found.top.get("virtual-mta-pool", ()):
        if not any(sections(pool.children, "domain")):
            continue
        for member in directives(pool.children, "virtual-mta"):
            name = unquoted(member.value).lower()
            other = inside.setdefault(name, pool)
            if other.name.lower() != pool.name.lower():
                yield error(
                    "E10",
                    member.at,
                    f"{unquoted(member.value)} is in two pools with <domain>:"
                    f" {other.name} and {pool.name}.",
                    "Take it out of one, or write <domain> into the virtual-mta instead.",
                )


def _cold(found: Outline) -> Iterator[Finding]:
    """A limit of the global level is served by any VMTA that has a cold one."""
    anywhere = any(True for _ in found.all("cold-virtual-mta"))
    for seen in found.all("max-cold-virtual-mta-msg", "domain"):
        around = seen.around[:-1]
        own = around and any(directives(around[-1].children, "cold-virtual-mta"))
        served = own if around else anywhere
        if not served:
            yield warning(
                "W3",
                seen.directive.at,
                "max-cold-virtual-mta-msg does nothing without a cold-virtual-mta.",
                "Write cold-virtual-mta NAME in the warm one, or max-smtp-msg-rate in this one.",
            )


def _keys(found: Outline) -> Iterator[Finding]:
    """The first that fits is taken, and `*` fits always."""
    open_to_all: dict[int, Directive] = {}
    for seen in found.all("domain-key"):
        fields = [field.strip() for field in unquoted(seen.directive.value).split(",")]
        owner = id(seen.around[-1]) if seen.around else 0
        if len(fields) != 3:
            continue
        if owner in open_to_all:
            yield warning(
                "W4",
                seen.directive.at,
                f"This key is never used: the one for * in {where(open_to_all[owner])}"
                " comes first.",
                "Write the key for * last.",
            )
        if fields[1] == "*":
            open_to_all.setdefault(owner, seen.directive)


_SOURCES = ("smtp-source-host", "smtp-proxy-source-host", "use-proxy", "smtp-source-ip")


def _without_address(found: Outline) -> Iterator[Finding]:
    for vmta in found.top.get("virtual-mta", ()):
        own = {node.key for node in vmta.children if isinstance(node, Directive)}
        if not own & {*_SOURCES, "include"}:
            yield warning(
                "W5",
                vmta.at,
                f"{vmta.name} has no smtp-source-host, and so sends from any address.",
                "Write smtp-source-host IP HOSTNAME.",
            )


def _mixed(found: Outline) -> Iterator[Finding]:
    for vmta in found.top.get("virtual-mta", ()):
        own = {node.key for node in vmta.children if isinstance(node, Directive)}
        proxied = next(directives(vmta.children, "smtp-proxy-source-host"), None)
        if proxied and own & {"smtp-source-host", "use-proxy"}:
            yield error(
                "E6",
                proxied.at,
                "smtp-proxy-source-host cannot stand beside smtp-source-host or use-proxy.",
                "Write one or the other.",
            )


def _shared(found: Outline) -> Iterator[Finding]:
    """A tenant is told by its slug, which our names have before two dashes."""
    first: dict[str, tuple[str, Section]] = {}
    for seen in found.all("smtp-source-host", "virtual-mta"):
        vmta = seen.around[-1]
        tenant, mark, _ = vmta.name.partition("--")
        words = seen.directive.value.split()
        if not mark or not words:
            continue
        other, its = first.setdefault(words[0], (tenant, vmta))
        if other != tenant:
            yield warning(
                "W6",
                seen.directive.at,
                f"{words[0]} belongs to two tenants: {its.name} and {vmta.name}.",
                "Give each tenant addresses of its own.",
            )
