"""What may be asked about the chats that people are told in."""

from engine.commands.base import Ask
from engine.ids import TenantId
from engine.values.alert import Quiet, Severity


class RouteChat(Ask, frozen=True, kw_only=True, tag="chat.route"):
    """Also tells of a change."""

    chat: str
    tenant: TenantId | None  # None: the platform's
    severity: Severity
    quiet: Quiet | None = None


class RemoveChat(Ask, frozen=True, kw_only=True, tag="chat.remove"):
    chat: str
    tenant: TenantId | None


ChatCommand = RouteChat | RemoveChat
