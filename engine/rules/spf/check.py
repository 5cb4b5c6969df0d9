"""check_host (RFC 7208 4): may this address send in the name of this domain?"""

from typing import assert_never

from msgspec import Struct

from engine.rules.asking import Asking, ask
from engine.rules.spf import macros, matching
from engine.rules.spf.macros import Envelope
from engine.rules.spf.names import askable, name_of
from engine.rules.spf.parse import Malformed, is_spf, parse
from engine.rules.spf.record import (
    RESULT,
    A,
    All,
    Directive,
    Exists,
    Exp,
    Include,
    Ip4,
    Ip6,
    Mx,
    Ptr,
    Record,
    Redirect,
)
from engine.rules.spf.run import Ends, Limits, Run
from engine.values.dns import DnsAnswer, Question
from engine.values.spf import Result

LIMITS = Limits()


class Verdict(Struct, frozen=True):
    result: Result
    term: str = ""  # of the first record; "" where none matched
    via: tuple[str, ...] = ()  # the terms below it
    explanation: str = ""
    reason: str = ""
    terms: int = 0  # that asked the DNS
    void: tuple[Question, ...] = ()
    unsure: tuple[Question, ...] = ()  # not answered, and passed over as RFC 7208 5.5 has it
    names_ignored: int = 0  # PTR names of the address beyond the limit


class _Found(Struct, frozen=True):
    result: Result
    domain: str  # whose record it was
    exp: Exp | None = None
    reason: str = ""


def check_host(envelope: Envelope, domain: str, limits: Limits = LIMITS) -> Asking[Verdict]:
    run = Run(envelope, limits)
    try:
        found = yield from _host(run, domain)
    except Ends as end:
        return _verdict(run, end.result, reason=end.reason)
    explanation = ""
    if found.result == "fail" and found.exp:
        explanation = yield from _explanation(run, found.exp, found.domain)
    return _verdict(run, found.result, explanation=explanation, reason=found.reason)


def envelope_of(
    ip: str, sender: str, helo: str, *, receiver: str = "unknown", at: int = 0
) -> Envelope:
    """``sender`` as in MAIL FROM: an address, a bare domain, or "" for a bounce, which stands for
    postmaster at the HELO name (RFC 7208 2.4).  Raises ValueError for what is no address.
    """
    local, _, domain = (sender or helo).rpartition("@")
    helo = helo or domain
    return Envelope(macros.plain(ip), local or "postmaster", domain, helo, receiver, at)


def records_of(answer: DnsAnswer) -> tuple[str, ...]:
    return tuple(text for text in answer.records if is_spf(text))


def _verdict(run: Run, result: Result, *, explanation: str = "", reason: str = "") -> Verdict:
    term, *via = run.path or [""]
    return Verdict(
        result,
        term,
        tuple(via),
        explanation,
        reason,
        terms=run.terms,
        void=tuple(run.void),
        unsure=tuple(dict.fromkeys(run.unsure)),
        names_ignored=run.names_ignored,
    )


def _host(run: Run, domain: str) -> Asking[_Found]:
    """Raises Ends: an error in an included record is one of the whole."""
    name = name_of(domain)
    if not askable(name):
        return _Found("none", name, reason=f"{domain!r} is no name of a domain")
    answer = yield from ask(name, "TXT")
    run.require(Question(name, "TXT"), answer)
    record = _only(name, records_of(answer))
    if record is None:
        return _Found("none", name, reason=f"{name} has no SPF record")
    for term in record.directives:
        depth = len(run.path)
        run.try_term(term)
        if (yield from _matches(run, term, name)):
            return _Found(RESULT[term.qualifier], name, record.exp)
        run.pass_over(depth)
    if record.redirect:
        return (yield from _redirected(run, record.redirect, name))
    return _Found("neutral", name, reason="no term matches, and there is no `all`")


def _only(name: str, texts: tuple[str, ...]) -> Record | None:
    if len(texts) > 1:
        raise Ends("permerror", f"{name} has {len(texts)} SPF records")
    try:
        return parse(texts[0]) if texts else None
    except Malformed as wrong:
        raise Ends("permerror", f"{name}: {wrong}") from None


def _matches(run: Run, term: Directive, domain: str) -> Asking[bool]:
    match term:
        case All():
            return True
        case Ip4() | Ip6():
            return matching.matches_network(term, run.envelope.ip)
        case Include():
            return (yield from _included(run, term, domain))
        case A():
            return (yield from matching.a(run, term, domain))
        case Mx():
            return (yield from matching.mx(run, term, domain))
        case Ptr():
            return (yield from matching.ptr(run, term, domain))
        case Exists():
            return (yield from matching.exists(run, term, domain))
        case _:
            assert_never(term)


def _included(run: Run, term: Include, domain: str) -> Asking[bool]:
    """Only a pass of the other record matches; its own fail says nothing here (RFC 7208 5.2)."""
    name = yield from matching.target(run, term.domain, domain)
    found = yield from _host(run, name)
    if found.result == "none":
        raise Ends("permerror", f"include:{name}: {found.reason}")
    return found.result == "pass"


def _redirected(run: Run, term: Redirect, domain: str) -> Asking[_Found]:
    """As if the other record were this domain's, its exp= with it (RFC 7208 6.1)."""
    run.try_term(term)
    name = yield from matching.target(run, term.domain, domain)
    found = yield from _host(run, name)
    if found.result == "none":
        raise Ends("permerror", f"redirect={name}: {found.reason}")
    return found


def _explanation(run: Run, exp: Exp, domain: str) -> Asking[str]:
    """Whatever is wrong with it, it is as if there were none (RFC 7208 6.2).  It has no part in
    the limits (4.6.4).
    """
    known = yield from matching.values(run, exp.domain, domain, counted=False)
    name = name_of(macros.expand(exp.domain, known))
    if not askable(name):
        return ""
    answer = yield from ask(name, "TXT")
    if len(answer.records) != 1:
        return ""
    (text,) = answer.records
    words = text.split(" ")
    if any(macros.problem(word, macros.IN_EXPLANATIONS) for word in words):
        return ""
    known = yield from matching.values(run, text, domain, counted=False)
    return macros.expand(text, known)
