"""Reads accounting files in a process that a test kills: ``… accounting_process DSN DIRECTORY``.

Postgres and the files are real.  Pieces are small, so that there are many moments to die in.  When
there is nothing more to read it writes the file ``done`` beside the directory, and ends.
"""

import asyncio
import sys
from pathlib import Path

from engine.adapters.accounting import NodeAccounting
from engine.adapters.ssh import Ssh
from engine.adapters.system import SystemClock, TimeOrderedIds
from engine.app.stores import open_stores
from engine.config import Config
from engine.effects.traffic import ReadAccounting
from engine.ids import NodeId, Position
from engine.ports import Log
from engine.projections import PROJECTIONS
from engine.projections.accounting import ACCOUNTING
from engine.runtime.perform import accounting
from engine.runtime.perform.accounting import Accounts, World
from engine.runtime.views import Views
from engine.values.traffic import Source

NODE = NodeId("pmta-1")
CHUNK, PIECE, PIECES = 2_000, 4_000, 4
ALL = 1_000_000


async def main(dsn: str, directory: Path) -> None:
    accounting.CHUNK, accounting.PIECE, accounting.PIECES_MAX = CHUNK, PIECE, PIECES
    clock = SystemClock()
    sources = {NODE: Source(directory=str(directory), local=True)}
    files = NodeAccounting(sources, Ssh(lambda _: None, directory))
    async with open_stores(dsn, Config(), clock) as stores:
        world = World(files, stores.log, clock, TimeOrderedIds(clock.now), sources)
        while True:
            await asyncio.sleep(0.05)  # whoever is to kill it must be faster
            views = await _folded(stores.log)
            view = views.get(ACCOUNTING, NODE)
            if view.looked_at and not view.behind:
                break
            work = view.work
            await Accounts(world, views).read(
                ReadAccounting(tenant=None, node=NODE, cycle=work.since, attempt=work.retry.attempt)
            )
    (directory.parent / "done").touch()


async def _folded(log: Log) -> Views:
    views = Views(PROJECTIONS)
    for recorded in await log.read_from(Position(0), ALL):
        for _ in views.fold(recorded):
            pass
    return views


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2])))
