"""What is wrong, or soon may be, with who takes mail for a domain."""

from collections.abc import Iterator, Sequence

from engine.ids import IpAddr, is_reserved
from engine.rules.mx.hosts import HOSTS_MAX, Record, kind_of
from engine.rules.unanswered import LOOK_AGAIN
from engine.values.finding import Finding
from engine.values.mx_report import MxHost

_NULL = "RFC 7505 3"
_HOST = "RFC 5321 5.1"


def of_records(records: Sequence[Record]) -> Iterator[Finding]:
    """Of those that are there."""
    names = [one.host for one in records]
    if "." in names:
        yield _null(alone=len(names) == 1)
    elif len(set(names)) == 1:
        yield Finding(
            code="mx.single",
            severity="info",
            message=f"{names[0]} alone takes mail: while it is down, mail waits at the senders.",
            ref=_HOST,
        )
    for host in dict.fromkeys(names):
        if names.count(host) > 1:
            yield Finding(
                code="mx.duplicate",
                severity="warning",
                message=f"{host} is named {names.count(host)} times.",
                ref=_HOST,
                fix="Name it once, with the least preference.",
                subject=host,
            )
    if len(names) > HOSTS_MAX:
        yield Finding(
            code="mx.many",
            severity="info",
            message=f"Of {len(names)} MX records only the first {HOSTS_MAX} were looked at.",
        )


def of_host(one: MxHost, *, allow_reserved: bool) -> Iterator[Finding]:
    kind = kind_of(one.preference, one.host)
    if kind == "host":
        yield from _aliased(one)
        yield from _reached(one, allow_reserved=allow_reserved)
    elif kind != "root":
        yield _no_host(one.host, kind)


def _null(*, alone: bool) -> Finding:
    return Finding(
        code="mx.null",
        severity="error",
        message="The domain says that it takes no mail (null MX): receivers may refuse mail from it"
        " (550 5.7.27), and no bounce reaches anybody."
        if alone
        else "The domain says that it takes no mail (null MX), and names hosts that take it.",
        ref="RFC 7505 4.2" if alone else _NULL,
        fix="Name a host that takes mail, or send from another domain."
        if alone
        else 'Take the MX record "0 ." away.',
    )


def _no_host(host: str, kind: str) -> Finding:
    if kind == "literal":
        return Finding(
            code="mx.ip_literal",
            severity="error",
            message=f"{host} is an address; an MX record must name a host.",
            ref="RFC 5321 5.1",
            fix="Give the address a name with an A record, and put the name there.",
            subject=host,
        )
    if kind == "local":
        return Finding(
            code="mx.localhost",
            severity="error",
            message=f"{host} is every host's own name: senders would deliver to themselves.",
            ref="RFC 6761 6.3",
            fix="Name the host that takes mail by its full name.",
            subject=host,
        )
    return Finding(
        code="mx.bad_hostname",
        severity="error",
        message=f"{host} is no host name.",
        ref="RFC 1123 2.1",
        fix="Letters, digits and dashes, with dots between, make a host name.",
        subject=host,
    )


def _aliased(one: MxHost) -> Iterator[Finding]:
    if one.aliases:
        yield Finding(
            code="mx.cname",
            severity="error",
            message=f"{one.host} is an alias of {one.aliases[-1]}; an MX record must name a host"
            " that is none.",
            ref="RFC 2181 10.3",
            fix=f"Name {one.aliases[-1]} in the MX record.",
            subject=one.host,
        )


def _reached(one: MxHost, *, allow_reserved: bool) -> Iterator[Finding]:
    if one.addresses is None:
        yield _unknown(one.host)
    elif not one.addresses:
        yield Finding(
            code="mx.no_address",
            severity="error",
            message=f"{one.host} has no address: no mail reaches it.",
            ref=_HOST,
            fix=f"Give {one.host} an A or AAAA record, or take its MX record away.",
            subject=one.host,
        )
    elif not allow_reserved:
        yield from _private(one.host, one.addresses, whole=one.whole)


def _unknown(host: str) -> Finding:
    return Finding(
        code="mx.temperror",
        severity="unknown",
        message=f"Whether {host} can be reached is not known: the DNS did not say.",
        fix=LOOK_AGAIN,
        subject=host,
    )


def _private(host: str, addresses: Sequence[IpAddr], *, whole: bool) -> Iterator[Finding]:
    private = [ip for ip in addresses if is_reserved(ip)]
    alone = len(private) == len(addresses)
    if alone and not whole:
        yield _unknown(host)
    elif private:
        yield Finding(
            code="mx.private",
            severity="error" if alone else "warning",
            message=f"{host} leads to {', '.join(private)}, which nobody outside can reach.",
            ref="RFC 6890",
            fix="Publish its public address.",
            subject=host,
        )
