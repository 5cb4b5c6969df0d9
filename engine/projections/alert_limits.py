"""What people must hear of clocks that were set, and of the second limiter."""

from engine.events import Event, Recorded
from engine.events.engine import ClockStepped
from engine.events.ip_limiter import LimiterEnded, LimiterPaused
from engine.projections.alert_change import NOTHING, Change

CAUSES = (ClockStepped, LimiterPaused, LimiterEnded)
NAMES = CLOCK, LIMITER = "clock_stepped", "limiter"


def of(event: Event) -> tuple[tuple[str, str], ...]:
    match event:
        case ClockStepped(engine=engine):
            return ((CLOCK, engine),)
        case LimiterPaused(ip=ip) | LimiterEnded(ip=ip):
            return ((LIMITER, ip),)
        case _:
            return ()


def change(_: str, recorded: Recorded[Event]) -> Change:
    match recorded.event:
        case ClockStepped() as stepped:
            return _stepped(stepped)
        case LimiterPaused() as paused:
            return _limited(paused)
        case LimiterEnded():
            return Change(facts={"Now": "PowerMTA's day has turned; it sends again"}, clears=True)
        case _:
            return NOTHING


def _limited(paused: LimiterPaused) -> Change:
    return Change(
        fires=True,
        anew=True,
        severity="info",
        title="Over the day's cap",
        facts={
            "IP": paused.ip,
            "Node": paused.node,
            "Counted": f"{paused.attempts:,} attempts of {paused.cap:,} a day",
            "Now": f"its queues stand still until {paused.until:%Y-%m-%d %H:%M}Z; mail waits, and"
            " the day counts",
            "Next": "see whether PowerMTA runs with the rate that it was told (`pmta show"
            " vmta-settings`), and whether somebody else sends from this address",
        },
    )


def _stepped(stepped: ClockStepped) -> Change:
    way = "back" if stepped.by_s < 0 else "forward"
    return Change(
        fires=True,
        anew=True,
        over=True,
        severity="warning",
        title="Clock was set",
        facts={
            "Engine": stepped.engine,
            "What": f"set {way} by {abs(stepped.by_s):,} s at {stepped.at:%Y-%m-%d %H:%M}Z",
            "Now": "nothing is raised for an hour; stops and lowerings go on",
            "Next": "see that the machine's time is kept (timedatectl, chronyc tracking)",
        },
    )
