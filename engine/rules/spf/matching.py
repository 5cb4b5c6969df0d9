"""The mechanisms that ask the DNS (RFC 7208 5.3 to 5.7): does one match the address?"""

import ipaddress

from engine.rules.asking import Asking, ask, ask_all
from engine.rules.spf import macros
from engine.rules.spf.macros import Envelope, Ip
from engine.rules.spf.names import askable, name_of, within
from engine.rules.spf.record import A, Exists, Ip4, Ip6, Mx, Ptr
from engine.rules.spf.run import Ends, Run
from engine.values.dns import DnsAnswer, Question, RecordType


def matches_network(term: Ip4 | Ip6, ip: Ip) -> bool:
    """An address of the other family never does (RFC 7208 5.6)."""
    most = 32 if isinstance(term, Ip4) else 128
    return _near((term.address,), ip, most if term.length is None else term.length)


def a(run: Run, term: A, domain: str) -> Asking[bool]:
    name = yield from target(run, term.domain, domain)
    answer = yield from run.must(name, family(run.envelope))
    return _near(answer.records, run.envelope.ip, _length(term, run.envelope))


def mx(run: Run, term: Mx, domain: str) -> Asking[bool]:
    """Names by their preference; the first that matches ends it.  No MX record is no match: the
    domain's own address does not stand in (RFC 7208 5.4).
    """
    name = yield from target(run, term.domain, domain)
    found = yield from run.must(name, "MX")
    if len(found.records) > run.limits.mx:
        raise Ends("permerror", f"MX {name}: more than {run.limits.mx} names")
    questions = [Question(host, family(run.envelope)) for host in exchanges(found) if askable(host)]
    for question, answer in zip(questions, (yield from ask_all(questions)), strict=True):
        run.require(question, answer)
        run.heard(question, answer)
        if _near(answer.records, run.envelope.ip, _length(term, run.envelope)):
            return True
    return False


def exchanges(answer: DnsAnswer) -> list[str]:
    """The hosts of MX records, the preferred first; "." is none (RFC 7505)."""
    pairs = [record.partition(" ") for record in answer.records]
    hosts = [(int(preference), host) for preference, _, host in pairs if preference.isdigit()]
    return [host for _, host in sorted(hosts) if host != "."]


def exists(run: Run, term: Exists, domain: str) -> Asking[bool]:
    """An A record, even for an IPv6 address (RFC 7208 5.7)."""
    name = yield from target(run, term.domain, domain)
    answer = yield from run.must(name, "A")
    return bool(answer.records)


def ptr(run: Run, term: Ptr, domain: str) -> Asking[bool]:
    """An error of the DNS is passed over (RFC 7208 5.5); the run remembers that nobody answered."""
    wanted = yield from target(run, term.domain, domain)
    names = yield from _names(run, counted=True)
    below = [name for name in names if within(name, wanted)]
    return bool((yield from _confirmed(run, below, counted=True)))


def target(run: Run, spec: str | None, domain: str) -> Asking[str]:
    """The name that a term speaks of, its macros expanded."""
    if spec is None:
        return domain
    known = yield from values(run, spec, domain, counted=True)
    return name_of(macros.expand(spec, known))


def values(run: Run, text: str, domain: str, *, counted: bool) -> Asking[dict[str, str]]:
    """Of the macros.  The address' own name is looked up only where it is used."""
    if "p" not in macros.letters_of(text):
        return macros.values(run.envelope, domain)
    names = yield from _names(run, counted=counted)
    confirmed = yield from _confirmed(run, names, counted=counted)
    return macros.values(run.envelope, domain, _best(confirmed, domain))


def _best(names: list[str], domain: str) -> str:
    """The domain itself before a name below it before any other (RFC 7208 7.3)."""
    order = sorted(names, key=lambda name: (name != domain, not within(name, domain)))
    return order[0] if order else "unknown"


def family(envelope: Envelope) -> RecordType:
    return "AAAA" if envelope.v6 else "A"


def _names(run: Run, *, counted: bool) -> Asking[list[str]]:
    reverse = Question(run.envelope.ip.reverse_pointer, "PTR")
    answer = yield from (run.look(*reverse) if counted else ask(*reverse))
    if not answer.answered:
        run.unsure.append(reverse)
    run.names_ignored = max(0, len(answer.records) - run.limits.ptr)
    return [name for name in answer.records[: run.limits.ptr] if askable(name)]


def _confirmed(run: Run, names: list[str], *, counted: bool) -> Asking[list[str]]:
    """Those that lead back to the address (RFC 7208 5.5)."""
    questions = [Question(name, family(run.envelope)) for name in names]
    answers = yield from ask_all(questions)
    found = []
    for question, answer in zip(questions, answers, strict=True):
        if not answer.answered:
            run.unsure.append(question)
        if counted:
            run.heard(question, answer)
        if _near(answer.records, run.envelope.ip, run.envelope.ip.max_prefixlen):
            found.append(question.name)
    return found


def _length(term: A | Mx, envelope: Envelope) -> int:
    length = term.v6 if envelope.v6 else term.v4
    return envelope.ip.max_prefixlen if length is None else length


def _near(addresses: tuple[str, ...], ip: Ip, length: int) -> bool:
    """One of them shares its first ``length`` bits with the address."""
    beyond = ip.max_prefixlen - length
    found = map(ipaddress.ip_address, addresses)
    return any(
        one.version == ip.version and int(one) >> beyond == int(ip) >> beyond for one in found
    )
