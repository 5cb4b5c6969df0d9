"""A fleet as the text of a fleet file."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from engine.rules.fleet import ladder_said
from engine.rules.fleet.declared import Chat, Domain, Fleet, Ip, Node, Tenant

_BARE = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")


def tables(fleet: Fleet) -> dict[str, list[dict[str, Any]]]:
    """As TOML or JSON hold them; what is None is left out."""
    found = {
        "tenants": [_table(one) for one in fleet.tenants],
        "nodes": [_table(one) for one in fleet.nodes],
        "domains": [_table(one) for one in fleet.domains],
        "ips": [_table(one) for one in fleet.ips],
        "chats": [_table(one) for one in fleet.chats],
    }
    return {kind: rows for kind, rows in found.items() if rows}


def text(fleet: Fleet) -> str:
    parts = [
        f"[[{kind}]]\n{''.join(_lines(row))}"
        for kind, rows in tables(fleet).items()
        for row in rows
    ]
    return "\n".join(parts)


def _table(one: Tenant | Node | Domain | Ip | Chat) -> dict[str, Any]:
    found = {name: getattr(one, name) for name in one.__struct_fields__}
    plan = found.pop("plan", None)
    if not found.get("removed"):
        found.pop("removed", None)
    if plan is not None:
        found |= ladder_said.said(plan)
    return {name: value for name, value in found.items() if value is not None}


def _lines(row: Mapping[str, Any]) -> Iterator[str]:
    for name, value in row.items():
        yield f"{_key(name)} = {_value(value)}\n"


def _key(name: str) -> str:
    return name if name and set(name) <= _BARE else _string(name)


def _value(value: Any) -> str:
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, Mapping):
        pairs = (f"{_key(name)} = {_value(one)}" for name, one in value.items())
        return f"{{ {', '.join(pairs)} }}" if value else "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    return json.dumps(value)


def _string(text: str) -> str:
    """JSON's escapes are TOML's too, but that TOML wants DEL escaped."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
