"""Every event in a sentence that people read: plain, exact, times in UTC.

One file for each family, with the names of ``engine/events``.  A sentence is made from the event
and its tenant alone, so it tells nobody more than the event does, and no position of the log.
"""

from collections.abc import Callable, Mapping
from typing import Any, get_args

from engine.api.sentences import (
    alert,
    authority,
    chat,
    command,
    dns,
    dnsbl,
    domain,
    effect,
    engine,
    host,
    ip,
    key,
    mailwizz,
    node,
    rollout,
    server,
    tenant,
    traffic,
    zone,
)
from engine.events import Event, Fact, Recorded
from engine.events.alert import AlertEvent
from engine.events.authority import AuthorityEvent
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

Say = Callable[[Recorded[Any]], str]

_FAMILIES: tuple[tuple[object, Say], ...] = (
    (AlertEvent, alert.say),
    (AuthorityEvent, authority.say),
    (ChatEvent, chat.say),
    (CommandEvent, command.say),
    (DnsEvent, dns.say),
    (DnsblEvent, dnsbl.say),
    (DomainEvent, domain.say),
    (EffectEvent, effect.say),
    (EngineEvent, engine.say),
    (HostEvent, host.say),
    (IpEvent, ip.say),
    (KeyEvent, key.say),
    (MailwizzEvent, mailwizz.say),
    (NodeEvent, node.say),
    (RolloutEvent, rollout.say),
    (ServerEvent, server.say),
    (TenantEvent, tenant.say),
    (TrafficEvent, traffic.say),
    (ZoneEvent, zone.say),
)
SAYS: Mapping[type[Fact], Say] = {
    kind: say for family, say in _FAMILIES for kind in (get_args(family) or (family,))
}


def sentence(recorded: Recorded[Event]) -> str:
    return SAYS[type(recorded.event)](recorded)
