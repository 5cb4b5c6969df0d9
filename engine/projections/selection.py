"""Which rows of a view a reader gets: one rule for rows in memory and for views of the past."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import NamedTuple

from engine.ids import TenantId


class Asked(NamedTuple):
    tenant: TenantId | None  # None: the auditor, who sees all
    where: Mapping[str, str]  # declared columns, and what they must be
    after: str
    limit: int


class Shown(NamedTuple):
    """What a row is chosen by."""

    tenant: TenantId | None
    columns: Mapping[str, str | None]


def selected(keys: Iterable[str], shown: Callable[[str], Shown], asked: Asked) -> list[str]:
    """In the order of keys, by code point as Postgres gives them."""
    return list(islice(_fitting(sorted(keys), shown, asked), asked.limit))


def visible(tenant: TenantId | None, reader: TenantId | None) -> bool:
    return reader is None or tenant == reader


def _fitting(keys: Iterable[str], shown: Callable[[str], Shown], asked: Asked) -> Iterator[str]:
    for key in keys:
        if key <= asked.after:
            continue
        tenant, columns = shown(key)
        fits = all(columns.get(name) == value for name, value in asked.where.items())
        if fits and visible(tenant, asked.tenant):
            yield key
