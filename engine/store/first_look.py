"""What the engine's own login is asked once, before it leads."""

from typing import NamedTuple

from engine.store.connect import connect, place
from engine.store.server_checks import refuse_superuser


class FirstLook(NamedTuple):
    seal_key: bytes  # 32, made once with the database: what tenants hold is sealed with it
    may_own: bool  # this login could become the owner of all tables, and change what is written


async def first_look(dsn: str, *, name: str) -> FirstLook:
    """Raises StartRefused for a login that row-level security does not hold back."""
    connection = await connect(dsn, "ee_engine", name=f"{name} start")
    try:
        await refuse_superuser(connection, place(dsn))
        return FirstLook(
            seal_key=await connection.fetchval("SELECT key FROM engine.seal"),
            may_own=await connection.fetchval(
                "SELECT pg_has_role(session_user, 'ee_owner', 'MEMBER')"
            ),
        )
    finally:
        await connection.close()
