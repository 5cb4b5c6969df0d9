"""The DKIM keys that one tenant's file on one node signs with: per domain the newest one."""

from msgspec import Struct

from engine.events.domain_key import KeyDropped, KeyPlaced, KeyPublished
from engine.ids import NodeId
from engine.values.overlay import Key


class Signing(Struct, frozen=True, gc=False):
    key: Key
    purposes: tuple[str, ...]  # the pools that send for the domain; (): all


Keys = dict[str, Signing]


KeyEvent = KeyPublished | KeyPlaced | KeyDropped


def nodes(event: KeyEvent) -> tuple[NodeId, ...]:
    if isinstance(event, KeyPlaced):
        return (event.node,)
    return tuple(event.paths) if isinstance(event, KeyPublished) else event.nodes


def changed(keys: Keys, event: KeyEvent, node: NodeId) -> Keys:
    """A new key takes the place of the old one in one rollout, for PowerMTA signs with the first
    that fits.  It signs with RSA alone (User's Guide 5.0, 3.3 dkim-algorithm)."""
    known, domain = keys.get(event.domain), event.domain
    if not isinstance(event, KeyDropped):
        path = _path(event, node)
        if event.algorithm != "rsa" or not path:
            return keys
        return keys | {domain: Signing(Key(event.selector, domain, path), event.purposes)}
    if known is None or known.key.selector != event.selector:
        return keys
    return {name: one for name, one in keys.items() if name != domain}


def _path(event: KeyPublished | KeyPlaced, node: NodeId) -> str:
    """ "" where nothing is to be signed with it."""
    if isinstance(event, KeyPublished):
        return event.paths.get(node, "")
    return event.path if event.signs else ""


def of(keys: Keys, purpose: str) -> tuple[Key, ...]:
    return tuple(
        keys[domain].key
        for domain in sorted(keys)
        if not keys[domain].purposes or purpose in keys[domain].purposes
    )
