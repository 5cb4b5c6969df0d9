"""What an existing configuration says, in the engine's own words, and what is not among them.

Nothing is lost: what is not understood is kept, statement by statement, with its file and line.
"""

import ipaddress
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from engine.ids import IpAddr
from engine.rules.pmta_config.outline import outline
from engine.rules.pmta_config.tree import (
    Directive,
    Malformed,
    Node,
    Place,
    Section,
    arguments,
    directives,
    unquoted,
)

_OF_A_VMTA = {"smtp-source-host", "max-smtp-msg-rate", "domain-key", "cold-virtual-mta"}
_UNDERSTOOD_TAGS = {"virtual-mta", "virtual-mta-pool", "smtp-user", "source"}


class KeyRead(NamedTuple):
    selector: str
    domain: str
    path: str
    at: Place


class VmtaRead(NamedTuple):
    name: str
    at: Place
    hosts: tuple[tuple[IpAddr, str], ...]  # address and host name, as PowerMTA would take them
    rate: str  # "" = none
    keys: tuple[KeyRead, ...]
    limits: dict[str, dict[str, str]]  # by pattern of domains
    cold: tuple[str, ...]
    kept: tuple[str, ...]  # what else it says


class PoolRead(NamedTuple):
    name: str
    at: Place
    members: tuple[str, ...]


class UserRead(NamedTuple):
    login: str
    at: Place
    source: str
    vmta: str  # to which its source leads; "" = to none, or to many
    secret: str  # what stands for its password


class SourceRead(NamedTuple):
    name: str
    at: Place
    settings: dict[str, str]


class Kept(NamedTuple):
    at: Place
    text: str


class Read(NamedTuple):
    vmtas: list[VmtaRead]
    pools: list[PoolRead]
    users: list[UserRead]
    sources: list[SourceRead]
    kept: list[Kept]


def read(nodes: Sequence[Node]) -> Read:
    """Of a tolerant parse; a section that is given twice is one, as for PowerMTA."""
    found = outline(nodes)
    sources = [_source(one) for one in found.of("source")]
    return Read(
        vmtas=[_vmta(ones) for ones in found.named("virtual-mta").values()],
        pools=[_pool(ones) for ones in found.named("virtual-mta-pool").values()],
        users=[_user(one, sources) for one in found.of("smtp-user")],
        sources=sources,
        kept=list(_kept(nodes)),
    )


def _vmta(sections: Sequence[Section]) -> VmtaRead:
    children = tuple(node for one in sections for node in one.children)
    first = sections[0]
    rates = [unquoted(one.value) for one in directives(children, "max-smtp-msg-rate")]
    return VmtaRead(
        name=first.name,
        at=first.at,
        hosts=tuple(_hosts(children)),
        rate=rates[-1] if rates else "",
        keys=tuple(_keys(children)),
        limits=_limits(children),
        cold=tuple(unquoted(one.value) for one in directives(children, "cold-virtual-mta")),
        kept=tuple(
            _said(node)
            for node in children
            if isinstance(node, Directive) and node.key not in _OF_A_VMTA
        ),
    )


def _hosts(nodes: tuple[Node, ...]) -> Iterator[tuple[IpAddr, str]]:
    """``IP host``; one the other way round, or a whole network, is told among the findings."""
    for one in directives(nodes, "smtp-source-host"):
        ip, *rest = arguments(one.value)
        try:
            yield IpAddr(str(ipaddress.ip_address(ip))), " ".join(rest)
        except ValueError:
            continue


def _keys(nodes: tuple[Node, ...]) -> Iterator[KeyRead]:
    for one in directives(nodes, "domain-key"):
        parts = [part.strip() for part in unquoted(one.value).split(",")]
        if len(parts) == 3:
            selector, domain, path = parts
            yield KeyRead(selector, domain, path, one.at)


def _limits(nodes: tuple[Node, ...]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for one in nodes:
        if isinstance(one, Section) and one.key == "domain":
            said = {node.key: node.value for node in one.children if isinstance(node, Directive)}
            found.setdefault(one.name, {}).update(said)
    return found


def _pool(sections: Sequence[Section]) -> PoolRead:
    children = tuple(node for one in sections for node in one.children)
    members = tuple(unquoted(one.value) for one in directives(children, "virtual-mta"))
    return PoolRead(sections[0].name, sections[0].at, members)


def _source(section: Section) -> SourceRead:
    said = {node.key: node.value for node in section.children if isinstance(node, Directive)}
    return SourceRead(section.name, section.at, said)


def _user(section: Section, sources: Sequence[SourceRead]) -> UserRead:
    said = {
        node.key: unquoted(node.value) for node in section.children if isinstance(node, Directive)
    }
    source = said.get("source", "{auth}")
    to = [one.settings.get("default-virtual-mta", "") for one in sources if one.name == source]
    vmtas = {unquoted(one) for one in to if one}
    vmta = vmtas.pop() if len(vmtas) == 1 else ""
    return UserRead(section.name, section.at, source, vmta, said.get("password", ""))


def _kept(nodes: Sequence[Node]) -> Iterator[Kept]:
    for node in nodes:
        if isinstance(node, Section) and node.key not in _UNDERSTOOD_TAGS:
            yield Kept(node.at, "\n".join(_lines(node)))
        elif isinstance(node, Directive):
            yield Kept(node.at, _said(node))
        elif isinstance(node, Malformed):
            yield Kept(node.at, node.text)


def _lines(node: Node) -> Iterator[str]:
    """As they were read."""
    yield node.text or ""
    if isinstance(node, Section):
        yield from (line for child in node.children for line in _lines(child))
        if node.end and node.end.text is not None:
            yield node.end.text


def _said(node: Directive) -> str:
    return f"{node.name} {node.value}".strip()
