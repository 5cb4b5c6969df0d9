"""The OpenAPI document for people: one page of plain HTML, without a script or an outside asset."""

import base64
import hashlib
from collections.abc import Iterator
from html import escape
from typing import Any

Json = dict[str, Any]

_STYLE = """
:root{color-scheme:light dark}
body{font:16px/1.5 system-ui,sans-serif;max-width:62rem;margin:0 auto;padding:1rem}
code{font:.9em/1.4 ui-monospace,monospace;overflow-wrap:anywhere}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.2rem .8rem .2rem 0;border-bottom:1px solid #8884}
details{margin:.4rem 0;padding:.2rem .6rem;border:1px solid #8886;border-radius:.3rem}
summary{cursor:pointer}
nav ul{columns:14rem;padding-left:1.2rem}
.skip{position:absolute;left:-99rem}
.skip:focus{position:static}
:focus-visible{outline:3px solid #06c;outline-offset:2px}
"""
_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
POLICY = f"default-src 'none'; style-src 'sha256-{_HASH}'; frame-ancestors 'none'; base-uri 'none'"


def page(document: Json) -> bytes:
    """All operations by what they are about, then all schemas."""
    return "".join(_lines(document)).encode()


def _lines(document: Json) -> Iterator[str]:
    info = document["info"]
    title = f"{escape(info['title'])} API {escape(info['version'])}"
    yield '<!doctype html><html lang="en"><meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width">'
    yield f"<title>{title}</title><style>{_STYLE}</style>"
    yield f'<a class="skip" href="#operations">To the operations</a><h1>{title}</h1>'
    yield f"<p>{_words(info['description'])}</p>"
    yield '<p>The same for machines: <a href="openapi.json">openapi.json</a>.</p>'
    groups = _groups(document)
    yield '<nav aria-label="Contents"><ul>'
    for tag in groups:
        yield f'<li><a href="#tag-{escape(tag)}">{escape(tag)}</a>'
    yield '<li><a href="#problems">problems</a><li><a href="#schemas">schemas</a></ul></nav>'
    yield '<main id="operations">'
    for tag, operations in groups.items():
        yield f'<h2 id="tag-{escape(tag)}">{escape(tag)}</h2>'
        for method, path, one in operations:
            yield from _operation(method, path, one)
    yield from _problems(document["components"]["responses"])
    yield '<h2 id="schemas">schemas</h2>'
    for name, schema in document["components"]["schemas"].items():
        yield from _schema(name, schema)
    yield "</main></html>\n"


def _groups(document: Json) -> dict[str, list[tuple[str, str, Json]]]:
    found: dict[str, list[tuple[str, str, Json]]] = {}
    for path, methods in document["paths"].items():
        for method, one in methods.items():
            found.setdefault(one["tags"][0], []).append((method.upper(), path, one))
    return found


def _operation(method: str, path: str, one: Json) -> Iterator[str]:
    yield f'<details id="{escape(one["operationId"])}"><summary><code>{method} {escape(path)}'
    yield f"</code> {escape(one['summary'])}</summary>"
    yield f"<p>{_words(one.get('description', 'Needs no key.'))}</p>"
    if parameters := one["parameters"]:
        yield "<table><tr><th scope=col>parameter<th scope=col>in<th scope=col>takes"
        for parameter in parameters:
            what = f"{_type(parameter['schema'])} {_words(parameter.get('description', ''))}"
            yield f"<tr><td><code>{escape(parameter['name'])}</code><td>{parameter['in']}<td>{what}"
        yield "</table>"
    if body := one.get("requestBody"):
        kinds = ", ".join(f"<code>{kind}</code>" for kind in body["content"])
        schema = next(iter(body["content"].values()))["schema"]
        yield f"<p>Body ({kinds}): {_type(schema)}</p>"
        for one_of in schema.get("oneOf", ()):
            yield f"<details><summary><code>{escape(one_of['title'])}</code></summary>"
            yield from _fields(one_of)
            yield "</details>"
    yield "<table><tr><th scope=col>status<th scope=col>answer"
    for status, answer in one["responses"].items():
        yield f"<tr><td>{status}<td>{_answer(answer)}"
    yield "</table></details>"


def _answer(answer: Json) -> str:
    if "$ref" in answer:
        name = answer["$ref"].rsplit("/", 1)[1]
        return f'<a href="#{name}">problem</a>'
    if "content" not in answer:
        return _words(answer["description"])
    kind, content = next(iter(answer["content"].items()))
    return f"<code>{kind}</code> {_type(content['schema'])}"


def _problems(responses: Json) -> Iterator[str]:
    yield '<h2 id="problems">problems</h2>'
    yield "<table><tr><th scope=col>status<th scope=col>types"
    for name, one in responses.items():
        yield f'<tr id="{name}"><td>{name.removeprefix("Problem")}<td>{_words(one["description"])}'
    yield "</table>"


def _schema(name: str, schema: Json) -> Iterator[str]:
    yield f'<details id="schema-{escape(name)}"><summary><code>{escape(name)}</code></summary>'
    if "properties" not in schema:
        yield f"<p>{_type(schema)}</p></details>"
        return
    yield from _fields(schema)
    yield "</details>"


def _fields(schema: Json) -> Iterator[str]:
    yield f"<p>{_words(schema.get('description', ''))}</p>"
    yield "<table><tr><th scope=col>field<th scope=col>is<th scope=col>must be there"
    for field, kind in schema["properties"].items():
        needed = "yes" if field in schema.get("required", ()) else ""
        yield f"<tr><td><code>{escape(field)}</code><td>{_type(kind)}<td>{needed}"
    yield "</table>"


def _type(schema: Json) -> str:
    """In words, with links."""
    if "$ref" in schema:
        name = escape(schema["$ref"].rsplit("/", 1)[1])
        return f'<a href="#schema-{name}">{name}</a>'
    if "anyOf" in schema:
        return " or ".join(map(_type, schema["anyOf"]))
    if "enum" in schema:
        return ", ".join(f"<code>{escape(str(one))}</code>" for one in schema["enum"])
    if "oneOf" in schema:
        return f"one of {len(schema['oneOf'])}, each by its <code>tag</code>"
    if "const" in schema:
        return f"<code>{escape(schema['const'])}</code>"
    kind = escape(str(schema.get("type", "anything")))
    match schema:
        case {"items": dict() as items}:
            return f"array of {_type(items)}"
        case {"additionalProperties": dict() as values}:
            return f"object of {_type(values)}"
        case {"format": text}:
            return f"{kind} ({escape(text)})"
        case _:
            return kind


def _words(text: str) -> str:
    """Backquotes are code."""
    parts = escape(text).split("`")
    return "".join(f"<code>{one}</code>" if n % 2 else one for n, one in enumerate(parts))
