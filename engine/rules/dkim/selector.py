"""One selector: what was answered for its name, judged."""

from collections.abc import Iterator

from msgspec.structs import replace

from engine.rules.dkim import lints
from engine.rules.dkim.absent import of_absent
from engine.rules.dkim.key_record import KeyRecord, parse
from engine.rules.dkim.keys import PublicKey, RsaKey, deployed, published, salvaged
from engine.rules.dkim.publish import kind_of, zone_line
from engine.values.dkim_report import DkimSelector
from engine.values.dns import DnsAnswer
from engine.values.finding import Finding
from engine.values.status import valid_of

_OF_THE_RECORD = {
    (f"dkim.{one}", "error")
    for one in ("syntax", "badkey", "revoked", "k_unknown", "hash", "service")
}
Judged = tuple[DkimSelector, list[Finding]]


def judged(
    selector: str,
    domain: str,
    answer: DnsAnswer,
    *,
    aliases: tuple[str, ...],
    below: DnsAnswer,
    own: bytes | None,
) -> Judged:
    """``below`` is what was answered for _domainkey; ``own`` is the public part of the key that the
    engine signs with.
    """
    ours, findings = _own(selector, own)
    text = answer.records[0] if len(answer.records) == 1 else None
    record, key = None, None
    if text is None:
        findings += of_absent(selector, domain, answer, aliases=aliases, below=below, ours=ours)
    else:
        record, key, more = _read(selector, domain, text)
        more = [_with_ours(one, selector, domain, ours) for one in more]
        findings += [*more, *_alias(selector, aliases), *_compared(selector, domain, key, ours)]
    return (
        DkimSelector(
            selector=selector,
            valid=valid_of(findings),
            record=text,
            key=kind_of(key) if key else None,
            bits=key.bits if isinstance(key, RsaKey) else None,
            flags=record.flags if record else (),
            matches_engine_key=key == ours if ours and answer.answered else None,
            aliases=aliases,
            ttl=answer.ttl,
        ),
        findings,
    )


def _own(selector: str, own: bytes | None) -> tuple[PublicKey | None, list[Finding]]:
    if own is None:
        return None, []
    try:
        return deployed(own), []
    except ValueError as error:
        return None, [
            Finding(
                code="dkim.own_key",
                severity="error",
                message=f"The key that the engine holds for this selector is not one: {error}.",
                fix="Deploy an RSA key of 2048 bits for it.",
                subject=selector,
            )
        ]


def _read(
    selector: str, domain: str, text: str
) -> tuple[KeyRecord | None, PublicKey | None, list[Finding]]:
    try:
        record = parse(text)
    except ValueError as error:
        return None, None, [_syntax(selector, str(error))]
    findings = list(lints.of_record(selector, record))
    if not record.public or record.kind not in lints.KINDS:
        return record, None, findings
    try:
        key = published(record.kind, record.public)
    except ValueError as error:
        meant = salvaged(record.public)
        return record, None, [*findings, _bad_key(selector, domain, str(error), meant)]
    return record, key, [*findings, *lints.of_key(selector, key)]


def _syntax(selector: str, why: str) -> Finding:
    return Finding(
        code="dkim.syntax",
        severity="error",
        message=f"The record cannot be read: {why}.",
        ref="RFC 6376 3.6.1",
        fix="Publish it as v=DKIM1; k=rsa; p=<the key in base64>.",
        subject=selector,
    )


def _bad_key(selector: str, domain: str, why: str, meant: PublicKey | None) -> Finding:
    return Finding(
        code="dkim.badkey",
        severity="error",
        message=f"The key cannot be read: {why}.",
        ref="RFC 6376 3.6.1",
        fix=f"Publish: {zone_line(selector, domain, meant)}"
        if meant
        else "Publish the whole key again; a long one stands in several strings, which are joined.",
        subject=selector,
    )


def _with_ours(one: Finding, selector: str, domain: str, ours: PublicKey | None) -> Finding:
    """Where the key that has to stand there is known, its record is written out."""
    if ours is None or (one.code, one.severity) not in _OF_THE_RECORD:
        return one
    again = "Sign with another selector, or publish" if one.code == "dkim.revoked" else "Publish"
    return replace(one, fix=f"{again}: {zone_line(selector, domain, ours)}")


def _alias(selector: str, aliases: tuple[str, ...]) -> Iterator[Finding]:
    if aliases:
        yield Finding(
            code="dkim.cname",
            severity="info",
            message=f"The key is kept at {aliases[-1]}, by who runs that name.",
            subject=selector,
        )


def _compared(
    selector: str, domain: str, key: PublicKey | None, ours: PublicKey | None
) -> Iterator[Finding]:
    if ours and key and key != ours:
        yield Finding(
            code="dkim.mismatch",
            severity="error",
            message="Another key is published than the one that the engine signs with: no signature"
            " verifies.",
            ref="RFC 6376 6.1.3",
            fix=f"Publish: {zone_line(selector, domain, ours)}",
            subject=selector,
        )
