"""PowerMTA hosts, made known by the key that they show and that a person has compared.

``POST /api/v2/nodes`` takes a key that is known already; here the host is asked for it, and
nothing is sent there before somebody who can see the host has confirmed the fingerprint.
"""

import asyncio

from msgspec import Struct

from engine.api import nodes, powermta, writing
from engine.api.call import Answer, Body, Call, Word
from engine.api.decode import checked
from engine.api.nodes import NewNode
from engine.api.problems import Problem
from engine.commands.authority import SetAuthority
from engine.commands.host import ConfirmHost, ShowHost
from engine.ids import NodeId, parse_slug
from engine.ports import NodeRefused, NodeSilent
from engine.projections.authorities import AUTHORITIES
from engine.projections.nodes import NODES
from engine.rules import host_key
from engine.runtime.command_handler import Asked
from engine.values.authority import Mode, over_node

KEY_S = 15  # real seconds


class NewHost(Body, frozen=True, kw_only=True):
    name: Word
    address: Word  # host name or address, as SSH reaches it
    port: int = 22
    user: Word = "email-engine"
    config_dir: Word = "/etc/pmta"
    pmta: Word = "/usr/sbin/pmta"
    fingerprint: str = ""  # compared already: it is registered at once if the host shows this key
    authority: Mode | None = None  # None: "act" for a new node, and as it is for a known one


class Confirmation(Body, frozen=True, kw_only=True):
    fingerprint: Word
    authority: Mode | None = None


class HostShown(Struct, frozen=True, kw_only=True):
    name: NodeId
    address: str
    port: int
    user: str
    host_key: str
    fingerprint: str
    registered: bool  # with this key
    before: str | None  # fingerprint of another key that it is registered with
    confirm: str  # where
    compare: str  # how


async def show(call: Call, body: NewHost) -> Answer:
    """200 with the fingerprint; 201 where the right one was given."""
    node = _free(call, body.name)
    told = nodes.told(
        NewNode(
            name=body.name,
            host=body.address,
            host_key="ssh-ed25519 AAAA",
            port=body.port,
            user=body.user,
            config_dir=body.config_dir,
            pmta=body.pmta,
        ),
        host="address",
    )
    key = await _key(call, told.host, told.port)
    command = ShowHost(
        node=node,
        host=told.host,
        port=told.port,
        user=told.user,
        host_key=key,
        config_dir=told.config_dir,
        pmta=told.pmta,
    )
    if body.fingerprint:
        confirm = ConfirmHost(node=node, fingerprint=body.fingerprint)
        asked = [Asked(command, None), Asked(confirm, None), _authority(call, node, body.authority)]
        position = await writing.ask(call, asked, None)
        await writing.seen(call, position)
        return Answer(_shown(call, node), 201, position, f"{powermta.PATH}/nodes")
    position = await writing.ask(call, [Asked(command, None)], None)
    await writing.seen(call, position)
    return Answer(_shown(call, node), 200, position)


async def confirm(call: Call, body: Confirmation) -> Answer:
    """What it showed is pinned, and nothing else: the host is not asked again."""
    node = _free(call, call.path["node"])
    if call.deps.views.get(NODES, node).shown is None:
        why = f"{node} was not asked for its key; POST {powermta.PATH}/nodes does it"
        raise Problem("not-found", why)
    confirmed = ConfirmHost(node=node, fingerprint=body.fingerprint)
    asked = [Asked(confirmed, None), _authority(call, node, body.authority)]
    position = await writing.ask(call, asked, None)
    await writing.seen(call, position)
    return Answer(_shown(call, node), 201, position, f"{powermta.PATH}/nodes")


def _free(call: Call, name: str) -> NodeId:
    """One that the configuration does not speak of: each start would tell it anew."""
    node = NodeId(checked("$.name", parse_slug, name))
    if node in call.deps.tuning.key_dirs:
        why = f"{node} stands in the configuration as [nodes.{node}]; change it there"
        raise Problem("refused", why, field="$.name")
    return node


async def _key(call: Call, host: str, port: int) -> str:
    try:
        async with asyncio.timeout(KEY_S):
            return await call.deps.pmta.host_key(host, port)
    except NodeRefused as no:
        raise Problem("refused", f"{host} port {port} shows no key: {no}") from no
    except (NodeSilent, TimeoutError) as silence:
        why = f"nobody answers at {host} port {port}; nothing was registered"
        raise Problem("node-silent", why, headers={"Retry-After": "60"}) from silence


def _authority(call: Call, node: NodeId, wished: Mode | None) -> Asked:
    over = over_node(node)
    known = call.deps.views.get(AUTHORITIES, over)
    mode = wished or (known.mode if known.since else "act")
    return Asked(SetAuthority(over=over, mode=mode, why="as asked when it was registered"), None)


def _shown(call: Call, node: NodeId) -> HostShown:
    view = call.deps.views.get(NODES, node)
    assert view.shown is not None
    one, registered = view.shown, view.registered
    pinned = registered.host_key if registered else ""
    before = _print(pinned) if pinned not in ("", one.host_key) else None
    return HostShown(
        name=node,
        address=one.host,
        port=one.port,
        user=one.user,
        host_key=one.host_key,
        fingerprint=host_key.fingerprint(one.host_key),
        registered=pinned == one.host_key,
        before=before,
        confirm=f"POST {powermta.PATH}/nodes/{node}/confirm",
        compare="on the host: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub",
    )


def _print(key: str) -> str:
    """Of one that may have been registered by hand, and be none."""
    try:
        return host_key.fingerprint(key)
    except ValueError as no:
        return str(no)
