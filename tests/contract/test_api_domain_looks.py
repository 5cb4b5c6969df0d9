"""Looks at sending domains on demand, and what addresses make of them."""

import asyncio
from typing import Any

import pytest
from msgspec.structs import replace

from engine.events.dns import DomainValidated
from engine.projections.ips import IPS as IP_VIEW
from engine.reactors import guards
from engine.rules.dnsbl_catalogue import DEFAULT
from engine.values.evidence import Guards
from tests.support import samples
from tests.support.api_world import SOS, ApiWorld, Client
from tests.support.domain_api import BROKEN, ONE, PATH, SAID, asked, saw
from tests.support.domain_looks import looked, validation
from tests.support.happenings import happens
from tests.support.published import DOMAIN
from tests.support.spec import HOSTNAME, IP, day


async def checked(world: ApiWorld, client: Client, event: DomainValidated | None) -> Any:
    """Asked for a look, which ends a little later."""
    asking = asyncio.create_task(client.post(f"{ONE}/check", {}))
    await asked(world)
    if event is not None:
        await saw(world, event)
    return await asking


async def test_a_look_on_demand_is_waited_for_and_its_report_is_the_answer(
    world: ApiWorld,
) -> None:
    _, sos, _ = await world.two_tenants()
    await sos.post(PATH, SAID)
    said = await checked(world, sos, looked(validation(spf=BROKEN)))
    assert said.status == 200
    assert said.body["report"]["spf"]["record"] == BROKEN


async def test_a_look_that_had_begun_before_is_not_the_answer(
    world: ApiWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.api.outcomes.WITHIN_S", 0.2)
    _, sos, _ = await world.two_tenants()
    await sos.post(PATH, SAID)
    said = await checked(world, sos, looked(cycle=2))
    assert said.status == 202
    assert said.body["see"].startswith(f"{ONE}?at_least=")


async def test_a_look_that_takes_long_is_to_be_read_later(
    world: ApiWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.api.outcomes.WITHIN_S", 0.05)
    _, sos, _ = await world.two_tenants()
    await sos.post(PATH, SAID)
    said = await checked(world, sos, None)
    assert (said.status, said.headers["Location"]) == (202, ONE)


async def test_two_who_ask_at_once_wait_for_the_same_look(world: ApiWorld) -> None:
    _, sos, _ = await world.two_tenants()
    await sos.post(PATH, SAID)
    both = [asyncio.create_task(sos.post(f"{ONE}/check", {})) for _ in range(2)]
    await asked(world, times=2)
    await saw(world, looked())
    assert [(await one).status for one in both] == [200, 200]
    assert world.tags().count("domain.check_asked") == 1


async def test_a_domain_that_is_removed_while_somebody_waits_is_not_found(world: ApiWorld) -> None:
    _, sos, _ = await world.two_tenants()
    await sos.post(PATH, SAID)
    asking = asyncio.create_task(sos.post(f"{ONE}/check", {}))
    await asked(world)
    await sos.ask("DELETE", ONE)
    assert (await asking).problem[:2] == (404, "not-found")


# --- and the addresses


async def test_a_new_address_knows_the_domains_that_it_sends_for(world: ApiWorld) -> None:
    _, sos, ulixai = await world.two_tenants()
    await sos.post(PATH, {"domain": DOMAIN})
    await sos.post(PATH, {"domain": "marketing.example", "purposes": ["marketing"]})
    await sos.post(PATH, {"domain": "news.example", "purposes": ["news"]})
    await sos.post(PATH, {"domain": "gone.example"})
    await sos.ask("DELETE", f"{PATH}/gone.example")
    await ulixai.post(PATH, {"domain": "ulixai.example"})
    await sos.post("/api/v2/ips", {"address": "1.2.3.4", "purpose": "marketing"})
    row = world.pump.views.get(IP_VIEW, f"{SOS}/1.2.3.4")
    assert sorted(row.spf) == [DOMAIN, "marketing.example"]
    shown = (await sos.get("/api/v2/ips/1.2.3.4")).body
    assert (
        f"spf: whether {DOMAIN} lets 1.2.3.4 send is not known yet"
        in (shown["warmup"]["waits_for"])
    )


async def started(world: ApiWorld) -> None:
    """An address that SPF held for a day, and then let start."""
    stream = f"ip-{IP}"
    await happens(world, SOS, stream, replace(samples.registered(), domains=(DOMAIN,)), at=day(2))
    await happens(world, SOS, f"dns-{IP}", samples.pointed(HOSTNAME))
    await happens(world, SOS, f"dnsbl-{IP}", samples.looked())
    await saw(world, looked(validation(spf=BROKEN)), 2)
    await saw(world, looked(), 3)
    held = guards.check(world.pump.views.get(IP_VIEW, f"{SOS}/{IP}"), DEFAULT)
    assert isinstance(held, Guards)
    await happens(world, SOS, stream, samples.stage(1, evidence=held), at=day(3))


async def test_an_address_explains_itself_by_the_look_that_let_it_start(world: ApiWorld) -> None:
    _, sos, _ = await world.two_tenants()
    await sos.post(PATH, SAID)
    await started(world)
    world.clock.at = day(4)
    explained = (await sos.get(f"/api/v2/ips/{IP}/explain")).body
    stage = explained["sentences"][0]
    assert f"SPF of {DOMAIN} lets it send" in stage["says"]
    (look,) = [one for one in stage["because"] if one["type"] == "dns.domain_validated"]
    assert look["at"].startswith("2026-01-07")
    then = (await sos.get(f"/api/v2/ips/{IP}/explain?as_of=2026-01-06T12:00Z")).body
    assert any(f"spf: {DOMAIN} does not let {IP} send" in one for one in then["next"])


async def test_a_tenant_finds_no_position_in_what_is_told_of_its_domains(world: ApiWorld) -> None:
    admin, sos, _ = await world.two_tenants()
    await sos.post(PATH, SAID)
    await started(world)
    asking = asyncio.create_task(sos.post(f"{ONE}/check", {}))
    await asked(world)
    await saw(world, looked())
    await asking

    async def told(client: Client) -> list[dict[str, Any]]:
        query = "?type=dns.domain_validated,domain.check_asked,ip.stage_entered"
        return [one["event"] for one in (await client.get(f"/api/v2/events{query}")).body["items"]]

    counts = {"cycle", "after", "spf_looks"}
    seen = [{*one, *one.get("evidence", {})} & counts for one in await told(sos)]
    assert len(seen) == 5
    assert not set.union(*seen)
    both = zip(await told(admin), seen, strict=True)
    assert all({*one, *one.get("evidence", {})} & counts for one, _ in both)
