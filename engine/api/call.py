"""One request as a handler sees it, and its answer."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Annotated, Any, NamedTuple

from msgspec import Meta, Struct

from engine.api.deps import Deps
from engine.ids import Actor, KeyId, Position, TenantId
from engine.values.scope import Scope

LIMIT_MAX = 500  # rows of one page
TEXT_MAX = 1_000  # letters of what people write; 200 of them are kept


class Caller(Struct, frozen=True):
    key: KeyId
    tenant: TenantId | None  # None: the platform's own key, which sees all
    scopes: tuple[Scope, ...]

    @property
    def actor(self) -> Actor:
        return Actor(f"key:{self.key}")


NOBODY = Caller(KeyId(""), None, ())


class Call(NamedTuple):
    deps: Deps
    caller: Caller  # NOBODY on a path that needs no key
    path: Mapping[str, str]
    idempotency_key: str | None
    last_event_id: str | None = None  # of a client that comes back to a stream
    since: Position | None = None  # If-Match: nothing may have happened beyond to what is changed
    asked: str = ""  # what was asked of which path, as a digest; "": it is no request to repeat


class Answer(NamedTuple):
    body: Any  # bytes are sent as they are, a generator's as they come
    status: int = 200
    position: Position | None = None  # of what was written
    location: str | None = None
    then: tuple[Position | None, datetime] | None = None  # as of when; a tenant counts no positions
    content_type: str = "application/json"
    headers: Mapping[str, str] = MappingProxyType({})


Handler = Callable[[Call, Any], Awaitable[Answer]]

Word = Annotated[str, Meta(min_length=1, max_length=255)]
Text = Annotated[str, Meta(min_length=1, max_length=TEXT_MAX)]


class Body(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a client sends; what is not known is an error."""


class Raw(NamedTuple):
    """A body as it came, unpacked; for what is no JSON of ours."""

    data: bytes
    content_type: str  # lower case, without parameters


class OfTenant(Body, frozen=True, kw_only=True):
    """For what concerns one tenant: its own key need not name it, a platform's must."""

    tenant: TenantId | None = None


class DryRun(OfTenant, frozen=True, kw_only=True):
    """A write that may be asked by ?dry_run=true what it would do, and then changes nothing."""

    dry_run: bool = False


class Reading(Body, frozen=True, kw_only=True):
    """A query string."""

    fields: Annotated[str, Meta(max_length=255)] = ""  # only these, by comma; "" = all
    at_least: Annotated[str, Meta(max_length=255)] | None = None  # X-Position of an own write


class AsOf(Reading, frozen=True, kw_only=True):
    """A query about views, which can be looked at as they stood."""

    as_of: str = ""  # a moment, or for the platform a position; "" = now


class Page(AsOf, frozen=True, kw_only=True):
    after: str = ""  # ``next`` of the page before
    limit: Annotated[int, Meta(ge=1, le=LIMIT_MAX)] = 100
    tenant: TenantId | None = None  # for a platform's key: only of this one
