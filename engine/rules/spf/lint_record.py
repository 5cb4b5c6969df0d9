"""What is wrong with the record itself, or will be, as far as its text tells."""

from collections.abc import Iterator

from engine.rules.spf import macros, propose, tree
from engine.rules.spf.parse import MECHANISMS
from engine.rules.spf.record import All, Include, Ptr, Record, Redirect, Term, Unknown, written
from engine.values.finding import Finding


def publish(domain: str, record: Record) -> str:
    return f"Publish at {domain} as its one SPF record: {record.text}"


def lints(domain: str, record: Record, fix: str) -> Iterator[Finding]:
    """Of the domain's own record; ``fix`` says which record to publish instead."""
    yield from _broad(domain, record)
    yield from _ptr(record, fix)
    yield from _unreached(record, fix)
    yield from _repeated(record, fix)
    yield from _ignored(record, fix)
    yield from _long(domain, record)
    yield from _by_sender(record)


def _broad(domain: str, record: Record) -> Iterator[Finding]:
    for term in tree.broad(record):
        yield Finding(
            "spf.broad_cidr",
            "warning",
            f"{written(term)} lets far more addresses send for {domain} than one sender has.",
            "RFC 7208 11.4",
            "Write the networks that really send; for IPv4 that is /24 or longer.",
            written(term),
        )


def _ptr(record: Record, fix: str) -> Iterator[Finding]:
    if any(isinstance(term, Ptr) for term in record.terms):
        yield Finding(
            "spf.ptr",
            "warning",
            "The mechanism ptr is slow and unreliable, and must not be published any more; some"
            " receivers skip it.",
            "RFC 7208 5.5",
            fix,
        )


def _unreached(record: Record, fix: str) -> Iterator[Finding]:
    dead: list[Term] = [*record.directives[len(record.reached) :]]
    if record.all:
        dead += [term for term in record.terms if isinstance(term, Redirect)]
    if dead:
        yield Finding(
            "spf.after_all",
            "warning",
            f"`all` matches every address, so this is never reached:"
            f" {', '.join(written(term) for term in dead)}.",
            "RFC 7208 5.1",
            f"{fix}\nOr move in front of `all` what should count.".lstrip(),
        )


def _repeated(record: Record, fix: str) -> Iterator[Finding]:
    seen: set[Term] = set()
    for term in record.terms:
        if term in seen and not isinstance(term, All):
            again = isinstance(term, Include)
            yield Finding(
                "spf.dup_include" if again else "spf.dup_term",
                "warning",
                f"{written(term)} stands there more than once; the repetition does nothing"
                + (", but counts as a lookup." if again else "."),
                "RFC 7208 4.6.4",
                fix,
                written(term),
            )
        seen.add(term)


def _ignored(record: Record, fix: str) -> Iterator[Finding]:
    for term in record.terms:
        if isinstance(term, Unknown) and term.name in MECHANISMS:
            yield Finding(
                "spf.ignored",
                "warning",
                f"{written(term)} is passed over: behind the name of a mechanism stands a colon,"
                " not an equals sign.",
                "RFC 7208 6",
                fix or f"Write {term.name}:… as it is meant.",
                written(term),
            )


def _long(domain: str, record: Record) -> Iterator[Finding]:
    if len(record.text) > propose.LENGTH_MAX:
        yield Finding(
            "spf.too_long",
            "warning",
            f"The record has {len(record.text)} octets. Above {propose.LENGTH_MAX} the answer may"
            " not fit into one UDP packet, and receivers behind old firewalls never get it.",
            "RFC 7208 3.4",
            f"Move addresses into a record of their own, at _spf.{domain} for one, and write"
            f" include:_spf.{domain} in their place.",
        )


def _by_sender(record: Record) -> Iterator[Finding]:
    for term in record.reached:
        domain = getattr(term, "domain", None)
        if isinstance(domain, str) and macros.letters_of(domain) & {"l", "s"}:
            yield Finding(
                "spf.macro_local",
                "info",
                f"{written(term)} depends on who sends; how many lookups it costs at worst cannot"
                " be told beforehand.",
                "RFC 7208 7.2",
                subject=written(term),
            )
