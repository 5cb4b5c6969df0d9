"""Writes events into a file that ``verify --file`` proves without a database."""

import asyncio
from pathlib import Path
from typing import NamedTuple

from engine import config as configuration
from engine.app.database import database
from engine.app.finding import Progress
from engine.config import Config
from engine.errors import StartRefused
from engine.ids import Position, TenantId
from engine.store.event_file import Ending
from engine.store.export import Wanted, export, written
from engine.store.pool import Borrowed
from engine.store.readers import Readers
from engine.store.verify import fenced

NAME = "email-engine export"
_KNOWN = "SELECT EXISTS (SELECT FROM engine.event WHERE tenant = $1)"


class Asked(NamedTuple):
    file: Path
    after: Position = Position(0)
    upto: Position | None = None  # None: the head
    tenant: TenantId | None = None
    force: bool = False  # write over a file that is there


def export_events(config: Path, asked: Asked, progress: Progress) -> Ending:
    """Raises StartRefused or LogUnavailable; then there is no new file."""
    if asked.file.exists() and not asked.force:
        raise StartRefused(f"{asked.file} is there already; --force writes over it")
    return asyncio.run(_exported(configuration.load(config), asked, progress))


async def _exported(config: Config, asked: Asked, progress: Progress) -> Ending:
    async with database(config) as dsn:
        readers = Readers(dsn, name=NAME, epoch=lambda: 0)
        try:
            async with readers.reading(None) as connection:
                wanted = await _wanted(connection, asked)
                with written(asked.file) as file:
                    return await export(
                        connection,
                        file,
                        config.engine_id,
                        wanted,
                        lambda done, of: progress("exported", done, of),
                    )
        except OverflowError as strange:
            raise StartRefused(
                "an event has a time that is in no calendar; `email-engine verify` names it"
            ) from strange
        finally:
            await readers.close()


async def _wanted(connection: Borrowed, asked: Asked) -> Wanted:
    last = (await fenced(connection)).last
    upto = last if asked.upto is None else asked.upto
    if upto > last:
        raise StartRefused(f"the log ends at {last}: there is no event {upto} yet")
    if asked.after > upto:
        raise StartRefused(f"no event comes after {asked.after} and not after {upto}")
    if asked.tenant is not None and not await connection.fetchval(_KNOWN, asked.tenant):
        raise StartRefused(f"the log holds no event of a tenant {asked.tenant!r}")
    return Wanted(asked.after, upto, asked.tenant)
