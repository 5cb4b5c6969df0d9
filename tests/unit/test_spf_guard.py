"""SPF at an entry into WARMING: it holds whom a registered domain concerns, and nobody else."""

from typing import Any

import pytest

from engine.events.dns import DomainDropped
from engine.events.ip import IpRegistered
from engine.ids import Position
from engine.reactors import guards
from engine.reactors.warmup import life
from engine.rules.dnsbl_catalogue import DEFAULT
from engine.values.evidence import Guards
from engine.values.levers import STOPPED
from tests.support import samples
from tests.support.domain_looks import looked, validation
from tests.support.published import DOMAIN
from tests.support.spec import HOSTNAME, IP, NODE, OTHER, ReactorSpec, vmta

SPEC = ReactorSpec(life(DEFAULT))
READY = [samples.pointed(HOSTNAME), samples.looked()]


def registered(*domains: str) -> IpRegistered:
    made = vmta(STOPPED, hostname=HOSTNAME)
    return IpRegistered(ip=IP, node=NODE, vmta=made, warmup="auto", day_tz="UTC", domains=domains)


def held(*given: Any, domains: tuple[str, ...] = (DOMAIN,)) -> Guards | tuple[str, ...]:
    return guards.check(SPEC.view([registered(*domains), *READY, *given]), DEFAULT)


def waits(*given: Any, domains: tuple[str, ...] = (DOMAIN,)) -> str:
    found = held(*given, domains=domains)
    assert isinstance(found, tuple), found
    (why,) = found
    return why


def says(record: str, **more: Any) -> Any:
    return looked(validation(spf=record, **more))


def test_where_no_domain_is_registered_spf_holds_nobody_and_says_so() -> None:
    found = held(domains=())
    assert isinstance(found, Guards)
    assert (found.spf, found.spf_looks) == ("not_checked", {})


def test_an_authorised_address_starts_with_the_look_as_evidence() -> None:
    found = held(looked())
    assert isinstance(found, Guards)
    assert (found.spf, found.spf_looks) == ("pass", {DOMAIN: Position(4)})


def test_before_the_first_look_an_address_waits() -> None:
    assert waits() == f"spf: whether {DOMAIN} lets {IP} send is not known yet"


@pytest.mark.parametrize(
    ("record", "result"),
    [
        ("v=spf1 ip4:192.0.2.1 -all", "fail"),
        ("v=spf1 ip4:192.0.2.1 ~all", "softfail"),
        ("v=spf1 ?all", "neutral"),
        ("v=spf1", "neutral"),
        ("no spf at all", "none"),
        ("v=spf1 nonsense", "permerror"),
    ],
)
def test_only_a_pass_lets_an_address_start(record: str, result: str) -> None:
    why = waits(says(record))
    assert why.startswith(f"spf: {DOMAIN} does not let {IP} send ({result}")


def test_a_record_that_authorises_is_enough_though_other_things_are_wrong_with_the_domain() -> None:
    found = held(looked(validation(without=(f"_dmarc.{DOMAIN} TXT",))))
    assert isinstance(found, Guards)


@pytest.mark.parametrize("silent", [(DOMAIN,), ("example", "arpa")])
def test_silence_neither_lets_start_nor_takes_away_what_was_certain(
    silent: tuple[str, ...],
) -> None:
    unanswered = looked(validation(silent=silent))
    why = waits(unanswered)
    assert "is not known yet" in why
    assert isinstance(held(looked(), unanswered), Guards)
    why = waits(says("v=spf1 -all"), unanswered)
    assert "(fail)" in why


def test_every_domain_that_it_sends_for_must_let_it() -> None:
    why = waits(looked(), domains=(DOMAIN, "second.example"))
    assert "second.example" in why


def test_a_domain_that_was_registered_later_holds_it_from_its_first_look_on() -> None:
    why = waits(says("v=spf1 -all"), domains=())
    assert DOMAIN in why


def test_a_domain_that_is_gone_holds_nobody() -> None:
    assert isinstance(held(says("v=spf1 -all"), DomainDropped(domain=DOMAIN, ips=(IP,))), Guards)
    gone = looked(validation(ips=(OTHER,)), dropped=(IP,))
    assert isinstance(held(says("v=spf1 -all"), gone), Guards)


def test_the_addresses_of_a_look_are_judged_each_for_itself() -> None:
    both = looked(validation(ips=(IP, OTHER)))
    assert isinstance(held(both), Guards)
    results = {one.ip: one.result for one in both.validation.report.spf.ips}
    assert results == {IP: "pass", OTHER: "fail"}
