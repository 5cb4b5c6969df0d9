"""A PowerMTA host: how to reach it, and the key it is known by."""

from engine.events.base import Category, Fact
from engine.ids import NodeId
from engine.values.node_file import NodeOwn


class HostRegistered(Fact, frozen=True, kw_only=True, tag="host.registered"):
    """Again when something of it was changed by a person."""

    node: NodeId
    host: str
    port: int
    user: str
    host_key: str  # "ssh-ed25519 AAAA…": pinned; any other is refused
    config_dir: str  # where PowerMTA's configuration lies, e.g. /etc/pmta
    pmta: str  # the command, e.g. /usr/sbin/pmta


class HostShown(Fact, frozen=True, kw_only=True, tag="host.shown"):
    """A host was asked which key it has; it is registered with it once a person has confirmed."""

    node: NodeId
    host: str
    port: int
    user: str
    host_key: str
    config_dir: str
    pmta: str


class NodeFileWanted(Fact, frozen=True, kw_only=True, tag="host.file_wanted"):
    """What shall stand in the engine's own file there, which is no tenant's."""

    node: NodeId
    own: NodeOwn


HostEvent = HostRegistered | HostShown | NodeFileWanted
HOST: Category[HostEvent] = Category("host", HostEvent)
