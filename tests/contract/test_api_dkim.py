"""What clients may rely on: DKIM keys that the engine makes."""

import asyncio

import pytest

from engine.commands import Command
from engine.commands.domain_key import ReportKey, ReportKeyLook, RevokeKey, UseKey
from engine.events.domain_key import KeyAsked
from tests.support.api_world import SOS, ULIXAI, ApiWorld, Client, Said
from tests.support.key_samples import RECORD
from tests.support.spec import NODE

DOMAIN = "mail.sos-mail.com"
PATH = f"/api/v2/domains/{DOMAIN}/dkim"
PATHS = {NODE: f"/etc/pmta/ee-main/keys/sos-expat--{DOMAIN}--s1.pem"}


async def ready(world: ApiWorld) -> tuple[Client, Client]:
    _, sos, _ = await world.two_tenants()
    assert (await sos.post("/api/v2/domains", {"domain": DOMAIN})).status == 201
    new = {"address": "1.2.3.4", "purpose": "marketing", "warmup": "manual"}
    assert (await sos.post("/api/v2/ips", new)).status == 201
    return sos, await world.key(SOS, "read", "operate", "deploy")


def lies(selector: str, why: str = "") -> ReportKey:
    if why:
        return ReportKey(domain=DOMAIN, selector=selector, attempt=1, why=why)
    return ReportKey(domain=DOMAIN, selector=selector, attempt=1, record=RECORD, paths=PATHS)


async def asked(
    world: ApiWorld, client: Client, then: Command, path: str = PATH, **body: str
) -> Said:
    """What the engine's effect reports a little later is in the answer."""
    times = world.tags().count("domain.key_asked")
    asking = asyncio.create_task(client.post(path, body))
    async with asyncio.timeout(5):
        while world.tags().count("domain.key_asked") == times:
            await world.log.wait_beyond(await world.log.head())
    await world.order(then, SOS)
    return await asking


async def in_use(world: ApiWorld, deployer: Client) -> None:
    await asked(world, deployer, lies("s1"), selector="s1")
    look = ReportKeyLook(domain=DOMAIN, selector="s1", look=1, standing="published")
    for command in (look, UseKey(domain=DOMAIN, selector="s1")):
        await world.order(command, SOS)


async def test_the_record_to_publish_is_the_answer(world: ApiWorld) -> None:
    _, deployer = await ready(world)
    said = await asked(world, deployer, lies("s1"), selector="S1")
    assert said.status == 200, said.body
    (key,) = said.body["keys"]
    assert key["record"] == {
        "name": f"s1._domainkey.{DOMAIN}",
        "type": "TXT",
        "value": RECORD,
        "ttl": 3600,
    }
    assert (key["state"], key["algorithm"], key["paths"]) == ("laid", "rsa", PATHS)
    assert key["next"].startswith("publish the record")
    assert (await deployer.get(PATH)).body == said.body
    again = await deployer.post(PATH, {})
    assert again.body == said.body
    assert world.tags().count("domain.key_asked") == 1
    event = next(one.event for one in await world.events() if isinstance(one.event, KeyAsked))
    assert event.nodes == (NODE,)


async def test_a_key_that_could_not_be_laid_says_why(world: ApiWorld) -> None:
    _, deployer = await ready(world)
    said = await asked(world, deployer, lies("s1", "disk full"), selector="s1")
    (key,) = said.body["keys"]
    assert (key["state"], key["why"], key["record"]) == ("asked", "disk full", None)


async def test_a_key_in_use_is_rotated_and_one_that_is_not_is_refused(world: ApiWorld) -> None:
    _, deployer = await ready(world)
    refused = await deployer.post(f"{PATH}/rotate", {})
    assert refused.problem[:2] == (409, "refused")
    await in_use(world, deployer)
    said = await asked(world, deployer, lies("s2"), f"{PATH}/rotate", selector="s2")
    assert said.status == 200, said.body
    states = {key["selector"]: key["state"] for key in said.body["keys"]}
    assert states == {"s1": "used", "s2": "laid"}
    look = ReportKeyLook(domain=DOMAIN, selector="s2", look=1, standing="published")
    for command in (look, UseKey(domain=DOMAIN, selector="s2")):
        await world.order(command, SOS)
    old = next(key for key in (await deployer.get(PATH)).body["keys"] if key["selector"] == "s1")
    assert (old["state"], old["revoked_from"][:16]) == ("superseded", "2026-01-12T09:00")
    await world.order(RevokeKey(domain=DOMAIN, selector="s1"), SOS)
    old = next(key for key in (await deployer.get(PATH)).body["keys"] if key["selector"] == "s1")
    assert old["record"]["value"] == "v=DKIM1; k=ed25519; p="


async def test_a_key_in_use_is_not_dropped_and_one_that_waits_is(world: ApiWorld) -> None:
    _, deployer = await ready(world)
    await in_use(world, deployer)
    said = await deployer.ask("DELETE", f"{PATH}/s1")
    assert said.problem[:2] == (409, "refused")
    assert (await deployer.ask("DELETE", f"{PATH}/s9")).problem[:2] == (404, "not-found")
    await asked(world, deployer, lies("s2"), selector="s2")
    said = await deployer.ask("DELETE", f"{PATH}/s2")
    dropped = next(key for key in said.body["keys"] if key["selector"] == "s2")
    assert (dropped["state"], dropped["record"]) == ("dropped", None)


async def test_a_node_that_came_later_is_named_as_lacking_the_key(world: ApiWorld) -> None:
    _, deployer = await ready(world)
    await asked(world, deployer, lies("s1"), selector="s1")
    await world.node("pmta-2")
    new = {"address": "1.2.3.9", "purpose": "marketing", "node": "pmta-2", "warmup": "manual"}
    assert (await deployer.post("/api/v2/ips", new)).status == 201
    (key,) = (await deployer.get(PATH)).body["keys"]
    assert key["nodes_lacking"] == ["pmta-2"]


@pytest.mark.parametrize("selector", ["a b", "a\nb", "../x", "a/b", "é", "x" * 64, "-a", "a#b"])
async def test_a_selector_that_is_none_is_refused_by_field(world: ApiWorld, selector: str) -> None:
    _, deployer = await ready(world)
    said = await deployer.post(PATH, {"selector": selector})
    assert said.status == 422
    assert said.body["field"] == "$.selector"
    assert "domain.key_asked" not in world.tags()


async def test_nothing_of_it_is_anothers(world: ApiWorld) -> None:
    _, deployer = await ready(world)
    await asked(world, deployer, lies("s1"), selector="s1")
    rival = await world.key(ULIXAI, "read", "operate", "deploy")
    for said in (
        await rival.get(PATH),
        await rival.post(PATH, {}),
        await rival.post(f"{PATH}/rotate", {}),
        await rival.ask("DELETE", f"{PATH}/s1"),
    ):
        assert said.status == 404
    assert world.tags().count("domain.key_asked") == 1


async def test_without_an_address_there_is_no_node_to_lay_a_key_on(world: ApiWorld) -> None:
    _, sos, _ = await world.two_tenants()
    await sos.post("/api/v2/domains", {"domain": DOMAIN})
    deployer = await world.key(SOS, "read", "operate", "deploy")
    said = await deployer.post(PATH, {})
    assert said.problem[:2] == (409, "refused")
    assert "POST /api/v2/ips" in said.body["detail"]


async def test_keys_need_the_scope_to_deploy(world: ApiWorld) -> None:
    await ready(world)
    operator = await world.key(SOS, "read", "operate")
    for path in (PATH, f"{PATH}/rotate"):
        assert (await operator.post(path, {})).status == 403
    assert (await operator.ask("DELETE", f"{PATH}/s1")).status == 403
