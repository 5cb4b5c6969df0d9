"""A look at a sending domain: its DNS, the keys on the nodes, and the names that these say."""

import asyncio
import base64
from collections.abc import Sequence
from typing import NamedTuple

from engine.effects.dns import ValidateDomain
from engine.events.dns import DNS, DomainDropped, DomainValidated
from engine.ids import IpAddr, NodeId, TenantId
from engine.ports import (
    Clock,
    Greeter,
    Ids,
    NodeRefused,
    NodeSilent,
    NotGreeted,
    PmtaNode,
    Resolver,
)
from engine.projections.domains import DOMAINS, Domain
from engine.projections.ip_row import IpRow
from engine.projections.ips import IPS
from engine.projections.nodes import NODES
from engine.reactors.guards import hostname
from engine.rules import domain_beside, domain_standing
from engine.rules.dnsbl_catalogue import DEFAULT, Catalogue
from engine.rules.redaction import fragment
from engine.runtime.notes import Notes
from engine.runtime.perform.domain_lists import DomainLists
from engine.runtime.questions import QUESTIONS_MAX
from engine.runtime.validate import validate
from engine.runtime.views import Views
from engine.values.domain_check import DomainCheck
from engine.values.sending_domain import Beside, DeployedKey, Greeting, Setup
from engine.values.validation import Validation

KEY_S = 15  # real seconds for one key of one node
GREET_S = 10
QUESTIONS_EACH = 4  # more, for each sending address: its PTR, and where that leads


class World(NamedTuple):
    """What a look needs of it."""

    resolver: Resolver
    pmta: PmtaNode
    greeter: Greeter
    clock: Clock
    ids: Ids
    smtp_port: int  # 0: nodes are not asked for their name
    allow_reserved: bool
    catalogue: Catalogue = DEFAULT  # of block lists; those of domains are asked


class NobodyGreets:
    """Where no SMTP server is to be asked."""

    async def ehlo(self, host: str, port: int) -> str:
        raise NotGreeted(f"{host}:{port}: nobody is asked")


class Domains:
    def __init__(self, world: World, *, views: Views, notes: Notes) -> None:
        self._world = world
        self._views = views
        self._notes = notes

    async def validate(self, effect: ValidateDomain) -> None:
        view = self._views.get(DOMAINS, f"{effect.tenant}/{effect.domain}")
        event: DomainValidated | DomainDropped = DomainDropped(domain=effect.domain, ips=view.ips)
        if view.setup is not None:
            event = await self._looked(effect, view, view.setup)
        await self._notes.add(effect, DNS.stream(effect.domain), event)

    async def _looked(self, effect: ValidateDomain, view: Domain, setup: Setup) -> DomainValidated:
        rows = senders(self._views, effect.tenant, setup)
        beside = await self._beside(effect.domain, rows, setup)
        check = _check(effect.domain, setup, rows, beside, self._world.allow_reserved)
        seen = await self._asked(check)
        now, found = self._world.clock.now(), domain_standing.verdicts(seen.report, beside)
        untold = None in found.values() and not _answered(seen)
        return DomainValidated(
            domain=effect.domain,
            validation=seen,
            cycle=effect.cycle,
            beside=beside,
            failing=domain_standing.failing(view.definite, found, now),
            silent_since=(view.silent_since or now) if untold else None,
            dropped=tuple(ip for ip in view.ips if ip not in set(check.ips)),
        )

    async def _asked(self, check: DomainCheck) -> Validation:
        world = self._world
        return await validate(
            check,
            lookup=world.resolver.lookup,
            resolver=world.resolver.name,
            nonce=self._nonce(),
            most=QUESTIONS_MAX + QUESTIONS_EACH * len(check.ips),
        )

    async def _beside(self, domain: str, rows: Sequence[IpRow], setup: Setup) -> Beside:
        """All nodes at once; one that is silent holds up nobody for long."""
        nodes = sorted({row.node for row in rows})
        wanted = [(node, *key) for node in nodes for key in sorted(setup.dkim_keys.items())]
        async with asyncio.TaskGroup() as tasks:
            keys = [tasks.create_task(self._key(*one)) for one in wanted]
            greetings = [tasks.create_task(self._greeting(node, rows)) for node in nodes]
            lists = tasks.create_task(self._lists().about(domain))
        heard = [one.result() for one in greetings]
        return Beside(
            keys=tuple(one.result() for one in keys),
            greetings=tuple(one for one in heard if one.name or one.why),
            lists=lists.result(),
        )

    def _lists(self) -> DomainLists:
        return DomainLists(self._world.resolver, self._world.catalogue, self._nonce())

    def _nonce(self) -> str:
        return f"ee-{self._world.ids().replace('-', '')[-16:]}"

    async def _key(self, node: NodeId, selector: str, path: str) -> DeployedKey:
        try:
            async with asyncio.timeout(KEY_S):
                found = await self._world.pmta.dkim_public(node, path)
        except (NodeRefused, NodeSilent, TimeoutError) as failure:
            why, silent = _why(failure), not isinstance(failure, NodeRefused)
            return DeployedKey(node=node, selector=selector, why=why, silent=silent)
        return DeployedKey(node=node, selector=selector, key=base64.b64encode(found).decode())

    async def _greeting(self, node: NodeId, rows: Sequence[IpRow]) -> Greeting:
        host = self._views.get(NODES, node).registered
        ips, port = tuple(row.ip for row in rows if row.node == node), self._world.smtp_port
        if host is None or not port:
            return Greeting(node=node, ips=ips)
        try:
            async with asyncio.timeout(GREET_S):
                name = await self._world.greeter.ehlo(host.host, port)
        except (NotGreeted, TimeoutError) as failure:
            return Greeting(node=node, ips=ips, why=_why(failure))
        return Greeting(node=node, ips=ips, name=name)


def senders(views: Views, tenant: TenantId, setup: Setup) -> list[IpRow]:
    """The addresses that may send for the domain, whatever phase each is in."""
    rows = [row for row in views.of(IPS).values() if row.tenant == tenant and row.ip]
    if setup.purposes:
        rows = [row for row in rows if row.vmta.purpose in setup.purposes]
    return sorted(rows, key=lambda row: row.ip)


def names(rows: Sequence[IpRow]) -> dict[IpAddr, str]:
    """The host name that each says, as far as it is known."""
    known = {row.ip: row.vmta.hostname or hostname(row) for row in rows}
    return {ip: name for ip, name in known.items() if name}


def _check(
    domain: str, setup: Setup, rows: Sequence[IpRow], beside: Beside, allow_reserved: bool
) -> DomainCheck:
    return DomainCheck(
        domain=domain,
        ips=tuple(row.ip for row in rows),
        names=names(rows),
        selectors=setup.selectors,
        keys=domain_beside.first_keys(beside.keys),
        mail_from=setup.mail_from,
        helo=setup.helo,
        allow_reserved=allow_reserved,
    )


def _answered(seen: Validation) -> bool:
    return not seen.unasked and all(one.answer.answered for one in seen.heard)


def _why(failure: Exception) -> str:
    return fragment(str(failure)) or "no answer in time"
