"""Is this a Postgres that keeps what it acknowledges?  Asked before anything is written to it."""

from typing import Literal

from engine.errors import StartRefused
from engine.store.connect import Connection

Durability = Literal["local", "synchronous", "managed"]
VERSION_MIN = 15  # security_invoker views


async def refuse_unsafe(connection: Connection, where: str) -> None:
    """Raises StartRefused; the connection must have been opened without settings of our own."""
    version = connection.get_server_version()
    if version.major < VERSION_MIN:
        raise StartRefused(
            f"{where} runs PostgreSQL {version.major}; the log needs {VERSION_MIN} or later"
        )
    for setting in ("fsync", "full_page_writes", "synchronous_commit"):
        if await connection.fetchval(f"SHOW {setting}") == "off":
            raise StartRefused(
                f"{where} runs with {setting} = off, so events it acknowledged can be lost in a"
                f" crash; set {setting} = on in postgresql.conf (or for the role and database) and"
                " reload"
            )
    await refuse_superuser(connection, where)
    await refuse_pooler(connection, where)


async def refuse_pooler(connection: Connection, where: str) -> None:
    """A pooler hands out numbers of its own for the server process.  In transaction mode the
    leader's lock would stay with a connection that somebody else uses next; in session mode
    nothing is gained, and the two cannot be told apart from here.
    """
    pid = await connection.fetchval("SELECT pg_backend_pid()")
    if pid != connection.get_server_pid():
        raise StartRefused(
            f"{where} is a connection pooler (PgBouncer or its like), not Postgres itself;"
            " the leader's lock needs a connection of its own: put Postgres's own host and port"
            " into the DSN"
        )


async def refuse_durability(connection: Connection, durability: Durability, where: str) -> None:
    """What the configuration promises must be what the server does."""
    standbys = await connection.fetchval("SHOW synchronous_standby_names")
    if durability == "synchronous" and not standbys:
        raise StartRefused(
            f"durability is 'synchronous' and {where} has no synchronous standby"
            " (synchronous_standby_names is empty): set it, or say durability = 'local' and"
            " know that events may be lost with this one disk"
        )


async def refuse_superuser(connection: Connection, where: str) -> None:
    row = await connection.fetchrow(
        "SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = session_user"
    )
    if row is not None and (row["rolsuper"] or row["rolbypassrls"]):
        raise StartRefused(
            f"the DSN logs in at {where} as {row['rolname']}, whom row-level security does not"
            " hold back; make a login of its own for the engine (docs/operations.md, 'Roles') and"
            " put that into the DSN"
        )
