"""One event of every kind in the life of an address, but for what its lists say."""

from engine.events import Event
from engine.events.ip import (
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
from engine.events.ip_cap import CapLimited
from engine.events.ip_pause import IpPaused, PauseEnded
from engine.events.ip_removal import IpRemoved, IpWithdrawn, RemovalAsked
from engine.events.ip_suspension import IpSuspended, SuspensionEnded
from engine.events.ip_warmup import (
    StageSkipped,
    WarmupHeld,
    WarmupPaused,
    WarmupResumed,
    WarmupSteppedBack,
)
from engine.ids import Position
from engine.values.phase import Phase
from tests.support.sample_values import AT, CLOSED, DAYS, GUARDS, IP, MAIN, NODE, OPEN, RESULTS, ZEN

IP_SAMPLES: tuple[Event, ...] = (
    IpRegistered(ip=IP, node=NODE, vmta=CLOSED, warmup="auto", day_tz="UTC", instance=MAIN),
    WarmupRequested(ip=IP),
    StageEntered(ip=IP, node=NODE, stage=1, vmta=OPEN, evidence=GUARDS),
    WarmupFinished(ip=IP, node=NODE, vmta=OPEN, evidence=DAYS),
    WarmupHeld(ip=IP, by="person", reason="a new list of recipients"),
    WarmupPaused(ip=IP, node=NODE, vmta=CLOSED, results=RESULTS),
    WarmupResumed(ip=IP, node=NODE, vmta=OPEN, by="person", reason="the list was cleaned"),
    WarmupSteppedBack(ip=IP, node=NODE, stage=1, vmta=OPEN, by="results", results=RESULTS),
    CapLimited(ip=IP, node=NODE, vmta=OPEN, limit=50, quota=80, wanted=250),
    StageSkipped(
        ip=IP, node=NODE, stage=2, vmta=OPEN, reason="it was warm elsewhere", evidence=GUARDS
    ),
    IpStopped(
        ip=IP,
        node=NODE,
        vmta=CLOSED,
        zones={ZEN: ("127.0.0.2",)},
        looked=Position(9),
        at=AT,
        earlier=0,
    ),
    RemedyRecorded(ip=IP, cause="an old list", remedy="removed it"),
    RetirementBegan(ip=IP, node=NODE, vmta=OPEN, how="steps"),
    RetirementStepped(ip=IP, node=NODE, vmta=OPEN, step=1),
    IpRested(ip=IP, node=NODE, vmta=CLOSED, why="limit"),
    MonitoringBegan(ip=IP, node=NODE, vmta=CLOSED, why="released", reason="cleaned"),
    IpQuarantined(ip=IP, node=NODE, vmta=CLOSED, reason="leaked password"),
    RemovalAsked(ip=IP, reason="given back"),
    IpWithdrawn(ip=IP, node=NODE, vmta=CLOSED),
    IpRemoved(ip=IP, node=NODE, forced=True, left=12, reason="the host is gone", listings=(AT,)),
    IpSuspended(ip=IP, node=NODE, vmta=CLOSED, reason="an unpaid invoice"),
    SuspensionEnded(ip=IP, node=NODE, vmta=OPEN, phase=Phase.WARMING, stage=1),
    IpPaused(ip=IP, node=NODE, vmta=CLOSED, reason="the list is being cleaned"),
    PauseEnded(ip=IP, node=NODE, vmta=OPEN, phase=Phase.WARMING, stage=1, reason="it is clean"),
)
