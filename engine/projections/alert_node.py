"""What people must hear of nodes: full disks, mail left behind, and stops that leak."""

from engine.events import Event, Recorded
from engine.events.ip import IpRested
from engine.events.node import JobPaused, JobPauseFailed, NodeLooked, QueuesPaused
from engine.events.traffic import StopLeaked
from engine.projections.alert_change import NOTHING, Change
from engine.rules import disk

CAUSES = (NodeLooked, IpRested, StopLeaked, QueuesPaused, JobPaused, JobPauseFailed)
NAMES = DISK, LEFT, LEAKED = "disk", "mail_left", "stop_leaked"


def of(event: Event) -> tuple[tuple[str, str], ...]:
    match event:
        case NodeLooked(node=node):
            return ((DISK, node),)
        case IpRested(ip=ip):
            return ((LEFT, ip),)
        case JobPaused(ip=ip) | JobPauseFailed(ip=ip):
            return (("ip_listed", ip),) if ip else ()
        case StopLeaked(ip=ip) | QueuesPaused(ip=ip):
            return ((LEAKED, ip),)
        case _:
            return ()


def change(name: str, recorded: Recorded[Event]) -> Change:
    match name, recorded.event:
        case "disk", NodeLooked() as looked:
            return _disk(looked)
        case "mail_left", IpRested() as rested:
            return _left(rested)
        case "stop_leaked", StopLeaked() as leaked:
            return _leaked(leaked)
        case "stop_leaked", QueuesPaused():
            again = f"the queues were paused again at {recorded.at:%Y-%m-%d %H:%M}Z"
            return Change(facts={"Now": again}, clears=True)
        case _:
            return NOTHING


def job(facts: dict[str, str], recorded: Recorded[Event]) -> Change:
    """What became of the job behind a listing; a pause that is repeated is told once."""
    match recorded.event:
        case JobPaused(job=name) if "stands still" not in facts.get("Job", ""):
            at = f"{recorded.at:%Y-%m-%d %H:%M}Z"
            return Change(facts={"Job": f"what waits of {name} stands still since {at}"})
        case JobPauseFailed(job=name, why=why):
            return Change(facts={"Job": f"{name} was not paused: {why}"})
        case _:
            return NOTHING


def _disk(looked: NodeLooked) -> Change:
    """What is not told leaves the last word standing."""
    disks = looked.measures.disks if looked.measures else {}
    if not disks:
        return NOTHING
    full = disk.full(disks)
    said = ", ".join(f"{place} {used} % full" for place, used in sorted(disks.items()))
    if not full:
        over = {"Disks": said, "Now": "there is room again"}
        return Change(facts=over, clears=True) if disk.roomy(disks) else NOTHING
    return Change(
        fires=True,
        severity="warning",
        title="Disk nearly full",
        facts={
            "Node": looked.node,
            "Disks": ", ".join(f"{place} {used} % full" for place, used in full.items()),
            "Next": "make room: old logs, moved accounting files, or a larger spool;"
            " PowerMTA takes no mail once its spool is full",
        },
    )


def _left(rested: IpRested) -> Change:
    """Mail is never deleted: it waits in its queues, paused, until it expires or is rerouted."""
    if not rested.left or rested.why != "limit":
        return NOTHING
    return Change(
        fires=True,
        anew=True,
        over=True,
        severity="warning",
        title="Mail left behind",
        facts={
            "IP": rested.ip,
            "Node": rested.node,
            "Waiting": f"{rested.left:,} recipients when the time to drain was over",
            "Next": "it stands still; PowerMTA bounces it when it expires",
        },
    )


def _leaked(leaked: StopLeaked) -> Change:
    between = f"{leaked.first:%Y-%m-%d %H:%M:%S}Z to {leaked.last:%H:%M:%S}Z"
    return Change(
        fires=True,
        anew=True,
        severity="critical",
        title="Stop leaked",
        facts={
            "IP": leaked.ip,
            "Node": leaked.node,
            "Delivered": f"{leaked.deliveries:,} messages, {between}, after it was paused",
            "Seen in": leaked.file,
            "Next": "its queues are paused once more; if that does not hold, stop PowerMTA's source"
            f" there: pmta disable source {leaked.ip} */*",
        },
    )
