"""Events to stored bytes and back.

A body is JSON with its tag under "type".  A later field with a default needs nothing here.  When an
event changes its meaning its new shape gets a new tag, and the old tag an entry in ``UPCASTS``:
what it says, said in the new shape.  Old bytes are never written anew; the digest covers them.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar, cast, get_args

import msgspec

from engine.errors import UnknownEvent
from engine.events import Category, Event, Fact

E = TypeVar("E", bound=Event)
Fields = dict[str, Any]
Upcast = Callable[[Fields], Fields]  # gives the body of another tag, "type" included

UPCASTS: Mapping[str, Upcast] = {}  # by the tag that is written no more

_ENCODER = msgspec.json.Encoder()
_DECODER: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)


class _Tagged(msgspec.Struct):
    type: str


_TAG_DECODER = msgspec.json.Decoder(_Tagged)


def encode(event: Event) -> bytes:
    return _ENCODER.encode(event)


def tag_of_event(event: Event) -> str:
    return cast(str, event.__struct_config__.tag)  # explicit for every kind, as a test makes sure


def decode(body: bytes, upcasts: Mapping[str, Upcast] = UPCASTS) -> Event | None:
    """The event, or None when its tag is not known here: a newer engine wrote it.

    A known tag with fields that do not fit raises ValidationError: that is a bug, or a file that
    was damaged, and passing over it would hide either.
    """
    try:
        return _DECODER.decode(body)
    except msgspec.ValidationError:
        tag = tag_of(body)
        if tag in upcasts:
            return decode(msgspec.json.encode(_upcast(body, tag, upcasts)), {})
        if tag not in TAGS:
            return None
        raise


def decode_of(category: Category[E], stream: str, body: bytes) -> E:
    """An event that a decider folds; raises UnknownEvent where nobody here can."""
    event = decode(body)
    if event is None:
        raise UnknownEvent(stream, tag_of(body))
    # Category can only say that its union is an object; isinstance takes a union as it is.
    if not isinstance(event, cast(Any, category.events)):
        raise TypeError(f"{stream} holds {tag_of(body)!r}, which is no event of {category.name!r}")
    return cast(E, event)  # isinstance has just said so


def tag_of(body: bytes) -> str:
    return _TAG_DECODER.decode(body).type


def is_known(body: bytes) -> bool:
    return decode(body) is not None


def _upcast(body: bytes, tag: str, upcasts: Mapping[str, Upcast]) -> Fields:
    fields: Fields = msgspec.json.decode(body)
    while tag in upcasts:
        fields = upcasts[tag](fields)
        tag = fields["type"]
    return fields


def _facts(union: object) -> Iterator[type[Fact]]:
    for member in get_args(union):
        if isinstance(member, type) and issubclass(member, Fact):
            yield member


TAGS: Mapping[str, type[Fact]] = {str(fact.__struct_config__.tag): fact for fact in _facts(Event)}
