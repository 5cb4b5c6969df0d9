"""A tenant's SMTP users: which of its addresses have a password, and when it is looked again."""

from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from engine.events import Event, Recorded
from engine.events.engine import LoginsLooked
from engine.events.ip import IpRegistered
from engine.events.ip_removal import IpRemoved
from engine.ids import IpAddr, NodeId, Position, TenantId
from engine.projections.projection import Projection
from engine.values.login import Login


class Logins(Struct, frozen=True, gc=False):
    tenant: TenantId = TenantId("")
    nodes: dict[IpAddr, NodeId] = {}  # bounded: the addresses of one tenant
    found: dict[IpAddr, Login] = {}
    since: Position = Position(0)  # what made the next look necessary
    looked_at: datetime | None = None  # None: not since an address came


def keys(recorded: Recorded[Any]) -> tuple[str, ...]:
    return (recorded.tenant,) if recorded.tenant else ()


def evolve(view: Logins, recorded: Recorded[Event]) -> Logins:
    match recorded.event:
        case IpRegistered(ip=ip, node=node):
            nodes = view.nodes | {ip: node}
            return replace(view, nodes=nodes, since=recorded.position, looked_at=None)
        case IpRemoved(ip=ip):
            nodes = {one: node for one, node in view.nodes.items() if one != ip}
            found = {one: login for one, login in view.found.items() if one != ip}
            return replace(view, nodes=nodes, found=found)
        case LoginsLooked(changed=changed):
            known = {ip: one for ip, one in changed.items() if ip in view.nodes}
            found = view.found | known if known else view.found
            return replace(view, found=found, since=recorded.position, looked_at=recorded.at)
        case _:
            return view


def named(view: Logins, key: str) -> Logins:
    return replace(view, tenant=TenantId(key))


LOGINS = Projection(
    name="logins",
    folds=(IpRegistered, IpRemoved, LoginsLooked),
    keys=keys,
    initial=Logins(),
    evolve=evolve,
    named=named,
    tenant=lambda view: view.tenant,
)
