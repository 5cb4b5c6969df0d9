"""What the engine knows of a domain beside its DNS: the keys and the names that its nodes have, and
what lists of domains say of it.
"""

from collections.abc import Iterator, Sequence

from engine.values.domain_listing import DomainListing
from engine.values.finding import Finding
from engine.values.ptr_report import PtrReport
from engine.values.sending_domain import Beside, DeployedKey, Greeting


def findings(seen: Beside, ptr: PtrReport) -> tuple[Finding, ...]:
    return (*_keys(seen.keys), *_greetings(seen.greetings, ptr), *_lists(seen.lists))


def first_keys(keys: Sequence[DeployedKey]) -> dict[str, str]:
    """By selector, what is published is compared with this one."""
    return {one.selector: one.key for one in reversed(keys) if one.key}


def _keys(keys: Sequence[DeployedKey]) -> Iterator[Finding]:
    yield from (_unread(one) for one in keys if not one.key)
    for selector, first in first_keys(keys).items():
        read = [one for one in keys if one.selector == selector and one.key]
        others = [one.node for one in read if one.key != first]
        if others:
            yield Finding(
                code="dkim.nodes_differ",
                severity="error",
                message=f"Under the selector {selector} {', '.join(others)} and {read[0].node} sign"
                " with different keys; only one of them can be the published one.",
                fix=f"Put the key of {read[0].node} on {', '.join(others)}, or give each a selector"
                " of its own.",
                subject=selector,
            )


def _unread(one: DeployedKey) -> Finding:
    if one.silent:
        return Finding(
            code="dkim.key_unknown",
            severity="unknown",
            message=f"Which key {one.node} signs with under the selector {one.selector} is not"
            f" known: {one.why}",
            subject=one.selector,
        )
    return Finding(
        code="dkim.key_unread",
        severity="warning",
        message=f"The key of the selector {one.selector} was not read on {one.node}: {one.why}",
        fix="Correct `dkim_keys`, or let the engine's user on the node read the file.",
        subject=one.selector,
    )


def _greetings(greetings: Sequence[Greeting], ptr: PtrReport) -> Iterator[Finding]:
    """A server's own name need not be that of its VMTAs; so it is told, and no fault."""
    names = {one.ip: one.names for one in ptr.ips}
    for one in greetings:
        of_node = dict.fromkeys(name for ip in one.ips for name in names.get(ip, ()))
        if one.name and of_node and one.name not in of_node:
            yield Finding(
                code="ptr.greeting",
                severity="info",
                message=f"The SMTP server of {one.node} says that it is {one.name}, which is the"
                f" reverse DNS of none of its addresses ({', '.join(list(of_node)[:5])}).",
                ref="RFC 5321 4.1.1.1",
                subject=one.node,
            )


def _lists(lists: Sequence[DomainListing]) -> Iterator[Finding]:
    for one in lists:
        verdict = one.answer.verdict
        if verdict == "listed" and one.answer.counts:
            yield Finding(
                code="lists.listed",
                severity=one.severity,
                message=f"{one.name} lists the domain: {'; '.join(one.says)}",
                fix=f"{one.removal} {one.page}".strip(),
                subject=one.zone,
            )
        elif verdict != "clean" or not one.answer.counts:
            why = "refuses our questions" if verdict == "refused" else "gave no answer to believe"
            yield Finding(
                code="lists.unknown",
                severity="unknown",
                message=f"Whether {one.name} lists the domain is not known: it {why}.",
                subject=one.zone,
            )
