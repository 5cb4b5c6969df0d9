"""Connections to Postgres: every host of the DSN asked at once, each connection in one role."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeAlias
from urllib.parse import parse_qs, unquote, urlsplit

import asyncpg

from engine.errors import StartRefused

Role = Literal["ee_migrate", "ee_engine", "ee_api", "ee_audit"]
Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

HOST_S = 3.0  # for each host; one that is frozen must not use up the others' time
STATEMENT_S = 30.0  # without a limit, a connection that swallows all hangs its reader for ever
GRACE_S = 0.5  # after the first good answer, for a host with a later timeline to answer too

# Postgres is not there, not ready or not writable now; whatever else it raises is a bug of ours.
AWAY = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.TransactionRollbackError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.ReadOnlySQLTransactionError,
)


async def connect(
    dsn: str,
    role: Role | None,
    *,
    name: str,
    settings: Mapping[str, str] | None = None,
    host_s: float = HOST_S,
) -> Connection:
    """A connection that can write, without any limit on its statements.

    ``role`` holds from the first moment and survives RESET ALL; None leaves the login's own.
    """
    given = {"application_name": name, **(settings or {})}
    if role is not None:
        given["role"] = role
    return await any_host(dsn, timeout=host_s, server_settings=given)


# asyncpg's own arguments, so that its pool can call it too.
async def any_host(dsn: str | None = None, *, timeout: float = HOST_S, **how: Any) -> Connection:  # noqa: ASYNC109
    """The primary among the DSN's hosts; asyncpg alone would wait for them one after the other."""
    how |= {"timeout": timeout, "target_session_attrs": "read-write"}
    hosts = hosts_of(dsn or "")
    if dsn is None or len(hosts) < 2:
        return await asyncpg.connect(dsn, **how)
    async with asyncio.TaskGroup() as group:
        tries = [group.create_task(_try(dsn, host, port, how)) for host, port in hosts]
        await asyncio.wait(tries, return_when=asyncio.FIRST_COMPLETED)
        while not any(_good(one) for one in tries) and not all(one.done() for one in tries):
            waiting = [one for one in tries if not one.done()]
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        waiting = [one for one in tries if not one.done()]
        if waiting:
            await asyncio.wait(waiting, timeout=GRACE_S)
        for one in tries:
            one.cancel()
    return _latest([one.result() for one in tries if not one.cancelled()])


Tried: TypeAlias = tuple[int, Connection] | Exception


async def _try(dsn: str, host: str, port: int | None, how: Mapping[str, Any]) -> Tried:
    """Timeline and connection, or why not; what is cancelled half-way leaves no connection."""
    connection: Connection | None = None
    try:
        connection = await asyncpg.connect(dsn, host=host, port=port, **how)
        timeline = await connection.fetchval(
            "SELECT ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int"
        )
    except BaseException as error:
        if connection is not None:
            connection.terminate()
        if isinstance(error, (*AWAY, asyncpg.PostgresError)):
            return error
        raise
    return timeline, connection


def _good(one: "asyncio.Task[Tried]") -> bool:
    return one.done() and not one.cancelled() and isinstance(one.result(), tuple)


def _latest(tried: Sequence[Tried]) -> Connection:
    """Of two that call themselves primary the later timeline is the likelier one; only an
    acknowledged fence tells for certain."""
    good = sorted((one for one in tried if isinstance(one, tuple)), key=lambda one: one[0])
    if good:
        for _, other in good[:-1]:
            other.terminate()
        return good[-1][1]
    failures = [one for one in tried if isinstance(one, Exception)]
    raise OSError("no host is a primary: " + "; ".join(explain(one) for one in failures))


def hosts_of(dsn: str) -> list[tuple[str, int | None]]:
    """The hosts that a DSN names, with their ports; none named: []."""
    parts = urlsplit(dsn)
    query = parse_qs(parts.query)
    named = unquote(parts.netloc.rpartition("@")[2]) or ",".join(query.get("host", []))
    ports = ",".join(query.get("port", [])).split(",")
    hosts: list[tuple[str, int | None]] = []
    for number, spec in enumerate(named.split(",") if named else []):
        host, port = _host_and_port(spec)
        other = ports[min(number, len(ports) - 1)]
        hosts.append((host, int(port or other) if port or other else None))
    return hosts


def readable(dsn: str) -> str:
    """The DSN itself.  Raises StartRefused, which repeats nothing of it: where it cannot be taken
    apart, any part may be the password.
    """
    try:
        hosts_of(dsn)
    except ValueError:
        raise StartRefused(
            "the DSN cannot be read: its port is no number, or an address in brackets is not"
            " closed. It looks like postgresql://login@host:5432/database; a password with one of"
            " / : @ # in it has them as %2F %3A %40 %23"
        ) from None
    return dsn


def _host_and_port(spec: str) -> tuple[str, str]:
    if spec.startswith("/"):
        return spec, ""
    if spec.startswith("["):
        host, _, rest = spec[1:].partition("]")
        return host, rest.lstrip(":")
    host, _, port = spec.partition(":")
    return host, port


def over_tcp(dsn: str) -> bool:
    return any(not host.startswith("/") for host, _ in hosts_of(dsn))


def place(dsn: str) -> str:
    """The DSN as people may read it: without its password."""
    parts = urlsplit(dsn)
    user, at, hosts = parts.netloc.rpartition("@")
    shown = parts._replace(netloc=user.partition(":")[0] + at + hosts, query="").geturl()
    sockets = [host for host, _ in hosts_of(dsn) if host.startswith("/")]
    return shown + (f" (socket in {sockets[0]})" if sockets else "")


def explain(error: BaseException) -> str:
    """Some of them carry no text at all."""
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


async def rest(seconds: float) -> None:
    """Between two tries to reach Postgres: real seconds, whatever the engine's clock shows."""
    await asyncio.sleep(seconds)  # noqa: TID251 - the one place in the store that waits for time
