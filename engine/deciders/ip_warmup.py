"""Decisions about a warm-up that is under way, apart from its stages in their time."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import assert_never

from engine.commands.ip_warmup import (
    HoldWarmup,
    IpWarmupCommand,
    JudgeWarmup,
    ResumeWarmup,
    RewarmIp,
    SkipStage,
    StepBackStage,
)
from engine.deciders import ip_raise
from engine.deciders.ip_state import State, stopped, with_levers
from engine.errors import Rejected
from engine.events.ip import IpEvent
from engine.events.ip_warmup import (
    RewarmBegan,
    StageSkipped,
    WarmupHeld,
    WarmupPaused,
    WarmupResumed,
    WarmupSteppedBack,
)
from engine.rules import days, ladder, lifecycle
from engine.rules.warmup import start
from engine.values.hold import HeldBy
from engine.values.levers import STOPPED
from engine.values.results import Results
from engine.values.vmta import Vmta


def decide(state: State, command: IpWarmupCommand, now: datetime) -> Sequence[IpEvent]:
    if isinstance(command, JudgeWarmup):
        return _judge(state, command)
    if isinstance(command, RewarmIp):
        return _rewarm(state, command)
    if state.place != lifecycle.WARMING:
        raise Rejected(f"{command.ip} is {state.place}; only a warm-up under way can be changed so")
    match command:
        case HoldWarmup(ip=ip, reason=reason):
            held = "person" in state.held_by
            return [] if held else [WarmupHeld(ip=ip, by="person", reason=reason)]
        case ResumeWarmup():
            return [_resumed(state, command)] if state.held_by else []
        case StepBackStage():
            return _step_back(state, command)
        case SkipStage():
            return _skip(state, command, now)
        case _:
            assert_never(command)


def _resumed(state: State, command: ResumeWarmup) -> WarmupResumed:
    return WarmupResumed(
        ip=command.ip,
        node=state.node,
        vmta=_at(state, state.stage),
        by="person",
        reason=command.reason,
    )


def _step_back(state: State, command: StepBackStage) -> Sequence[IpEvent]:
    if command.stage != state.stage - 1:
        return []
    if command.stage < 1:
        raise Rejected(
            f"{command.ip} is at stage 1, and there is none before it; hold it, or quarantine it"
        )
    return [_stepped_back(state, command, "person", command.reason)]


def _stepped_back(
    state: State,
    command: StepBackStage | JudgeWarmup,
    by: HeldBy,
    reason: str = "",
    results: Results | None = None,
) -> WarmupSteppedBack:
    """What is paused stays paused."""
    stage = state.stage - 1
    return WarmupSteppedBack(
        ip=command.ip,
        node=state.node,
        stage=stage,
        vmta=state.vmta if _paused(state) else _at(state, stage),
        by=by,
        reason=reason,
        results=results,
    )


def _skip(state: State, command: SkipStage, now: datetime) -> Sequence[IpEvent]:
    ip, stage = command.ip, command.stage
    if stage != state.stage + 1:
        return []
    if state.held_by:
        who = " and ".join(sorted(state.held_by))
        raise Rejected(f"{ip} is held by {who}; resume it before a stage is skipped")
    if stage > state.plan.stages:
        raise Rejected(f"{ip} is at its last stage; it is ACTIVE when the days of that are over")
    if days.day_of(now, state.day_tz) <= command.entered:
        raise Rejected(f"{ip} entered stage {state.stage} today; there is one change up a day")
    if wait := ip_raise.begins(state, command.clocks, now):
        raise Rejected(
            f"no cap of {ip} rises before {wait.until:%Y-%m-%d %H:%M}Z: {wait.for_whom()};"
            " ask again then"
        )
    return [
        StageSkipped(
            ip=ip,
            node=state.node,
            stage=stage,
            vmta=_at(state, stage),
            reason=command.reason,
            evidence=command.guards,
        )
    ]


def _judge(state: State, command: JudgeWarmup) -> Sequence[IpEvent]:
    """Results of another stage, or from before a pause, say nothing of how it stands now."""
    ip, results = command.ip, command.results
    if state.place != lifecycle.WARMING or command.stage != state.stage or _paused(state):
        return []
    held = "results" in state.held_by
    match results.kind:
        case "ok":
            vmta = _at(state, state.stage)
            resumed = WarmupResumed(
                ip=ip, node=state.node, vmta=vmta, by="results", results=results
            )
            return [resumed] if held else []
        case "pause":
            return [WarmupPaused(ip=ip, node=state.node, vmta=stopped(state), results=results)]
        case "step_back" if state.stage > 1:
            return [_stepped_back(state, command, "results", results=results)]
        case "hold" | "step_back":
            return [] if held else [WarmupHeld(ip=ip, by="results", results=results)]
        case _:
            assert_never(results.kind)


def _rewarm(state: State, command: RewarmIp) -> Sequence[RewarmBegan]:
    """Only down, and only when what its node's accounting says reaches up to now: mail that was
    not counted is no mail that was not sent.
    """
    ip, read = command.ip, command.read
    if state.place not in (lifecycle.WARMING, lifecycle.ACTIVE) or _paused(state):
        return []
    stage = start.after_idling(command.volume, command.idle_days, state.plan)
    if state.place == lifecycle.WARMING and stage >= state.stage:
        return []
    known = command.since + timedelta(days=command.idle_days)
    if read is None or days.day_of(read, state.day_tz) < known:
        raise Rejected(
            f"whether {ip} was idle is not known: the accounting of {state.node} is not read"
            " up to now"
        )
    return [
        RewarmBegan(
            ip=ip,
            node=state.node,
            stage=stage,
            vmta=_at(state, stage),
            idle_days=command.idle_days,
            last=command.last,
            volume=command.volume,
            read=read,
        )
    ]


def _paused(state: State) -> bool:
    return state.vmta.levers == STOPPED


def _at(state: State, stage: int) -> Vmta:
    return with_levers(state, ladder.levers(stage, state.plan))
