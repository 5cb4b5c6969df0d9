"""What is counted for ever, and what an address's rates are made from."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.events import Event, Recorded
from engine.events.dns import FcrdnsLooked
from engine.events.rollout import RolloutEnded
from engine.ids import IpAddr, TenantId
from engine.projections.counters import COUNTERS, PLATFORM, Counters
from engine.projections.counters_ip import COUNTED_IPS, CountedIp
from engine.projections.projection import first
from engine.rules.rates.gates import WINDOW_DAYS
from engine.values.levers import STOPPED
from engine.values.traffic import Counts
from engine.values.verdict import Answer
from tests.support import samples
from tests.support.counted_mail import HOUR, mail
from tests.support.domain_looks import looked as validated
from tests.support.domain_looks import validation
from tests.support.spec import ACME, IP, NODE, OTHER, PSBL, ZEN, day, record


def counted(*events: Event, tenant: TenantId | None = ACME) -> Counters:
    key = tenant or PLATFORM
    view = first(COUNTERS, key)
    for n, event in enumerate(events, 1):
        one = record(n, event, tenant=tenant)
        assert COUNTERS.keys(one) == (key,)
        view = COUNTERS.evolve(view, one)
    return view


def of_ip(*events: Recorded[Event], ip: IpAddr = IP) -> CountedIp:
    key = f"{ACME}/{ip}"
    view = first(COUNTED_IPS, key)
    for one in events:
        if key in COUNTED_IPS.keys(one):
            view = COUNTED_IPS.evolve(view, one)
    return view


def test_each_list_is_counted_by_what_it_answered() -> None:
    view = counted(samples.looked(PSBL), samples.looked())
    assert view.tenant == ACME
    assert view.checks["clean"][ZEN] == 2
    assert (view.checks["clean"][PSBL], view.checks["listed"]) == (1, {PSBL: 1})


@pytest.mark.parametrize("verdict", ["clean", "listed"])
def test_a_word_that_is_not_proved_is_counted_as_no_word(verdict: str) -> None:
    view = counted(samples.answered({ZEN: Answer(verdict, "unproved")}))  # type: ignore[arg-type]
    assert view.checks == {"unproved": {ZEN: 1}}


@pytest.mark.parametrize("verdict", ["refused", "unanswered"])
def test_silence_and_refusal_are_counted_as_what_they_are(verdict: str) -> None:
    answers = {
        ZEN: Answer(verdict, "unproved"),  # type: ignore[arg-type]
        PSBL: Answer(verdict),  # type: ignore[arg-type]
    }
    assert counted(samples.answered(answers)).checks == {verdict: {ZEN: 1, PSBL: 1}}


def test_a_suspected_zone_is_counted_by_its_words() -> None:
    view = counted(samples.answered({ZEN: Answer("listed", "suspected")}))
    assert view.checks == {"listed": {ZEN: 1}}


def test_a_confirmed_listing_is_counted_whether_it_stops_or_not() -> None:
    view = counted(samples.stopped(ZEN, PSBL), samples.noted("alert", PSBL))
    assert view.listings == {ZEN: 1, PSBL: 2}


def test_looks_at_dns_are_counted_by_outcome() -> None:
    silent = FcrdnsLooked(ip=IP, names=None, confirmed=None, why="no answer")
    wrong = FcrdnsLooked(ip=IP, names=("mail.example",), confirmed=())
    view = counted(samples.pointed("mail1.acme.example"), wrong, silent, silent)
    assert view.validations == {"ptr": {"ok": 1, "error": 1, "unknown": 2}}
    view = counted(validated(validation(silent=("acme.example",))))
    assert view.validations == {"domain": {"unknown": 1}}


def test_messages_add_up_over_addresses_and_hours() -> None:
    later = HOUR + timedelta(hours=1)
    view = counted(
        mail((HOUR, IP, "gmail", Counts(delivered=3)), (HOUR, OTHER, "gmail", Counts(hard=1))),
        mail((later, IP, "gmail", Counts(delivered=2)), (later, IP, "yahoo", Counts(held=4))),
    )
    assert view.messages == {"gmail": Counts(delivered=5, hard=1), "yahoo": Counts(held=4)}


def test_what_belongs_to_no_tenant_is_counted_too() -> None:
    view = counted(mail((HOUR, IP, "gmail", Counts(delivered=1))), tenant=None)
    assert (view.tenant, view.messages) == (None, {"gmail": Counts(delivered=1)})


def test_rollouts_are_counted_by_their_end_and_warm_ups_when_they_finish() -> None:
    failed = RolloutEnded(node=NODE, ending="failed", why="no")
    view = counted(samples.told(STOPPED), failed, failed)
    assert view.rollouts == {"done": 1, "failed": 2}
    assert counted(samples.finished()).finished == 1


# --- an address's mail ---------------------------------------------------------------------------


def test_a_bounce_is_a_hard_one_of_all_mail_whose_fate_is_known() -> None:
    counts = Counts(delivered=90, hard=4, block=3, soft=2, other=1, deferred=500, remote=7)
    view = of_ip(record(1, mail((HOUR, IP, "gmail", counts))))
    assert (view.sent, view.bounce_rate) == (100, 0.04)


def test_complaints_are_of_the_mail_of_those_who_report_them() -> None:
    view = of_ip(
        record(
            1,
            mail(
                (HOUR, IP, "yahoo", Counts(delivered=150, complaints=1)),
                (HOUR, IP, "microsoft", Counts(delivered=50)),
                (HOUR, IP, "gmail", Counts(delivered=800, complaints=9)),
            ),
        )
    )
    assert view.complaint_rate == 1 / 200


def test_there_is_no_rate_where_there_is_no_mail() -> None:
    view = of_ip(record(1, mail((HOUR, IP, "gmail", Counts(deferred=3)))))
    assert (view.sent, view.bounce_rate, view.complaint_rate) == (0, None, None)
    view = of_ip(record(1, mail((HOUR, IP, "gmail", Counts(delivered=3)))))
    assert (view.bounce_rate, view.complaint_rate) == (0, None)


def test_complaints_that_come_after_the_mail_are_no_more_than_all_of_it() -> None:
    view = of_ip(record(1, mail((HOUR, IP, "yahoo", Counts(complaints=2)))))
    assert view.complaint_rate == 1


def test_rates_are_of_the_last_seven_days_with_mail_and_the_count_of_all() -> None:
    story = [
        record(
            n,
            mail((day(n).replace(minute=0), IP, "gmail", Counts(delivered=1, hard=n == 1))),
            at=day(n),
        )
        for n in (1, 3, 4, 5, 6, 7, 8, 9)
    ]
    assert of_ip(*story[:7]).bounce_rate == 1 / 8
    assert of_ip(*story).bounce_rate == 0
    assert of_ip(*story).sent == 9


def test_a_month_without_mail_ends_a_rate_with_the_next_count() -> None:
    old = record(1, mail((HOUR, IP, "gmail", Counts(hard=1))))
    new = mail((day(40).replace(minute=0), IP, "gmail", Counts(delivered=1)))
    assert of_ip(old, record(2, new, at=day(40))).bounce_rate == 0
    assert of_ip(old, record(2, new, at=day(40))).sent == 2


def test_late_rows_count_for_the_day_of_their_time_stamps_by_the_tenants_clock() -> None:
    evening = HOUR.replace(hour=23)
    view = of_ip(
        record(1, mail((evening, IP, "gmail", Counts(delivered=1)), day_tz="Europe/Berlin")),
        record(2, mail((HOUR, IP, "gmail", Counts(delivered=1)), day_tz="Europe/Berlin")),
    )
    assert [day.day for day in view.days] == [5, 6]


def test_an_address_hears_only_of_its_own_mail() -> None:
    event = mail((HOUR, IP, "gmail", Counts(delivered=1)), (HOUR, OTHER, "gmail", Counts(hard=1)))
    assert of_ip(record(1, event)).bounce_rate == 0
    assert of_ip(record(1, event), ip=OTHER).bounce_rate == 1
    assert COUNTED_IPS.keys(record(1, mail((HOUR, IpAddr(""), "gmail", Counts(hard=1))))) == ()
    assert COUNTED_IPS.keys(record(1, event, tenant=None)) == ()


COUNTS = st.builds(Counts, delivered=st.integers(0, 9), hard=st.integers(0, 9))
ROWS = st.tuples(
    st.integers(0, 12 * 24).map(lambda n: HOUR + timedelta(hours=n)),
    st.sampled_from([IP, OTHER]),
    st.sampled_from(["gmail", "yahoo", "other"]),
    COUNTS,
)


@given(st.lists(st.lists(ROWS, max_size=6), max_size=6))
@settings(max_examples=100)
def test_whatever_the_pieces_totals_are_the_same_and_no_more_days_are_kept(
    pieces: list[list[tuple[datetime, IpAddr, str, Counts]]],
) -> None:
    events = [mail(*{row[:3]: row for row in piece}.values()) for piece in pieces]
    views = [of_ip(*(record(n, one) for n, one in enumerate(events)), ip=ip) for ip in (IP, OTHER)]
    totals = counted(*events).messages.values()
    assert sum(view.sent for view in views) == sum(counts.sent for counts in totals)
    assert all(len(view.days) <= WINDOW_DAYS for view in views)
