"""Addresses of one tenant in virtual time: deciders, views and reactors, and nothing else.

What the performer does with the world comes from whoever tells the story, as events.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from engine.commands import Command
from engine.commands.tenant import CreateTenant
from engine.deciders.ip import DECIDER as IPS_DECIDER
from engine.deciders.ip_state import State
from engine.effects import Dispatch
from engine.errors import Rejected
from engine.events import Event, Recorded
from engine.events.dnsbl import DnsblLooked
from engine.events.effect import EffectRefused
from engine.events.engine import ClockStepped
from engine.events.node import NodeLooked
from engine.events.rollout import RolloutEnded
from engine.events.traffic import TrafficCounted
from engine.ids import Actor, EngineId, EventId, IpAddr, NodeId, Position, TenantId, Version
from engine.projections import PROJECTIONS
from engine.projections.ip_row import IpRow
from engine.projections.ips import IPS
from engine.reactors.dnsbl_watch import dnsbl_watch
from engine.reactors.limiter import LIMITER
from engine.reactors.pools import POOL_REACTOR
from engine.reactors.quotas import QUOTA_REACTOR
from engine.reactors.reactor import Reactor
from engine.reactors.results import results
from engine.reactors.reviews import REVIEW_REACTOR
from engine.reactors.warmup import life
from engine.rules import days
from engine.rules.dnsbl_catalogue import CATALOGUE_VERSION, DEFAULT
from engine.runtime.command_handler import DECIDERS
from engine.runtime.perform.raising import heeding, never
from engine.runtime.views import Views
from engine.values.traffic import Counts
from engine.values.verdict import Answer
from tests.support.spec import ACME, DAY_1, NODE

ROUNDS_MAX = 300
ENGINE = EngineId("main")
Law = Callable[["Lives", Recorded[Event], State, State], None]


class Lives:
    """``counted``: the node has a source of traffic.  ``law`` is asked about each event of an
    address, with what its decider knew before and after.
    """

    def __init__(self, law: Law, *, counted: bool, day_tz: str, quota: int | None) -> None:
        self.now = DAY_1
        self.day_tz = day_tz
        self.zone = ""  # of the node; "": nobody knows
        self.log: list[Recorded[Event]] = []
        self.views = Views(PROJECTIONS)
        self._law = law
        self.by_engine = False  # what happens is no person's word
        self.stepped_at: datetime | None = None
        self._streams: dict[str, list[Recorded[Event]]] = {}
        self._states: dict[IpAddr, State] = {}
        nodes: tuple[NodeId, ...] = (NODE,) if counted else ()
        self._reactors: tuple[Reactor[Any], ...] = (
            *(life(DEFAULT, nodes), results(nodes), dnsbl_watch(DEFAULT)),
            *(QUOTA_REACTOR, REVIEW_REACTOR, POOL_REACTOR, LIMITER),
        )
        made = CreateTenant(
            slug=ACME,
            name="Acme",
            brand_domain="acme.example",
            sending_domain_base="acme.example",
            day_tz=day_tz,
            quota=quota,
        )
        self.ask(made)

    # --- what happens ----------------------------------------------------------------------------

    def happens(self, stream: str, *events: Event, tenant: TenantId | None = ACME) -> None:
        for event in events:
            position, known = Position(len(self.log) + 1), self._streams.setdefault(stream, [])
            recorded = Recorded(
                position=position,
                stream=stream,
                version=Version(len(known) + 1),
                id=EventId(str(position)),
                at=self.now,
                tenant=tenant,
                actor=Actor("engine"),
                cause="a test",
                event=event,
            )
            self.log.append(recorded)
            known.append(recorded)
            for _ in self.views.fold(recorded):
                pass
            if stream.startswith("ip-"):
                self._moved(IpAddr(stream.removeprefix("ip-")), recorded)

    def _moved(self, ip: IpAddr, recorded: Recorded[Event]) -> None:
        before = self._states.get(ip, IPS_DECIDER.initial)
        self._states[ip] = after = IPS_DECIDER.evolve(before, recorded.event)  # type: ignore[arg-type]
        self._law(self, recorded, before, after)

    def ask(self, command: Command) -> Rejected | None:
        decider = DECIDERS[type(command)]
        stream = decider.category.stream(decider.key(command))
        state = decider.fold(self._streams.get(stream, []))
        try:
            events = decider.decide(state, command, self.now)
        except Rejected as refused:
            return refused
        self.happens(stream, *events)
        return None

    def crashes(self) -> Views:
        """The views as a fold of the whole log gives them; the engine goes on with these."""
        anew = Views(PROJECTIONS)
        for recorded in self.log:
            for _ in anew.fold(recorded):
                pass
        before, self.views = self.views, anew
        return before

    # --- what the engine does by itself ----------------------------------------------------------

    def settle(self) -> None:
        """Until nothing is asked for that could be done now."""
        for _ in range(ROUNDS_MAX):
            effect = next(self._dispatches(), None)
            if effect is None:
                return
            self._do(effect)
        raise AssertionError("the agenda comes to no rest")

    def due(self) -> list[Dispatch]:
        """What the engine asks for now."""
        return list(self._dispatches())

    def _do(self, effect: Dispatch) -> None:
        self.carry_out(effect)
        again = [one.key for one in self._dispatches()]
        assert effect.key not in again, f"stuck: {effect.command}"

    def carry_out(self, effect: Dispatch) -> None:
        command = heeding(effect.command, effect.tenant, self.views, never)
        self.by_engine = True
        refused = self.ask(command)
        self.by_engine = False
        if refused:
            why = EffectRefused(
                key=effect.key, effect=effect.kind, target=effect.target, why=str(refused)
            )
            self.happens(f"effect-{'/'.join(effect.target)}", why)

    def _dispatches(self) -> Iterator[Dispatch]:
        for reactor in self._reactors:
            for view in list(self.views.of(reactor.reads).values()):
                for effect in reactor.react(view, self.now).effects:
                    if isinstance(effect, Dispatch):
                        yield effect

    # --- what clocks do --------------------------------------------------------------------------

    def counts_by(self, zone: str) -> None:
        """The host of PowerMTA, from its next look on."""
        self.zone = zone
        self.happens(f"node-{NODE}", NodeLooked(node=NODE, paused=(), clock=zone), tenant=None)

    def clock_is_set(self, by: timedelta) -> None:
        """Forward it jumps; put back, it only goes on more slowly."""
        self.now += max(by, timedelta())
        self.stepped_at = self.now
        stepped = ClockStepped(engine=ENGINE, by_s=round(by.total_seconds()), at=self.now)
        self.happens(f"engine-{ENGINE}", stepped, tenant=None)

    # --- what the world does ---------------------------------------------------------------------

    def row(self, ip: IpAddr) -> IpRow:
        return self.views.get(IPS, f"{ACME}/{ip}")

    def rows(self) -> list[IpRow]:
        return sorted(self.views.of(IPS).values(), key=lambda row: row.ip)

    def looked(self, ip: IpAddr, answers: dict[Any, Answer]) -> None:
        """Every list that is not named answers that it does not list the address."""
        found = {zone: Answer("clean") for zone in DEFAULT} | answers
        look = DnsblLooked(ip=ip, round="r", answers=found, catalogue=CATALOGUE_VERSION)
        self.happens(f"dnsbl-{ip}", look)

    def told(self) -> None:
        """A rollout tells the node all that it was not told."""
        changed = {
            row.ip: row.vmta.levers
            for row in self.rows()
            if row.vmta.hostname and row.told != row.vmta.levers
        }
        if changed:
            done = RolloutEnded(node=NODE, ending="done", changed=changed)
            self.happens(f"rollout-{NODE}/{ACME}", done)

    def mailed(self, ip: IpAddr, counts: Counts) -> None:
        """In the hour that is now."""
        hour = self.now.replace(minute=0, second=0, microsecond=0)
        counted = TrafficCounted(
            node=NODE,
            file="a.csv",
            end=1,
            day_tz=self.day_tz,
            hours={hour: {ip: {"gmail": counts}}},
        )
        self.happens(f"traffic-{NODE}", counted)

    def pass_days(self, n: int, counts: Callable[[IpRow], Counts]) -> None:
        """As they ought to be: rollouts get through, the lists are looked at, mail goes out."""
        for _ in range(n):
            for hours in (1, 11, 12):
                self.now += timedelta(hours=hours)
                self.settle()
                self.told()
            for row in self.rows():
                self.looked(row.ip, {})
                if row.stage:
                    self.mailed(row.ip, counts(row))
            self.settle()

    def hours(self) -> float:
        """The tenant's, from UTC."""
        there = self.now.astimezone(ZoneInfo(self.day_tz)).utcoffset()
        assert there is not None
        return there.total_seconds() / 3600

    def today(self) -> date:
        return days.day_of(self.now, self.day_tz)
