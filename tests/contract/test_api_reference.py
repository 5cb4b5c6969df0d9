"""The API about itself: the OpenAPI document and the page, which say all that there is."""

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

from engine.api import openapi, problems, reference_page
from engine.api.app import build
from engine.api.problem_kinds import KINDS
from engine.api.routes import ROUTES
from tests.support.api_world import api_world

DOCUMENT = json.loads(openapi.written(ROUTES))


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in DOCUMENT["paths"].items():
        for method, one in methods.items():
            yield method.upper(), path, one


async def test_every_path_that_is_served_is_said_and_nothing_else() -> None:
    async with api_world() as world:
        served = {
            (route.method, route.resource.canonical)
            for route in build(world.deps()).router.routes()
            if route.method != "HEAD" and route.resource is not None
        }
    assert {(method, path) for method, path, _ in operations()} == served


def test_every_operation_says_who_may_what_it_takes_and_each_answer() -> None:
    names = [one["operationId"] for _, _, one in operations()]
    assert len(names) == len(set(names))
    for method, path, one in operations():
        where = f"{method} {path}"
        assert one["summary"], where
        places = [p["name"] for p in one["parameters"] if p["in"] == "path"]
        assert places == re.findall(r"{(\w+)}", path), where
        assert any(status.startswith("2") for status in one["responses"]), where
        keyed = "security" in one
        assert ({} in one.get("security", ())) == (path == "/metrics"), where
        assert keyed == ("401" in one["responses"]) == ("403" in one["responses"]), where
        assert ("requestBody" in one) == ("415" in one["responses"]), where


def test_what_is_named_is_there() -> None:
    text = json.dumps(DOCUMENT)
    for place in set(re.findall(r'"\$ref": "#/([^"]+)"', text)):
        found: Any = DOCUMENT
        for step in place.split("/"):
            found = found[step]
        assert found, place


def test_every_kind_of_problem_is_said_at_its_status() -> None:
    said = DOCUMENT["components"]["responses"]
    for kind, meaning in KINDS.items():
        content = said[f"Problem{meaning.status}"]["content"][problems.CONTENT_TYPE]
        assert problems.URN + kind in json.dumps(content), kind
        assert meaning.todo.endswith("."), kind


async def test_the_document_that_is_served_is_the_one_that_is_committed() -> None:
    async with api_world() as world:
        said = await world.client().get("/api/v2/openapi.json")
    assert (said.status, said.headers["Content-Type"]) == (200, "application/json")
    assert said.body == DOCUMENT


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.handled: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            if name == "id":
                assert value not in self.ids, value
                self.ids.add(value or "")
            if name in ("href", "src", "action"):
                self.links.append(value or "")
            if name.startswith("on") or name in ("style", "tabindex"):
                self.handled.append(name)


async def test_the_page_has_all_of_it_needs_nothing_from_outside_and_works_by_keyboard() -> None:
    async with api_world() as world:
        said = await world.client().get("/api/v2/docs")
    assert said.status == 200
    assert said.headers["Content-Type"] == "text/html; charset=utf-8"
    assert said.headers["Content-Security-Policy"] == reference_page.POLICY
    assert "script" not in reference_page.POLICY.replace("default-src 'none'", "")
    page = _Page()
    page.feed(said.body.decode())
    assert {one["operationId"] for _, _, one in operations()} <= page.ids
    assert {f"schema-{name}" for name in DOCUMENT["components"]["schemas"]} <= page.ids
    assert not page.tags & {"script", "link", "img", "iframe", "object"}
    assert page.handled == [], "what opens is <details>, what leads on is <a>"
    for link in page.links:
        assert link == "openapi.json" or (link.startswith("#") and link[1:] in page.ids), link


def test_what_people_wrote_is_text_on_the_page_and_never_its_markup() -> None:
    evil = json.loads(json.dumps(DOCUMENT).replace("One tenant", "<script>x</script>"))
    assert b"<script>" not in reference_page.page(evil)
