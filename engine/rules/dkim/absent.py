"""A selector without the one TXT record that it needs."""

from collections.abc import Iterator

from engine.rules.alias import missing
from engine.rules.dkim.keys import PublicKey
from engine.rules.dkim.publish import key_name, zone_line
from engine.rules.unanswered import LOOK_AGAIN
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
    name, line = key_name(selector, domain), zone_line(selector, domain, ours) if ours else ""
    if not answer.answered:
        yield _not_known(selector, name, answer)
    elif not missing(answer):
        yield _several(selector, name, len(answer.records), line)
    elif aliases:
        yield _alias_without_key(selector, name, aliases[-1], line)
    else:
        yield _missing(selector, name, _below(domain, below), line)


def _not_known(selector: str, name: str, answer: DnsAnswer) -> Finding:
    return Finding(
        code="dkim.temperror",
        severity="unknown",
        message=f"Whether {name} holds a key is not known: the DNS did not say ({answer.outcome}).",
        fix=LOOK_AGAIN,
        subject=selector,
    )


def _several(selector: str, name: str, records: int, line: str) -> Finding:
    return Finding(
        code="dkim.multiple",
        severity="error",
        message=f"{name} has {records} TXT records; which one counts is undefined.",
        ref="RFC 6376 3.6.2.2",
        fix=f"Leave the one with the key that signs{f': {line}' if line else '.'}",
        subject=selector,
    )


def _alias_without_key(selector: str, name: str, target: str, line: str) -> Finding:
    return Finding(
        code="dkim.cname",
        severity="error",
        message=f"{name} is an alias of {target}, and there is no key.",
        ref="RFC 6376 3.6.2",
        fix=f"Have the key published at {target}, or replace the CNAME."
        f"{f' Publish: {line}' if line else ''}",
        subject=selector,
    )


def _missing(selector: str, name: str, below: str, line: str) -> Finding:
    return Finding(
        code="dkim.missing",
        severity="error",
        message=f"{name} has no TXT record. {below}",
        ref="RFC 6376 3.6.2",
        fix=f"Publish: {line}" if line else _unknown_key(name),
        subject=selector,
    )


def _unknown_key(name: str) -> str:
    return (
        f"Publish at {name} as a TXT record: v=DKIM1; k=rsa; p=<the public key in base64>\n"
        "Or name the selector that signs: it stands in a message's DKIM-Signature as s=."
    )


def _below(domain: str, answer: DnsAnswer) -> str:
    """No such name means nothing below it either (RFC 8020)."""
    if answer.outcome == "nxdomain":
        return f"Nothing at all is published below _domainkey.{domain}."
    if answer.answered:
        return f"Something is published below _domainkey.{domain}: perhaps another selector."
    return ""
