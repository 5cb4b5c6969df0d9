"""The shape of a projection: how do things stand?  One small view per key, folded from the log."""

from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

from msgspec import Struct

from engine.events import Event, Fact, Recorded
from engine.ids import TenantId

V = TypeVar("V")


def no_tenant(view: object) -> TenantId | None:
    return None


def unnamed(view: V, key: str) -> V:
    return view


def no_columns(view: object) -> Mapping[str, str | None]:
    return {}


class Projection(Struct, Generic[V], frozen=True, gc=False, kw_only=True):
    name: str
    folds: tuple[type[Fact], ...]
    keys: Callable[[Recorded[Any]], tuple[str, ...]]  # from the event's own fields and its tenant
    initial: V
    evolve: Callable[[V, Recorded[Event]], V]  # copies nothing that grows with the fleet
    named: Callable[[V, str], V] = unnamed  # the initial view of a key, where it must know its own
    tenant: Callable[[V], TenantId | None] = no_tenant  # whose row it is; None: the platform's
    columns: Callable[[V], Mapping[str, str | None]] = no_columns  # what lists may filter by
    version: int = 1  # raised when the same events give another view of the same shape


def of_tenant(recorded: Recorded[Any], key: str) -> tuple[str, ...]:
    """A tenant's views are keyed by tenant first; the platform's events concern none of them."""
    return (f"{recorded.tenant}/{key}",) if recorded.tenant else ()


def whole_tenant(recorded: Recorded[Any]) -> tuple[str, ...]:
    """Views of which each tenant has one."""
    return (recorded.tenant,) if recorded.tenant else ()


def first(projection: Projection[V], key: str) -> V:
    """A key's view before anything happened to it."""
    return projection.named(projection.initial, key)
