"""Decisions about a sending domain: whose it is, what is said of it, and when it is looked at."""

import pytest

from engine.commands.domain import ChangeDomain, CheckDomain, RegisterDomain, RemoveDomain
from engine.deciders import domain
from engine.errors import Rejected
from engine.events.domain import (
    DomainChanged,
    DomainCheckAsked,
    DomainRegistered,
    DomainRemoved,
)
from engine.ids import Position, TenantId
from engine.values.sending_domain import Setup
from tests.support.spec import ACME, RIVAL, DeciderSpec, record

SPEC = DeciderSpec(domain.DECIDER)
NAME = "acme.example"
SETUP = Setup(selectors=("a", "b"), dkim_keys={"a": "/etc/a.pem", "b": "/etc/b.pem"})
REGISTERED, REMOVED = DomainRegistered(domain=NAME, setup=SETUP), DomainRemoved(domain=NAME)
TAKEN = Rejected("this domain is taken", code="taken")


def test_a_domain_that_nobody_has_is_registered_as_it_is_said() -> None:
    SPEC.decides(given=[], when=RegisterDomain(domain=NAME, setup=SETUP), then=[REGISTERED])


def test_one_that_is_registered_is_taken_whoever_asks() -> None:
    SPEC.decides(given=[REGISTERED], when=RegisterDomain(domain=NAME), then=TAKEN)


def test_after_its_removal_it_is_registered_anew() -> None:
    SPEC.decides(
        given=[REGISTERED, REMOVED],
        when=RegisterDomain(domain=NAME, setup=SETUP),
        then=[REGISTERED],
    )


def test_what_is_not_said_stays() -> None:
    changed = Setup(selectors=SETUP.selectors, dkim_keys=SETUP.dkim_keys, helo="mail.acme.example")
    SPEC.decides(
        given=[REGISTERED],
        when=ChangeDomain(domain=NAME, helo="mail.acme.example"),
        then=[DomainChanged(domain=NAME, setup=changed)],
    )


def test_a_selector_that_goes_takes_its_key_along() -> None:
    changed = Setup(selectors=("b",), dkim_keys={"b": "/etc/b.pem"})
    SPEC.decides(
        given=[REGISTERED],
        when=ChangeDomain(domain=NAME, selectors=("b",)),
        then=[DomainChanged(domain=NAME, setup=changed)],
    )


def test_what_is_so_already_changes_nothing() -> None:
    SPEC.decides(given=[REGISTERED], when=ChangeDomain(domain=NAME, selectors=("a", "b")), then=[])


def test_a_look_is_asked_for_once_until_it_was_seen() -> None:
    """Two people who press the same button want the same look."""
    asked = DomainCheckAsked(domain=NAME, after=Position(5))
    check = CheckDomain(domain=NAME, after=Position(5))
    SPEC.decides(given=[REGISTERED], when=check, then=[asked])
    SPEC.decides(given=[REGISTERED, asked], when=check, then=[])
    SPEC.decides(
        given=[REGISTERED, asked],
        when=CheckDomain(domain=NAME, after=Position(8)),
        then=[DomainCheckAsked(domain=NAME, after=Position(8))],
    )


@pytest.mark.parametrize("given", [[], [REGISTERED, REMOVED]])
@pytest.mark.parametrize("when", [ChangeDomain, CheckDomain, RemoveDomain])
def test_of_a_domain_that_is_not_registered_nothing_can_be_asked(
    given: list[object], when: type[RemoveDomain]
) -> None:
    not_found = Rejected("not found", code="not_found")
    SPEC.decides(given=given, when=when(domain=NAME), then=not_found)


@pytest.mark.parametrize(
    ("removed", "command", "owner"),
    [
        (False, RegisterDomain(domain=NAME), ACME),
        (False, RemoveDomain(domain=NAME), ACME),
        (True, RegisterDomain(domain=NAME), RIVAL),
        (True, RemoveDomain(domain=NAME), ACME),
    ],
)
def test_it_is_its_last_owners_until_somebody_registers_what_was_removed(
    removed: bool, command: RegisterDomain | RemoveDomain, owner: TenantId
) -> None:
    history = [record(1, REGISTERED), *([record(2, REMOVED)] if removed else [])]
    assert domain.owner(command, history, RIVAL) == owner  # type: ignore[arg-type]


def test_a_domain_of_nobody_is_open_to_whoever_asks() -> None:
    assert domain.owner(RegisterDomain(domain=NAME), [], RIVAL) == RIVAL
