"""PowerMTA hosts: how they are reached."""

from engine.events import Recorded
from engine.events.host import HostEvent

KEY_SHOWN = 12  # last letters of a host key: enough to tell two apart


def say(told: Recorded[HostEvent]) -> str:
    event = told.event
    kind, _, key = event.host_key.partition(" ")
    return (
        f"node {event.node} is reached at {event.host}, port {event.port}, as {event.user};"
        f" its host key is {kind} …{key[-KEY_SHOWN:]}"
    )
