"""A tenant's SMTP users: which of its addresses have a password, and when it is looked again."""

from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from engine.events import Event, Recorded
from engine.events.engine import LoginsLooked
from engine.events.ip import IpRegistered
from engine.events.ip_removal import IpRemoved
from engine.ids import IpAddr, NodeId, Position, TenantId
from engine.projections import shelves
from engine.projections.projection import Projection, whole_tenant
from engine.values.login import Login


class User(Struct, frozen=True, gc=False):
    node: NodeId
    found: Login | None = None  # None: it was not looked for yet


class Logins(Struct, frozen=True, gc=False):
    tenant: TenantId = TenantId("")
    shelves: dict[int, dict[IpAddr, User]] = {}
    since: Position = Position(0)  # what made the next look necessary
    looked_at: datetime | None = None  # None: not since an address came

    def users(self) -> Iterator[tuple[IpAddr, User]]:
        return shelves.every(self.shelves)


def evolve(view: Logins, recorded: Recorded[Event]) -> Logins:
    match recorded.event:
        case IpRegistered(ip=ip, node=node):
            put = shelves.put(view.shelves, ip, User(node))
            return replace(view, shelves=put, since=recorded.position, looked_at=None)
        case IpRemoved(ip=ip):
            return replace(view, shelves=shelves.without(view.shelves, ip))
        case LoginsLooked(changed=changed):
            known = view.shelves
            for ip, login in changed.items():
                if user := shelves.found(known, ip):
                    known = shelves.put(known, ip, User(user.node, login))
            return replace(view, shelves=known, since=recorded.position, looked_at=recorded.at)
        case _:
            return view


def named(view: Logins, key: str) -> Logins:
    return replace(view, tenant=TenantId(key))


LOGINS = Projection(
    name="logins",
    folds=(IpRegistered, IpRemoved, LoginsLooked),
    keys=whole_tenant,
    initial=Logins(),
    evolve=evolve,
    named=named,
    tenant=lambda view: view.tenant,
    version=2,
)
