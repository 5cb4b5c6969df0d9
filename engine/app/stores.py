"""The log and the read models in Postgres: migrated, admitted and led."""

from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, NamedTuple

from engine import logs
from engine.adapters.system import token
from engine.app.database import migrating
from engine.config import Config
from engine.ports import Clock, Fence
from engine.store.first_look import first_look
from engine.store.images import PostgresImages
from engine.store.key_uses import PostgresKeyUses
from engine.store.migrate import migrate
from engine.store.postgres_log import PostgresLog
from engine.store.read_models import PostgresReadModels

LOGS = logs.get("engine")
_TWO_LOGINS = (
    "give [database] migrate_dsn_file a login of its own, and REVOKE ee_migrate from this one"
    " (docs/operations.md, 'Postgres and its roles')"
)


class Stores(NamedTuple):
    log: PostgresLog
    models: PostgresReadModels
    images: PostgresImages
    fence: Callable[[], Fence]
    keep: Callable[[], Coroutine[Any, Any, None]]
    seal_key: bytes
    key_uses: PostgresKeyUses

    def connections(self) -> dict[str, int]:
        """How many to Postgres are open, by what they are for."""
        log, views, images = (one.connections() for one in (self.log, self.models, self.images))
        return {**log, **views, **images}


@asynccontextmanager
async def open_stores(dsn: str, config: Config, clock: Clock) -> AsyncIterator[Stores]:
    """Raises StartRefused; when it yields, this process leads the log."""
    name = f"email-engine {config.engine_id}"
    await migrate(migrating(config, dsn))
    found = await first_look(dsn, name=name)
    if found.may_own:
        LOGS.warning("database.login_may_own", next=_TWO_LOGINS)
    async with AsyncExitStack() as stack:
        log = PostgresLog(dsn, clock, name=name, durability=config.database.durability)
        stack.push_async_callback(log.close)
        holder = f"{config.engine_id} {token(64).hex()} {config.api.host}:{config.api.port}"
        await log.lead(holder)
        models = PostgresReadModels(dsn, log.fence, name=name)
        stack.push_async_callback(models.close)
        images = PostgresImages(dsn, log.fence, name=name)
        stack.push_async_callback(images.close)
        uses = PostgresKeyUses(dsn, name=name)
        yield Stores(log, models, images, log.fence, log.keep, found.seal_key, uses)
