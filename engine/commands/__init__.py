"""Everything that can be asked for."""

from engine.commands.alert import AlertCommand
from engine.commands.authority import AuthorityCommand
from engine.commands.base import Ask, By
from engine.commands.chat import ChatCommand
from engine.commands.domain import DomainCommand
from engine.commands.host import HostCommand
from engine.commands.ip import IpCommand
from engine.commands.key import KeyCommand
from engine.commands.rollout import RolloutCommand
from engine.commands.server import ServerCommand
from engine.commands.tenant import TenantCommand

Command = (
    AlertCommand
    | AuthorityCommand
    | ChatCommand
    | DomainCommand
    | HostCommand
    | IpCommand
    | KeyCommand
    | RolloutCommand
    | ServerCommand
    | TenantCommand
)

__all__ = ["Ask", "By", "Command"]
