"""Proves the log, and what is kept beside it, without a running engine.

The checks come one after the other: each may add findings to the report, and one that needs a sound
log is left out where the log is wrong.  Everything is read as the auditor; nothing is written.
"""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import NamedTuple

from engine import config as configuration
from engine.app.audit_images import audit_images
from engine.app.audit_views import audit_views
from engine.app.database import database
from engine.app.finding import Finding, Progress, Report
from engine.app.refold import Refold
from engine.errors import StartRefused
from engine.ports import Fence, Images
from engine.projections import PROJECTIONS
from engine.store import generations, kept
from engine.store.anchors import BEGINNING, Anchor
from engine.store.images import PostgresImages
from engine.store.kept import NotThere
from engine.store.pool import Borrowed
from engine.store.readers import Readers
from engine.store.verify import verify_log
from engine.store.verify_file import verify_file

NAME = "email-engine verify"


class Asked(NamedTuple):
    since: Anchor = BEGINNING
    anchors: Sequence[Anchor] = ()
    views: bool = True  # and images


def verify(config: Path, asked: Asked, progress: Progress) -> Report:
    """Raises StartRefused or LogUnavailable: then nothing is known."""

    async def run() -> Report:
        async with database(configuration.load(config)) as dsn:
            return await audit(dsn, asked, progress)

    return asyncio.run(run())


def verify_export(file: Path, anchors: Sequence[Anchor], progress: Progress) -> Report:
    """Without any database.  Raises StartRefused for what is no export."""
    report = Report()
    found = verify_file(file, anchors, lambda done, of: progress("bytes read", done, of))
    report.add(found, "file")
    return report


async def audit(dsn: str, asked: Asked, progress: Progress) -> Report:
    report = Report()
    async with AsyncExitStack() as stack:
        readers = Readers(dsn, name=NAME, epoch=lambda: 0)
        stack.push_async_callback(readers.close)
        images = PostgresImages(dsn, lambda: Fence(0, ""), name=NAME)
        stack.push_async_callback(images.close)
        connection = await stack.enter_async_context(readers.reading(None))
        await _log(connection, asked, report, progress)
        if asked.views:
            await _kept(connection, images, report, progress)
    return report


async def _log(connection: Borrowed, asked: Asked, report: Report, progress: Progress) -> None:
    try:
        with kept.there():
            found = await verify_log(
                connection,
                since=asked.since,
                anchors=asked.anchors,
                progress=lambda done, of: progress("verified", done, of),
            )
    except NotThere as absent:
        raise StartRefused(
            f"there is no log that this version can read: {absent}. Is it the right database, and"
            " was an engine of this version started with it?"
        ) from absent
    report.add(found)


async def _kept(connection: Borrowed, images: Images, report: Report, progress: Progress) -> None:
    """Images and rows, in one fold of the log from its beginning."""
    if report.wrong:
        report.notes.append("views and images were not compared: a wrong log gives wrong views")
        return
    try:
        with kept.there():
            upto = (await generations.standing(connection)).position
            found = await kept.images(connection, upto)
    except NotThere as absent:
        report.notes.append(f"views and images were not compared: {absent}")
        return
    refold = Refold(PROJECTIONS, lambda done: progress("folded", done, max(done, upto)))
    await audit_images(connection, images, found, PROJECTIONS, refold, report)
    await refold.to(upto, connection)
    try:
        with kept.there():
            await audit_views(connection, PROJECTIONS, refold, report)
    except NotThere as absent:
        why = f"{absent}. The engine makes what is missing at its next start"
        report.wrong.append(Finding(about="views", why=why))
