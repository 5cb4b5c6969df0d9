"""A sending domain looked at by itself: what is told, what is not, and what it holds up."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from engine.commands.domain import CheckDomain, RegisterDomain, RemoveDomain
from engine.events import Event, Recorded
from engine.events.alert import AlertFired
from engine.events.dns import DomainDropped, DomainValidated
from engine.events.ip import StageEntered
from engine.ids import Position
from engine.ports import DnsFailure
from engine.projections.alerts import ALERTS
from engine.projections.domains import DOMAINS, Domain
from engine.projections.ips import IPS
from engine.reactors import guards
from engine.rules.dnsbl_catalogue import DEFAULT
from engine.values.evidence import Guards
from tests.support.fake_resolver import REFUSAL, SERVER_FAILED, SILENCE
from tests.support.published import DOMAIN, SPF, publish
from tests.support.spec import ACME, DAY_1, IP, day
from tests.support.world import World, virtually

KEY, SPF_ALERT = f"{ACME}/{DOMAIN}", f"{ACME}/domain_dns/{DOMAIN}/spf"
BROKEN = "v=spf1 ip4:192.0.2.1 -all"
MINUTES_15 = timedelta(minutes=15)


async def registered(world: World) -> World:
    """One whose DNS is in order, after its first look."""
    await world.let("act")
    await world.register_node()
    await world.warm_up()
    publish(world.lists)
    await world.ask(RegisterDomain(domain=DOMAIN))
    await world.run(DAY_1 + MINUTES_15)
    return world


def spf(world: World, record: str) -> None:
    world.lists.records[f"{DOMAIN} TXT"] = (record,)


def domain(world: World) -> Domain:
    return world.last.views.get(DOMAINS, KEY)


async def validated(world: World) -> list[tuple[Recorded[Event], DomainValidated]]:
    story = [(one, one.event) for one in await world.story()]
    return [(one, event) for one, event in story if isinstance(event, DomainValidated)]


async def looks(world: World) -> list[datetime]:
    return [one.at for one, _ in await validated(world)]


async def fired(world: World) -> list[tuple[datetime, str]]:
    story = [(one.at, one.event) for one in await world.story()]
    alerts = [(at, event.alert) for at, event in story if isinstance(event, AlertFired)]
    return [(at, alert) for at, alert in alerts if "/domain_" in alert]


def test_a_domain_in_order_is_looked_at_at_once_and_then_every_day() -> None:
    async def story() -> tuple[World, list[datetime]]:
        world = await registered(World())
        await world.run(day(4))
        return world, await looks(world)

    world, times = virtually(story)
    assert [(at - times[0]).days for at in times] == [0, 1, 2]
    assert {part: one.valid for part, one in domain(world).definite.items()} == {
        "spf": True, "dkim": True, "dmarc": True, "ptr": True, "mx": True
    }  # fmt: skip
    assert len(domain(world).history) == 1
    assert domain(world).status == "ok"


def test_a_broken_spf_is_told_after_two_looks_ten_minutes_apart_and_not_before() -> None:
    async def story() -> tuple[list[datetime], list[tuple[datetime, str]], list[str]]:
        world = await registered(World())
        spf(world, BROKEN)
        await world.run(day(3))
        texts = [one.text for one in world.messenger.messages.values()]
        return await looks(world), await fired(world), texts

    times, alerts, texts = virtually(story)
    ((at, alert),) = alerts
    assert alert == f"{SPF_ALERT}#1"
    first, second = times[1], times[2]
    assert timedelta(minutes=10) <= second - first < timedelta(minutes=11)
    assert second <= at < second + timedelta(seconds=5)
    (text,) = [one for one in texts if "SPF of a sending domain is wrong" in one]
    assert DOMAIN in text
    assert f"ip4:{IP}" in text, "the record to publish is written out"


def test_what_is_mended_before_the_second_look_is_told_to_nobody() -> None:
    async def story() -> list[tuple[datetime, str]]:
        world = await registered(World())
        spf(world, BROKEN)
        await world.run(day(2) + timedelta(minutes=5))
        spf(world, SPF)
        await world.run(day(4))
        return await fired(world)

    assert virtually(story) == []


def test_a_mended_record_clears_the_alert_with_the_next_look() -> None:
    async def story() -> tuple[World, int]:
        world = await registered(World())
        spf(world, BROKEN)
        await world.run(day(3))
        assert world.last.views.get(ALERTS, SPF_ALERT).firing
        spf(world, SPF)
        last = domain(world).last
        await world.ask(CheckDomain(domain=DOMAIN, after=last.position if last else Position(0)))
        before = len(await looks(world))
        await world.run(day(3) + timedelta(minutes=1))
        return world, len(await looks(world)) - before

    world, asked = virtually(story)
    assert asked == 1, "asked for, it is looked at once"
    assert not world.last.views.get(ALERTS, SPF_ALERT).firing
    assert [sorted(one.valid.items()) for one in domain(world).history] == [
        [("dkim", True), ("dmarc", True), ("mx", True), ("ptr", True), ("spf", spf_valid)]
        for spf_valid in (True, False, True)
    ]


@pytest.mark.parametrize("trouble", [SILENCE, SERVER_FAILED, REFUSAL])
@pytest.mark.parametrize("record", [SPF, BROKEN])
def test_a_resolver_away_for_two_days_makes_nothing_wrong_and_clears_nothing(
    trouble: DnsFailure, record: str
) -> None:
    async def story() -> tuple[Domain, Domain, list[str]]:
        world = await registered(World())
        spf(world, record)
        await world.run(day(3))
        before = domain(world)
        world.lists.fails["example"] = trouble
        world.lists.fails["arpa"] = trouble
        await world.run(day(5))
        return before, domain(world), [alert for _, alert in await fired(world)]

    before, after, alerts = virtually(story)
    assert after.definite == before.definite
    assert after.failing == before.failing
    assert after.history == before.history
    assert after.silent_since is not None
    told = [SPF_ALERT] if record == BROKEN else []
    assert alerts == [f"{one}#1" for one in [*told, f"{ACME}/domain_silent/{DOMAIN}"]]


def test_silence_is_asked_again_soon_and_told_after_a_day_and_over_when_answered() -> None:
    async def story() -> tuple[World, list[datetime], list[tuple[datetime, str]]]:
        world = await registered(World())
        world.lists.fails["example"] = SILENCE
        await world.run(day(3) + timedelta(hours=1))
        times, alerts = await looks(world), await fired(world)
        world.lists.fails.clear()
        await world.run(day(3) + timedelta(hours=2))
        return world, times, alerts

    world, times, alerts = virtually(story)
    minutes = [round((b - a).total_seconds() / 60) for a, b in pairwise(times[1:8])]
    assert minutes == [1, 2, 4, 8, 15, 15]
    ((at, _),) = alerts
    assert timedelta(hours=24) <= at - times[1] < timedelta(hours=25)
    assert not world.last.views.get(ALERTS, f"{ACME}/domain_silent/{DOMAIN}").firing
    assert domain(world).silent_since is None


# --- the guard


async def new_address(world: World, record: str) -> World:
    """The domain is there first."""
    await world.let("act")
    await world.register_node()
    publish(world.lists, spf=record)
    await world.ask(RegisterDomain(domain=DOMAIN))
    await world.run(DAY_1 + MINUTES_15)
    await world.warm_up(domains=(DOMAIN,))
    return world


def test_an_address_that_spf_authorises_starts_and_says_by_which_look() -> None:
    async def story() -> tuple[StageEntered, list[Position]]:
        world = await new_address(World(), SPF)
        await world.run(day(2))
        (stage,) = await world.happened(StageEntered)
        told = [(one, event.validation) for one, event in await validated(world)]
        return stage, [one.position for one, seen in told if IP in seen.check.ips]

    stage, seen = virtually(story)
    assert isinstance(stage.evidence, Guards)
    assert (stage.evidence.spf, stage.evidence.spf_looks) == ("pass", {DOMAIN: seen[0]})


def test_an_address_that_spf_does_not_authorise_waits_until_it_does() -> None:
    async def story() -> tuple[tuple[str, ...], int, int]:
        world = await new_address(World(), BROKEN)
        await world.run(day(2))
        waits = guards.check(world.last.views.get(IPS, f"{ACME}/{IP}"), DEFAULT)
        assert isinstance(waits, tuple)
        before = len(await world.happened(StageEntered))
        spf(world, SPF)
        await world.run(day(4))
        return waits, before, len(await world.happened(StageEntered))

    waits, before, after = virtually(story)
    assert (before, after) == (0, 1)
    (why,) = waits
    assert why.startswith(f"spf: {DOMAIN} does not let {IP} send (fail)")


def test_an_unanswered_spf_lets_an_address_wait_that_was_never_authorised() -> None:
    async def story() -> int:
        world = World()
        world.lists.fails[DOMAIN] = SILENCE
        world.lists.slow[DOMAIN] = 0.05
        await new_address(world, SPF)
        world.lists.names[IP] = ("mail1.elsewhere.example",)
        world.lists.v4["mail1.elsewhere.example"] = (IP,)
        await world.run(day(3))
        return len(await world.happened(StageEntered))

    assert virtually(story) == 0


def test_a_removed_domain_holds_nobody() -> None:
    async def story() -> tuple[int, list[DomainDropped], int]:
        world = await new_address(World(), BROKEN)
        await world.run(day(2))
        before = len(await world.happened(StageEntered))
        await world.ask(RemoveDomain(domain=DOMAIN))
        await world.run(day(2) + timedelta(minutes=5))
        dropped = await world.happened(DomainDropped)
        count = len(await looks(world))
        await world.run(day(5))
        assert len(await looks(world)) == count, "and is looked at no more"
        return before, dropped, len(await world.happened(StageEntered))

    before, dropped, after = virtually(story)
    assert dropped == [DomainDropped(domain=DOMAIN, ips=(IP,))]
    assert (before, after) == (0, 1)


def test_an_address_registered_while_its_domain_is_removed_is_not_held_for_ever() -> None:
    """Whoever registered it had not seen yet that the domain was gone."""

    async def story() -> int:
        world = World()
        await world.let("act")
        await world.register_node()
        await world.ask(RegisterDomain(domain=DOMAIN))
        await world.ask(RemoveDomain(domain=DOMAIN))
        await world.warm_up(domains=(DOMAIN,))
        await world.run(day(2))
        return len(await world.happened(StageEntered))

    assert virtually(story) == 1
