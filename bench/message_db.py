"""message-db's function, called as its clients call it: one transaction a message."""

from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

from bench import workload
from bench.bare import pooled
from bench.contender import Contender, looped
from bench.measure import Append
from bench.server import Database

_SQL = Path(__file__).with_suffix(".sql")
_WRITE = "SELECT message_store.write_message($1, $2, $3, $4, NULL, $5)"
_BODY = workload.BODY.decode()


def _opened(categories: int) -> Callable[[Database], AbstractAsyncContextManager[Append]]:
    @asynccontextmanager
    async def opened(database: Database) -> AsyncIterator[Append]:
        ids, versions = workload.ids(), Counter[int]()
        async with pooled(database.superuser) as pool:
            await pool.execute(_SQL.read_text())

            async def append(caller: int) -> object:
                stream = f"look{caller % categories}-{workload.address(caller)}"
                version = versions[caller] - 1  # of a stream without messages it is -1
                versions[caller] += 1
                given = (str(ids()), stream, workload.TAG, _BODY, version)
                async with pool.acquire() as connection:
                    return await connection.fetchval(_WRITE, *given)

            yield append

    return opened


ONE: Contender = looped("message-db's write_message", _opened(1), migrated=False)
EIGHT: Contender = looped("the same, 8 categories", _opened(8), migrated=False)
