"""API keys.  The secret itself is nowhere; its SHA-256 is here (DESIGN §12)."""

from datetime import datetime

from engine.events.base import Category, Fact
from engine.ids import KeyId, TenantId
from engine.values.scope import Scope


class KeyIssued(Fact, frozen=True, kw_only=True, tag="key.issued"):
    key: KeyId
    digest: str  # hex SHA-256 of the secret part, which has 256 random bits
    scopes: tuple[Scope, ...]
    owner: TenantId | None  # None: an admin key of the platform
    expires_at: datetime | None = None  # None: never
    networks: tuple[str, ...] = ()  # CIDR; (): it may be used from anywhere


class KeyRevoked(Fact, frozen=True, kw_only=True, tag="key.revoked"):
    key: KeyId
    why: str


class KeyEnds(Fact, frozen=True, kw_only=True, tag="key.ends"):
    """Another one takes its place; until then both are good."""

    key: KeyId
    at: datetime
    successor: KeyId


KeyEvent = KeyIssued | KeyRevoked | KeyEnds
KEY: Category[KeyEvent] = Category("key", KeyEvent)
