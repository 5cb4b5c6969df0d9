"""What is wrong, or soon may be, with the reverse DNS of one address."""

from collections.abc import Iterator

from engine.rules.ptr.address import Looked, address_type, reverse_name
from engine.rules.unanswered import LOOK_AGAIN
from engine.rules.zone_text import ptr_line
from engine.values.finding import Finding
from engine.values.ptr_report import PtrIp

_CONFIRM = "RFC 8601 3"


def of_address(looked: Looked, helo: str | None) -> Iterator[Finding]:
    """``helo`` is the name that the host was heard to say."""
    seen = looked.seen
    if seen.result == "temperror":
        yield _unknown(looked)
    elif seen.result == "permerror":
        yield _missing(seen, looked.aliases)
    else:
        yield from _named(looked, helo)


def of_helo(name: str, addresses: bool | None) -> Iterator[Finding]:
    """``addresses``: whether the name has any; None: not answered."""
    if addresses is False:
        yield Finding(
            code="ptr.helo_unresolved",
            severity="error",
            message=f"The host says EHLO {name}, and that name has no address.",
            ref="RFC 5321 4.1.1.1",
            fix=f"Give {name} an A or AAAA record, or let the host say a name that has one.",
            subject=name,
        )
    elif addresses is None:
        yield Finding(
            code="ptr.helo_unknown",
            severity="unknown",
            message=f"Whether {name}, the EHLO name, has an address is not known: the DNS did not"
            " say.",
            fix=LOOK_AGAIN,
            subject=name,
        )


def _unknown(looked: Looked) -> Finding:
    what = ", ".join(looked.unanswered) or reverse_name(looked.seen.ip)
    return Finding(
        code="ptr.temperror",
        severity="unknown",
        message=f"Whether the name is confirmed is not known: the DNS did not answer for {what}.",
        ref=_CONFIRM,
        fix=LOOK_AGAIN,
        subject=looked.seen.ip,
    )


def _missing(seen: PtrIp, aliases: tuple[str, ...]) -> Finding:
    reverse, wanted = reverse_name(seen.ip), seen.expected
    place = aliases[-1] if aliases else reverse
    publish = ptr_line(place, wanted or "<the name that the host says in EHLO>")
    if aliases:
        return Finding(
            code="ptr.cname",
            severity="error",
            message=f"{reverse} is an alias of {aliases[-1]}, and there is no PTR record.",
            ref="RFC 2317 4",
            fix=f"Publish: {publish}",
            subject=seen.ip,
        )
    return Finding(
        code="ptr.missing",
        severity="error",
        message="The address has no PTR record: Gmail, Yahoo, Microsoft and Apple refuse its mail.",
        ref="RFC 1912 2.1",
        fix=f"Have who owns the address block publish: {publish}",
        subject=seen.ip,
    )


def _named(looked: Looked, helo: str | None) -> Iterator[Finding]:
    seen = looked.seen
    if seen.result == "fail":
        yield _unconfirmed(looked)
    if len(seen.names) > 1:
        yield Finding(
            code="ptr.multiple",
            severity="warning",
            message=f"The address has {len(seen.names) + looked.more} PTR records; receivers look"
            " at one of them, or at none.",
            ref="RFC 1912 2.1",
            fix="Leave the name that the host says in EHLO.",
            subject=seen.ip,
        )
    if looked.aliases:
        yield Finding(
            code="ptr.cname",
            severity="info",
            message=f"The PTR record is kept at {looked.aliases[-1]}.",
            ref="RFC 2317 4",
            subject=seen.ip,
        )
    if seen.generic:
        yield Finding(
            code="ptr.generic",
            severity="warning",
            message=f"The name looks like a provider's own: {seen.generic}. Receivers take such"
            " hosts for private ones; Microsoft refuses them (DY-001).",
            fix="Have a name of your own domain put there, without the address in it.",
            subject=seen.ip,
        )
    yield from _said(seen, helo)


def _unconfirmed(looked: Looked) -> Finding:
    seen = looked.seen
    name, kind = seen.names[0], address_type(seen.ip)
    wanted = seen.expected if seen.expected not in seen.names else None
    elsewhere = "has no such record" if name in looked.nowhere else "leads elsewhere"
    return Finding(
        code="ptr.unconfirmed",
        severity="error",
        message=f"The PTR record says {name}, whose {kind} record does not lead back: it"
        f" {elsewhere}.",
        ref=_CONFIRM,
        fix="Have who owns the address block publish in its place:"
        f" {ptr_line(reverse_name(seen.ip), wanted)}"
        if wanted
        else f"Publish: {name}. IN {kind} {seen.ip}",
        subject=seen.ip,
    )


def _said(seen: PtrIp, helo: str | None) -> Iterator[Finding]:
    if helo and helo not in seen.names:
        yield Finding(
            code="ptr.helo_mismatch",
            severity="warning",
            message=f"The host says EHLO {helo}, and the PTR record says {seen.names[0]}.",
            ref="RFC 5321 4.1.1.1",
            fix=f"Have it say EHLO {seen.names[0]}, or publish:"
            f" {ptr_line(reverse_name(seen.ip), helo)}",
            subject=seen.ip,
        )
    if seen.expected and seen.expected != helo and seen.expected not in seen.names:
        yield Finding(
            code="ptr.vmta_mismatch",
            severity="warning",
            message=f"The engine sends from here as {seen.expected}, and the PTR record says"
            f" {seen.names[0]}.",
            ref="RFC 5321 4.1.1.1",
            fix=f"Publish: {ptr_line(reverse_name(seen.ip), seen.expected)}",
            subject=seen.ip,
        )
