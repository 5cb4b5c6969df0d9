"""Everything that is known."""

from typing import Any

from engine.projections.accounting import ACCOUNTING
from engine.projections.alerts import ALERTS
from engine.projections.audit import AUDIT
from engine.projections.authorities import AUTHORITIES
from engine.projections.campaigns import CAMPAIGNS
from engine.projections.capacity import CAPACITY
from engine.projections.chat_routes import CHAT_ROUTES
from engine.projections.chats import CHATS
from engine.projections.clocks import CLOCKS
from engine.projections.counters import COUNTERS
from engine.projections.counters_ip import COUNTED_IPS
from engine.projections.dkim_keys import DKIM_KEYS
from engine.projections.domains import DOMAINS
from engine.projections.effects import EFFECTS
from engine.projections.idling import IDLING
from engine.projections.ips import IPS
from engine.projections.key_places import KEY_PLACES
from engine.projections.keys import KEYS
from engine.projections.limits import LIMITS
from engine.projections.listings import LISTINGS
from engine.projections.logins import LOGINS
from engine.projections.node_files import NODE_FILES
from engine.projections.nodes import NODES
from engine.projections.owners import OWNERS
from engine.projections.pauses import PAUSES
from engine.projections.projection import Projection
from engine.projections.quotas import QUOTAS
from engine.projections.resolvers import RESOLVERS
from engine.projections.results import RESULTS
from engine.projections.rollout_mail import ROLLOUT_MAIL
from engine.projections.rollouts import ROLLOUTS
from engine.projections.servers import SERVERS
from engine.projections.tenants import TENANTS
from engine.projections.traffic import TRAFFIC_VIEW
from engine.projections.zones import ZONES

PROJECTIONS: tuple[Projection[Any], ...] = (
    *(ALERTS, AUDIT, AUTHORITIES, DOMAINS, EFFECTS, IPS, KEYS, LISTINGS, NODES, PAUSES),
    *(ACCOUNTING, DKIM_KEYS, LOGINS, NODE_FILES, OWNERS, QUOTAS, RESOLVERS, RESULTS, TRAFFIC_VIEW),
    *(
        CAMPAIGNS,
        CAPACITY,
        CLOCKS,
        LIMITS,
        IDLING,
        KEY_PLACES,
        ROLLOUTS,
        ROLLOUT_MAIL,
        SERVERS,
        TENANTS,
        ZONES,
        COUNTERS,
        COUNTED_IPS,
    ),
    CHATS,
    CHAT_ROUTES,
)
