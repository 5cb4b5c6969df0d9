"""Each command that people may give as a schema, for the OpenAPI document."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from engine.api import commands
from engine.api.call import Reading
from engine.api.route import Route

Json = dict[str, Any]
_OF_READS = {field.name for field in msgspec.structs.fields(Reading)}


def schema(routes: Sequence[Route], components: Mapping[str, Json]) -> Json:
    return {
        "oneOf": [_one(tag, way, components) for tag, way in commands.ways(routes).items()],
        "discriminator": {"propertyName": "tag"},
    }


def _one(tag: str, way: commands.Way, components: Mapping[str, Json]) -> Json:
    whole = components.get(way.takes.__name__) or _alone(way.takes)
    fields = {name: one for name, one in whole["properties"].items() if name not in _OF_READS}
    places = [*way.places.values()]
    return {
        "title": tag,
        "description": way.route.summary,
        "type": "object",
        "properties": {"tag": {"const": tag}, **dict(_named(places)), **fields},
        "required": ["tag", *places, *whole["required"]],
        "additionalProperties": False,
    }


def _alone(kind: type) -> Json:
    """A query is no component."""
    _, components = msgspec.json.schema_components([kind])
    found: Json = components[kind.__name__]
    return found


def _named(places: Sequence[str]) -> Iterator[tuple[str, Json]]:
    for name in places:
        yield name, {"type": "string", "minLength": 1}
