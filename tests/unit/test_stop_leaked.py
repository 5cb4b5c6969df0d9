"""A stop is believed when seen: what goes out afterwards is told, and the lever pulled again."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from engine.effects import LookAtNode, PauseQueues
from engine.events import Event
from engine.events.node import QueuesPaused
from engine.events.traffic import StopLeaked
from engine.ids import IpAddr, Position, TenantId
from engine.projections.alerts import ALERTS
from engine.projections.pauses import PAUSES
from engine.projections.projection import first
from engine.reactors.node_pauses import node_pauses
from engine.rules.accounting import Owner, Owners, Records, Tally
from engine.rules.accounting.leaks import Leak, Standing
from engine.rules.replies import Replies
from engine.values.tuning import Tuning
from tests.support.accounting import HEADER, line
from tests.support.samples import stage, stopped
from tests.support.spec import ACME, DAY_1, IP, NODE, RIVAL, ReactorSpec, record

AT = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)
SENDER, STOP = IpAddr("192.0.2.10"), Position(7)
STANDS = {SENDER: Standing(ACME, STOP, AT)}
KEEPER = ReactorSpec(node_pauses(Tuning()))


def at(seconds: int) -> str:
    return f"{AT + timedelta(seconds=seconds):%Y-%m-%d %H:%M:%S+0000}"


def leaks(text: str, stands: dict[IpAddr, Standing] = STANDS) -> dict[TenantId, dict[IpAddr, Leak]]:
    tally = Tally(
        Owners({ACME: Owner(ACME), RIVAL: Owner(RIVAL)}, lambda ip: ()),
        Replies(),
        now=int(AT.timestamp()) + 3600,
        stops=stands,
    )
    for block in Records().feed((HEADER + text).encode()):
        tally.add(block)
    return tally.leaks()


@pytest.mark.parametrize("beside", ["", line("b", at=at(-9))])  # many rows alike go another way
def test_what_is_dated_two_minutes_after_a_stop_was_obeyed_is_a_leak(beside: str) -> None:
    calm = line(at=at(-60)) + line(at=at(119)) + line(at=at(120)) + beside
    assert leaks(calm) == {}
    late = calm + line(at=at(300)) + line(at=at(121))
    leak = Leak(STOP, 2, AT + timedelta(seconds=121), AT + timedelta(seconds=300))
    assert leaks(late) == {ACME: {SENDER: leak}}


def test_only_deliveries_of_the_address_that_stands_still_are_one() -> None:
    others = (
        line("b", at=at(500))
        + line("t", at=at(500))
        + line(at=at(500), source="192.0.2.11", vmta="acme--192-0-2-11")
        + line(at=at(500), vmta="rival--192-0-2-10")
    )
    assert leaks(others) == {}
    assert leaks(line(at=at(500)), {}) == {}


# --- what follows


def paused(cycle: int) -> QueuesPaused:
    return QueuesPaused(node=NODE, ip=IP, cycle=Position(cycle))


LEAKED = StopLeaked(
    node=NODE, ip=IP, file="acct.csv", end=9, stopped=Position(2), deliveries=7, first=AT, last=AT
)


def pauses(given: list[object]) -> list[object]:
    return [one for one in KEEPER.effects(given, DAY_1) if not isinstance(one, LookAtNode)]


def test_the_lever_is_pulled_again_at_once() -> None:
    assert pauses([stage(1), stopped(), paused(2)]) == []
    again = PauseQueues(tenant=ACME, node=NODE, ip=IP, cycle=Position(4), attempt=2)
    assert pauses([stage(1), stopped(), paused(2), LEAKED]) == [again]
    assert pauses([stage(1), stopped(), paused(2), LEAKED, paused(4)]) == []


def test_the_same_leak_is_not_told_again_and_the_next_one_is() -> None:
    def standing(*given: object) -> dict[IpAddr, Standing]:
        return KEEPER.view([stage(1), stopped(), *given]).standing()

    soon, later = (DAY_1 + timedelta(minutes=n) for n in (1, 9))
    assert standing() == {}, "it was told, and nobody heard that it stands still"
    assert standing((soon, paused(2))) == {IP: Standing(ACME, Position(2), soon)}
    kept = standing((soon, paused(2)), (later, paused(2)))
    assert kept[IP].obeyed == soon, "a pause that is repeated is no new one"
    assert standing((soon, paused(2)), LEAKED) == {}
    anew = standing((soon, paused(2)), LEAKED, (later, paused(4)))
    assert anew == {IP: Standing(ACME, Position(4), later)}


def test_people_hear_of_it_and_that_the_lever_was_pulled_again() -> None:
    def alert(*given: Event) -> tuple[bool, str, int, str]:
        view = first(ALERTS, f"{ACME}/stop_leaked/{IP}")
        for n, event in enumerate(given, start=1):
            view = ALERTS.evolve(view, record(n, event))
        return view.firing, view.severity, view.episode, view.facts.get("Delivered", "")

    assert not alert(paused(2))[0]
    told = "7 messages, 2026-01-05 10:00:00Z to 10:00:00Z, after it was paused"
    assert alert(LEAKED) == (True, "critical", 1, told)
    assert alert(LEAKED, paused(4)) == (False, "critical", 1, told)
    assert alert(LEAKED, paused(4), replace(LEAKED, deliveries=9))[:3] == (True, "critical", 2)


def test_what_left_the_node_leaks_no_more() -> None:
    view = PAUSES.evolve(PAUSES.initial, record(1, LEAKED))
    assert view.stops == {}
