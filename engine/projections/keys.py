"""API keys, for whoever knocks: a platform view, read before the tenant is known."""

from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from engine.events import Event, Recorded
from engine.events.key import KeyIssued, KeyRevoked
from engine.ids import KeyId, TenantId
from engine.projections.projection import Projection
from engine.values.scope import Scope


class Key(Struct, frozen=True, gc=False):
    key: KeyId = KeyId("")
    digest: str = ""
    scopes: tuple[Scope, ...] = ()
    owner: TenantId | None = None
    revoked: bool = False


def keys(recorded: Recorded[Any]) -> tuple[str, ...]:
    return (recorded.event.key,)


def evolve(view: Key, recorded: Recorded[Event]) -> Key:
    match recorded.event:
        case KeyIssued(key=key, digest=digest, scopes=scopes, owner=owner):
            return Key(key=key, digest=digest, scopes=scopes, owner=owner)
        case KeyRevoked():
            return replace(view, revoked=True)
        case _:
            return view


KEYS = Projection(
    name="keys", folds=(KeyIssued, KeyRevoked), keys=keys, initial=Key(), evolve=evolve
)
