"""One line of the route table: what is asked, who may, and what is answered."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from msgspec import Struct

from engine.api.call import Handler, Reading
from engine.api.reading import Later
from engine.values.scope import Scope


class Html(Struct, frozen=True):
    """A page for people."""


class AsAsked(Struct, frozen=True):
    """What the path of the command answers."""


class OpenApi(Struct, frozen=True):
    """An OpenAPI 3.1 document."""


Says = Mapping[int, Any]  # status -> the type of the body, or several of which it is one


V2 = "/api/v2"
CHANGED = tuple(
    f"{V2}/{what}"
    for what in (
        "ips/{",
        "tenants/{",
        "domains/{",
        "keys/{",
        "authority/{",
        "chats/{",
        "powermta/config",
        "commands",
    )
)


class Route(NamedTuple):
    method: str
    path: str
    scope: Scope | None  # None: no key is needed
    handler: Handler
    takes: Any  # the type of the body, or of the query where it is a Reading
    says: Says  # where all goes well; problems are the same for all
    summary: str
    local: bool = False  # needs no key on this machine

    @property
    def reads(self) -> bool:
        """Whether what it takes stands in the query."""
        return isinstance(self.takes, type) and issubclass(self.takes, Reading)

    @property
    def sends(self) -> bool:
        """Whether it takes a body."""
        return not self.reads

    @property
    def changes_one(self) -> bool:
        """Whether it changes one thing that was read before: what If-Match is about."""
        return self.method != "GET" and self.path.startswith(CHANGED)

    @property
    def tagged(self) -> bool:
        """Whether its answer stays the same as long as nothing happens."""
        return self.method == "GET" and self.path.startswith(V2)


def kinds(said: Any) -> tuple[Any, ...]:
    """What one status may answer with."""
    return said if isinstance(said, tuple) else (said,)


def says(answers: Mapping[int, Any]) -> Says:
    return MappingProxyType(dict(answers))


def ok(kind: Any) -> Says:
    return says({200: kind})


def or_later(kind: Any) -> Says:
    """202 where it was done, and can be read in a moment."""
    return says({200: kind, 202: Later})


def made(kind: Any) -> Says:
    return says({201: kind})


def made_or_later(kind: Any) -> Says:
    return says({201: kind, 202: Later})


def started(kind: Any) -> Says:
    return says({202: kind})


def begun(kind: Any) -> Says:
    """200 where nothing is left to be done, 202 where it has begun."""
    return says({200: kind, 202: kind})


def made_or_shown(kind: Any) -> Says:
    """200 where something is left to be confirmed."""
    return says({200: kind, 201: kind})
