"""One look at a sending domain: whom it concerns, what is compared, and what is written down."""

import base64
from collections.abc import Callable
from datetime import timedelta

import pytest

from engine.commands.domain import ChangeDomain, RegisterDomain
from engine.events.dns import DomainValidated
from engine.ids import IpAddr
from engine.rules.domain_report import judged_again
from engine.values.sending_domain import DeployedKey, Greeting, Setup
from engine.values.tuning import Tuning
from tests.support.fake_resolver import SILENCE
from tests.support.published import DOMAIN, KEY, publish, rsa
from tests.support.spec import DAY_1, HOSTNAME, IP, NODE, OTHER, PURPOSE, RIVAL
from tests.support.world import World, virtually

PATH = "/etc/pmta/dkim/default.pem"
WITH_KEY = Setup(dkim_keys={"default": PATH})


def look(
    setup: Setup = WITH_KEY,
    before: Callable[[World], None] = lambda world: None,
    tuning: Tuning | None = None,
) -> DomainValidated:
    """The first look at the domain of a tenant with one address, beside another tenant."""

    async def story() -> DomainValidated:
        world = World(tuning=tuning) if tuning else World()
        await world.let("act")
        await world.register_node()
        await world.warm_up()
        await world.warm_up(OTHER, RIVAL)
        await world.run(DAY_1 + timedelta(minutes=5))
        publish(world.lists)
        world.node.host(NODE).keys[PATH] = KEY
        before(world)
        await world.ask(RegisterDomain(domain=DOMAIN, setup=setup))
        await world.run(DAY_1 + timedelta(minutes=10))
        looked, *_ = await world.happened(DomainValidated)
        return looked

    return virtually(story)


def test_it_concerns_the_tenants_own_addresses_as_they_are_named() -> None:
    check = look().validation.check
    assert check.ips == (IP,)
    assert check.names == {IP: HOSTNAME}
    assert check.selectors == ("default",)


def test_only_the_pools_that_send_for_it_are_concerned() -> None:
    assert look(Setup(purposes=(PURPOSE,))).validation.check.ips == (IP,)
    assert look(Setup(purposes=("transactional",))).validation.check.ips == ()


def test_the_key_on_the_node_is_compared_with_the_published_one() -> None:
    looked = look()
    text = base64.b64encode(KEY).decode()
    assert looked.beside.keys == (DeployedKey(node=NODE, selector="default", key=text),)
    (selector,) = looked.validation.report.dkim.selectors
    assert selector.matches_engine_key


def test_another_key_on_the_node_than_the_published_one_is_found() -> None:
    def other(world: World) -> None:
        world.node.host(NODE).keys[PATH] = rsa(9)

    report = look(before=other).validation.report
    assert [one.code for one in report.dkim.findings if one.severity == "error"] == [
        "dkim.mismatch"
    ]


def test_a_key_that_is_not_there_is_said_and_makes_nothing_invalid() -> None:
    looked = look(before=lambda world: world.node.host(NODE).keys.clear())
    (key,) = looked.beside.keys
    assert (key.key, key.silent) == ("", False)
    assert PATH in key.why
    assert looked.validation.report.dkim.valid


def test_the_node_is_asked_for_its_name() -> None:
    def greets(world: World) -> None:
        world.greeter.names["h:25"] = "mta1.acme.example"

    assert look(before=greets).beside.greetings == (
        Greeting(node=NODE, ips=(IP,), name="mta1.acme.example"),
    )


def test_a_node_that_says_no_name_is_told_with_the_reason() -> None:
    (greeting,) = look().beside.greetings
    assert (greeting.name, greeting.why) == ("", "h:25: nobody listens")


def test_nodes_are_not_asked_where_the_port_is_zero() -> None:
    assert look(tuning=Tuning(smtp_port=0)).beside.greetings == ()


def test_a_server_that_never_answers_holds_up_a_look_for_seconds_only() -> None:
    def slow(world: World) -> None:
        world.greeter.takes_s = 10**6

    (greeting,) = look(before=slow).beside.greetings
    assert greeting.why == "no answer in time"


def test_a_replay_needs_no_dns() -> None:
    looked = look()
    assert len(looked.validation.heard) > 10
    assert looked.validation.resolver == "literals"
    assert judged_again(looked.validation) == looked.validation.report


def test_each_look_asks_for_a_selector_that_nobody_knows() -> None:
    async def nonces() -> list[str]:
        world = World()
        publish(world.lists)
        await world.ask(RegisterDomain(domain=DOMAIN))
        await world.run(DAY_1 + timedelta(days=2))
        return [one.validation.nonce for one in await world.happened(DomainValidated)]

    first, second, *_ = virtually(nonces)
    assert first != second


def test_what_a_change_takes_out_is_named_as_dropped() -> None:
    async def dropped() -> list[tuple[tuple[IpAddr, ...], tuple[IpAddr, ...]]]:
        world = World()
        await world.warm_up()
        publish(world.lists)
        await world.ask(RegisterDomain(domain=DOMAIN))
        await world.run(DAY_1 + timedelta(minutes=5))
        await world.ask(ChangeDomain(domain=DOMAIN, purposes=("transactional",)))
        await world.run(DAY_1 + timedelta(minutes=9))
        looks = await world.happened(DomainValidated)
        return [(one.validation.check.ips, one.dropped) for one in looks]

    assert virtually(dropped) == [((IP,), ()), ((), (IP,))]


@pytest.mark.parametrize(
    ("silent", "since"), [((), False), (("acme.example",), True), (("in-addr.arpa",), True)]
)
def test_a_look_that_could_not_tell_all_says_since_when(
    silent: tuple[str, ...], since: bool
) -> None:
    def away(world: World) -> None:
        world.lists.fails |= dict.fromkeys(silent, SILENCE)

    assert (look(before=away).silent_since is not None) == since


def test_a_silence_that_hides_nothing_is_none() -> None:
    """Where reports would go is not known; whether the policy holds is."""

    def away(world: World) -> None:
        record = "v=DMARC1; p=none; rua=mailto:reports@elsewhere.example"
        world.lists.records[f"_dmarc.{DOMAIN} TXT"] = (record,)
        world.lists.fails["elsewhere.example"] = SILENCE

    looked = look(before=away)
    assert any(not one.answer.answered for one in looked.validation.heard)
    assert looked.validation.report.dmarc.valid
    assert looked.silent_since is None
