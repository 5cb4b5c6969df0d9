"""What may be asked of an API key."""

from datetime import datetime

from engine.commands.base import Ask
from engine.ids import KeyId, TenantId
from engine.values.scope import Scope


class IssueKey(Ask, frozen=True, kw_only=True, tag="key.issue"):
    key: KeyId
    digest: str  # hex SHA-256 of the secret; the secret itself never gets here
    scopes: tuple[Scope, ...]
    owner: TenantId | None
    expires_at: datetime | None = None
    networks: tuple[str, ...] = ()


class RevokeKey(Ask, frozen=True, kw_only=True, tag="key.revoke"):
    key: KeyId
    why: str


class EndKey(Ask, frozen=True, kw_only=True, tag="key.end"):
    """``successor`` takes its place; comes with the command that issues that one."""

    key: KeyId
    at: datetime
    successor: KeyId


KeyCommand = IssueKey | RevokeKey | EndKey
