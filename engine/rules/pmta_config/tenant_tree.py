"""A tenant's include file in full: VMTAs, their keys and limits, pools, sources and SMTP users.

Each user has a named source of its own which leads to one VMTA and heeds no X-virtual-MTA header,
so that nobody sends through another's address (User's Guide 5.0, 3.3 source, smtp-user).  Limits
are written into each VMTA for each provider, because what wins between the global level and a
VMTA's ``*`` no guide says.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from engine.ids import TenantId
from engine.rules.pmta_config import build, reply_lists
from engine.rules.pmta_config.tree import Directive, Document, Node, Section
from engine.values.patterns import PatternList


class Key(NamedTuple):
    selector: str
    domain: str  # or "*"
    path: str  # of the private key on the node


class Sender(NamedTuple):
    """One VMTA, and who may send through it."""

    name: str  # within the tenant
    ip: str
    hostname: str
    rate: str = ""  # "50/d"; "" = no cap
    keys: Sequence[Key] = ()
    limits: Mapping[str, Mapping[str, str]] = {}  # by pattern of domains: directive and value
    secret: str = ""  # of the password; "" = nobody logs in for it
    cold: str = ""  # the sender that takes the first messages of a day; "" = none


def document(
    tenant: TenantId,
    senders: Sequence[Sender],
    pools: Mapping[str, Sequence[str]],
    replies: Iterable[PatternList] = (),
) -> Document:
    """``pools`` hold names of senders, and an empty one is left out.  Raises ValueError on a text
    that PowerMTA would not read as one word, and on a name that stands for two things.
    ``replies``: lists that the senders' limits name.
    """
    _refuse_wrong_names([one.name for one in senders], pools)
    return Document(
        (
            *reply_lists.sections(tenant, replies),
            *(_vmta(tenant, one) for one in senders),
            *(_pool(tenant, name, members) for name, members in pools.items() if members),
            *(node for one in senders if one.secret for node in _login(tenant, one)),
        )
    )


def _refuse_wrong_names(senders: Sequence[str], pools: Mapping[str, Sequence[str]]) -> None:
    known: set[str] = set()
    for name in (*senders, *pools):
        if name in known:
            raise ValueError(f"{name} is the name of two VMTAs or pools; give each its own")
        known.add(name)
    for member in {name for members in pools.values() for name in members}.difference(senders):
        raise ValueError(f"{member} is in a pool and no VMTA of the tenant")


def _name(tenant: TenantId, rest: str) -> str:
    """No slug holds two dashes in a row, so no name of one tenant is another's."""
    return build.token(f"{build.token(tenant)}--{build.token(rest)}")


def _vmta(tenant: TenantId, one: Sender) -> Section:
    host = f"{build.address(one.ip)} {build.host(one.hostname)}"
    nodes: list[Node] = [
        Directive("smtp-source-host", host),
        *_rate(one),
        *(Directive("domain-key", _key(key)) for key in _general_last(one.keys)),
        *_cold(tenant, one),
        *(_limit(pattern, one.limits[pattern]) for pattern in sorted(one.limits)),
    ]
    return build.section("virtual-mta", _name(tenant, one.name), nodes)


def _rate(one: Sender) -> Iterator[Directive]:
    if one.rate:
        yield build.directive("virtual-mta", "max-smtp-msg-rate", build.token(one.rate))


def _cold(tenant: TenantId, one: Sender) -> Iterator[Directive]:
    if one.cold:
        yield build.directive("virtual-mta", "cold-virtual-mta", _name(tenant, one.cold))


def _general_last(keys: Iterable[Key]) -> Sequence[Key]:
    """The first that fits is taken."""
    return sorted(keys, key=lambda key: (key.domain == "*", -key.domain.count("."), key))


def _key(key: Key) -> str:
    parts = (build.token(key.selector), build.pattern(key.domain), build.token(key.path))
    return ",".join(parts)


def _limit(pattern: str, limits: Mapping[str, str]) -> Section:
    nodes = [
        build.directive("domain", name, build.listed(limits[name].split(",")))
        for name in sorted(limits)
    ]
    return build.section("domain", build.pattern(pattern), nodes)


def _pool(tenant: TenantId, name: str, members: Sequence[str]) -> Section:
    nodes = [Directive("virtual-mta", _name(tenant, member)) for member in members]
    return build.section("virtual-mta-pool", _name(tenant, name), nodes)


def _login(tenant: TenantId, one: Sender) -> Iterator[Section]:
    name = _name(tenant, one.name)
    source = (
        ("always-allow-relaying", "yes"),
        ("default-virtual-mta", name),
        ("process-x-virtual-mta", "no"),
        ("process-x-job", "yes"),
    )
    yield build.section("source", name, [build.directive("source", *pair) for pair in source])
    user = (("password", build.secret(one.secret)), ("source", name))
    yield build.section("smtp-user", name, [build.directive("smtp-user", *pair) for pair in user])
