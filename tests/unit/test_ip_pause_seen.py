"""An address that a person pauses: what its life, its node, MailWizz, its tenant and people see."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest

from engine.api import present_ip, stage_said, state_said
from engine.api.waits import waits_for
from engine.commands.tenant import ReportPool
from engine.effects import Dispatch
from engine.events.ip_pause import PauseEnded
from engine.events.ip_removal import IpRemoved
from engine.events.ip_warmup import WarmupPaused
from engine.events.tenant import TenantCreated
from engine.events.traffic import TrafficCounted
from engine.projections.alerts import ALERTS, Alert
from engine.projections.capacity_address import after
from engine.projections.capacity_address import registered as in_reserve
from engine.projections.ip_row import IpRow, Paused
from engine.projections.projection import first
from engine.projections.quotas import QUOTAS
from engine.projections.results import RESULTS as RESULTS_VIEW
from engine.projections.rollouts import ROLLOUTS
from engine.projections.servers import SERVERS
from engine.reactors.node_pauses import node_pauses
from engine.reactors.pools import POOL_REACTOR
from engine.reactors.reactor import Reactor
from engine.reactors.results import results
from engine.reactors.warmup import life
from engine.rules import ladder, timing
from engine.rules.capacity import supply
from engine.rules.dnsbl_catalogue import DEFAULT
from engine.values.levers import STOPPED, Levers
from engine.values.phase import Phase
from engine.values.traffic import Counts
from engine.values.tuning import Tuning
from tests.support.event_samples import SAMPLES
from tests.support.pauses import FULL, PAUSED, SENDING, SUSPENDED, WHY, resumed, unsuspended
from tests.support.sample_values import RESULTS
from tests.support.samples import (
    finished,
    looked,
    pointed,
    registered,
    retiring,
    stage,
    told,
)
from tests.support.spec import (
    ACME,
    DAY_1,
    IP,
    NODE,
    PURPOSE,
    ReactorSpec,
    day,
    record,
    vmta,
)

LIFE = ReactorSpec(life(DEFAULT))
CREATED = next(one for one in SAMPLES if isinstance(one, TenantCreated))


def of(projection: Any) -> ReactorSpec[Any]:
    return ReactorSpec(Reactor(name="x", reads=projection, react=lambda view, now: None))  # type: ignore[arg-type, return-value]


def orders(given: Sequence[Any], at: datetime) -> list[str]:
    """Tags of the commands that its life asks for."""
    commands = [one.command for one in LIFE.effects(given, at) if hasattr(one, "command")]
    return [str(one.__struct_config__.tag) for one in commands]


def test_no_stage_ends_and_no_start_comes_while_it_lasts() -> None:
    warming: list[Any] = [registered(), stage(1), told(ladder.levers(1))]
    assert orders(warming, day(8)) == ["ip.advance_stage"]
    assert orders([*warming, PAUSED, told(STOPPED)], day(60)) == []
    assert orders([*warming, PAUSED], day(60)) == []
    standing: list[Any] = [registered(), pointed("mail1.acme.example"), looked()]
    assert orders(standing, day(2)) == ["ip.start_warmup"]
    assert orders([*standing, PAUSED], day(2)) == []


def test_its_days_count_anew_only_once_neither_holds_it_and_its_node_is_told() -> None:
    held: list[Any] = [registered(), stage(1), told(ladder.levers(1)), PAUSED, SUSPENDED]
    one_left = (day(10), unsuspended(STOPPED, n=1))
    assert orders([*held, one_left], day(60)) == []
    on = (day(20), resumed(ladder.levers(1), n=1))
    again: list[Any] = [*held, one_left, on, (day(20), told(ladder.levers(1)))]
    assert orders(again, day(23)) == []
    assert orders(again, day(24)) == ["ip.advance_stage"]


def test_a_drain_waits_and_then_has_its_whole_time() -> None:
    drains = Levers("closed", FULL.output)
    given: list[Any] = [*SENDING, retiring("at_once", drains), PAUSED]
    assert orders(given, day(30)) == []
    on = (day(30), resumed(drains, Phase.RETIRING, 0))
    assert orders([*given, on], day(34)) == []
    assert orders([*given, on], day(35)) == ["ip.rest"]


def test_by_what_was_delivered_no_day_counts_until_both_have_ended() -> None:
    spec = of(RESULTS_VIEW)
    held = spec.view([registered(), stage(1), SUSPENDED, PAUSED, unsuspended(STOPPED, n=1)])
    assert (held.still, held.mail.told[-1].cap) == (True, 0)
    free = spec.view(
        [registered(), stage(1), SUSPENDED, PAUSED, unsuspended(STOPPED, n=1),
         resumed(ladder.levers(1), n=1)]
    )  # fmt: skip
    assert (free.still, free.mail.told[-1].cap) == (False, None)
    by_results = WarmupPaused(ip=IP, node=NODE, vmta=vmta(STOPPED), results=RESULTS)
    stays = spec.view([registered(), stage(1), by_results, PAUSED, resumed(STOPPED, n=1)])
    assert (stays.still, stays.mail.told[-1].cap) == (False, 0)


def sent(n: int) -> tuple[datetime, TrafficCounted]:
    hours = {day(n): {IP: {"gmail": Counts(delivered=50)}}}
    return day(n), TrafficCounted(node=NODE, file="f", end=n, day_tz="UTC", hours=hours)


def test_days_that_were_enough_end_no_stage_under_it_and_nothing_else_is_waited_for() -> None:
    spec, warm = of(RESULTS_VIEW), [registered(), stage(1), told(ladder.levers(1))]
    enough: list[Any] = [*warm, *(sent(n) for n in range(1, 8))]
    assert stage_said.ends(spec.view(enough), day(8)) is not None
    assert list(stage_said.waits(spec.view(warm), day(8)))
    for held in (PAUSED, SUSPENDED):
        assert stage_said.ends(spec.view([*enough, (day(7), held)]), day(8)) is None
        assert not list(stage_said.waits(spec.view([*warm, held]), day(8)))


def test_results_judge_nobody_who_stands_still() -> None:
    counted = ReactorSpec(results((NODE,)))
    awful = {DAY_1: {IP: {"gmail": Counts(delivered=100, hard=100)}}}
    mail = TrafficCounted(node=NODE, file="f", end=1, day_tz="UTC", hours=awful)
    given: list[Any] = [*SENDING, (DAY_1, mail)]
    assert counted.effects(given, day(2))
    assert not counted.effects([*given, PAUSED], day(2))
    assert counted.effects([*given, PAUSED, resumed(FULL)], day(2)), "what it sent still stands"


# --- what others see of it


def test_its_queues_are_paused_at_once_and_resumed_when_nothing_else_holds_it() -> None:
    pauses = ReactorSpec(node_pauses(Tuning()))
    assert "node.pause" in str([one.kind for one in pauses.effects([*SENDING, PAUSED])])
    left = pauses.view([*SENDING, PAUSED, SUSPENDED, resumed(STOPPED)])
    assert (list(left.stops), left.resumes) == ([IP], {})
    after_both = pauses.view([*SENDING, PAUSED, SUSPENDED, resumed(STOPPED), unsuspended(FULL)])
    assert (after_both.stops, list(after_both.resumes)) == ({}, [IP])


def test_its_rollout_waits_for_no_company_and_mailwizz_follows_powermta() -> None:
    server = of(SERVERS)
    assert server.view([*SENDING, PAUSED]).after == DAY_1 + timing.MAILWIZZ_AFTER
    assert server.view([*SENDING, PAUSED, resumed(FULL)]).after is None
    rollout = of(ROLLOUTS)
    assert rollout.view([PAUSED]).ready_at == DAY_1
    assert rollout.view([resumed(FULL)]).ready_at == DAY_1 + timing.COMPANY


def test_a_pool_whose_last_address_is_paused_is_said_to_be_exhausted() -> None:
    spec = ReactorSpec(POOL_REACTOR)
    assert not spec.effects([CREATED, *SENDING])
    (effect,) = spec.effects([CREATED, *SENDING, PAUSED])
    assert isinstance(effect, Dispatch)
    assert effect.command == ReportPool(slug=ACME, purpose=PURPOSE, exhausted=True)


@pytest.mark.parametrize(
    ("given", "on"),
    [
        (SENDING, resumed(FULL)),
        ([*SENDING, finished()], resumed(ladder.active(), Phase.ACTIVE, 0)),
    ],
)
def test_its_part_of_the_quota_is_free_until_nothing_holds_it(
    given: list[Any], on: PauseEnded
) -> None:
    spec = of(QUOTAS)
    before = spec.view([CREATED, *given])
    left = unsuspended(STOPPED, on.phase, on.stage)
    for held in ([PAUSED], [PAUSED, SUSPENDED, left]):
        view = spec.view([CREATED, *given, *held])
        assert (view.given, view.wanted, view.sending, view.limited) == (0, 0, 0, 0)
        again = spec.view([CREATED, *given, *held, on])
        assert (again.given, again.wanted, again.limited) == (before.given, before.wanted, 0)
        (was,), (share,) = ([one for _, one in seen.shares()] for seen in (before, again))
        assert (share.falls, share.stage, share.pool) == (was.falls, was.stage, was.pool)


def test_what_is_paused_stands_in_no_reserve_and_carries_nothing() -> None:
    today = DAY_1.date()
    made = in_reserve(registered("manual"), today)
    paused = after(made, PAUSED, today)
    assert (made.reserve, paused.reserve) == (True, False)
    asked = in_reserve(registered(), today)
    assert any(supply.course(asked, today, 60))
    assert not any(supply.course(after(asked, PAUSED, today), today, 60))
    assert after(paused, resumed(STOPPED, Phase.STANDBY, 0), today).reserve


def test_it_is_shown_beside_the_phase_with_since_when_and_why() -> None:
    row: IpRow = LIFE.view([*SENDING, (day(3), PAUSED), (day(4), SUSPENDED)])
    assert (row.phase, row.stage, row.paused) == (Phase.WARMING, 2, Paused(day(3), WHY))
    shown = present_ip.ip(row, DEFAULT, day(60))
    assert shown.paused is not None
    assert (shown.phase, shown.paused.since, shown.paused.reason) == (Phase.WARMING, day(3), WHY)
    (says,) = [one for one in waits_for(row, DEFAULT, day(60)) if one.startswith("paused:")]
    assert WHY in says
    assert f"POST /api/v2/ips/{IP}/resume" in says
    assert "paused by a person since 2026-01-07 09:00Z" in state_said.state(row)
    for node in ((), (NODE,)):
        coming = list(state_said.coming(row, day(60), DEFAULT, node))
        assert says in coming
        assert not [one for one in coming if one.startswith("stage")], "nothing comes by itself"
    after_it: IpRow = LIFE.view([*SENDING, PAUSED, SUSPENDED, resumed(STOPPED)])
    assert (after_it.paused, after_it.suspended, after_it.still) == (None, True, True)
    assert present_ip.ip(after_it, DEFAULT, day(60)).paused is None


def alert(*given: Any) -> Alert:
    view = first(ALERTS, key := f"acme/ip_paused/{IP}")
    for n, event in enumerate(given, 1):
        recorded = record(n, event, tenant=ACME)
        assert key in ALERTS.keys(recorded)
        view = ALERTS.evolve(view, recorded)
    return view


def test_people_hear_of_it_and_how_it_goes_on() -> None:
    fires = alert(PAUSED)
    assert (fires.firing, fires.severity, fires.facts["Why"]) == (True, "warning", WHY)
    assert f"POST /api/v2/ips/{IP}/resume" in fires.facts["Next"]
    ends = alert(PAUSED, resumed(FULL))
    assert (ends.firing, ends.facts["Now"]) == (False, "resumed: it was a test")
    left = alert(PAUSED, resumed(STOPPED))
    assert left.facts["Now"] == "resumed, and still stopped by something else: it was a test"
    gone = IpRemoved(ip=IP, node=NODE, forced=True, left=0, reason="r", listings=())
    assert not alert(PAUSED, gone).firing
    assert alert(PAUSED, resumed(FULL), PAUSED).episode == 2
