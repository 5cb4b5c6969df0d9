"""The views as they stood, folded from the log without a running engine.  It performs nothing and
asks nobody: what was looked at then is in the events.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from engine import config as configuration
from engine.adapters.system import SystemClock
from engine.api import moments, places
from engine.api.meant import meant
from engine.app.database import database
from engine.config import Config
from engine.errors import StartRefused
from engine.ids import IpAddr, Position, TenantId
from engine.ports import Fence, Log, Row, Tip
from engine.projections import PROJECTIONS
from engine.runtime.past import Past
from engine.store.digest import GENESIS
from engine.store.images import PostgresImages
from engine.store.postgres_log import PostgresLog
from engine.store.readers import Readers

NAME = "email-engine replay"
VIEWS = tuple(one.name for one in PROJECTIONS)
_EVENT = "SELECT digest, at FROM engine.event WHERE position = $1"


class Asked(NamedTuple):
    at: str  # a moment, so long ago, or a position
    views: Sequence[str] = ()  # (): all of them
    ip: IpAddr | None = None  # None: whatever the views are about
    tenant: TenantId | None = None  # None: everybody's, and the platform's


class Replayed(NamedTuple):
    last: Tip  # the last event that was folded
    rows: Sequence[Row]


def replay(config: Path, asked: Asked) -> Replayed:
    """Raises ValueError for a view or a moment that is none, StartRefused, LogUnavailable."""
    for name in asked.views:
        _check_view(name)
    if places.number(asked.at) is None:
        _moment(asked.at, SystemClock().now())
    return asyncio.run(_replayed(configuration.load(config), asked))


async def _replayed(config: Config, asked: Asked) -> Replayed:
    async with database(config) as dsn:
        clock = SystemClock()
        log = PostgresLog(dsn, clock, name=NAME, reads_as="ee_audit")
        images = PostgresImages(dsn, lambda: Fence(0, ""), name=NAME)
        readers = Readers(dsn, name=NAME, epoch=lambda: 0)
        try:
            position = await _position(log, asked.at, clock.now())
            last = await _last(readers, position)
            views = await Past(log, images, PROJECTIONS).at(
                position, asked.views or VIEWS, asked.tenant
            )
            rows = [row for name in asked.views or VIEWS for row in views.rows(name)]
            return Replayed(last, [row for row in rows if _about(row, asked.ip)])
        finally:
            await readers.close()
            await images.close()
            await log.close()


async def _position(log: Log, text: str, now: datetime) -> Position:
    head, position = await log.head(), places.number(text)
    if position is not None:
        if position > head:
            raise StartRefused(f"the log ends at position {head}; there is no {position} yet")
        return position
    return await log.position_at(_moment(text, now))


def _moment(text: str, now: datetime) -> datetime:
    try:
        then = moments.ago(text, now) or moments.parse(text)
    except ValueError as wrong:
        raise ValueError(f"{wrong}; or how long ago, such as 2h or 3d, or a position") from wrong
    if then > now:
        raise ValueError(f"{text} is yet to come: it is {moments.written(now)}")
    return then


async def _last(readers: Readers, position: Position) -> Tip:
    async with readers.reading(None) as connection:
        row = await connection.fetchrow(_EVENT, position)
    return Tip(position, GENESIS, None) if row is None else Tip(position, row["digest"], row["at"])


def _about(row: Row, ip: IpAddr | None) -> bool:
    """Keys are tenant first, and then what the view is about."""
    return ip is None or ip in row.key.split("/")


def _check_view(name: str) -> None:
    if name not in VIEWS:
        raise ValueError(f"there is no view `{name}`{meant(name, VIEWS)}")
