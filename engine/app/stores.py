"""The log and the read models in Postgres: migrated, admitted and led."""

from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, NamedTuple

from engine.adapters.system import token
from engine.config import Config
from engine.ports import Clock, Fence
from engine.store.images import PostgresImages
from engine.store.migrate import migrate
from engine.store.postgres_log import PostgresLog
from engine.store.read_models import PostgresReadModels


class Stores(NamedTuple):
    log: PostgresLog
    models: PostgresReadModels
    images: PostgresImages
    fence: Callable[[], Fence]
    keep: Callable[[], Coroutine[Any, Any, None]]


@asynccontextmanager
async def open_stores(dsn: str, config: Config, clock: Clock) -> AsyncIterator[Stores]:
    """Raises StartRefused; when it yields, this process leads the log."""
    name = f"email-engine {config.engine_id}"
    await migrate(dsn)
    async with AsyncExitStack() as stack:
        log = PostgresLog(dsn, clock, name=name, durability=config.database.durability)
        stack.push_async_callback(log.close)
        holder = f"{config.engine_id} {token(64).hex()} {config.api.host}:{config.api.port}"
        await log.lead(holder)
        models = PostgresReadModels(dsn, log.fence, name=name)
        stack.push_async_callback(models.close)
        images = PostgresImages(dsn, log.fence, name=name)
        stack.push_async_callback(images.close)
        yield Stores(log, models, images, log.fence, log.keep)
