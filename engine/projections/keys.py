"""API keys, for whoever knocks: a platform view, read before the tenant is known."""

from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from engine.events import Event, Recorded
from engine.events.key import KeyEnds, KeyIssued, KeyRevoked
from engine.ids import KeyId, TenantId
from engine.projections.projection import Projection
from engine.values.scope import Scope


class Key(Struct, frozen=True, gc=False):
    key: KeyId = KeyId("")
    digest: str = ""
    scopes: tuple[Scope, ...] = ()
    owner: TenantId | None = None
    revoked: bool = False
    issued_at: datetime | None = None
    expires_at: datetime | None = None  # None: never
    networks: tuple[str, ...] = ()  # CIDR; (): from anywhere
    successor: KeyId | None = None  # takes its place when it expires

    def expired(self, now: datetime) -> bool:
        return self.expires_at is not None and now >= self.expires_at


def keys(recorded: Recorded[Any]) -> tuple[str, ...]:
    return (recorded.event.key,)


def evolve(view: Key, recorded: Recorded[Event]) -> Key:
    match recorded.event:
        case KeyIssued() as issued:
            return Key(
                key=issued.key,
                digest=issued.digest,
                scopes=issued.scopes,
                owner=issued.owner,
                issued_at=recorded.at,
                expires_at=issued.expires_at,
                networks=issued.networks,
            )
        case KeyEnds(at=at, successor=successor):
            return replace(view, expires_at=at, successor=successor)
        case KeyRevoked():
            return replace(view, revoked=True)
        case _:
            return view


KEYS = Projection(
    name="keys", folds=(KeyIssued, KeyRevoked, KeyEnds), keys=keys, initial=Key(), evolve=evolve
)
