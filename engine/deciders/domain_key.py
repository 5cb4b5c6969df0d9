"""Decisions about a domain's DKIM keys: one new key of a kind at a time, and a way for each.

asked → laid → published → used → superseded → revoked → removed.  A key signs only once its record
was seen, and one that signed is taken away only once its record was seen to be empty or gone, and
a week after the last message that it signed (RFC 6376 3.6.1, 6.1.2; M3AAWG, DKIM Key Rotation Best
Common Practices, 2019).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import count
from typing import assert_never

from msgspec import Struct
from msgspec.structs import replace

from engine.commands.domain_key import (
    AskKey,
    DropKey,
    ReportKey,
    ReportKeyGone,
    ReportKeyLook,
    RevokeKey,
    UseKey,
)
from engine.errors import Rejected
from engine.events.domain_key import (
    DomainKeyEvent,
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
from engine.ids import NodeId
from engine.values.dkim_key import Algorithm, KeyState
from engine.values.sending_domain import DEFAULT_SELECTOR, Setup

PENDING: tuple[KeyState, ...] = ("asked", "laid", "published")


class Key(Struct, frozen=True):
    algorithm: Algorithm
    nodes: tuple[NodeId, ...]
    state: KeyState | None = "asked"  # None: it is gone, and its selector stays taken
    paths: dict[NodeId, str] = {}
    looks: int = 0
    attempt: int = 0  # the last that failed, of laying or of taking away
    placing: dict[NodeId, int] = {}  # the last that failed, on nodes that came later


Keys = Mapping[str, Key]  # by selector
Report = ReportKey | ReportKeyGone | ReportKeyLook


def evolve(keys: Keys, event: DomainKeyEvent) -> Keys:
    if isinstance(event, KeyAsked):
        return {**keys, event.selector: Key(event.algorithm, event.nodes)}
    now = {**keys, event.selector: _key(keys[event.selector], event)}
    if isinstance(event, KeyUsed):
        now |= {one: replace(keys[one], state="superseded") for one in event.supersedes}
    return now


def _key(key: Key, event: DomainKeyEvent) -> Key:
    match event:
        case KeyAsked():
            return Key(event.algorithm, event.nodes)
        case KeyLaid(paths=paths):
            return replace(key, state="laid", paths=paths, attempt=0)
        case KeyNotLaid(attempt=attempt) | KeyNotRemoved(attempt=attempt):
            return replace(key, attempt=attempt)
        case KeyPlaced(node=node, path=path):
            return replace(key, nodes=(*key.nodes, node), paths=key.paths | {node: path})
        case KeyNotPlaced(node=node, attempt=attempt):
            return replace(key, placing=key.placing | {node: attempt})
        case KeyLooked(look=look):
            return replace(key, looks=look)
        case KeyPublished():
            return replace(key, state="published")
        case KeyUsed():
            return replace(key, state="used")
        case KeyRevoked():
            return replace(key, state="revoked", attempt=0)
        case KeyDropped():
            return replace(key, state="dropped", attempt=0)
        case KeyRemoved():
            return replace(key, state=None)
        case _:
            assert_never(event)


def ask(keys: Keys, setup: Setup, command: AskKey, now: datetime) -> Sequence[DomainKeyEvent]:
    domain, algorithm = command.domain, command.algorithm
    pending = _of(keys, algorithm, *PENDING)
    if pending and command.selector in ("", *pending):
        return []
    if pending:
        raise Rejected(
            f"the key {pending[0]} of {domain} is not in use yet; publish it, or drop it with"
            f" DELETE /api/v2/domains/{domain}/dkim/{pending[0]}"
        )
    if command.rotates and not _of(keys, algorithm, "used"):
        raise Rejected(f"{domain} has no {algorithm} key in use; ask for one before it is rotated")
    selector = command.selector or _by_day(keys, setup, now)
    if selector in keys or selector in setup.dkim_keys:
        raise Rejected(f"the selector {selector} was taken once, and is never used again")
    nodes = command.nodes
    return [KeyAsked(domain=domain, selector=selector, algorithm=algorithm, nodes=nodes)]


def _of(keys: Keys, algorithm: Algorithm, *states: KeyState) -> tuple[str, ...]:
    return tuple(
        name for name, one in keys.items() if one.algorithm == algorithm and one.state in states
    )


def _by_day(keys: Keys, setup: Setup, now: datetime) -> str:
    day = f"ee{now:%Y%m%d}"
    names = (day if n == 1 else f"{day}-{n}" for n in count(1))
    return next(one for one in names if one not in keys and one not in setup.selectors)


def report(keys: Keys, command: Report) -> Sequence[DomainKeyEvent]:
    """What came of an effect; what is late or known already is nothing new."""
    key, domain, selector = keys.get(command.selector), command.domain, command.selector
    state = key.state if key else None
    if key is None or state is None:
        return []
    match command:
        case ReportKey(attempt=attempt, why=why) if state == "asked":
            if why:
                failed = KeyNotLaid(domain=domain, selector=selector, attempt=attempt, why=why)
                return [failed] if attempt > key.attempt else []
            record, paths = command.record, command.paths
            return [KeyLaid(domain=domain, selector=selector, record=record, paths=paths)]
        case ReportKeyGone(attempt=attempt, why=why) if state in ("revoked", "dropped"):
            left = KeyNotRemoved(domain=domain, selector=selector, attempt=attempt, why=why)
            if why:
                return [left] if attempt > key.attempt else []
            return [KeyRemoved(domain=domain, selector=selector)]
        case ReportKeyLook(look=look, standing=standing, why=why) if look > key.looks:
            looked = KeyLooked(
                domain=domain,
                selector=selector,
                look=look,
                standing=standing,
                why=why,
                signs=state == "used",
            )
            return [looked]
        case _:
            return []


def published(key: Key, command: ReportKeyLook, setup: Setup) -> KeyPublished | None:
    """A key that was waited for, and is seen now."""
    if key.state != "laid" or command.standing != "published" or command.look <= key.looks:
        return None
    return KeyPublished(
        domain=command.domain,
        selector=command.selector,
        algorithm=key.algorithm,
        paths=key.paths,
        purposes=setup.purposes,
    )


def use(keys: Keys, command: UseKey) -> Sequence[DomainKeyEvent]:
    key = keys.get(command.selector)
    if key is None or key.state != "published":
        return []
    before = _of(keys, key.algorithm, "used")
    return [KeyUsed(domain=command.domain, selector=command.selector, supersedes=before)]


def revoke(keys: Keys, command: RevokeKey) -> Sequence[DomainKeyEvent]:
    key = keys.get(command.selector)
    if key is None or key.state != "superseded":
        return []
    return [KeyRevoked(domain=command.domain, selector=command.selector)]


def drop(keys: Keys, command: DropKey) -> Sequence[DomainKeyEvent]:
    key = keys.get(command.selector)
    if key is None or key.state is None:
        raise Rejected(f"{command.domain} has no key {command.selector}", code="not_found")
    if key.state == "used":
        raise Rejected(
            f"mail of {command.domain} is signed with {command.selector}; rotate it first"
        )
    if key.state not in PENDING:
        return []  # it goes by itself
    return [dropped(command.domain, command.selector, key)]


def dropped(domain: str, selector: str, key: Key) -> KeyDropped:
    return KeyDropped(domain=domain, selector=selector, nodes=key.nodes)


def all_dropped(domain: str, keys: Keys) -> Sequence[DomainKeyEvent]:
    """With their domain."""
    left = {name: one for name, one in keys.items() if one.state not in (None, "dropped")}
    return [dropped(domain, name, one) for name, one in left.items()]


def with_selector(setup: Setup, selector: str) -> Setup:
    """The first key takes the place of the selector that was only supposed."""
    supposed = setup.selectors == (DEFAULT_SELECTOR,) and DEFAULT_SELECTOR not in setup.dkim_keys
    known = () if supposed else setup.selectors
    return replace(setup, selectors=tuple(dict.fromkeys((*known, selector))))


def without_selector(setup: Setup, selector: str) -> Setup:
    left = tuple(one for one in setup.selectors if one != selector)
    keys = {name: path for name, path in setup.dkim_keys.items() if name != selector}
    return replace(setup, selectors=left or (DEFAULT_SELECTOR,), dkim_keys=keys)
