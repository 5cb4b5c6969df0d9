"""A MailWizz in memory: nothing is sent, its rows and what became of them can be looked at."""

from collections.abc import Callable

from msgspec.structs import replace

from engine.ids import InstanceId, ServerId
from engine.ports import MailwizzRefused, MailwizzSilent
from engine.values.server import ServerRow, ServerWish

Listener = Callable[[InstanceId, ServerRow, ServerRow], None]  # (where, before, after)


class DemoMailwizz:
    """ports.Mailwizz for one or more simulated installations.

    ``rows_of`` is the table itself: tests and the demo change it as people do in MailWizz's
    pages.  An instance in ``down`` answers nobody.
    """

    def __init__(self, *instances: InstanceId) -> None:
        self.rows_of: dict[InstanceId, dict[ServerId, ServerRow]] = {i: {} for i in instances}
        self.down: set[InstanceId] = set()
        self.zone = "+00:00"  # of its database
        self._listeners: list[Listener] = []

    def add(  # as an operator would in MailWizz's pages; the engine itself never makes a row
        self,
        instance: InstanceId,
        hostname: str,
        *,
        status: str = "active",
        daily: int = 0,
        hourly: int = 0,
        own_plan: bool = False,
        server_id: ServerId | None = None,
    ) -> ServerId:
        rows = self.rows_of.setdefault(instance, {})
        number = ServerId(max(rows, default=0) + 1) if server_id is None else server_id
        name = hostname.strip().rstrip(".").lower()
        rows[number] = ServerRow(number, name, status, daily, hourly, own_plan)
        return number

    def on_change(self, listener: Listener) -> None:
        """``listener`` hears of every row that ``tell`` changed."""
        self._listeners.append(listener)

    async def rows(self, instance: InstanceId) -> tuple[ServerRow, ...]:
        rows = self._table(instance)
        return tuple(rows[number] for number in sorted(rows))

    async def clock(self, instance: InstanceId) -> str:
        self._table(instance)
        return self.zone

    async def row(self, instance: InstanceId, server_id: ServerId) -> ServerRow | None:
        return self._table(instance).get(server_id)

    async def tell(
        self, instance: InstanceId, server_id: ServerId, wish: ServerWish, *, ours: bool
    ) -> ServerRow:
        rows = self._table(instance)
        before = rows.get(server_id)
        if before is None:
            raise MailwizzRefused(
                f"MailWizz {instance} has no delivery server {server_id}; nothing was written:"
                " give the IP the right server_id"
            )
        after = _opened(before, wish, ours) if wish.on else _stopped(before, wish)
        rows[server_id] = after
        if after != before:
            for listener in self._listeners:
                listener(instance, before, after)
        return after

    async def close(self) -> None:
        """There is nothing to let go of."""

    def _table(self, instance: InstanceId) -> dict[ServerId, ServerRow]:
        if instance in self.down:
            raise MailwizzSilent(f"the database of MailWizz {instance} does not answer (simulated)")
        if instance not in self.rows_of:
            raise MailwizzRefused(f"MailWizz {instance} is not in the configuration: add it there")
        return self.rows_of[instance]


def _stopped(row: ServerRow, wish: ServerWish) -> ServerRow:
    """A stop goes through whatever stands in the way of the quota."""
    off = replace(row, status="disabled") if row.on else row
    try:
        return _limited(off, wish)
    except MailwizzRefused:
        return off


def _opened(row: ServerRow, wish: ServerWish, ours: bool) -> ServerRow:
    limited = _limited(row, wish)
    return replace(limited, status="active") if ours and row.status == "disabled" else limited


def _limited(row: ServerRow, wish: ServerWish) -> ServerRow:
    if wish.daily is None or wish.hourly is None:
        return row
    if wish.daily < 1:
        raise MailwizzRefused(f"a quota of {wish.daily} would mean unlimited; nothing was written")
    if row.own_plan:
        raise MailwizzRefused(
            f"delivery server {row.server_id} has a warm-up plan of MailWizz's own, which would"
            " overwrite the quota each hour; nothing was written: detach the plan in MailWizz"
        )
    return replace(row, daily=wish.daily, hourly=wish.hourly)
