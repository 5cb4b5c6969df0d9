"""A PowerMTA host: how to reach it, and the key it is known by."""

from engine.events.base import Category, Fact
from engine.ids import NodeId


class HostRegistered(Fact, frozen=True, kw_only=True, tag="host.registered"):
    """Again when something of it was changed by a person."""

    node: NodeId
    host: str
    port: int
    user: str
    host_key: str  # "ssh-ed25519 AAAA…": pinned; any other is refused
    config_dir: str  # where PowerMTA's configuration lies, e.g. /etc/pmta
    pmta: str  # the command, e.g. /usr/sbin/pmta


HostEvent = HostRegistered
HOST: Category[HostEvent] = Category("host", HostEvent)
