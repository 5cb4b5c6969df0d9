"""What people must hear of an address that one of them paused, and how it goes on."""

from engine.events import Event, Recorded
from engine.events.ip_pause import IpPaused, PauseEnded
from engine.projections.alert_change import NOTHING, Change
from engine.values.levers import STOPPED

CAUSES = (IpPaused, PauseEnded)
PAUSED = "ip_paused"
NAMES = (PAUSED,)


def of(event: Event) -> tuple[tuple[str, str], ...]:
    return ((PAUSED, event.ip),) if isinstance(event, CAUSES) else ()


def change(_: str, recorded: Recorded[Event]) -> Change:
    match recorded.event:
        case IpPaused() as paused:
            return _paused(paused)
        case PauseEnded() as ended:
            return _ended(ended)
        case _:
            return NOTHING


def _paused(paused: IpPaused) -> Change:
    return Change(
        fires=True,
        anew=True,
        severity="warning",
        title="Address paused",
        facts={
            "IP": paused.ip,
            "Pool": paused.vmta.purpose,
            "Why": paused.reason,
            "Effect": "its queues stand still, its server is off; no mail is deleted",
            "Next": f"a person resumes it (POST /api/v2/ips/{paused.ip}/resume)",
        },
    )


def _ended(ended: PauseEnded) -> Change:
    goes = ended.vmta.levers != STOPPED
    now = "resumed" if goes else "resumed, and still stopped by something else"
    because = f": {ended.reason}" if ended.reason else ""
    return Change(facts={"Now": f"{now}{because}", "Next": ""}, clears=True)
