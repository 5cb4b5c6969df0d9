"""Decisions about one MailWizz delivery server: whose it is, and one wish at a time."""

from collections.abc import Sequence
from datetime import datetime
from typing import assert_never

from msgspec import Struct
from msgspec.structs import replace

from engine.commands.server import (
    ClaimServer,
    JudgeServer,
    PlanServer,
    ReleaseServer,
    ReportServer,
    ServerCommand,
)
from engine.deciders.decider import Decider
from engine.errors import Rejected
from engine.events import Recorded
from engine.events.server import (
    SERVER,
    ServerClaimed,
    ServerEvent,
    ServerFailed,
    ServerPlanned,
    ServerReleased,
    ServerTold,
    ServerUnknown,
)
from engine.ids import IpAddr, TenantId
from engine.values.server import ServerRow, ServerWish


class State(Struct, frozen=True):
    ip: IpAddr | None = None  # whose it is
    plan: ServerWish | None = None  # open
    doubts: int = 0
    ours: bool = False  # nobody has it, and it was we who switched it off


def evolve(state: State, event: ServerEvent) -> State:
    match event:
        case ServerClaimed(ip=ip):
            return State(ip=ip)
        case ServerPlanned(wish=wish):
            return replace(state, plan=wish, doubts=0)
        case ServerUnknown(attempt=attempt):
            return replace(state, doubts=attempt)
        case ServerTold() | ServerFailed():
            return replace(state, plan=None, doubts=0)
        case ServerReleased(ours=ours):
            return State(ours=ours)
        case _:
            assert_never(event)


def decide(state: State, command: ServerCommand, now: datetime) -> Sequence[ServerEvent]:
    if isinstance(command, ClaimServer):
        return _claim(state, command)
    if isinstance(command, ReleaseServer):
        held = state.ip == command.ip and state.plan is None
        return [ServerReleased(ip=command.ip, ours=command.ours)] if held else []
    if state.ip != command.ip:
        raise Rejected(f"delivery server {command.server} is not the server of {command.ip}")
    match command:
        case PlanServer(ip=ip, wish=wish):
            if state.plan:
                raise Rejected("what MailWizz was told last is not known; it is looked at first")
            return [ServerPlanned(ip=ip, wish=wish)]
        case ReportServer():
            return _hear(state, state.plan, command) if state.plan else []
        case JudgeServer(ip=ip, row=row):
            return _judge(ip, state.plan, row) if state.plan else []
        case _:
            assert_never(command)


def _claim(state: State, command: ClaimServer) -> Sequence[ServerEvent]:
    if state.ip == command.ip:
        return []
    if state.ip is not None:
        raise Rejected(ClaimServer.stranger, code=ClaimServer.stranger_code)
    instance, server_id = command.server.instance, command.server.server_id
    return [ServerClaimed(ip=command.ip, instance=instance, server_id=server_id, ours=state.ours)]


def _hear(state: State, plan: ServerWish, command: ReportServer) -> Sequence[ServerEvent]:
    if command.row is not None:
        return [ServerTold(ip=command.ip, wish=plan, row=command.row)]
    if command.failed:
        return [ServerFailed(ip=command.ip, why=command.failed)]
    known = command.attempt <= state.doubts
    unknown = ServerUnknown(ip=command.ip, attempt=command.attempt, why=command.unknown)
    return [] if known else [unknown]


def _judge(ip: IpAddr, plan: ServerWish, row: ServerRow | None) -> Sequence[ServerEvent]:
    if row is not None and fulfils(row, plan):
        return [ServerTold(ip=ip, wish=plan, row=row)]
    return [
        ServerFailed(ip=ip, why="a look found that it was not written" if row else "no such row")
    ]


def fulfils(row: ServerRow, wish: ServerWish) -> bool:
    quota = wish.daily is None or (row.daily, row.hourly) == (wish.daily, wish.hourly)
    return quota and row.on == wish.on


def _owner(
    command: ServerCommand, history: Sequence[Recorded[ServerEvent]], asker: TenantId | None
) -> TenantId | None:
    """Whoever claimed it last; one that was released is open to whoever asks."""
    free = not history or isinstance(history[-1].event, ServerReleased)
    return asker if free else history[-1].tenant


DECIDER: Decider[ServerCommand, ServerEvent, State] = Decider(
    category=SERVER,
    key=lambda command: str(command.server),
    owner=_owner,
    initial=State(),
    evolve=evolve,
    decide=decide,
)
