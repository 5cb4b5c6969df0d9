"""Decisions about a PowerMTA host."""

from collections.abc import Sequence
from datetime import datetime

from engine.commands.host import HostCommand
from engine.deciders.decider import Decider
from engine.events.host import HOST, HostEvent, HostRegistered


def evolve(state: HostRegistered | None, event: HostEvent) -> HostRegistered | None:
    return event


def decide(
    state: HostRegistered | None, command: HostCommand, now: datetime
) -> Sequence[HostEvent]:
    registered = HostRegistered(
        node=command.node,
        host=command.host,
        port=command.port,
        user=command.user,
        host_key=command.host_key,
        config_dir=command.config_dir,
        pmta=command.pmta,
    )
    return [] if registered == state else [registered]


DECIDER: Decider[HostCommand, HostEvent, HostRegistered | None] = Decider(
    category=HOST,
    key=lambda command: command.node,
    owner=lambda command, history, asker: None,
    initial=None,
    evolve=evolve,
    decide=decide,
)
