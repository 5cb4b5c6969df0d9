"""What may be asked of an API key."""

from engine.commands.base import Ask
from engine.ids import KeyId, TenantId
from engine.values.scope import Scope


class IssueKey(Ask, frozen=True, kw_only=True, tag="key.issue"):
    key: KeyId
    digest: str  # hex SHA-256 of the secret; the secret itself never gets here
    scopes: tuple[Scope, ...]
    owner: TenantId | None


class RevokeKey(Ask, frozen=True, kw_only=True, tag="key.revoke"):
    key: KeyId
    why: str


KeyCommand = IssueKey | RevokeKey
