"""Everything that can be in the log."""

from engine.events.alert import AlertEvent
from engine.events.authority import AuthorityEvent
from engine.events.base import Category, Fact, Recorded
from engine.events.chat import ChatEvent
from engine.events.command import CommandEvent
from engine.events.dns import DnsEvent
from engine.events.dnsbl import DnsblEvent
from engine.events.domain import DomainEvent
from engine.events.effect import EffectEvent
from engine.events.engine import EngineEvent
from engine.events.host import HostEvent
from engine.events.ip import IpEvent
from engine.events.key import KeyEvent
from engine.events.mailwizz import MailwizzEvent
from engine.events.node import NodeEvent
from engine.events.rollout import RolloutEvent
from engine.events.server import ServerEvent
from engine.events.tenant import TenantEvent
from engine.events.traffic import TrafficEvent
from engine.events.zone import ZoneEvent

Event = (
    AlertEvent
    | AuthorityEvent
    | ChatEvent
    | CommandEvent
    | DnsEvent
    | DnsblEvent
    | DomainEvent
    | EffectEvent
    | EngineEvent
    | HostEvent
    | IpEvent
    | KeyEvent
    | MailwizzEvent
    | NodeEvent
    | RolloutEvent
    | ServerEvent
    | TenantEvent
    | TrafficEvent
    | ZoneEvent
)

__all__ = ["Category", "Event", "Fact", "Recorded"]
