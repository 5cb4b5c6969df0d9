"""What the decisions about an address know of it."""

from datetime import datetime
from typing import assert_never

from msgspec import Struct
from msgspec.structs import replace

from engine.events.ip import (
    IpEvent,
    IpQuarantined,
    IpRegistered,
    IpRested,
    IpStopped,
    MonitoringBegan,
    RemedyRecorded,
    RetirementBegan,
    RetirementStepped,
    StageEntered,
    WarmupFinished,
    WarmupRequested,
)
from engine.ids import NodeId
from engine.rules import lifecycle
from engine.rules.lifecycle import Place
from engine.values.levers import STOPPED, Levers
from engine.values.phase import HowToRetire, WarmupMode
from engine.values.vmta import Vmta


class State(Struct, frozen=True):
    node: NodeId = NodeId("")
    vmta: Vmta = Vmta("", "", STOPPED)
    place: Place | None = None  # None: not registered
    mode: WarmupMode = "auto"
    requested: bool = False  # warm-up starts once the guards hold
    stage: int = 0
    how: HowToRetire = "steps"  # of RETIRING
    step: int = 0  # of RETIRING
    full: Levers = STOPPED  # when retirement began
    listings: tuple[datetime, ...] = ()
    remedy: tuple[str, str] | None = None  # recorded since the last listing

    def listings_since(self, instant: datetime) -> int:
        return sum(at >= instant for at in self.listings)


INITIAL = State()


def with_levers(state: State, levers: Levers) -> Vmta:
    return replace(state.vmta, levers=levers)


def stopped(state: State) -> Vmta:
    return with_levers(state, STOPPED)


def evolve(state: State, event: IpEvent) -> State:
    match event:
        case IpRegistered(node=node, vmta=vmta, warmup=warmup):
            auto = warmup == "auto"
            return State(node, vmta, lifecycle.NEW, mode=warmup, requested=auto)
        case WarmupRequested():
            return replace(state, requested=True)
        case StageEntered(stage=stage, vmta=vmta):
            return replace(state, place=lifecycle.WARMING, stage=stage, vmta=vmta)
        case WarmupFinished(vmta=vmta):
            return replace(state, place=lifecycle.ACTIVE, vmta=vmta)
        case IpStopped():
            return _stopped(state, event)
        case RemedyRecorded(cause=cause, remedy=remedy):
            return replace(state, remedy=(cause, remedy))
        case RetirementBegan(vmta=vmta, how=how):
            place, full = lifecycle.RETIRING, state.vmta.levers
            return replace(state, place=place, vmta=vmta, how=how, step=0, full=full)
        case RetirementStepped(vmta=vmta, step=step):
            return replace(state, vmta=vmta, step=step)
        case IpRested(vmta=vmta):
            return replace(state, place=lifecycle.RESTING, vmta=vmta)
        case MonitoringBegan(vmta=vmta):
            return _again(replace(state, place=lifecycle.MONITORED, vmta=vmta))
        case IpQuarantined(vmta=vmta):
            return replace(state, place=lifecycle.QUARANTINED, vmta=vmta)
        case _:
            assert_never(event)


def _stopped(state: State, event: IpStopped) -> State:
    listings = (*state.listings, event.at)
    known = replace(state, vmta=event.vmta, listings=listings, remedy=None)
    if state.place == lifecycle.RETIRING:
        return known
    return _again(replace(known, place=lifecycle.LISTED))


def _again(state: State) -> State:
    """Back in standby: with ``warmup: auto`` the next warm-up needs nobody to ask for it."""
    return replace(state, requested=state.mode == "auto")
