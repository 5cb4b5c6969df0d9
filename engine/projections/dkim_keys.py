"""The DKIM keys that the engine made for a domain: how far each has come, and what it waits for."""

from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from engine.events import Event, Recorded
from engine.events.domain_key import (
    KeyAsked,
    KeyDropped,
    KeyLaid,
    KeyLooked,
    KeyNotLaid,
    KeyNotPlaced,
    KeyNotRemoved,
    KeyPlaced,
    KeyPublished,
    KeyRemoved,
    KeyRevoked,
    KeyUsed,
)
from engine.events.rollout import RolloutEnded
from engine.ids import NodeId, TenantId
from engine.projections.projection import Projection, of_tenant
from engine.values.dkim_key import Algorithm, KeyState, Standing
from engine.values.retry import Work


class DkimKey(Struct, frozen=True, gc=False, kw_only=True):
    algorithm: Algorithm
    state: KeyState = "asked"
    since: datetime  # it is in this state
    asked_at: datetime
    nodes: tuple[NodeId, ...]
    paths: dict[NodeId, str] = {}  # of the private part
    record: str = ""  # to publish
    work: Work  # on the nodes
    looks: int = 0  # at its record
    looked_at: datetime | None = None  # in this state; None: not yet
    standing: Standing | None = None  # by the last look that was answered
    why: str = ""  # the last attempt or look failed


class DkimKeys(Struct, frozen=True, gc=False):
    tenant: TenantId = TenantId("")
    domain: str = ""
    keys: dict[str, DkimKey] = {}  # by selector; few
    told: dict[NodeId, tuple[str, ...]] = {}  # the selectors that each node signs with

    def signs(self, selector: str) -> bool:
        """Some node was told of it last."""
        return any(selector in one for one in self.told.values())

    def signs_everywhere(self, selector: str) -> bool:
        """On each node that signs for the domain, and on one at least."""
        signing = [one for one in self.told.values() if one]
        return bool(signing) and all(selector in one for one in signing)


_NEXT: dict[type[Any], KeyState] = {
    KeyLaid: "laid",
    KeyPublished: "published",
    KeyUsed: "used",
    KeyRevoked: "revoked",
    KeyDropped: "dropped",
}


def keys(recorded: Recorded[Any]) -> tuple[str, ...]:
    event = recorded.event
    domains = tuple(event.dkim) if isinstance(event, RolloutEnded) else (event.domain,)
    return tuple(key for domain in domains for key in of_tenant(recorded, domain))


def named(view: DkimKeys, key: str) -> DkimKeys:
    slug, _, domain = key.partition("/")
    return replace(view, tenant=TenantId(slug), domain=domain)


def evolve(view: DkimKeys, recorded: Recorded[Event]) -> DkimKeys:
    event: Any = recorded.event
    if isinstance(event, RolloutEnded):
        signs = event.dkim.get(view.domain)
        return view if signs is None else replace(view, told=view.told | {event.node: signs})
    if isinstance(event, KeyAsked):
        key = DkimKey(
            algorithm=event.algorithm,
            since=recorded.at,
            asked_at=recorded.at,
            nodes=event.nodes,
            work=Work(recorded.position),
        )
        return replace(view, keys=view.keys | {event.selector: key})
    known = view.keys.get(event.selector)
    if known is None:
        return view
    if isinstance(event, KeyRemoved):
        left = {name: one for name, one in view.keys.items() if name != event.selector}
        return replace(view, keys=left)
    changed = {event.selector: _changed(known, event, recorded)}
    if isinstance(event, KeyUsed):
        before = {one: view.keys[one] for one in event.supersedes if one in view.keys}
        changed |= {name: _into(one, "superseded", recorded) for name, one in before.items()}
    return replace(view, keys=view.keys | changed)


def _changed(key: DkimKey, event: Any, recorded: Recorded[Event]) -> DkimKey:
    match event:
        case KeyLaid(record=record, paths=paths):
            key = replace(key, record=record, paths=paths)
        case KeyPlaced(node=node, path=path):
            nodes, paths = (*key.nodes, node), key.paths | {node: path}
            return replace(key, nodes=nodes, paths=paths, why="")
        case KeyNotPlaced(node=node, why=why):
            return replace(key, why=f"it could not be laid on {node} too: {why}")
        case KeyNotLaid(why=why) | KeyNotRemoved(why=why):
            return replace(key, work=key.work.failed(recorded.at), why=why)
        case KeyLooked(look=look, standing=standing, why=why):
            known = key.standing if standing == "unanswered" else standing
            return replace(key, looks=look, looked_at=recorded.at, standing=known, why=why)
        case _:
            pass
    return _into(key, _NEXT[type(event)], recorded)


def _into(key: DkimKey, state: KeyState, recorded: Recorded[Event]) -> DkimKey:
    """What a look said in an earlier state is not waited for in this one."""
    here = Work(recorded.position)
    standing = None if state == "revoked" else key.standing
    key = replace(key, state=state, since=recorded.at, work=here, standing=standing)
    return replace(key, looked_at=None, why="")


DKIM_KEYS = Projection(
    name="dkim_keys",
    folds=(
        *(KeyAsked, KeyLaid, KeyNotLaid, KeyLooked, KeyPublished, KeyUsed, KeyRevoked),
        *(KeyDropped, KeyRemoved, KeyNotRemoved, KeyPlaced, KeyNotPlaced, RolloutEnded),
    ),
    keys=keys,
    initial=DkimKeys(),
    evolve=evolve,
    named=named,
    tenant=lambda view: view.tenant,
)
