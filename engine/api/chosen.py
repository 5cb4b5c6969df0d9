"""Only the fields that a client asks for: ``?fields=address,phase``, of each in a list."""

from typing import Any, get_args, get_origin

import msgspec
from msgspec import Raw, Struct

from engine.api.meant import fields, meant
from engine.api.problems import Problem
from engine.api.route import Says, kinds


def names(text: str, says: Says) -> tuple[str, ...]:
    """What is asked for; (): all.  Raises Problem for what there is not."""
    asked = tuple(dict.fromkeys(word.strip() for word in text.split(",") if word.strip()))
    if not asked:
        return ()
    known = sorted({name for kind in kinds(says.get(200)) for name in fields(_one(kind))})
    for name in asked:
        if name not in known:
            why = f"there is no field `{name}`{meant(name, known)}"
            raise Problem("unknown-field", why, field="$.fields")
    return asked


def of(body: Any, asked: tuple[str, ...]) -> Any:
    """The answer with these alone; a list keeps what goes around it."""
    if not isinstance(body, Struct | Raw):
        return body
    whole = _opened(body)
    if "items" not in whole:
        return _some(whole, asked)
    items = msgspec.json.decode(whole["items"], type=list[dict[str, Raw]])
    return {**whole, "items": [_some(one, asked) for one in items]}


def _opened(body: Struct | Raw) -> dict[str, Raw]:
    return msgspec.json.decode(msgspec.json.encode(body), type=dict[str, Raw])


def _some(whole: dict[str, Raw], asked: tuple[str, ...]) -> dict[str, Raw]:
    return {name: whole[name] for name in asked if name in whole}


def _one(kind: Any) -> Any:
    """Of a list, what stands in it."""
    if get_origin(kind) is not None:
        return get_args(kind)[0]
    if isinstance(kind, type) and issubclass(kind, Struct):
        for field in msgspec.structs.fields(kind):
            if field.name == "items":
                return get_args(field.type)[0]
    return kind
