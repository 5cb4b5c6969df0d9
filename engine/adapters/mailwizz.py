"""MailWizz over its own database: its API can neither write a quota nor switch a server off.

Every write is one statement with its condition in it, so that what a person or MailWizz's hourly
cron changed since the read is never overwritten.  0 means unlimited there, and is never written.
"""

import re
from collections.abc import Mapping
from contextlib import suppress

from msgspec import Struct

from engine.adapters.mailwizz_link import Link, Session
from engine.errors import StartRefused
from engine.ids import InstanceId, ServerId
from engine.ports import MailwizzRefused
from engine.values.server import ServerRow, ServerWish

DEADLINE_SECONDS = 8.0  # a stop waits for MailWizz 10 s at most (DESIGN §4)
_PREFIX = re.compile(r"[A-Za-z0-9_]{0,40}")


class MailwizzDb(Struct, frozen=True):
    """Where one MailWizz keeps its tables; a socket path, if given, goes before host and port."""

    host: str
    port: int
    user: str
    password: str
    database: str
    prefix: str = "mw_"
    socket: str = ""

    def __post_init__(self) -> None:
        # It becomes part of a table's name, which no driver can pass as a parameter.
        if not _PREFIX.fullmatch(self.prefix):
            raise StartRefused(
                f"mailwizz prefix {self.prefix!r} begins no table's name: give at most 40 letters,"
                " digits and underscores, as in MailWizz's common/config/main-custom.php"
            )

    def __repr__(self) -> str:
        where = self.socket or f"{self.host}:{self.port}"
        return f"MailwizzDb({self.user}@{where}/{self.database}, prefix={self.prefix!r})"

    def __rich_repr__(self) -> list[tuple[str, str]]:
        return [("", repr(self))]


class MailwizzSql:
    """ports.Mailwizz over MariaDB or MySQL, one instance beside another."""

    def __init__(
        self,
        databases: Mapping[InstanceId, MailwizzDb],
        *,
        deadline: float = DEADLINE_SECONDS,
    ) -> None:
        self._links = {
            instance: Link(instance, f"{db.prefix}delivery_server", deadline, _options(db))
            for instance, db in databases.items()
        }

    async def rows(self, instance: InstanceId) -> tuple[ServerRow, ...]:
        async with self._link(instance).session() as session:
            return await session.rows()

    async def clock(self, instance: InstanceId) -> str:
        async with self._link(instance).session() as session:
            return await session.clock()

    async def row(self, instance: InstanceId, server_id: ServerId) -> ServerRow | None:
        async with self._link(instance).session() as session:
            return await _row(session, server_id)

    async def tell(
        self, instance: InstanceId, server_id: ServerId, wish: ServerWish, *, ours: bool
    ) -> ServerRow:
        async with self._link(instance).session() as session:
            row = await _standing(session, instance, server_id)
            if wish.on:
                await _open(session, row, wish, ours)
            else:
                await _stop(session, row, wish)
            return await _standing(session, instance, server_id)

    async def close(self) -> None:
        for link in self._links.values():
            await link.close()

    def _link(self, instance: InstanceId) -> Link:
        link = self._links.get(instance)
        if link is None:
            raise MailwizzRefused(
                f"MailWizz {instance} is not in the configuration: add it there, or correct the"
                " tenant that names it"
            )
        return link


async def _stop(session: Session, row: ServerRow, wish: ServerWish) -> None:
    """Status first; then the quota, whose refusal must not make a stop look refused."""
    if row.on:
        session.table.refuse_unwritable("status")
        await session.write(session.table.stop(row.server_id))
    with suppress(MailwizzRefused):  # the row that is read back shows the quota that stands
        await _quota(session, row, wish)


async def _open(session: Session, row: ServerRow, wish: ServerWish, ours: bool) -> None:
    """Quota first: a server that is switched on again must not run a moment at its old one."""
    switch = ours and row.status == "disabled"
    if switch:
        session.table.refuse_unwritable("status")
    await _quota(session, row, wish)
    if switch:
        await session.write(session.table.start(row.server_id))


async def _quota(session: Session, row: ServerRow, wish: ServerWish) -> None:
    daily, hourly = wish.daily, wish.hourly
    if daily is None or hourly is None:
        return
    if daily < 1:
        raise MailwizzRefused(f"a quota of {daily} would mean unlimited; nothing was written")
    if row.own_plan:
        raise MailwizzRefused(_planned(row.server_id))
    if (row.daily, row.hourly) == (daily, hourly):
        return
    session.table.refuse_unwritable("daily_quota", "hourly_quota")
    written = await session.write(session.table.quota(row.server_id, daily, hourly))
    if not written and await _row(session, row.server_id) is not None:
        raise MailwizzRefused(_planned(row.server_id))


async def _row(session: Session, server_id: ServerId) -> ServerRow | None:
    rows = await session.rows(server_id)
    return rows[0] if rows else None


async def _standing(session: Session, instance: InstanceId, server_id: ServerId) -> ServerRow:
    row = await _row(session, server_id)
    if row is None:
        raise MailwizzRefused(
            f"MailWizz {instance} has no delivery server {server_id}; nothing was written: give"
            " the IP the right server_id"
        )
    return row


def _planned(server_id: ServerId) -> str:
    return (
        f"delivery server {server_id} has a warm-up plan of MailWizz's own, which would overwrite"
        " the quota each hour; nothing was written: detach the plan in MailWizz (Servers >"
        " Delivery servers), or take the server from the engine"
    )


def _options(db: MailwizzDb) -> dict[str, object]:
    where: dict[str, object] = {"host": db.host, "port": db.port}
    if db.socket:
        where = {"unix_socket": db.socket}
    return {**where, "user": db.user, "password": db.password, "db": db.database}
