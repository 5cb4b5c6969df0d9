"""What may be asked of a PowerMTA host."""

from engine.commands.base import Ask
from engine.ids import NodeId


class RegisterHost(Ask, frozen=True, kw_only=True, tag="host.register"):
    """Also tells of a change, such as a new host key, that a person has confirmed."""

    node: NodeId
    host: str
    port: int
    user: str
    host_key: str
    config_dir: str
    pmta: str


HostCommand = RegisterHost
