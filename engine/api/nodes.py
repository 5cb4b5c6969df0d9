"""PowerMTA hosts, and where the engine may act: the platform's affair."""

from datetime import datetime

from msgspec import Struct

from engine.api import as_of, reading, writing
from engine.api.as_of import Modes
from engine.api.call import Answer, Body, Call, Page, Text, Word
from engine.api.decode import checked, words
from engine.api.problems import Problem
from engine.commands.authority import SetAuthority
from engine.commands.host import RegisterHost
from engine.ids import NodeId, Position, TenantId, parse_slug
from engine.projections.authorities import AUTHORITIES
from engine.projections.nodes import NODES, Node
from engine.projections.tenants import TENANTS
from engine.rules.host_place import PORT_MAX, parse_host, parse_host_key, parse_path, parse_user
from engine.runtime.command_handler import Asked
from engine.values.authority import ENGINE, Mode, over_node, over_tenant
from engine.values.node import Measures

NODES_PATH = "/api/v2/nodes"


class NewNode(Body, frozen=True, kw_only=True):
    """Also tells of a change, such as a new host key that a person has confirmed."""

    name: Word
    host: Word
    host_key: Text  # "ssh-ed25519 AAAA…"; any other is refused
    port: int = 22
    user: Word = "email-engine"
    config_dir: Word = "/etc/pmta"
    pmta: Word = "/usr/sbin/pmta"
    authority: Mode | None = None  # None: "act" for a new node, and as it is for a known one


class NewAuthority(Body, frozen=True, kw_only=True):
    mode: Mode
    why: Text


class NodeShown(Struct, frozen=True, kw_only=True):
    name: NodeId
    host: str
    port: int
    user: str
    host_key: str
    config_dir: str
    pmta: str
    authority: Mode
    looked_at: datetime | None  # the last look that was answered
    silent_since: datetime | None
    why: str  # of the silence
    version: str
    started: str
    paused: tuple[str, ...]  # VMTAs whose queues stand still
    measures: Measures  # waiting mail, connections, load and disks


class AuthoritySet(Struct, frozen=True, kw_only=True):
    over: str
    mode: Mode
    why: str


async def register(call: Call, body: NewNode) -> Answer:
    command = told(body)
    node = command.node
    over = over_node(node)
    known = call.deps.views.get(AUTHORITIES, over)
    mode = body.authority or (known.mode if known.since else "act")
    authority = SetAuthority(over=over, mode=mode, why="as asked when it was registered")
    asked = [Asked(command, None), Asked(authority, None)]
    position = await writing.ask(call, asked, None)
    return await _shown(call, node, position)


def told(body: NewNode, *, host: str = "host") -> RegisterHost:
    """``host``: the field that names it.  Raises Problem that names the field."""
    node = NodeId(checked("$.name", parse_slug, body.name))
    if not 0 < body.port <= PORT_MAX:
        raise Problem("invalid", f"a port is 1 to {PORT_MAX}", field="$.port")
    return RegisterHost(
        node=node,
        host=checked(f"$.{host}", parse_host, body.host),
        port=body.port,
        user=checked("$.user", parse_user, body.user),
        host_key=checked("$.host_key", parse_host_key, body.host_key),
        config_dir=checked("$.config_dir", parse_path, body.config_dir),
        pmta=checked("$.pmta", parse_path, body.pmta),
    )


async def _shown(call: Call, node: NodeId, position: Position) -> Answer:
    found = await reading.written(call.deps, position, NODES, node, None)
    if found is None:
        return reading.later(call, NODES_PATH, position)
    return Answer(present(found, as_of.live(call)), 201, position, NODES_PATH)


async def listed(call: Call, query: Page) -> Answer:
    mode = await as_of.modes(call, await as_of.stood(call, query.as_of))
    return await reading.page(call, query, NODES, lambda one: present(one, mode))


def present(node: Node, mode: Modes) -> NodeShown | None:
    host = node.registered
    if host is None:
        return None
    return NodeShown(
        name=node.node,
        host=host.host,
        port=host.port,
        user=host.user,
        host_key=host.host_key,
        config_dir=host.config_dir,
        pmta=host.pmta,
        authority=mode(over_node(node.node)),
        looked_at=node.looked_at,
        silent_since=node.silent_since,
        why=node.why,
        version=node.version,
        started=node.started,
        paused=node.paused,
        measures=node.measures,
    )


async def set_authority(call: Call, body: NewAuthority) -> Answer:
    over = call.path["over"]
    if not _exists(call, over):
        why = f"{over!r} is neither engine nor a known node-<name> or tenant-<slug>"
        raise Problem("not-found", why)
    why = words("$.why", body.why)
    asked = [Asked(SetAuthority(over=over, mode=body.mode, why=why), None)]
    position = await writing.ask(call, asked, None)
    await writing.seen(call, position)
    return Answer(AuthoritySet(over=over, mode=body.mode, why=why), 200, position)


def _exists(call: Call, over: str) -> bool:
    name = over.partition("-")[2]
    views = call.deps.views
    node, tenant = NodeId(name), TenantId(name)
    return over == ENGINE or (
        (over == over_node(node) and views.get(NODES, node).registered is not None)
        or (over == over_tenant(tenant) and bool(views.get(TENANTS, tenant).slug))
    )
