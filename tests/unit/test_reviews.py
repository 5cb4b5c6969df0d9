"""When a tenant comes into review, and what stands still until an admin ends it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from engine.commands.ip import AdvanceStage, StartWarmup
from engine.commands.ip_cap import LimitCap
from engine.commands.ip_warmup import JudgeWarmup
from engine.commands.tenant import BeginReview, CreateTenant, EndReview
from engine.deciders.tenant import DECIDER
from engine.effects import Dispatch
from engine.errors import Rejected
from engine.events.ip import IpQuarantined
from engine.events.ip_cap import CapLimited
from engine.events.ip_warmup import WarmupHeld, WarmupPaused
from engine.events.tenant import ReviewBegan, ReviewEnded, TenantCreated
from engine.events.traffic import TrafficCounted
from engine.ids import IpAddr
from engine.projections.quotas import HALTS_MAX, Quotas
from engine.reactors.quotas import QUOTA_REACTOR
from engine.reactors.results import results
from engine.reactors.reviews import REVIEW_REACTOR
from engine.reactors.warmup import life
from engine.rules import ladder, review
from engine.rules.days import midnight
from engine.rules.dnsbl_catalogue import DEFAULT
from engine.values.levers import STOPPED, Levers, PerDay
from engine.values.review import Halt
from engine.values.traffic import Counts
from tests.support.sample_values import RESULTS
from tests.support.samples import looked, pointed, registered, stage, stopped, told
from tests.support.spec import (
    ACME,
    DAY_1,
    HOSTNAME,
    IP,
    NODE,
    OTHER,
    DeciderSpec,
    ReactorSpec,
    day,
    vmta,
)

REVIEWS = ReactorSpec(REVIEW_REACTOR)
TENANT = DeciderSpec(DECIDER)
FLEET = tuple(IpAddr(f"198.51.100.{n}") for n in range(1, 7))
CREATED = TenantCreated(
    slug=ACME, name="Acme", brand_domain="acme.example", day_tz="UTC",
    sending_domain_base="mail.acme.example", quota=1_000,
)  # fmt: skip
BEGAN = ReviewBegan(slug=ACME, why="listings", ips=(IP, OTHER), addresses=(IP, OTHER))
ENDED = ReviewEnded(slug=ACME, reason="the list was cleaned", addresses=(IP, OTHER))


def sending(*ips: IpAddr) -> list[Any]:
    return [CREATED, *(event for ip in ips for event in (registered(ip=ip), stage(2, ip=ip)))]


def listed(n: int, ip: IpAddr) -> tuple[datetime, Any]:
    return day(n), stopped(ip=ip, at=day(n))


def paused(n: int, ip: IpAddr) -> tuple[datetime, Any]:
    return day(n), WarmupPaused(ip=ip, node=NODE, vmta=vmta(STOPPED), results=RESULTS)


def begins(given: Sequence[Any], at: datetime) -> tuple[str, tuple[IpAddr, ...]] | None:
    commands = [one.command for one in REVIEWS.effects(given, at) if isinstance(one, Dispatch)]
    found = [(one.why, one.ips) for one in commands if isinstance(one, BeginReview)]
    return found[0] if found else None


def test_two_confirmed_listings_on_different_addresses_within_7_days() -> None:
    first, second, *_ = FLEET
    fleet = sending(*FLEET)
    assert begins([*fleet, listed(2, first)], day(2)) is None
    again = [*fleet, listed(2, first), (day(4), stage(1, ip=first)), listed(5, first)]
    assert begins(again, day(5)) is None, "one address, twice"
    both = [*fleet, listed(2, first), listed(9, second)]
    assert begins(both, day(9)) == ("listings", (first, second))
    apart = [*fleet, listed(2, first), (day(9) + timedelta(seconds=1), listed(9, second)[1])]
    assert begins(apart, day(9) + timedelta(seconds=1)) is None


def test_the_command_names_every_address_of_the_tenant() -> None:
    given = [*sending(*FLEET), listed(2, FLEET[0]), listed(2, FLEET[1])]
    (effect,) = REVIEWS.effects(given, day(2))
    assert isinstance(effect, Dispatch)
    assert isinstance(effect.command, BeginReview)
    assert effect.command.addresses == FLEET


@pytest.mark.parametrize(
    ("fleet", "stops", "due"),
    [(4, 2, True), (5, 2, False), (5, 3, True), (2, 1, False), (1, 1, False), (2, 2, True)],
)
def test_half_or_more_of_what_sends_stopped_at_once(fleet: int, stops: int, due: bool) -> None:
    given = [*sending(*FLEET[:fleet]), *(paused(3, ip) for ip in FLEET[:stops])]
    expected = ("stopped", FLEET[:stops])
    assert begins(given, day(3)) == (expected if due else None)


def test_what_was_stopped_one_after_the_other_was_not_stopped_at_once() -> None:
    given = [*sending(*FLEET[:4]), paused(1, FLEET[0]), paused(3, FLEET[1])]
    assert begins(given, day(3)) is None


def test_what_has_begun_again_is_not_stopped() -> None:
    given = [*sending(*FLEET[:3]), paused(1, FLEET[0]), stage(2, ip=FLEET[0]), paused(1, FLEET[1])]
    assert begins(given, day(1)) is None


def test_what_did_not_send_was_not_stopped_and_old_stops_are_forgotten() -> None:
    idle = {ip: Halt(DAY_1, None, sent=False) for ip in FLEET[:3]}
    assert review.due(idle, 0, DAY_1) is None
    stops = {ip: Halt(DAY_1, DAY_1, sent=True) for ip in FLEET[:2]}
    assert review.due(stops, 9, day(8)) == ("listings", FLEET[:2])
    assert review.due(stops, 9, day(8) + timedelta(seconds=1)) is None


def test_a_persons_quarantine_is_no_sign_of_trouble() -> None:
    held = [
        IpQuarantined(ip=ip, node=NODE, vmta=vmta(STOPPED), reason="a test") for ip in FLEET[:4]
    ]
    assert begins([*sending(*FLEET[:4]), *held], DAY_1) is None


def test_a_tenant_in_review_is_not_put_into_it_again_and_begins_anew_after_it() -> None:
    first, second, third, *_ = FLEET
    given = [*sending(*FLEET), listed(2, first), listed(2, second), (day(2), BEGAN)]
    assert begins(given, day(2)) is None
    ended = [*given, (day(3), ENDED)]
    assert begins(ended, day(3)) is None
    assert begins([*ended, listed(4, third)], day(4)) is None, "the others were answered for"


def test_only_so_many_stops_are_remembered() -> None:
    many = [IpAddr(f"198.51.100.{n}") for n in range(1, 60)]
    view: Quotas = REVIEWS.view([*sending(*many), BEGAN, *(listed(2, ip) for ip in many)])
    assert len(view.halts) == HALTS_MAX
    assert view.sending == 0


@pytest.mark.parametrize(("stops", "due"), [(49, False), (50, True)])
def test_half_of_a_large_fleet_is_half_of_it(stops: int, due: bool) -> None:
    many = [IpAddr(f"198.51.100.{n}") for n in range(1, 101)]
    found = begins([*sending(*many), *(paused(3, ip) for ip in many[:stops])], day(3))
    assert found == (("stopped", tuple(sorted(many[:stops]))) if due else None)


def test_a_listing_counts_for_its_days_whatever_stops_the_address_since() -> None:
    first, second, *_ = FLEET
    since = [listed(2, first), (day(4), stage(1, ip=first)), paused(5, first)]
    given = [*sending(*FLEET), *since]
    assert begins([*given, listed(9, second)], day(9)) == ("listings", (first, second))
    assert begins([*given, listed(10, second)], day(10)) is None, "the listing is 8 days old"


def test_what_a_list_names_while_its_results_hold_it_was_stopped_when_it_stopped_sending() -> None:
    first, second, *_ = FLEET
    held = [*sending(*FLEET[:4]), paused(2, first), listed(3, first)]
    assert begins([*held, paused(3, second)], day(3)) == ("stopped", (first, second))
    later = [*sending(*FLEET[:4]), paused(1, first), listed(3, first)]
    assert begins([*later, paused(3, second)], day(3)) is None, "not at once"
    assert begins([*later, listed(10, second)], day(10)) == ("listings", (first, second))


def test_it_begins_once_and_only_a_review_can_be_ended() -> None:
    create = CreateTenant(
        slug=ACME, name="Acme", brand_domain="acme.example", quota=1_000,
        sending_domain_base="mail.acme.example",
    )  # fmt: skip
    TENANT.decides(given=[], when=create, then=[CREATED])
    begin = BeginReview(slug=ACME, why="listings", ips=(IP, OTHER), addresses=(IP, OTHER))
    TENANT.decides(given=[CREATED], when=begin, then=[BEGAN])
    TENANT.decides(given=[CREATED, BEGAN], when=begin, then=[])
    end = EndReview(slug=ACME, reason="the list was cleaned", addresses=(IP, OTHER))
    none = Rejected("acme is not in review; there is nothing to end")
    TENANT.decides(given=[CREATED], when=end, then=none)
    state = DECIDER.initial
    for event in (CREATED, BEGAN):
        state = DECIDER.evolve(state, event)
    assert list(DECIDER.decide(state, end, day(2))) == [ENDED]
    TENANT.decides(given=[CREATED, BEGAN, ENDED], when=begin, then=[BEGAN])


# --- what stands still ---------------------------------------------------------------------------


def asked(spec: ReactorSpec[Any], given: Sequence[Any], at: datetime) -> list[type]:
    effects = spec.effects(given, at)
    return [type(one.command) for one in effects if isinstance(one, Dispatch)]


def test_nothing_starts_to_warm_up() -> None:
    spec = ReactorSpec(life(DEFAULT))
    ready = [registered(), pointed(HOSTNAME), looked()]
    assert asked(spec, ready, DAY_1) == [StartWarmup]
    assert asked(spec, [*ready, BEGAN], DAY_1) == []
    assert asked(spec, [*ready, BEGAN, ENDED], DAY_1) == [StartWarmup]


def test_no_stage_ends_by_what_the_node_was_told() -> None:
    spec = ReactorSpec(life(DEFAULT))
    warm = [registered(), pointed(HOSTNAME), looked(), stage(1), told(ladder.levers(1))]
    assert asked(spec, warm, day(9)) == [AdvanceStage]
    frozen = [*warm, (day(5), BEGAN)]
    assert asked(spec, frozen, day(9)) == []
    ended = [*frozen, (day(9), ENDED)]
    assert asked(spec, ended, day(9)) == []
    assert asked(spec, ended, midnight(day(10).date(), "UTC")) == [AdvanceStage]


def test_no_stage_ends_by_what_was_delivered_and_no_hold_by_good_results() -> None:
    spec = ReactorSpec(results((NODE,)))

    def mail(n: int) -> tuple[datetime, Any]:
        hours = {day(n): {IP: {"gmail": Counts(delivered=150)}}}
        return day(n), TrafficCounted(node=NODE, file="f", end=1, day_tz="UTC", hours=hours)

    warm = [registered(), stage(1), stage(2), told(ladder.levers(2))]
    week = [*warm, *(mail(n) for n in range(1, 8))]
    late = midnight(day(8).date(), "UTC") + timedelta(hours=1)
    assert asked(spec, week, late) == [AdvanceStage]
    assert asked(spec, [*week, (day(7), BEGAN)], late) == []
    held = [*warm, WarmupHeld(ip=IP, by="results", results=RESULTS), *(mail(n) for n in (1, 2, 3))]
    assert asked(spec, held, day(4)) == [JudgeWarmup]
    assert asked(spec, [*held, (day(3), BEGAN)], day(4)) == []


def test_no_cap_rises_and_what_must_fall_falls() -> None:
    spec = ReactorSpec(QUOTA_REACTOR)
    low = CapLimited(
        ip=IP, node=NODE, vmta=vmta(Levers("open", PerDay(100))), limit=100, quota=1_000,
        wanted=200,
    )  # fmt: skip
    given = [CREATED, registered(), stage(2), low]
    assert asked(spec, given, day(1)) == [LimitCap]
    assert asked(spec, [*given, BEGAN], day(1)) == []
    high = [CREATED, registered(), stage(5), BEGAN]
    assert asked(spec, high, day(1)) == [LimitCap]
