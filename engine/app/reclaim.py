"""``node reclaim``: a restored log takes its nodes back, while no engine leads it."""

import asyncio
from pathlib import Path

from engine import config as configuration
from engine.app.database import database
from engine.store.reclaim import Raised, raise_epoch


def reclaim(config: Path, above: int) -> Raised:
    """Raises StartRefused or LogUnavailable; then nothing was changed."""

    async def run() -> Raised:
        async with database(configuration.load(config)) as dsn:
            return await raise_epoch(dsn, above)

    return asyncio.run(run())
