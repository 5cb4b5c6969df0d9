"""The end of an address."""

from typing import assert_never

from engine.api.sentences.words import because, several
from engine.events.ip_removal import IpRemoved, IpWithdrawn, RemovalAsked


def say(event: RemovalAsked | IpWithdrawn | IpRemoved) -> str:
    match event:
        case RemovalAsked(ip=ip, reason=reason):
            return f"{ip} is to be removed once nothing waits for it any more{because(reason)}"
        case IpWithdrawn(ip=ip, node=node):
            return f"{ip} leaves the configuration of {node}"
        case IpRemoved(ip=ip, forced=True, left=left, reason=reason):
            waits = "how much waited is not known" if left is None else _left(left)
            return f"{ip} was removed by force, {waits}{because(reason)}"
        case IpRemoved(ip=ip):
            return f"{ip} was removed; nothing waited for it"
        case _:
            assert_never(event)


def _left(number: int) -> str:
    return f"{several(number, 'recipient')} still waiting"
