"""Rules about the node: E16, E21, W8 to W10, W12 and W13, and sections that say a thing twice."""

from collections.abc import Iterator, Sequence
from itertools import chain

from engine.rules.pmta_config.finding import Finding, error, warning
from engine.rules.pmta_config.outline import Outline, where
from engine.rules.pmta_config.tree import (
    Directive,
    Node,
    Place,
    Section,
    directives,
    first_word,
    sections,
    unquoted,
)
from engine.rules.pmta_config.value_types import cidr

_ON = {"yes", "true"}
_REPEATABLE = {"include", "bcc", "remove-header"}


def check(nodes: Sequence[Node], found: Outline, start: Place | None) -> Iterator[Finding]:
    """``start``: the first line of a node's main file; None for a file that is one of several."""
    return chain(
        _needed(found, start) if start else (),
        _accounting(found),
        _web(found),
        _queues(found),
        _relay(found),
        _said_twice(nodes),
    )


def _needed(found: Outline, start: Place) -> Iterator[Finding]:
    if not any(found.all("log-file", "global")):
        yield error(
            "E16", start, "There is no log-file, and PowerMTA does not start.", "Write log-file."
        )
    if not found.top.get("spool") and not any(found.all("spool", "global")):
        yield error(
            "E16", start, "There is no spool, and PowerMTA does not start.", "Write <spool DIR>."
        )


def _accounting(found: Outline) -> Iterator[Finding]:
    files = found.top.get("acct-file", ())
    for file in files:
        interval = next(directives(file.children, "move-interval"), None)
        if interval and not any(directives(file.children, "move-to")):
            yield warning(
                "E21", interval.at, "move-interval does nothing without move-to.", "Write move-to."
            )
    if files and all(file.name.startswith("|") for file in files):
        yield warning(
            "W12",
            files[0].at,
            "Accounting goes into a program alone; what it misses is lost.",
            "Write a second <acct-file> with a path.",
        )


def _web(found: Outline) -> Iterator[Finding]:
    for seen in found.all("http-access", "global"):
        network, role = first_word(seen.directive.value)
        known = cidr(network)
        if role in ("admin", "operator") and known and known.prefixlen == 0:
            yield warning(
                "W8",
                seen.directive.at,
                f"Everybody is {role} of the web monitor.",
                "Name the networks that need it.",
            )
    for seen in found.all("http-csrf-protection", "global"):
        if seen.directive.value.lower() in ("no", "false"):
            yield warning(
                "W9",
                seen.directive.at,
                "Without this protection any web page can give orders to PowerMTA.",
                "Write http-csrf-protection true.",
            )


def _queues(found: Outline) -> Iterator[Finding]:
    with_hosts = {
        domain.name.lower()
        for domain in found.of("domain")
        if any(directives(domain.children, "smtp-hosts"))
        or any(directives(domain.children, "route"))
    }
    for seen in found.all("queue-to", "domain"):
        target = unquoted(seen.directive.value).lower()
        if target and target not in with_hosts:
            yield warning(
                "W10",
                seen.directive.at,
                f"{target} has no smtp-hosts, and its queue goes nowhere.",
                f"Write <domain {target}> with smtp-hosts lookup-mx:DOMAIN.",
            )


def _relay(found: Outline) -> Iterator[Finding]:
    for seen in found.all("always-allow-relaying", "source", "global"):
        network = cidr(seen.around[-1].name) if seen.around else cidr("0/0")
        if seen.directive.value.lower() not in _ON or not network or network.prefixlen > 0:
            continue
        auth = directives(seen.around[-1].children, "require-auth") if seen.around else ()
        if not any(one.value.lower() in _ON for one in auth):
            yield warning(
                "W13",
                seen.directive.at,
                "Everybody may send through this host: it is an open relay.",
                "Write it into <source {auth}>, or add require-auth yes.",
            )


def _said_twice(nodes: Sequence[Node]) -> Iterator[Finding]:
    """PowerMTA merges <domain> sections of one scope; which one wins no guide says."""
    said: dict[tuple[str, str], Directive] = {}
    for section in sections(tuple(nodes), "domain"):
        for one in _single(section):
            first = said.setdefault((section.name.lower(), one.key), one)
            if first.value != one.value:
                yield warning(
                    "W1",
                    one.at,
                    f"{one.key} of <domain {section.name}> was {first.value} in {where(first)}.",
                    "Write it once; which one holds no guide says.",
                )
    for node in nodes:
        if isinstance(node, Section) and node.key in ("virtual-mta", "virtual-mta-pool"):
            yield from _said_twice(node.children)


def _single(section: Section) -> Iterator[Directive]:
    """But for those that may stand there more than once."""
    for node in section.children:
        if not isinstance(node, Directive) or node.key in _REPEATABLE:
            continue
        if not node.key.startswith("source-ip-"):
            yield node
