"""On which of a tenant's nodes each of its DKIM keys lies, and where one is still lacking."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from engine.events import Event, Recorded
from engine.events.domain import DomainChanged, DomainRegistered, DomainRemoved
from engine.events.domain_key import (
    KeyAsked,
    KeyDropped,
    KeyLaid,
    KeyNotPlaced,
    KeyPlaced,
    KeyRemoved,
    KeyUsed,
)
from engine.events.ip import IpRegistered
from engine.events.ip_removal import IpWithdrawn
from engine.ids import NodeId, TenantId
from engine.projections.projection import Projection, whole_tenant
from engine.values.dkim_key import Algorithm
from engine.values.retry import Work


class PlacedKey(Struct, frozen=True, gc=False):
    """One that signs, or will."""

    algorithm: Algorithm
    record: str = ""
    paths: dict[NodeId, str] = {}  # {}: it is not laid yet
    work: dict[NodeId, Work] = {}  # where it was to be placed, and could not be


class KeyPlaces(Struct, frozen=True, gc=False):
    tenant: TenantId = TenantId("")
    sends: dict[NodeId, dict[str, int]] = {}  # how many addresses of each purpose
    since: dict[NodeId, Work] = {}  # the first address there
    purposes: dict[str, tuple[str, ...]] = {}  # that send for a domain; (): all
    keys: dict[str, dict[str, PlacedKey]] = {}  # by domain and selector; few

    def lacking(self) -> Iterator["Lacking"]:
        """A key that lies nowhere yet is laid by its own step, on the nodes of that time."""
        for domain, selectors in sorted(self.keys.items()):
            only = self.purposes.get(domain, ())
            nodes = [node for node in sorted(self.sends) if self._sends(node, only)]
            for selector, key in sorted(selectors.items()):
                for node in nodes if key.paths else ():
                    if node not in key.paths:
                        work = key.work.get(node, self.since[node])
                        yield Lacking(domain, selector, key, node, work)

    def _sends(self, node: NodeId, only: tuple[str, ...]) -> bool:
        return any(not only or purpose in only for purpose in self.sends[node])


class Lacking(NamedTuple):
    domain: str
    selector: str
    key: PlacedKey
    node: NodeId
    work: Work


def named(view: KeyPlaces, key: str) -> KeyPlaces:
    return replace(view, tenant=TenantId(key))


def evolve(view: KeyPlaces, recorded: Recorded[Event]) -> KeyPlaces:
    match recorded.event:
        case IpRegistered(node=node, vmta=vmta):
            known = {node: Work(recorded.position)} | view.since
            return replace(_moved(view, node, vmta.purpose, 1), since=known)
        case IpWithdrawn(node=node, vmta=vmta):
            return _moved(view, node, vmta.purpose, -1)
        case (
            DomainRegistered(domain=domain, setup=setup) | DomainChanged(domain=domain, setup=setup)
        ):
            return replace(view, purposes=view.purposes | {domain: setup.purposes})
        case DomainRemoved(domain=domain):
            left = {name: one for name, one in view.purposes.items() if name != domain}
            keys = {name: one for name, one in view.keys.items() if name != domain}
            return replace(view, purposes=left, keys=keys)
        case _:
            return _of_key(view, recorded)


def _moved(view: KeyPlaces, node: NodeId, purpose: str, by: int) -> KeyPlaces:
    here = view.sends.get(node, {})
    counts = {**here, purpose: here.get(purpose, 0) + by}
    left = {name: count for name, count in counts.items() if count > 0}
    others = {other: one for other, one in view.sends.items() if other != node}
    return replace(view, sends={**others, node: left} if left else others)


def _of_key(view: KeyPlaces, recorded: Recorded[Any]) -> KeyPlaces:
    event = recorded.event
    selectors = view.keys.get(event.domain, {})
    if isinstance(event, KeyAsked):
        selectors = {**selectors, event.selector: PlacedKey(event.algorithm)}
    elif isinstance(event, KeyUsed):
        selectors = _without(selectors, *event.supersedes)
    elif isinstance(event, KeyDropped | KeyRemoved):
        selectors = _without(selectors, event.selector)
    elif event.selector in selectors:
        key = _changed(selectors[event.selector], recorded)
        selectors = {**selectors, event.selector: key}
    return replace(view, keys={**view.keys, event.domain: selectors})


def _without(selectors: dict[str, PlacedKey], *gone: str) -> dict[str, PlacedKey]:
    return {name: one for name, one in selectors.items() if name not in gone}


def _changed(key: PlacedKey, recorded: Recorded[Any]) -> PlacedKey:
    match recorded.event:
        case KeyLaid(record=record, paths=paths):
            return replace(key, record=record, paths=paths)
        case KeyPlaced(node=node, path=path):
            return replace(key, paths=key.paths | {node: path})
        case KeyNotPlaced(node=node):
            work = key.work.get(node, Work(recorded.position)).failed(recorded.at)
            return replace(key, work=key.work | {node: work})
        case _:
            return key


KEY_PLACES = Projection(
    name="key_places",
    folds=(
        *(IpRegistered, IpWithdrawn, DomainRegistered, DomainChanged, DomainRemoved),
        *(KeyAsked, KeyLaid, KeyPlaced, KeyNotPlaced, KeyUsed, KeyDropped, KeyRemoved),
    ),
    keys=whole_tenant,
    initial=KeyPlaces(),
    evolve=evolve,
    named=named,
    tenant=lambda view: view.tenant,
)
