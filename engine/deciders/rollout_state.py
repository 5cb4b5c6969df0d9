"""What decisions about one tenant's file on one node go by."""

from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from engine.events.rollout import (
    RolloutBreached,
    RolloutEnded,
    RolloutPlanned,
    RolloutWatched,
    WatchUnanswered,
)
from engine.ids import IpAddr
from engine.values.levers import slower
from engine.values.rollout import Kind
from engine.values.vmta import Vmta


class Watched(Struct, frozen=True):
    """A version that runs, and has not stood its watch."""

    plan: RolloutPlanned
    version: int
    looks: int = 0  # that found everything as it was planned
    starts: frozenset[str] = frozenset()  # of PowerMTA, as these looks saw them
    failing: int | None = None  # queues with errors, as the first of them saw it
    attempt: int = 0  # looks in a row that told nothing
    downs: int = 0  # of these, that found PowerMTA down


class Stood(Struct, frozen=True):
    """The last version that stood its watch, and what people chose in it."""

    overlay: int = 0
    vmtas: Mapping[IpAddr, Vmta] = {}


class State(Struct, frozen=True):
    told: Mapping[IpAddr, Vmta] = {}  # as the node runs it
    drained: tuple[IpAddr, ...] = ()  # of these, by choice
    digest: str = ""  # of the file that runs; "" = none
    plan: RolloutPlanned | None = None  # open
    doubts: int = 0
    torn: bool = False
    conflict: bool = False
    version: int = 0  # how many rollouts of this file were done
    committed: int = 0  # the last version in git
    watched: Watched | None = None
    stood: Stood = Stood()
    approved: int | None = None  # the last version of choices that a person let go
    passed: int = 0  # the last version of choices that another node tries in its place


def done(state: State, plan: RolloutPlanned) -> State:
    """What runs now is believed once it has stood its watch, or at once where it has none."""
    version = state.version + 1
    stood = state.stood if plan.watch_s else Stood(plan.overlay, plan.vmtas)
    return State(
        told=plan.vmtas,
        drained=plan.drained,
        digest=plan.digest,
        version=version,
        committed=state.committed,
        watched=Watched(plan, version) if plan.watch_s else None,
        stood=stood,
        approved=state.approved,
        passed=state.passed,
    )


def still(state: State, vmtas: Mapping[IpAddr, Vmta], kind: Kind) -> tuple[IpAddr, ...]:
    """What would go on sending too much, for the old file lies there.  Another process that leads
    says itself what stands still.
    """
    if kind == "fenced":
        return ()
    runs = {ip: one.levers.output for ip, one in state.told.items() if one.hostname}
    return tuple(
        ip
        for ip, one in sorted(vmtas.items())
        if ip in runs and slower(one.levers.output, runs[ip])
    )


def over(state: State, event: RolloutEnded) -> State:
    """As a failure or a conflict; what ran before runs on."""
    conflict = event.ending == "conflict"
    watched = None if conflict else state.watched
    return replace(state, plan=None, doubts=0, torn=False, conflict=conflict, watched=watched)


def watched(state: State, event: RolloutWatched | WatchUnanswered | RolloutBreached) -> State:
    one = state.watched
    if one is None or event.version != one.version:
        return state
    match event:
        case WatchUnanswered(attempt=attempt, down=down):
            now = replace(one, attempt=attempt, downs=one.downs + 1 if down else 0)
            return replace(state, watched=now)
        case RolloutWatched(over=True):
            return replace(state, watched=None, stood=Stood(one.plan.overlay, one.plan.vmtas))
        case RolloutWatched(look=look, started=started, failing=failing):
            first = failing if look == 1 else one.failing
            seen = Watched(one.plan, one.version, look, one.starts | {started}, first)
            return replace(state, watched=seen)
        case RolloutBreached():
            return replace(state, watched=None)
