"""What may be asked of a PowerMTA host."""

from engine.commands.base import Ask
from engine.ids import NodeId
from engine.values.node_file import NodeOwn


class RegisterHost(Ask, frozen=True, kw_only=True, tag="host.register"):
    """Also tells of a change, such as a new host key, that a person has confirmed."""

    node: NodeId
    host: str
    port: int
    user: str
    host_key: str
    config_dir: str
    pmta: str


class ShowHost(Ask, frozen=True, kw_only=True, tag="host.show"):
    """The key that it shows, which nobody has confirmed."""

    node: NodeId
    host: str
    port: int
    user: str
    host_key: str
    config_dir: str
    pmta: str


class ConfirmHost(Ask, frozen=True, kw_only=True, tag="host.confirm"):
    node: NodeId
    fingerprint: str  # "SHA256:…", as a person has compared it on the host


class WantNodeFile(Ask, frozen=True, kw_only=True, tag="host.want_file"):
    """As the configuration has it."""

    node: NodeId
    own: NodeOwn


HostCommand = RegisterHost | ShowHost | ConfirmHost | WantNodeFile
