"""API keys.  The secret itself is nowhere; its SHA-256 is here (DESIGN §12)."""

from engine.events.base import Category, Fact
from engine.ids import KeyId, TenantId
from engine.values.scope import Scope


class KeyIssued(Fact, frozen=True, kw_only=True, tag="key.issued"):
    key: KeyId
    digest: str  # hex SHA-256 of the secret part, which has 256 random bits
    scopes: tuple[Scope, ...]
    owner: TenantId | None  # None: an admin key of the platform


class KeyRevoked(Fact, frozen=True, kw_only=True, tag="key.revoked"):
    key: KeyId
    why: str


KeyEvent = KeyIssued | KeyRevoked
KEY: Category[KeyEvent] = Category("key", KeyEvent)
