"""What never happens to an address, told apart from the code that is to keep to it."""

from datetime import date, timedelta

from engine.deciders.ip_state import State
from engine.events import Event, Recorded
from engine.events.ip import StageEntered, WarmupFinished
from engine.events.ip_pause import IpPaused, PauseEnded
from engine.events.ip_suspension import IpSuspended, SuspensionEnded
from engine.events.ip_warmup import StageSkipped, WarmupPaused, WarmupResumed
from engine.ids import IpAddr
from engine.projections.ip_row import IpRow
from engine.rules import lifecycle
from engine.rules.dnsbl_catalogue import DEFAULT
from engine.rules.lifecycle import Place
from engine.rules.warmup import plans
from engine.values.evidence import Guards
from engine.values.levers import STOPPED, Levers, PerDay
from engine.values.phase import Phase
from engine.values.plan import Plan
from tests.support.lives import Lives


def cap(levers: Levers) -> int:
    return levers.output.cap if isinstance(levers.output, PerDay) else 0


class Laws:
    """Asked about each event of an address, with what its decider knew before and after."""

    def __init__(self) -> None:
        self._advanced: dict[IpAddr, date] = {}
        self._paused: set[IpAddr] = set()
        self._plans: dict[IpAddr, Plan] = {}
        self._still: set[tuple[IpAddr, str]] = set()  # each with who holds it

    def __call__(
        self, lives: Lives, recorded: Recorded[Event], before: State, after: State
    ) -> None:
        ip = IpAddr(recorded.stream.removeprefix("ip-"))
        row, event = lives.row(ip), recorded.event
        assert after.place is not None
        self._one_table(before, after)
        assert Place(row.phase, row.reason if row.phase is Phase.STANDBY else None) == after.place
        assert (row.vmta, row.limit) == (after.vmta, after.limit)
        self._ladder(ip, event, before, after)
        self._halts(ip, event, after)
        self._holds_still(ip, event, after)
        self._one_a_day(lives, ip, event)
        if lives.by_engine and cap(after.vmta.levers) > cap(before.vmta.levers):
            self._in_time(lives, event)
        if isinstance(event, StageEntered) and isinstance(event.evidence, Guards):
            self._unlisted(row)

    def _unlisted(self, row: IpRow) -> None:
        words = row.lists.words
        listed = {zone for zone, one in words.standing.items() if one.last == "listed"}
        counts = {zone for zone in listed if DEFAULT[zone].action == "standby"}
        borne = {zone for zone in counts if zone in words.acknowledged or words.doubted(zone)}
        assert counts == borne, "a listed address starts to warm up"

    def _one_table(self, before: State, after: State) -> None:
        moved = before.place != after.place
        assert after.place is not None
        assert not moved or lifecycle.allowed(before.place, after.place), (before, after)

    def _ladder(self, ip: IpAddr, event: Event, before: State, after: State) -> None:
        if isinstance(event, StageEntered) and isinstance(event.evidence, Guards):
            self._plans[ip] = event.plan or plans.named("default")
        plan, allowed = self._plans.get(ip), 0
        if after.place == lifecycle.WARMING and plan:
            allowed = plan.caps[after.stage - 1]
        elif after.place == lifecycle.ACTIVE and plan:
            allowed = plan.active_per_day
        elif after.place == lifecycle.RETIRING:
            allowed = cap(before.beneath or before.vmta.levers)  # the end of a pause opens no more
        assert cap(after.vmta.levers) <= allowed, (event, allowed)
        silent = after.place not in (lifecycle.WARMING, lifecycle.ACTIVE, lifecycle.RETIRING)
        assert not silent or after.vmta.levers == STOPPED

    def _halts(self, ip: IpAddr, event: Event, after: State) -> None:
        """Results that were too bad stop it until a person says so, or its warm-up is over."""
        if isinstance(event, WarmupPaused):
            self._paused.add(ip)
        ended = isinstance(event, WarmupResumed) and event.by == "person"
        if ended or after.place != lifecycle.WARMING:
            self._paused.discard(ip)
        assert ip not in self._paused or after.vmta.levers == STOPPED

    def _holds_still(self, ip: IpAddr, event: Event, after: State) -> None:
        """Nothing but its own end ends a person's pause or a suspension, and no day counts under
        it.
        """
        held = bool({(ip, "person"), (ip, "tenant")} & self._still)
        match event:
            case IpPaused():
                self._still.add((ip, "person"))
            case IpSuspended():
                self._still.add((ip, "tenant"))
            case PauseEnded():
                self._still.discard((ip, "person"))
            case SuspensionEnded():
                self._still.discard((ip, "tenant"))
            case StageEntered() | StageSkipped() | WarmupFinished():
                assert not held, "a day counted although it stood still"
        still = {(ip, "person"), (ip, "tenant")} & self._still
        assert not still or after.vmta.levers == STOPPED, (event, still)

    def _one_a_day(self, lives: Lives, ip: IpAddr, event: Event) -> None:
        entered = isinstance(event, StageEntered) and not isinstance(event.evidence, Guards)
        if entered or isinstance(event, WarmupFinished | StageSkipped):
            assert self._advanced.get(ip) != lives.today(), "two advances in a day"
            self._advanced[ip] = lives.today()

    def _in_time(self, lives: Lives, event: Event) -> None:
        """A raise of what sends has passed midnight on all clocks; none follows a step."""
        now, at = lives.now, lives.stepped_at
        assert at is None or not at <= now < at + timedelta(hours=1), "raised after a clock step"
        starts = isinstance(event, StageEntered) and isinstance(event.evidence, Guards)
        if lives.zone and not starts:
            hours = int(lives.zone[:3])
            theirs = (now + timedelta(hours=hours)).date()
            far = abs(hours - lives.hours()) >= 24
            assert theirs >= lives.today() - timedelta(days=far), "raised before a midnight"
