"""PowerMTA hosts: how they are reached, and what the engine's own file there holds."""

from typing import assert_never

from engine.events import Recorded
from engine.events.host import HostEvent, HostRegistered, HostShown, NodeFileWanted
from engine.rules.host_key import fingerprint
from engine.values.node_file import NodeOwn

KEY_SHOWN = 12  # last letters of a host key: enough to tell two apart


def say(told: Recorded[HostEvent]) -> str:
    event = told.event
    match event:
        case HostRegistered(node=node, host=host, port=port, user=user, host_key=host_key):
            kind, _, key = host_key.partition(" ")
            return (
                f"node {node} is reached at {host}, port {port}, as {user};"
                f" its host key is {kind} …{key[-KEY_SHOWN:]}"
            )
        case HostShown(node=node, host=host, port=port, host_key=host_key):
            return (
                f"{host}, port {port}, shows the host key {fingerprint(host_key)}; {node} is"
                " registered with it once a person has confirmed it"
            )
        case NodeFileWanted(node=node, own=own):
            return f"the engine's own file on {node} shall hold {_own(own)}"
        case _:
            assert_never(event)


def _own(own: NodeOwn) -> str:
    one = own.accounting
    if one is None:
        return "nothing: there shall be none"
    return f"accounting into {one.file}, moved to {one.move_to} every {one.move_interval}"
