"""What a browser, a proxy and a cache are told with every answer, whatever it is."""

import re

import pytest

from engine.api import reference_page
from engine.api.middleware import HEADERS
from engine.api.route import Html
from engine.api.routes import ROUTES
from tests.support.api_world import SOS, ApiWorld, Said
from tests.support.listening import STREAM, listening

PLACE = re.compile(r"{\w+}")
PAGES = {one.path for one in ROUTES if one.says.get(200) is Html}


def lacking(said: Said, *, page: bool = False) -> list[str]:
    """The headers that it has not, or has otherwise."""
    wanted = dict(HEADERS)
    if page:
        wanted["Content-Security-Policy"] = reference_page.POLICY
    return [name for name, value in wanted.items() if said.headers.get(name) != value]


async def test_they_come_with_every_route_s_refusals(world: ApiWorld) -> None:
    admin, reader = await world.admin(), await world.key(SOS, "accounting")
    statuses = set()
    for route in ROUTES:
        path = PLACE.sub("x", route.path)
        asked = [
            await world.client().ask("DELETE", path),
            await world.client().ask(route.method, path, data=b"{"),
            await reader.ask(route.method, path, data=b"{"),
        ]
        if path != STREAM:
            asked.append(await admin.ask(route.method, path, data=b"{"))
        for said in asked:
            statuses.add(said.status)
            page = route.path in PAGES and said.status == 200
            assert lacking(said, page=page) == [], (route.method, path, said.status)
    assert statuses >= {200, 400, 401, 403, 404, 405}


async def test_they_come_with_an_unknown_path_and_with_a_bug(
    world: ApiWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = await world.admin()
    for path in ("/", "/nowhere", "/api/v2/", "/api/v1/ips", "/%00", "/api/v2/ips/%2e%2e"):
        assert lacking(await admin.get(path)) == [], path

    def broken() -> None:
        raise RuntimeError("the inside")

    monkeypatch.setattr(world.clock, "now", broken)
    for route in ROUTES:
        if route.scope and not route.local:
            said = await admin.ask(route.method, PLACE.sub("x", route.path), data=b"{}")
            assert (said.status, lacking(said)) == (500, []), route.path


async def test_a_key_that_is_shown_is_stored_nowhere_on_its_way(world: ApiWorld) -> None:
    admin, _, _ = await world.two_tenants()
    made = await admin.post("/api/v2/keys", {"tenant": SOS, "scopes": ["read"]})
    turned = await admin.post(f"/api/v2/keys/{made.body['id']}/rotate", {"overlap_hours": 1})
    for said in (made, turned):
        assert (said.status, said.headers["Cache-Control"]) == (201, "no-store")
        assert said.body["key"].startswith("ee_live_")


async def test_a_stream_has_them_too(world: ApiWorld) -> None:
    async with listening(world, await world.admin()) as heard:
        headers = heard.response.headers
    assert headers["Cache-Control"] == "no-cache, no-store"
    assert {**headers, "Cache-Control": "no-store"}.items() >= HEADERS.items()
