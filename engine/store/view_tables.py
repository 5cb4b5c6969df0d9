"""A table for each view that this version declares: what is missing is made, nothing is dropped."""

from pathlib import Path

import engine
from engine.store.connect import Connection
from engine.store.views import PLATFORM_VIEWS, VIEWS

VIEW_TABLE = Path(engine.__file__).parent.parent / "sql" / "view_table.sql"

_NAMED = (
    "SELECT set_config('engine.view', $1, true), set_config('engine.view_columns', $2, true),"
    " set_config('engine.view_of_tenants', $3, true)"
)
_FOLDED = "SELECT array(SELECT jsonb_object_keys(codecs)) FROM engine.checkpoint"


async def make_view_tables(connection: Connection) -> list[str]:
    """The views whose kept rows are lost, or lack a column, from now on; as ee_owner, all or none.

    Each loses its codec in the same transaction.  So whoever starts next makes its rows anew from
    the log, even if this start does not come so far.
    """
    async with connection.transaction():
        await connection.execute("SET LOCAL ROLE ee_owner")
        before = set(await connection.fetchval(_FOLDED) or ())
        statement = VIEW_TABLE.read_text()
        for view, columns in VIEWS.items():
            of_tenants = str(view not in PLATFORM_VIEWS).lower()
            await connection.execute(_NAMED, view, ",".join(columns), of_tenants)
            await connection.execute(statement)
        after = set(await connection.fetchval(_FOLDED) or ())
    return sorted(before - after)
