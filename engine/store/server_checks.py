"""Is this a Postgres that keeps what it acknowledges?  Asked before anything is written to it."""

from typing import Literal

from engine.errors import StartRefused
from engine.store.connect import Connection

Durability = Literal["local", "synchronous", "managed"]
VERSION_MIN = 15  # security_invoker views
_JOINED = """
SELECT one.rolname AS member, other.rolname AS role
  FROM pg_roles one JOIN pg_roles other ON pg_has_role(one.oid, other.oid, 'MEMBER')
 WHERE one.rolname IN ('ee_api', 'ee_audit', 'ee_engine') AND one.oid <> other.oid
   AND (other.rolname LIKE 'ee\\_%' OR other.rolsuper OR other.rolbypassrls)
 ORDER BY 1, 2 LIMIT 1
"""


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
    await refuse_joined(connection, where)
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
            " hold back; make a login of its own for the engine (docs/operations.md, 'Postgres and"
            " its roles') and put that into the DSN"
        )


async def refuse_joined(connection: Connection, where: str) -> None:
    """A login may be a member of several of the engine's roles, for it takes one on each connection
    and has that one's rights alone.  The roles themselves must not be of each other: a policy holds
    for members too, and what one tenant reads as ``ee_api`` would be all that ``ee_audit`` may.
    """
    row = await connection.fetchrow(_JOINED)
    if row is not None:
        raise StartRefused(
            f"at {where} the role {row['member']} is a member of {row['role']}, so row-level"
            f" security would not keep tenants apart: REVOKE {row['role']} FROM {row['member']}, or"
            " from the role by way of which it is"
        )
