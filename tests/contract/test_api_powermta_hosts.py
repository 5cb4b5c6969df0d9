"""What clients may rely on: a host is known by the key that a person has compared."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from engine.projections.nodes import NODES
from engine.rules.host_key import fingerprint
from tests.support.api_world import SOS, ApiWorld, api_world
from tests.support.spec import NODE

PATH = "/api/v2/powermta/nodes"
KEY, OTHER = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAA", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAB"
NEW = {"name": "pmta-9", "address": "192.0.2.9"}


@pytest.fixture
async def world() -> AsyncIterator[ApiWorld]:
    async with api_world() as made:
        made.pmta.keys["192.0.2.9", 22] = KEY
        yield made


def pinned(world: ApiWorld) -> str | None:
    registered = world.pump.views.get(NODES, "pmta-9").registered
    return registered.host_key if registered else None


async def test_a_host_is_asked_for_its_key_and_nothing_is_registered(world: ApiWorld) -> None:
    admin = await world.admin()
    said = await admin.post(PATH, NEW)
    assert said.status == 200, said.body
    assert said.body["fingerprint"] == fingerprint(KEY)
    assert (said.body["registered"], said.body["before"]) == (False, None)
    assert said.body["confirm"] == "POST /api/v2/powermta/nodes/pmta-9/confirm"
    assert pinned(world) is None


@pytest.mark.parametrize("how", ["SHA256:{}", "{}", " SHA256:{}= "])
async def test_the_confirmed_key_is_pinned(world: ApiWorld, how: str) -> None:
    admin = await world.admin()
    await admin.post(PATH, NEW)
    compared = how.format(fingerprint(KEY).removeprefix("SHA256:"))
    said = await admin.post(f"{PATH}/pmta-9/confirm", {"fingerprint": compared})
    assert (said.status, said.body["registered"]) == (201, True), said.body
    assert pinned(world) == KEY


async def test_another_fingerprint_is_refused_loud_and_pins_nothing(world: ApiWorld) -> None:
    admin = await world.admin()
    await admin.post(PATH, NEW)
    said = await admin.post(f"{PATH}/pmta-9/confirm", {"fingerprint": fingerprint(OTHER)})
    assert said.problem[:2] == (409, "refused")
    assert fingerprint(KEY) in said.body["detail"]
    assert fingerprint(OTHER) in said.body["detail"]
    assert pinned(world) is None


async def test_the_second_call_may_be_the_first_one_with_the_fingerprint(world: ApiWorld) -> None:
    admin = await world.admin()
    wrong = await admin.post(PATH, NEW | {"fingerprint": fingerprint(OTHER)})
    assert wrong.problem[:2] == (409, "refused")
    assert pinned(world) is None
    said = await admin.post(PATH, NEW | {"fingerprint": fingerprint(KEY)})
    assert (said.status, said.body["registered"]) == (201, True)
    assert pinned(world) == KEY


async def test_a_changed_key_is_shown_beside_the_old_one_which_stays_until_confirmed(
    world: ApiWorld,
) -> None:
    admin = await world.admin()
    await admin.post(PATH, NEW | {"fingerprint": fingerprint(KEY)})
    world.pmta.keys["192.0.2.9", 22] = OTHER
    said = await admin.post(PATH, NEW)
    assert (said.body["fingerprint"], said.body["before"]) == (fingerprint(OTHER), fingerprint(KEY))
    assert pinned(world) == KEY


async def test_what_is_confirmed_is_what_was_shown_whoever_answers_there_now(
    world: ApiWorld,
) -> None:
    admin = await world.admin()
    await admin.post(PATH, NEW)
    world.pmta.keys["192.0.2.9", 22] = OTHER
    await admin.post(f"{PATH}/pmta-9/confirm", {"fingerprint": fingerprint(KEY)})
    assert pinned(world) == KEY


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ({"address": "192.0.2.8"}, (503, "node-silent", None)),
        ({"address": "a b"}, (422, "invalid", "$.address")),
        ({"port": 0}, (422, "invalid", "$.port")),
        ({"name": "Not a slug"}, (422, "invalid", "$.name")),
        ({"name": NODE}, (409, "refused", "$.name")),
    ],
)
async def test_what_cannot_be_is_refused_by_name(
    world: ApiWorld, more: dict[str, Any], problem: tuple[int, str, str | None]
) -> None:
    admin = await world.admin()
    before = world.length
    assert (await admin.post(PATH, NEW | more)).problem == problem
    assert world.length == before


async def test_a_host_that_was_not_asked_cannot_be_confirmed(world: ApiWorld) -> None:
    admin = await world.admin()
    said = await admin.post(f"{PATH}/pmta-9/confirm", {"fingerprint": fingerprint(KEY)})
    assert said.problem[:2] == (404, "not-found")


async def test_hosts_are_the_platforms_affair(world: ApiWorld) -> None:
    tenant = await world.key(SOS, "read", "operate", "deploy")
    assert (await tenant.post(PATH, NEW)).problem[:2] == (403, "forbidden")
