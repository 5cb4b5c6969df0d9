"""Requests that the OpenAPI document allows, and some that it does not: no bug, no answer unsaid.

The client of the tests holds every answer to the document; here many are made by chance.
"""

import asyncio
import json
from typing import Any, NamedTuple
from unittest.mock import patch
from urllib.parse import quote

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.api import outcomes
from tests.support.api_requests import Operation, operations, whole
from tests.support.api_world import api_world
from tests.support.spec import NODE

# Endless, or as long as a node takes.
SLOW = ("GET /api/v2/events/stream", "POST /api/v2/views/rebuild")
OPERATIONS = [one for one in operations() if one.name not in SLOW]
NAMES = ["1.2.3.4", "sos-expat", "ulixai", "sos-mail.com", NODE, "zen.spamhaus.org", "x", "engine"]
ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda one: st.lists(one, max_size=2) | st.dictionaries(st.text(max_size=5), one, max_size=2),
    max_leaves=3,
)
TEXT = st.sampled_from(NAMES) | st.text(max_size=20)


class Request(NamedTuple):
    operation: Operation
    url: str
    body: Any
    headers: dict[str, str]


@st.composite
def requests(draw: st.DrawFn) -> Request:
    one = draw(st.sampled_from(OPERATIONS))
    places = {name: draw(TEXT.filter(bool)) for name in one.places}
    query = {
        said["name"]: str(draw(fitting(said["schema"])))
        for said in one.said["parameters"]
        if said["in"] == "query" and said["name"] != "wait" and draw(st.integers(0, 3)) == 0
    }
    body = None
    if schema := one.body_schema:
        body = draw(fitting(schema) | ANY if draw(st.integers(0, 9)) == 0 else fitting(schema))
    headers = draw(
        st.dictionaries(st.sampled_from(one.headers or ["X-Nothing"]), HEADER, max_size=1)
    )
    asked = "&".join(f"{name}={quote(text)}" for name, text in query.items())
    return Request(one, f"{one.url(places)}?{asked}", body, headers)


HEADER = st.sampled_from(["*", '"x"', "1", "a-key", ""])


def fitting(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """What fits a schema, as far as it is about types."""
    schema = whole(schema)
    several = schema.get("anyOf") or schema.get("oneOf")
    if several:
        return st.sampled_from(several).flatmap(fitting)
    match schema:
        case {"const": value}:
            return st.just(value)
        case {"enum": values}:
            return st.sampled_from(values)
        case {"type": "object", "properties": fields}:
            needed = {name: fitting(fields[name]) for name in schema.get("required", ())}
            rest = {name: fitting(one) for name, one in fields.items() if name not in needed}
            return st.fixed_dictionaries(needed, optional=rest)
        case {"type": "object"}:
            return st.dictionaries(TEXT, fitting(schema.get("additionalProperties") or {}))
        case {"type": "array", "items": items}:
            return st.lists(fitting(items), max_size=2)
        case {"type": "integer"}:
            return st.integers(schema.get("minimum"), schema.get("maximum"))
        case {"type": "boolean"}:
            return st.booleans()
        case {"type": "string"}:
            return TEXT
        case {"type": "null"}:
            return st.none()
        case _:
            return ANY


@settings(max_examples=8, deadline=None)
@given(st.lists(requests(), min_size=40, max_size=40))
def test_whatever_is_asked_is_answered_as_the_document_says(asked: list[Request]) -> None:
    with patch.object(outcomes, "WITHIN_S", 0.01):
        asyncio.run(answered(asked))


async def answered(asked: list[Request]) -> None:
    async with api_world() as world:
        admin, sos, _ = await world.two_tenants()
        await sos.post("/api/v2/ips", {"address": "1.2.3.4", "purpose": "marketing"})
        await sos.post("/api/v2/domains", {"domain": "sos-mail.com"})
        for n, (one, url, body, headers) in enumerate(asked):
            data = None if body is None else json.dumps(body).encode()
            client = (admin, sos)[n % 2]
            said = await client.ask(one.method, url, data=data, headers=headers)
            assert said.status < 500 or said.status == 503, f"{one.method} {url} {body}: {said}"
