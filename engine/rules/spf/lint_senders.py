"""What each address that sends comes to."""

from collections.abc import Collection, Iterator, Mapping

from engine.ids import IpAddr
from engine.rules.spf import propose
from engine.rules.spf.check import Verdict
from engine.rules.spf.lint_record import publish
from engine.rules.spf.record import All, Record
from engine.rules.spf.run import PTR_MAX
from engine.rules.unanswered import LOOK_AGAIN
from engine.values.dns import Question
from engine.values.finding import Finding

Verdicts = Mapping[IpAddr, Verdict]
_DENIED = ("fail", "softfail", "neutral")


def lints(
    domain: str, verdicts: Verdicts, fix: str, silent: Collection[Question]
) -> Iterator[Finding]:
    """``silent``: what was not answered, as is told of the record once for all addresses."""
    told = tuple(f"{one.type} {one.name}:" for one in silent)
    for ip, verdict in verdicts.items():
        if verdict.names_ignored:
            yield _too_many_names(ip, verdict)
        if verdict.unsure and verdict.result in (*_DENIED, "pass"):
            yield _unsure(ip, verdict)
        elif verdict.result == "temperror":
            if not verdict.reason.startswith(told):
                yield _unanswered(ip, verdict)
        elif verdict.result == "permerror":
            yield _given_up(ip, verdict, fix)
        elif verdict.result in _DENIED:
            yield _outside(domain, ip, verdict, fix)


def _outside(domain: str, ip: IpAddr, verdict: Verdict, fix: str) -> Finding:
    why = f"{verdict.term} matched" if verdict.term else "nothing in the record matched"
    return Finding(
        "spf.ip_not_authorised",
        "error",
        f"Mail from {ip} in the name of {domain} gets {verdict.result}: {why}.",
        "RFC 7208 4.6",
        fix,
        ip,
    )


def _given_up(ip: IpAddr, verdict: Verdict, fix: str) -> Finding:
    return Finding(
        "spf.permerror",
        "error",
        f"For mail from {ip} receivers give up{_at(verdict)}: {verdict.reason}.",
        "RFC 7208 4.6.4",
        fix or "Mend the record at that term.",
        ip,
    )


def _unanswered(ip: IpAddr, verdict: Verdict) -> Finding:
    return Finding(
        "spf.temperror",
        "unknown",
        f"What {ip} comes to could not be told{_at(verdict)}: {verdict.reason}.",
        "RFC 7208 4.4",
        LOOK_AGAIN,
        ip,
    )


def _unsure(ip: IpAddr, verdict: Verdict) -> Finding:
    names = ", ".join(f"{one.type} {one.name}" for one in verdict.unsure)
    return Finding(
        "spf.temperror",
        "unknown",
        f"Mail from {ip} gets {verdict.result} only because the names of that address could not be"
        f" looked up: {names}.",
        "RFC 7208 5.5",
        "Look again; better, replace ptr by ip4: and ip6: terms.",
        ip,
    )


def _too_many_names(ip: IpAddr, verdict: Verdict) -> Finding:
    return Finding(
        "spf.ptr_names",
        "info",
        f"{ip} has {PTR_MAX + verdict.names_ignored} names, of which receivers look at {PTR_MAX};"
        " ptr matches by chance.",
        "RFC 7208 4.6.4",
        "Leave the address one PTR record.",
        ip,
    )


def helo_lints(helo: str, record: Record | None, verdicts: Verdicts) -> Iterator[Finding]:
    """Bounces have no sender: for them the HELO name is asked (RFC 7208 2.3, 2.4)."""
    missing = [ip for ip, one in verdicts.items() if one.result not in ("pass", "temperror")]
    if not missing:
        return
    results = ", ".join(f"{ip} {verdicts[ip].result}" for ip in missing)
    refused = any(verdicts[ip].result in ("fail", "permerror") for ip in missing)
    yield Finding(
        "spf.helo",
        "warning" if refused else "info",
        f"By the HELO name {helo}, which is what counts for bounces, SPF gives: {results}.",
        "RFC 7208 2.3",
        publish(helo, propose.with_ips(record or Record((All("-"),)), missing)),
        helo,
    )


def _at(verdict: Verdict) -> str:
    return f" at {verdict.term}" if verdict.term else ""
