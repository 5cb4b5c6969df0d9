"""Which of a tenant's choices hold in one file, and which wait there."""

from collections.abc import Collection
from typing import NamedTuple

from msgspec.structs import replace

from engine.events.rollout import RolloutPlanned
from engine.events.tenant import OverlaySet
from engine.ids import IpAddr, NodeId
from engine.rules import overlay
from engine.values.rollout import Choices, Waiting


class Standing(NamedTuple):
    """Of one file."""

    choices: Choices
    waiting: Waiting | None = None
    followers: tuple[NodeId, ...] = ()  # that wait for this file


def asked(now: Choices, event: OverlaySet, node: NodeId, ips: Collection[IpAddr]) -> Standing:
    """Addresses on other nodes are the affair of other files."""
    wanted = Choices(
        chosen={ip: one for ip, one in event.virtual_mtas.items() if ip in ips},
        drained=tuple(ip for ip in event.drained if ip in ips),
        overlay=event.version,
        rollback=event.restored is not None,
        confirmed=event.confirmed,
    )
    if node in event.waits:
        return Standing(meanwhile(now, wanted), Waiting(wanted, "canary", event.canary))
    return Standing(wanted, None, event.waits if node == event.canary else ())


def held(told: Choices, choices: Choices, why: str) -> Standing:
    """They would take too much away: what the node was told last holds until somebody approves."""
    return Standing(meanwhile(told, choices), Waiting(choices, "too_large", said=why))


def meanwhile(now: Choices, wanted: Choices) -> Choices:
    """What was lowered is lowered at once; all else waits."""
    kept = {
        ip: overlay.meanwhile(now.chosen.get(ip), wanted.chosen.get(ip))
        for ip in sorted({*now.chosen, *wanted.chosen})
    }
    return replace(now, chosen={ip: one for ip, one in kept.items() if one is not None})


def planned(event: RolloutPlanned, now: Choices) -> Choices:
    """What the plan was made of, if something else was chosen since."""
    if event.overlay == now.overlay:
        return now
    return Choices(
        chosen={ip: one.chosen for ip, one in event.vmtas.items() if one.chosen},
        drained=event.drained,
        overlay=event.overlay,
        rollback=event.rollback,
    )
