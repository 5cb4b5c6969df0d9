"""The route table as OpenAPI 3.1: what clients, and tools for clients, are made from."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from engine.api import commands, openapi_commands, openapi_problems, tenant_export
from engine.api.call import DryRun, Raw, Reading
from engine.api.events import Stream
from engine.api.health import Figures
from engine.api.problems import ProblemBody
from engine.api.route import AsAsked, Html, OpenApi, Route, kinds
from engine.api.tenant_export import Lines

Json = dict[str, Any]
VERSION = "2"
AT = "#/components/schemas/{name}"

NO_JSON: Mapping[Any, str] = {
    Stream: "text/event-stream",
    Lines: tenant_export.CONTENT_TYPE,
    Figures: "text/plain",
    Html: "text/html",
    AsAsked: "application/json",
    OpenApi: "application/json",
}
_BATCHES = ("application/json", "application/x-ndjson", "text/csv")
HEADERS = {
    "X-Position": "where it stands in the log; a read that names it sees it",
    "ETag": "of what was read, for If-None-Match and If-Match",
    "Location": "where to look",
    "RateLimit-Policy": "how many requests a key may send in how many seconds",
    "RateLimit": "how many are left, and in how many seconds all will be",
}
_PLACE = re.compile(r"{(\w+)}")
_PLACES = {
    "id": "an IP: its address; a key: its public id",
    "slug": "of the tenant",
    "over": "engine, node-<name> or tenant-<slug>",
}
_INFO = """\
Every address is registered with one POST; the engine does the rest, and every decision can be
read at `/events`. Send the key as `Authorization: Bearer ee_live_…`. What goes wrong is
`application/problem+json` (RFC 9457): `type` is stable, `field` and `pointer` say where, `detail`
says what to do."""


def document(routes: Sequence[Route]) -> Json:
    """The same for the same routes."""
    bodies = [kind for route in routes for kind in _bodies(route)]
    schemas, components = msgspec.json.schema_components([ProblemBody, *bodies], ref_template=AT)
    known = {one: schema for one, schema in zip(bodies, schemas[1:], strict=True)}
    known[commands.Given] = openapi_commands.schema(routes, components)
    paths: dict[str, Json] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, known)
    return {
        "openapi": "3.1.0",
        "info": {"title": "email-engine", "version": VERSION, "description": _INFO},
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": dict(sorted(components.items())),
            "headers": {name: _answered(what) for name, what in HEADERS.items()},
            "responses": openapi_problems.responses(),
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        },
    }


def written(routes: Sequence[Route]) -> bytes:
    """As it is committed."""
    return msgspec.json.format(msgspec.json.encode(document(routes)), indent=1) + b"\n"


def _bodies(route: Route) -> Iterator[Any]:
    """The types whose schemas are needed; those of queries become parameters."""
    for kind in route.says.values():
        yield from (one for one in kinds(kind) if one not in NO_JSON)
    if route.sends and route.takes not in (Raw, commands.Given):
        yield route.takes


def _operation(route: Route, known: Mapping[Any, Json]) -> Json:
    made: Json = {
        "operationId": _name(route),
        "summary": route.summary,
        "tags": [_tag(route)],
        "parameters": [*_places(route), *_query(route), *_headers(route)],
        "responses": {
            **{str(status): _answer(kind, known) for status, kind in route.says.items()},
            **openapi_problems.of(route),
        },
    }
    if route.tagged and Stream not in route.says.values():
        made["responses"]["304"] = {"description": "As it was when `If-None-Match` was given"}
    if route.scope is not None:
        made["description"] = f"Needs the scope `{route.scope}`."
        made["security"] = [{"key": []}, {}] if route.local else [{"key": []}]
        made["x-scope"] = route.scope
    if route.sends:
        made["requestBody"] = _body(route, known)
    return made


def _tag(route: Route) -> str:
    first = route.path.removeprefix("/api/v2").split("/")[1]
    return first if route.path.startswith("/api/v2") else "process"


def _name(route: Route) -> str:
    """Such as ``post_ips_id_warmup``."""
    words = re.findall(r"\w+", route.path.removeprefix("/api/v2"))
    return "_".join((route.method.lower(), *words))


def _places(route: Route) -> Iterator[Json]:
    for name in _PLACE.findall(route.path):
        text = {"type": "string", "minLength": 1}
        made = {"name": name, "in": "path", "required": True, "schema": text}
        yield made | ({"description": _PLACES[name]} if name in _PLACES else {})


def _query(route: Route) -> Iterator[Json]:
    if route.reads:
        yield from _fields(route.takes)
    elif isinstance(route.takes, type) and issubclass(route.takes, DryRun):
        yield from (one for one in _fields(_DryRunAsked) if one["name"] == "dry_run")


class _DryRunAsked(Reading, frozen=True, kw_only=True):
    dry_run: bool = False


def _fields(kind: type[Struct]) -> Iterator[Json]:
    _, components = msgspec.json.schema_components([kind], ref_template=AT)
    whole = components.pop(kind.__name__)
    for name, schema in whole["properties"].items():
        required = name in whole["required"]
        yield {
            "name": name,
            "in": "query",
            "required": required,
            "schema": _of_text(schema, components),
        }


def _of_text(schema: Json, components: Mapping[str, Json]) -> Json:
    """What is left out is null, and cannot be said in a query."""
    parts = [one for one in schema.get("anyOf", (schema,)) if one.get("type") != "null"]
    parts = [components[one["$ref"].rsplit("/", 1)[1]] if "$ref" in one else one for one in parts]
    left = parts[0] if len(parts) == 1 else {"anyOf": parts}
    return {name: value for name, value in left.items() if not (name == "default" and not value)}


def _headers(route: Route) -> Iterator[Json]:
    text = {"type": "string"}
    if route.sends or route.method == "DELETE":
        yield _header(
            "Idempotency-Key", "printable; the same request again is answered as it was", text
        )
    if route.reads:
        yield _header("X-Position", "of an own write that this is to see", text)
    if route.changes_one:
        yield _header("If-Match", "ETag of what was read: 412 if it was changed since", text)
    if route.tagged and Stream not in route.says.values():
        yield _header("If-None-Match", "ETag of what is held already: 304 if it is the same", text)
    if Stream in route.says.values():
        yield _header("Last-Event-ID", "where a connection that broke off had come to", text)


def _answered(what: str) -> Json:
    return {"description": what, "schema": {"type": "string"}}


def _header(name: str, what: str, schema: Json) -> Json:
    return {"name": name, "in": "header", "required": False, "description": what, "schema": schema}


def _body(route: Route, known: Mapping[Any, Json]) -> Json:
    if route.takes is Raw:
        batches: Json = {kind: {"schema": {}} for kind in _BATCHES}
        return {"required": True, "content": batches}
    return {"required": True, "content": {"application/json": {"schema": known[route.takes]}}}


def _answer(kind: Any, known: Mapping[Any, Json]) -> Json:
    each = kinds(kind)
    if each[0] in NO_JSON:
        media = NO_JSON[each[0]]
        body = {} if media == "application/json" else {"type": "string"}
        content = {media: {"schema": body}}
        return {"description": (each[0].__doc__ or "").strip(), "content": content}
    schemas = [known[one] for one in each]
    schema: Json = schemas[0] if len(schemas) == 1 else {"anyOf": schemas}
    return {
        "description": "It went well",
        "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in HEADERS},
        "content": {"application/json": {"schema": schema}},
    }
