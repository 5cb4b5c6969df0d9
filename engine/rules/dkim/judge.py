"""The DKIM keys of a domain, selector by selector."""

from collections.abc import Iterator, Mapping, Sequence

from engine.rules.alias import alias_of
from engine.rules.asking import Asking, ask_all, together
from engine.rules.dkim.publish import key_name
from engine.rules.dkim.selector import judged
from engine.values.dkim_report import DkimReport, DkimSelector
from engine.values.dns import DnsAnswer, Question
from engine.values.finding import Finding
from engine.values.status import status_of, valid_of


def judge(
    domain: str, selectors: Sequence[str], keys: Mapping[str, bytes], nonce: str = ""
) -> Asking[DkimReport]:
    """``keys``: the public part of what the engine signs with, by selector, in any form.
    ``nonce``: a selector that nobody publishes, new each time; it finds wildcards.
    """
    names = [key_name(selector, domain) for selector in selectors]
    extra = [f"_domainkey.{domain}", *([key_name(nonce, domain)] if nonce else [])]
    answers = yield from ask_all([Question(name, "TXT") for name in [*names, *extra]])
    own, (below, *stray) = answers[: len(names)], answers[len(names) :]
    pairs = zip(names, own, strict=True)
    aliases = yield from together([alias_of(name, answer) for name, answer in pairs])
    found = [
        judged(selector, domain, answer, aliases=alias, below=below, own=keys.get(selector))
        for selector, answer, alias in zip(selectors, own, aliases, strict=True)
    ]
    shown = [one for one, _ in found]
    findings = [finding for _, several in found for finding in several]
    return _report(domain, shown, [*findings, *_of_all(domain, shown, below, stray)])


def _report(domain: str, shown: list[DkimSelector], findings: list[Finding]) -> DkimReport:
    best = next((one for one in shown if one.valid), None)
    return DkimReport(
        domain=domain,
        valid=valid_of(findings),
        status=status_of(findings),
        selector=best.selector if best else None,
        record=best.record if best else None,
        selectors=tuple(shown),
        findings=tuple(findings),
    )


def _of_all(
    domain: str, shown: list[DkimSelector], below: DnsAnswer, stray: Sequence[DnsAnswer]
) -> Iterator[Finding]:
    if not shown:
        yield _no_selector(domain, below)
    if any(answer.records for answer in stray):
        yield Finding(
            code="dkim.wildcard",
            severity="warning",
            message=f"Any selector below _domainkey.{domain} is answered: a wildcard stands there,"
            " and hides that a key is missing.",
            ref="RFC 6376 6.1.2",
            fix=f"Take *._domainkey.{domain} away, or whatever wildcard covers it.",
        )
    if any(one.valid and one.key == "ed25519" for one in shown) and not _may_have_rsa(shown):
        yield Finding(
            code="dkim.ed25519_only",
            severity="warning",
            message="The only good key is an ed25519 one, which many receivers cannot verify yet.",
            ref="RFC 8463 5",
            fix="Sign with an RSA key of 2048 bits too, under a selector of its own.",
        )


def _may_have_rsa(shown: list[DkimSelector]) -> bool:
    return any(one.valid is None or (one.valid and one.key == "rsa") for one in shown)


def _no_selector(domain: str, below: DnsAnswer) -> Finding:
    """No tool can list the selectors of a domain; only that there can be none is certain."""
    if below.outcome == "nxdomain":
        return Finding(
            code="dkim.missing",
            severity="error",
            message=f"Nothing is published below _domainkey.{domain}: the domain has no key.",
            ref="RFC 6376 3.6.2",
            fix="Publish the key of the selector that signs, and name the selector.",
        )
    return Finding(
        code="dkim.no_selector",
        severity="unknown",
        message="No selector is known, and the DNS does not list them: nothing could be looked up.",
        fix="Name the selectors that sign: they stand in a message's DKIM-Signature as s=.",
    )
