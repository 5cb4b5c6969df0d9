"""Everything that is known."""

from typing import Any

from engine.projections.alerts import ALERTS
from engine.projections.audit import AUDIT
from engine.projections.authorities import AUTHORITIES
from engine.projections.domains import DOMAINS
from engine.projections.effects import EFFECTS
from engine.projections.ips import IPS
from engine.projections.keys import KEYS
from engine.projections.listings import LISTINGS
from engine.projections.nodes import NODES
from engine.projections.pauses import PAUSES
from engine.projections.projection import Projection
from engine.projections.rollouts import ROLLOUTS
from engine.projections.servers import SERVERS
from engine.projections.tenants import TENANTS
from engine.projections.zones import ZONES

PROJECTIONS: tuple[Projection[Any], ...] = (
    *(ALERTS, AUDIT, AUTHORITIES, DOMAINS, EFFECTS, IPS, KEYS, LISTINGS, NODES, PAUSES),
    *(ROLLOUTS, SERVERS, TENANTS, ZONES),
)
