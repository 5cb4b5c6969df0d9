"""A selector without the one TXT record that it needs."""

from collections.abc import Iterator

from engine.rules.alias import missing
from engine.rules.dkim.keys import PublicKey
from engine.rules.dkim.publish import key_name, zone_line
from engine.values.dns import DnsAnswer
from engine.values.finding import Finding


def of_absent(
    selector: str,
    domain: str,
    answer: DnsAnswer,
    *,
    aliases: tuple[str, ...],
    below: DnsAnswer,
    ours: PublicKey | None,
) -> Iterator[Finding]:
    name = key_name(selector, domain)
    if not answer.answered:
        yield Finding(
            code="dkim.temperror",
            severity="unknown",
            message=f"Whether {name} holds a key is not known: the DNS did not say"
            f" ({answer.outcome}).",
            subject=selector,
        )
    elif not missing(answer):
        yield Finding(
            code="dkim.multiple",
            severity="error",
            message=f"{name} has {len(answer.records)} TXT records; which one counts is undefined.",
            ref="RFC 6376 3.6.2.2",
            fix="Leave the one with the key that signs.",
            subject=selector,
        )
    elif aliases:
        yield Finding(
            code="dkim.cname",
            severity="error",
            message=f"{name} is an alias of {aliases[-1]}, and there is no key.",
            ref="RFC 6376 3.6.2",
            fix=f"Have the key published at {aliases[-1]}, or replace the CNAME."
            f"{f' Publish: {zone_line(selector, domain, ours)}' if ours else ''}",
            subject=selector,
        )
    else:
        yield Finding(
            code="dkim.missing",
            severity="error",
            message=f"{name} has no TXT record. {_below(domain, below)}",
            ref="RFC 6376 3.6.2",
            fix=f"Publish: {zone_line(selector, domain, ours)}" if ours else "Publish the key.",
            subject=selector,
        )


def _below(domain: str, answer: DnsAnswer) -> str:
    """No such name means nothing below it either (RFC 8020)."""
    if answer.outcome == "nxdomain":
        return f"Nothing at all is published below _domainkey.{domain}."
    if answer.answered:
        return f"Something is published below _domainkey.{domain}: perhaps another selector."
    return ""
