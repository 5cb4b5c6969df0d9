"""What people hear of block lists, apart from the stop."""

from datetime import datetime, timedelta

from msgspec.structs import replace

from engine.api.sentences.ip_listing import say
from engine.events import Event
from engine.events.engine import ResolverChecked
from engine.events.ip_listing import (
    ListingAcknowledged,
    ListingCleared,
    StopReleased,
)
from engine.events.zone import SuspicionEnded, ZoneAsked, ZoneSuspected
from engine.ids import Position
from engine.projections.alerts import ALERTS, Alert
from engine.projections.projection import first
from engine.reactors.alert_text import message
from engine.rules import ladder
from engine.rules.dnsbl_catalogue import PBL, PSBL
from engine.values.phase import Phase
from tests.support.samples import noted, stopped
from tests.support.spec import ACME, DAY_1, IP, NODE, ZEN, record, vmta

NOTED, LISTED = f"acme/listing_noted/{IP}", f"acme/ip_listed/{IP}"
SUSPECTED = ZoneSuspected(zone=ZEN, round="r", asked=49, hits=12, stopped={ACME: (IP,)})
CLEARED = ListingCleared(ip=IP, zones=(ZEN,), looked=Position(9))


def view(key: str, *given: Event | tuple[datetime, Event]) -> Alert:
    """Folds only what concerns this key, as the pump does."""
    seen = first(ALERTS, key)
    tenant = None if key.startswith("-/") else ACME
    for n, one in enumerate(given, start=1):
        at, event = one if isinstance(one, tuple) else (DAY_1, one)
        recorded = record(n, event, at=at, tenant=tenant)
        if key in ALERTS.keys(recorded):
            seen = ALERTS.evolve(seen, recorded)
    return seen


def test_a_listing_that_stops_nobody_is_told_with_its_reason_and_page() -> None:
    text = message(view(NOTED, noted("alert")))
    for part in ("WARNING Listed, and not stopped", IP, "127.0.0.2", "only told about"):
        assert part in text
    assert "https://check.spamhaus.org" in text
    assert "asked again every half hour" in message(view(NOTED, noted("suspected")))


def test_one_that_is_borne_is_not_told_again() -> None:
    assert not view(NOTED, noted("acknowledged")).firing


def test_a_range_that_must_not_send_is_told_as_a_fault_of_provisioning() -> None:
    text = message(view(NOTED, noted("not_sending", PBL)))
    assert "fault of provisioning, not of reputation" in text
    assert "does not warm up while it is listed" in text


def test_it_is_over_when_the_list_drops_it_or_it_was_stopped() -> None:
    assert view(NOTED, noted("suspected")).firing
    for end in (CLEARED, stopped()):
        assert not view(NOTED, noted("suspected"), end).firing


def test_a_stopped_address_hears_that_it_is_delisted_borne_or_released() -> None:
    borne = ListingAcknowledged(ip=IP, zone=ZEN, until=DAY_1 + timedelta(days=7), reason="known")
    text = message(view(LISTED, stopped(), borne, CLEARED))
    assert "Borne: zen.spamhaus.org until 2026-01-12 09:00Z: known" in text
    assert "Delisted: by zen.spamhaus.org, seen at 2026-01-05 09:00Z" in text
    released = StopReleased(
        ip=IP, node=NODE, vmta=vmta(ladder.levers(2)), phase=Phase.WARMING, stage=2, zones=(ZEN,),
        reason="trouble of its own",
    )  # fmt: skip
    after = view(LISTED, stopped(), released)
    assert not after.firing
    assert "released at 2026-01-05 09:00Z" in message(after)


def test_a_listing_that_ended_with_its_list_says_so() -> None:
    over = replace(CLEARED, why="gone")
    for before in (view(LISTED, stopped(), over), view(NOTED, noted("alert"), over)):
        assert "zen.spamhaus.org was dead for 7 days" in message(before)
    assert not view(NOTED, noted("alert"), over).firing
    assert "no longer listed by zen.spamhaus.org: the list was dead for 7 days" in say(over)


def test_a_suspected_list_is_told_once_with_those_who_may_be_released() -> None:
    key = f"-/zone_suspected/{ZEN}"
    told = view(key, SUSPECTED)
    text = message(told)
    for part in ("12 new hits among 49", IP, f"/zones/{ZEN}/trust", "/release"):
        assert part in text
    assert view(key, SUSPECTED, SUSPECTED).episode == 1
    over = view(key, SUSPECTED, SuspicionEnded(zone=ZEN, round="r", asked=49, hits=1))
    assert not over.firing
    assert "1 new hits among 49" in message(over)


def test_too_few_questions_are_told_once_until_a_whole_day_was_enough() -> None:
    key = f"-/zone_budget/{PSBL}"
    few, enough = (ZoneAsked(zone=PSBL, round="r", questions=9, skipped=n) for n in (4, 0))
    assert not view(key, enough).firing
    told = view(key, few)
    assert "larger budget" in message(told)
    same_day = DAY_1 + timedelta(hours=9)
    assert view(key, few, (same_day, enough)).firing
    later = view(key, few, (DAY_1 + timedelta(days=1), few), (DAY_1 + timedelta(days=2), enough))
    assert (later.firing, later.episode) == (True, 1)
    over = (DAY_1 + timedelta(days=2), enough)
    assert not view(key, few, over).firing


def test_a_name_server_that_is_not_fit_is_told_until_it_is() -> None:
    key = "-/resolver/resolver"
    wrong = ResolverChecked(faults={"192.0.2.53:53": ("it is a public resolver; run your own",)})
    text = message(view(key, wrong))
    for part in ("CRITICAL", "192.0.2.53:53", "run your own"):
        assert part in text
    assert not view(key, wrong, ResolverChecked(faults={})).firing
