"""given / when / then, bound to one decider, or to one reactor and the projection it reads."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import reduce
from typing import Any, Generic, TypeVar

from engine.deciders.decider import Decider
from engine.effects import Effect
from engine.errors import Rejected
from engine.events import Event, Recorded
from engine.ids import Actor, EventId, IpAddr, NodeId, Position, TenantId, Version, Zone
from engine.projections.projection import first
from engine.reactors.reactor import Reactor
from engine.values.evidence import Guards
from engine.values.levers import Levers
from engine.values.vmta import Vmta

C = TypeVar("C")
E = TypeVar("E", bound=Event)
S = TypeVar("S")
V = TypeVar("V")

DAY_1 = datetime.fromisoformat("2026-01-05T09:00:00+00:00")
ACME, RIVAL = TenantId("acme"), TenantId("rival")
NODE = NodeId("pmta-1")
IP, OTHER = IpAddr("203.0.113.7"), IpAddr("203.0.113.8")
PURPOSE, HOSTNAME = "marketing", "mail1.acme.example"
ZEN, PSBL = Zone("zen.spamhaus.org"), Zone("psbl.surriel.com")
GUARDS = Guards(
    hostname=HOSTNAME, fcrdns=Position(2), lists=Position(3), proved=(ZEN,), unproved=()
)


def vmta(levers: Levers, purpose: str = PURPOSE, hostname: str = HOSTNAME) -> Vmta:
    return Vmta(purpose, hostname, levers)


def day(n: int) -> datetime:
    return DAY_1 + timedelta(days=n - 1)


class DeciderSpec(Generic[C, E, S]):
    def __init__(self, decider: Decider[C, E, S]) -> None:
        self.decider = decider

    def decides(
        self,
        *,
        given: Sequence[Any],
        when: C,
        then: Sequence[E] | Rejected,
        at: datetime = DAY_1,
    ) -> None:
        state = reduce(self.decider.evolve, given, self.decider.initial)
        got = self._decide(state, when, at)
        assert str(got) == str(then) if isinstance(then, Rejected) else got == list(then)
        again = self._decide(reduce(self.decider.evolve, self._events(got), state), when, at)
        assert not self._events(again), "asking twice must change nothing more"

    def _decide(self, state: S, command: C, at: datetime) -> list[E] | Rejected:
        try:
            return list(self.decider.decide(state, command, at))
        except Rejected as refused:
            return refused

    @staticmethod
    def _events(got: list[E] | Rejected) -> list[E]:
        return [] if isinstance(got, Rejected) else got


class ReactorSpec(Generic[V]):
    """``given`` events of one key; each is an event, or (when, event)."""

    def __init__(self, reactor: Reactor[V], tenant: TenantId | None = ACME) -> None:
        self.reactor, self._tenant = reactor, tenant

    def view(self, given: Sequence[Any]) -> V:
        """Folded at positions 1, 2, 3 …, recorded on DAY_1 unless said otherwise."""
        projection = self.reactor.reads
        view: V | None = None
        for n, one in enumerate(given, start=1):
            at, event = one if isinstance(one, tuple) else (DAY_1, one)
            recorded = record(n, event, at=at, tenant=self._tenant)
            keys = projection.keys(recorded)
            assert keys, f"{event} concerns nothing here"
            before = first(projection, keys[0]) if view is None else view
            view = projection.evolve(before, recorded)
        assert view is not None
        return view

    def asks(
        self,
        *,
        given: Sequence[Any],
        at: datetime = DAY_1,
        then: Sequence[Effect],
        wakes: datetime | None = None,
    ) -> None:
        agenda = self.reactor.react(self.view(given), at)
        assert list(agenda.effects) == list(then)
        assert agenda.wake_at == wakes

    def effects(self, given: Sequence[Any], at: datetime = DAY_1) -> list[Effect]:
        return list(self.reactor.react(self.view(given), at).effects)

    def wakes(self, given: Sequence[Any], at: datetime = DAY_1) -> datetime | None:
        return self.reactor.react(self.view(given), at).wake_at


def record(
    n: int, event: Event, *, at: datetime = DAY_1, tenant: TenantId | None = ACME
) -> Recorded[Event]:
    return Recorded(
        position=Position(n),
        stream="a-stream",
        version=Version(n),
        id=EventId(str(n)),
        at=at,
        tenant=tenant,
        actor=Actor("engine"),
        cause="a test",
        event=event,
    )
