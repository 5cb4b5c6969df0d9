"""The life of a sending address."""

from engine.api.sentences import ip_listing, ip_removal, ip_warmup
from engine.api.sentences.evidence import evidence
from engine.api.sentences.words import (
    because,
    both,
    listed_by,
    moment,
    nth,
    output,
    several,
)
from engine.events import Recorded
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
from engine.events.ip_cap import CapLimited, RaiseWaits
from engine.events.ip_limiter import LimiterEnded, LimiterPaused
from engine.events.ip_listing import IpListingEvent
from engine.events.ip_pause import IpPaused, IpPauseEvent, PauseEnded
from engine.events.ip_removal import IpRemoved, IpWithdrawn, RemovalAsked
from engine.events.ip_suspension import IpSuspended, IpSuspensionEvent, SuspensionEnded
from engine.events.ip_warmup import IpWarmupEvent
from engine.rules import timing
from engine.values.evidence import Guards
from engine.values.levers import Levers

_RESTED = {
    "drained": "its queue is empty",
    "limit": f"its {timing.DRAIN_LIMIT.days} days to drain are over",
    "still_listed": f"it is still listed after {timing.STILL_LISTED.days} days",
    "third_listing": f"it is the {nth(timing.LISTINGS_MAX)} listing in"
    f" {timing.LISTINGS_WINDOW.days} days",
}
_CLOSED = "intake closed, output paused"


def say(told: Recorded[IpEvent]) -> str:
    match told.event:
        case IpRegistered() as made:
            return _registered(made, told.tenant or "the platform")
        case WarmupRequested(ip=ip, plan=plan, why=why):
            on = f" {ip_warmup.on(plan)}" if plan else ""
            said = f"the warm-up of {ip}{on} was asked for; it starts once the guards hold"
            return f"{said}{because(why)}"
        case StageEntered() as entered:
            return _stage(entered)
        case WarmupFinished(ip=ip, vmta=vmta, evidence=days):
            done = f"{ip} has finished its warm-up and is ACTIVE with {output(vmta.levers)}"
            return f"{done}: {evidence(days)}"
        case IpStopped() as stopped:
            return _stopped(stopped)
        case RemedyRecorded(ip=ip, cause=cause, remedy=remedy):
            return f"what {ip} was listed for was recorded: {cause}; done about it: {remedy}"
        case CapLimited():
            return _limited(told.event)
        case RaiseWaits(ip=ip, wait=wait):
            return (
                f"the cap of {ip} may rise, but not before {moment(wait.until)}: {wait.for_whom()}"
            )
        case LimiterPaused() as paused:
            return (
                f"{paused.ip} tried to send {paused.attempts:,} of its {paused.cap:,} a day, by our"
                f" own count; its queues stand still until {moment(paused.until)}"
            )
        case LimiterEnded(ip=ip):
            return f"PowerMTA's day has turned; the second limiter lets {ip} send again"
        case _ if isinstance(told.event, IpWarmupEvent):
            return ip_warmup.say(told.event)
        case _:
            return _ending(told.event)


def _ending(
    event: RetirementBegan
    | RetirementStepped
    | IpRested
    | MonitoringBegan
    | IpQuarantined
    | IpSuspensionEvent
    | IpPauseEvent
    | RemovalAsked
    | IpWithdrawn
    | IpRemoved
    | IpListingEvent,
) -> str:
    match event:
        case IpSuspended(ip=ip, reason=reason):
            return f"{ip} stands still, {_CLOSED}, for its tenant is suspended: {reason}"
        case SuspensionEnded(ip=ip, phase=phase, vmta=vmta):
            return f"{ip} goes on as {phase.value} with its tenant: {both(vmta.levers)}"
        case IpPaused(ip=ip, reason=reason):
            return f"{ip} stands still, {_CLOSED}, for a person paused it: {reason}"
        case PauseEnded(ip=ip, phase=phase, vmta=vmta, reason=reason):
            resumed = f"{ip} is resumed as {phase.value}: {both(vmta.levers)}"
            return f"{resumed}{because(reason)}"
        case RetirementBegan() as began:
            return _retires(began)
        case RetirementStepped(ip=ip, step=step, vmta=vmta):
            return f"{ip} retires, step {step} of {timing.RETIRE_STEPS}: {_left(vmta.levers)}"
        case IpRested(ip=ip, why=why, left=left):
            waits = f"; {several(left, 'recipient')} still waiting" if left else ""
            return f"{ip} rests for {timing.REST.days} days, {_CLOSED}: {_RESTED[why]}{waits}"
        case MonitoringBegan(ip=ip, why="rested"):
            return f"{ip} has rested, and is watched for {timing.MONITORING.days} clean days"
        case MonitoringBegan(ip=ip, reason=reason):
            days = timing.MONITORING.days
            return f"{ip} was released ({reason}), and is watched for {days} clean days"
        case IpQuarantined(ip=ip, reason=reason):
            return f"{ip} is quarantined, {_CLOSED} until a person releases it: {reason}"
        case RemovalAsked() | IpWithdrawn() | IpRemoved():
            return ip_removal.say(event)
        case _:
            return ip_listing.say(event)


def _registered(made: IpRegistered, tenant: str) -> str:
    warmup = "by itself once" if made.warmup == "auto" else "when somebody asks for it and"
    return (
        f"{made.ip} was registered for {tenant}, {made.vmta.purpose}, on {made.node};"
        f" it warms up {warmup} the guards hold"
    )


def _stage(entered: StageEntered) -> str:
    starts = isinstance(entered.evidence, Guards)
    what = "starts to warm up at" if starts else "reaches"
    cap = output(entered.vmta.levers)
    where = f"stage {entered.stage}{f' {ip_warmup.on(entered.plan)}' if entered.plan else ''}"
    return f"{entered.ip} {what} {where}, {cap}: {evidence(entered.evidence)}"


def _stopped(stopped: IpStopped) -> str:
    count = nth(stopped.earlier + 1)
    done = "RETIRING from here" if stopped.retires else "stopped"
    return (
        f"{stopped.ip} is listed by {listed_by(stopped.zones)}, as a second look confirmed:"
        f" {done}, {_CLOSED}; the {count} listing in {timing.LISTINGS_WINDOW.days} days"
        f"{_behind(stopped)}"
    )


def _behind(stopped: IpStopped) -> str:
    if not stopped.jobs:
        return ""
    worst = stopped.jobs[0]
    return (
        f"; most of the trouble came from the job {worst.job} ({worst.complaints:,} complaints,"
        f" {worst.blocks:,} blocks, {worst.unknown:,} unknown users)"
    )


def _retires(began: RetirementBegan) -> str:
    if began.how == "steps":
        steps = f"in {timing.RETIRE_STEPS} steps of a day each"
        return f"{began.ip} begins to retire, {steps}{because(began.why)}"
    return f"{began.ip} retires at once: {both(began.vmta.levers)}, what waits drains"


def _limited(event: CapLimited) -> str:
    quota = "no quota" if event.quota is None else f"a quota of {event.quota:,} a day"
    return (
        f"{event.ip} gets {output(event.vmta.levers)}: its tenant has {quota}, and the ladders of"
        f" its addresses come to {event.wanted:,}"
    )


def _left(levers: Levers) -> str:
    """After the last step intake is closed, and the output stays for what waits."""
    return output(levers) if levers.intake == "open" else f"{both(levers)}, what waits drains"
