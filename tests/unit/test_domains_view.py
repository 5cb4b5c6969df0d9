"""What is certain of a sending domain, and when it is looked at again."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from engine.effects import ValidateDomain
from engine.events.dns import DomainDropped, DomainValidated
from engine.events.domain import (
    DomainChanged,
    DomainCheckAsked,
    DomainRegistered,
    DomainRemoved,
)
from engine.events.ip import IpRegistered
from engine.ids import Position
from engine.projections.domains import HISTORY_MAX, Domain
from engine.reactors.domains import domains
from engine.rules import domain_report, domain_standing
from engine.rules.timing import DOMAIN_CONFIRM
from engine.values.levers import STOPPED
from engine.values.sending_domain import Setup
from engine.values.tuning import Tuning
from tests.support.domain_looks import looked, validation
from tests.support.published import DOMAIN, SPF
from tests.support.spec import ACME, DAY_1, IP, NODE, OTHER, ReactorSpec, vmta

SPEC = ReactorSpec(domains(Tuning()))
BROKEN = "v=spf1 ip4:192.0.2.1 -all"
REGISTERED = DomainRegistered(domain=DOMAIN, setup=Setup())
REMOVED = DomainRemoved(domain=DOMAIN)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def look(cycle: int, attempt: int = 1) -> ValidateDomain:
    return ValidateDomain(tenant=ACME, domain=DOMAIN, cycle=Position(cycle), attempt=attempt)


def view(*given: Any) -> Domain:
    return SPEC.view(given)


def at(minutes: float, event: Any) -> tuple[datetime, Any]:
    return DAY_1 + minutes * MINUTE, event


def broken(**more: Any) -> DomainValidated:
    return looked(validation(spf=BROKEN), **more)


def silent(since: datetime = DAY_1, **more: Any) -> DomainValidated:
    return looked(validation(silent=("example", "arpa")), silent_since=since, **more)


# --- when


def test_a_registered_domain_is_looked_at_at_once() -> None:
    SPEC.asks(given=[REGISTERED], then=[look(1)])


def test_after_a_look_in_order_the_next_one_is_a_day_later() -> None:
    given = [REGISTERED, at(1, looked())]
    SPEC.asks(given=given, at=DAY_1 + DAY, then=[], wakes=DAY_1 + DAY + MINUTE)
    SPEC.asks(given=given, at=DAY_1 + DAY + MINUTE, then=[look(2)])


def test_how_often_is_configured() -> None:
    every = ReactorSpec(domains(Tuning(domain_check_every=timedelta(hours=1))))
    given = [REGISTERED, looked()]
    assert every.wakes(given) == DAY_1 + timedelta(hours=1)


@pytest.mark.parametrize(
    "event",
    [
        DomainChanged(domain=DOMAIN, setup=Setup(selectors=("new",))),
        DomainCheckAsked(domain=DOMAIN, after=Position(2)),
        IpRegistered(
            ip=OTHER, node=NODE, vmta=vmta(STOPPED), warmup="auto", day_tz="UTC", domains=(DOMAIN,)
        ),
    ],
)
def test_what_changes_or_asks_wants_a_look_at_once(event: Any) -> None:
    SPEC.asks(given=[REGISTERED, looked(), event], then=[look(3)])


def test_a_look_that_began_before_it_was_asked_for_is_no_answer() -> None:
    asked = DomainCheckAsked(domain=DOMAIN, after=Position(0))
    SPEC.asks(given=[REGISTERED, asked, looked(cycle=1)], then=[look(2)])
    assert SPEC.effects([REGISTERED, asked, looked(cycle=2)]) == []


def test_a_failure_is_looked_at_again_ten_minutes_after_it_was_first_seen() -> None:
    given = [REGISTERED, broken()]
    SPEC.asks(given=given, then=[], wakes=DAY_1 + DOMAIN_CONFIRM)
    again = [*given, at(3, broken(cycle=2))]
    assert SPEC.wakes(again, DAY_1 + 4 * MINUTE) == DAY_1 + DOMAIN_CONFIRM


def test_a_failure_that_is_believed_waits_for_the_next_day() -> None:
    given = [REGISTERED, broken(), at(10, broken(failing={"spf": DAY_1}))]
    assert SPEC.wakes(given, DAY_1 + 11 * MINUTE) == DAY_1 + 10 * MINUTE + DAY


def test_a_second_look_that_could_not_tell_is_repeated_and_never_at_once() -> None:
    given = [REGISTERED, broken(), at(10, silent(DAY_1 + 10 * MINUTE, cycle=2))]
    assert SPEC.effects(given, DAY_1 + 10 * MINUTE) == []
    assert SPEC.wakes(given, DAY_1 + 10 * MINUTE) == DAY_1 + 11 * MINUTE


def test_silence_is_asked_again_with_growing_patience_each_time_as_another_try() -> None:
    given: list[Any] = [REGISTERED]
    pauses = []
    for n in range(2, 8):
        given.append(silent(cycle=n - 1))
        wake = SPEC.wakes(given)
        assert wake is not None
        pauses.append((wake - DAY_1) // MINUTE)
        assert SPEC.effects(given, wake) == [look(n, attempt=n)]
    assert pauses == [1, 2, 4, 8, 15, 15]


def test_an_answer_ends_the_patience() -> None:
    given = [REGISTERED, silent(), looked(cycle=2)]
    assert SPEC.wakes(given) == DAY_1 + DAY


def test_a_removed_domain_is_looked_at_no_more_once_its_addresses_know() -> None:
    given = [REGISTERED, looked(), REMOVED]
    SPEC.asks(given=given, then=[look(3)])
    told = DomainDropped(domain=DOMAIN, ips=(IP,))
    SPEC.asks(given=[*given, told], then=[], at=DAY_1 + DAY)


def test_a_removed_domain_that_nobody_heard_of_is_left() -> None:
    SPEC.asks(given=[REGISTERED, REMOVED], then=[])


def test_one_that_is_registered_again_before_its_addresses_were_told_still_wants_its_look() -> None:
    told = DomainDropped(domain=DOMAIN, ips=(IP,))
    SPEC.asks(given=[REGISTERED, looked(), REMOVED, REGISTERED, told], then=[look(4)])


def test_an_address_registered_while_the_others_are_told_is_told_too() -> None:
    late = IpRegistered(
        ip=OTHER, node=NODE, vmta=vmta(STOPPED), warmup="auto", day_tz="UTC", domains=(DOMAIN,)
    )
    told = DomainDropped(domain=DOMAIN, ips=(IP,))
    given = [REGISTERED, looked(), REMOVED, late, told]
    SPEC.asks(given=given, then=[look(4)])
    assert view(*given).ips == (OTHER,)


def test_a_look_that_ends_after_the_removal_names_addresses_to_be_told() -> None:
    given = [REGISTERED, REMOVED, looked(cycle=1)]
    assert SPEC.effects(given) == [look(2)]
    assert view(*given).ips == (IP,)
    assert view(*given).last is None


# --- what


def test_a_look_says_what_is_certain() -> None:
    seen = view(REGISTERED, looked())
    assert {part: one.valid for part, one in seen.definite.items()} == dict.fromkeys(
        ("spf", "dkim", "dmarc", "ptr", "mx"), True
    )
    assert seen.definite["spf"].records == (SPF,)
    assert seen.definite["ptr"].records == (f"{IP}: mail1.acme.example",)
    assert (seen.status, seen.ips) == ("ok", (IP,))


def test_silence_leaves_the_last_definite_answers_and_their_history_standing() -> None:
    before = view(REGISTERED, broken(), at(10, broken(cycle=2, failing={"spf": DAY_1})))
    after = view(
        REGISTERED,
        broken(),
        at(10, broken(cycle=2, failing={"spf": DAY_1})),
        at(60, silent(DAY_1 + 60 * MINUTE, cycle=3)),
    )
    assert after.definite == before.definite
    assert after.history == before.history
    assert after.failing == {"spf": DAY_1}
    assert after.status == "error"
    assert after.silent_since == DAY_1 + 60 * MINUTE


def test_what_could_not_be_told_in_one_part_is_certain_in_the_others() -> None:
    partly = looked(validation(spf=BROKEN, silent=("arpa",)), silent_since=DAY_1)
    seen = view(REGISTERED, partly)
    assert "ptr" not in seen.definite
    assert not seen.definite["spf"].valid


def test_a_failure_says_since_when_and_how_often_it_was_seen() -> None:
    seen = view(REGISTERED, looked(), at(5, broken(cycle=2)), at(15, broken(cycle=3)))
    spf = seen.definite["spf"]
    assert (spf.valid, spf.since, spf.at, spf.looks) == (
        False,
        DAY_1 + 5 * MINUTE,
        DAY_1 + 15 * MINUTE,
        2,
    )
    assert spf.errors == ("spf.ip_not_authorised",)


def test_a_good_answer_ends_a_failure() -> None:
    seen = view(REGISTERED, broken(), at(10, broken(failing={"spf": DAY_1})), at(20, looked()))
    assert seen.failing == {}
    assert seen.definite["spf"].since == DAY_1 + 20 * MINUTE


def test_history_holds_changes_alone_and_not_all_of_them() -> None:
    assert len(view(REGISTERED, looked(), at(1, looked()), at(2, looked())).history) == 1
    turns = [at(n, looked() if n % 2 else broken()) for n in range(1, 2 * HISTORY_MAX)]
    history = view(REGISTERED, *turns).history
    assert len(history) == HISTORY_MAX
    assert history[-1].at == turns[-1][0]


def test_another_record_that_is_as_good_is_a_change_too() -> None:
    other = validation(spf=f"v=spf1 ip4:{IP} ip4:192.0.2.9 -all")
    first, second = view(REGISTERED, looked(), at(1, looked(other))).history
    assert first.valid == second.valid
    assert first.records["spf"] != second.records["spf"]


def test_addresses_that_do_not_send_for_it_any_more_are_forgotten() -> None:
    both = looked(validation(ips=(IP, OTHER)))
    one = looked(validation(), cycle=2, dropped=(OTHER,))
    assert view(REGISTERED, both).ips == (IP, OTHER)
    assert view(REGISTERED, both, one).ips == (IP,)


def test_a_new_registration_begins_anew_and_remembers_whom_it_must_tell() -> None:
    again = view(REGISTERED, broken(), REMOVED, REGISTERED)
    assert (again.definite, again.history, again.last) == ({}, (), None)
    assert again.ips == (IP,)


# --- beliefs


def test_a_failure_is_believed_when_two_looks_ten_minutes_apart_found_it() -> None:
    before = view(REGISTERED, broken()).definite
    found = domain_standing.verdicts(broken().validation.report, broken().beside)
    early = domain_standing.failing(before, found, DAY_1 + DOMAIN_CONFIRM - MINUTE)
    assert early == {}
    assert domain_standing.failing(before, found, DAY_1 + DOMAIN_CONFIRM) == {"spf": DAY_1}
    assert domain_standing.failing({}, found, DAY_1 + DOMAIN_CONFIRM) == {}


def test_what_is_valid_or_not_told_now_is_no_failure_however_long_it_was_one() -> None:
    before = view(REGISTERED, broken()).definite
    for now in (looked(), silent()):
        found = domain_standing.verdicts(now.validation.report, now.beside)
        assert domain_standing.failing(before, found, DAY_1 + DAY) == {}


@pytest.mark.parametrize(
    "made", [validation(), validation(spf=BROKEN), validation(silent=("arpa",))]
)
def test_the_kept_answers_judged_again_give_the_kept_report(made: Any) -> None:
    assert domain_report.judged_again(made) == made.report
