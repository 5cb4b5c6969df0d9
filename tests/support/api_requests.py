"""Requests made from the committed OpenAPI document: every operation, with a body that is taken."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import quote

from tests.support.docs import DOCS

DOCUMENT: dict[str, Any] = json.loads((DOCS / "openapi.json").read_text())


class Operation(NamedTuple):
    method: str
    path: str
    said: Mapping[str, Any]

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def scope(self) -> str | None:
        found: str | None = self.said.get("x-scope")
        return found

    @property
    def local(self) -> bool:
        return {} in self.said.get("security", ())

    @property
    def body_schema(self) -> dict[str, Any] | None:
        """None: this takes no body."""
        if "requestBody" not in self.said:
            return None
        found: dict[str, Any] = self.said["requestBody"]["content"]["application/json"]["schema"]
        return found

    @property
    def places(self) -> list[str]:
        """What the path names; the id of a key is ``key``."""
        named = [one["name"] for one in self.said["parameters"] if one["in"] == "path"]
        return ["key" if one == "id" and "/keys/" in self.path else one for one in named]

    @property
    def headers(self) -> list[str]:
        return [one["name"] for one in self.said["parameters"] if one["in"] == "header"]

    def url(self, places: Mapping[str, str], **query: str) -> str:
        path = self.path
        for name in self.places:
            place = "id" if name == "key" else name
            path = path.replace(f"{{{place}}}", quote(places[name], safe=""))
        known = {one["name"] for one in self.said["parameters"] if one["in"] == "query"}
        asked = "&".join(f"{name}={quote(text)}" for name, text in query.items() if name in known)
        return f"{path}?{asked}" if asked else path

    def body(self, words: Mapping[str, Any], **more: Any) -> bytes | None:
        """All that must be there, taken from ``words`` by its name, else the least that fits;
        ``more`` where there is such a field.  None: this takes no body.
        """
        if self.body_schema is None:
            return None
        schema = _one(self.body_schema)
        given = made(schema, words)
        if isinstance(given, dict):
            given |= {name: one for name, one in more.items() if name in schema["properties"]}
        return json.dumps(given).encode()


def operations() -> Iterator[Operation]:
    for path, methods in DOCUMENT["paths"].items():
        for method, said in methods.items():
            yield Operation(method.upper(), path, said)


def made(schema: dict[str, Any], words: Mapping[str, Any]) -> Any:
    """The least that fits."""
    schema = _one(schema)
    match schema:
        case {"const": value} | {"enum": [value, *_]}:
            return value
        case {"type": "object", "properties": fields}:
            needed = schema.get("required", ())
            return {
                name: words[name] if name in words else made(fields[name], words) for name in needed
            }
        case {"type": "object"}:
            return {}
        case {"type": "array", "items": items} if schema.get("minItems"):
            return [made(items, words)]
        case {"type": "array"}:
            return []
        case {"type": "integer"}:
            return schema.get("minimum", 1)
        case {"type": "boolean"}:
            return False
        case {"type": "string"}:
            return "x"
        case _:
            return None


def whole(schema: dict[str, Any]) -> dict[str, Any]:
    """Not a reference to it."""
    if "$ref" not in schema:
        return schema
    found: dict[str, Any] = DOCUMENT
    for step in schema["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    return whole(found)


def _one(schema: dict[str, Any]) -> dict[str, Any]:
    """Of several, the first that is an object."""
    schema = whole(schema)
    several = [_one(one) for one in schema.get("anyOf") or schema.get("oneOf") or ()]
    return next((one for one in several if one.get("type") == "object"), (*several, schema)[0])
