"""An SPF record as terms (RFC 7208 4.6.1, 12), and its text.

What is read and written again is the same record: a domain keeps its macros and its case, an
address its spelling, a qualifier that needed no writing stays written.  Only names of mechanisms
and modifiers become lower case.
"""

from typing import Final, Literal, assert_never

from msgspec import Struct

from engine.values.spf import Policy

Qualifier = Literal["", "+", "-", "~", "?"]

RESULT: Final[dict[Qualifier, Policy]] = {
    "": "pass",
    "+": "pass",
    "-": "fail",
    "~": "softfail",
    "?": "neutral",
}
VERSION = "v=spf1"


class All(Struct, frozen=True):
    qualifier: Qualifier = ""


class Include(Struct, frozen=True):
    domain: str
    qualifier: Qualifier = ""


class A(Struct, frozen=True):
    domain: str | None = None  # None: the domain whose record this is; so below
    v4: int | None = None  # prefix length
    v6: int | None = None
    qualifier: Qualifier = ""


class Mx(Struct, frozen=True):
    domain: str | None = None
    v4: int | None = None
    v6: int | None = None
    qualifier: Qualifier = ""


class Ptr(Struct, frozen=True):
    domain: str | None = None
    qualifier: Qualifier = ""


class Ip4(Struct, frozen=True):
    address: str
    length: int | None = None
    qualifier: Qualifier = ""


class Ip6(Struct, frozen=True):
    address: str
    length: int | None = None
    qualifier: Qualifier = ""


class Exists(Struct, frozen=True):
    domain: str
    qualifier: Qualifier = ""


class Redirect(Struct, frozen=True):
    domain: str


class Exp(Struct, frozen=True):
    domain: str


class Unknown(Struct, frozen=True):
    """A modifier that means nothing to SPF, and is passed over (RFC 7208 6)."""

    name: str
    value: str


Directive = All | Include | A | Mx | Ptr | Ip4 | Ip6 | Exists
Modifier = Redirect | Exp | Unknown
Term = Directive | Modifier
Counted = Include | A | Mx | Ptr | Exists | Redirect  # at most ten of them (RFC 7208 4.6.4)


class Record(Struct, frozen=True):
    terms: tuple[Term, ...] = ()

    @property
    def text(self) -> str:
        return " ".join((VERSION, *map(written, self.terms)))

    @property
    def directives(self) -> tuple[Directive, ...]:
        """In the order in which they are tried; the first to match decides."""
        return tuple(term for term in self.terms if isinstance(term, Directive))

    @property
    def reached(self) -> tuple[Directive, ...]:
        """Up to and with the first ``all``: nothing behind it is ever tried."""
        directives = self.directives
        ends = [at for at, term in enumerate(directives) if isinstance(term, All)]
        return directives[: ends[0] + 1] if ends else directives

    @property
    def all(self) -> All | None:
        return next((term for term in self.terms if isinstance(term, All)), None)

    @property
    def redirect(self) -> Redirect | None:
        """Without an ``all``, that is: beside one it is never followed (RFC 7208 6.1)."""
        found = next((term for term in self.terms if isinstance(term, Redirect)), None)
        return None if self.all else found

    @property
    def exp(self) -> Exp | None:
        return next((term for term in self.terms if isinstance(term, Exp)), None)

    @property
    def counted(self) -> tuple[Counted, ...]:
        """The terms that ask the DNS, where nothing matches before the end."""
        directives = tuple(term for term in self.reached if isinstance(term, Counted))
        return (*directives, self.redirect) if self.redirect else directives


def written(term: Term) -> str:
    match term:
        case Redirect() | Exp():
            return f"{type(term).__name__.lower()}={term.domain}"
        case Unknown():
            return f"{term.name}={term.value}"
        case _:
            return f"{term.qualifier}{type(term).__name__.lower()}{_rest(term)}"


def _rest(term: Directive) -> str:
    match term:
        case All():
            return ""
        case Include() | Exists():
            return f":{term.domain}"
        case Ptr():
            return _named(term.domain)
        case A() | Mx():
            return _named(term.domain) + _length("/", term.v4) + _length("//", term.v6)
        case Ip4() | Ip6():
            return f":{term.address}" + _length("/", term.length)
        case _:
            assert_never(term)


def _named(domain: str | None) -> str:
    return "" if domain is None else f":{domain}"


def _length(slash: str, length: int | None) -> str:
    return "" if length is None else f"{slash}{length}"
