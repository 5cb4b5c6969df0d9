"""Names that nothing has, in every path and every query: said, and never a mistake of the engine.

Postgres keeps no text that holds a NUL, and refuses a question with one.
"""

import pytest

from tests.contract.test_api_matrix import ENDLESS, KEYED, THEIRS, words
from tests.support.api_requests import Operation
from tests.support.api_world import SOS, ApiWorld, Client

PLACES = THEIRS | {"id": "1.2.3.4", "slug": SOS, "key": "0" * 12}
NAMED = [one for one in KEYED if one.name != ENDLESS]


async def answered(client: Client, one: Operation, url: str) -> tuple[int, str, str | None]:
    body = one.body(words(PLACES), tenant=SOS)
    return (await client.ask(one.method, url, data=body)).problem


async def test_a_nul_in_a_path_names_nothing(world: ApiWorld) -> None:
    admin, _, _ = await world.two_tenants()
    length = world.length
    for one in NAMED:
        for place in one.places:
            for text in ("\0", "1.2.3.4\0"):
                url = one.url(PLACES | {place: text})
                assert await answered(admin, one, url) == (404, "not-found", None), one.name
    assert world.length == length


async def test_a_nul_in_a_query_names_nothing(world: ApiWorld) -> None:
    clients = await world.two_tenants()
    length = world.length
    for one in NAMED:
        for name in (one["name"] for one in one.said["parameters"] if one["in"] == "query"):
            for client in clients[:2]:
                status, _, field = await answered(client, one, f"{one.url(PLACES)}?{name}=a%00")
                assert (status, field) in ((422, f"$.{name}"), (403, None)), one.name
    assert world.length == length


async def test_a_cursor_that_was_made_up_with_a_nul_in_it_is_none(world: ApiWorld) -> None:
    admin, _, _ = await world.two_tenants()
    said = await admin.get("/api/v2/ips?after=YQBi")  # a, NUL, b
    assert said.problem == (422, "invalid", "$.after")


@pytest.mark.parametrize("named", ["ulixay", "", "Ulixai", "{"])
async def test_a_tenant_that_there_is_not_is_no_empty_list(world: ApiWorld, named: str) -> None:
    """Somebody who mistypes it must not read that nothing is listed and nothing is wrong."""
    admin, _, _ = await world.two_tenants()
    asked = [one for one in NAMED if "tenant=" in one.url(PLACES, tenant="x")]
    assert len(asked) >= 15
    for one in asked:
        status, _, field = await answered(admin, one, one.url(PLACES, tenant=named))
        assert (status, field) == (422, "$.tenant"), one.name
    said = await admin.get("/api/v2/ips?tenant=ulixay")
    assert "did you mean `ulixai`?" in said.body["detail"]
