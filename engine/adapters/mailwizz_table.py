"""The statements for MailWizz's delivery-server table, from the columns this user may use.

Columns differ between MailWizz versions and a careful administrator grants them one by one, so
nothing is assumed: what INFORMATION_SCHEMA shows is used, and what is missing is named.
"""

from collections.abc import Iterable

from msgspec import Struct

from engine.ids import ServerId
from engine.ports import MailwizzRefused
from engine.values.server import ServerRow

NEEDED = ("server_id", "hostname", "status", "daily_quota", "hourly_quota")
PLAN = "warmup_plan_id"  # MailWizz 2.1.10 and later
TOUCHED = "last_updated"

COLUMNS = (
    "SELECT COLUMN_NAME AS name, PRIVILEGES AS privileges FROM INFORMATION_SCHEMA.COLUMNS"
    " WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = %s"
)
OFFSET = "SELECT TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(), NOW())"
Sql = tuple[str, tuple[object, ...]]


class Table(Struct, frozen=True):
    """One delivery-server table, as one user sees it."""

    name: str
    readable: frozenset[str]
    writable: frozenset[str]

    @property
    def plans(self) -> bool:
        return PLAN in self.readable

    def refuse_unreadable(self) -> None:
        """Raises MailwizzRefused naming the first column that is needed and not there."""
        for column in NEEDED:
            if column not in self.readable:
                raise MailwizzRefused(
                    f"column {column} of {self.name} is missing or hidden from this user:"
                    f" GRANT SELECT ({', '.join((*NEEDED, PLAN))}) ON the table, or update"
                    " MailWizz if it is too old to have it (2.x is needed)"
                )

    def refuse_unwritable(self, *columns: str) -> None:
        """Raises MailwizzRefused naming the first of ``columns`` that may not be written."""
        for column in columns:
            if column not in self.writable:
                raise MailwizzRefused(
                    f"this user may not write column {column} of {self.name}; nothing was"
                    f" written: GRANT UPDATE ({column}) ON the table"
                )

    def probe_plan(self) -> str:
        """Asks for the plan's column alone, and for no row: the error says why it is not seen."""
        return f"SELECT {PLAN} FROM `{self.name}` LIMIT 0"

    def select(self, server_id: ServerId | None = None) -> Sql:
        plan = f"{PLAN} IS NOT NULL" if self.plans else "0"
        text = f"SELECT {', '.join(NEEDED)}, {plan} FROM `{self.name}`"
        if server_id is None:
            return f"{text} ORDER BY server_id", ()
        return f"{text} WHERE server_id = %s", (server_id,)

    def stop(self, server_id: ServerId) -> Sql:
        return self._update("status = 'disabled'", "status IN ('active', 'in-use')", (), server_id)

    def start(self, server_id: ServerId) -> Sql:
        return self._update("status = 'active'", "status = 'disabled'", (), server_id)

    def quota(self, server_id: ServerId, daily: int, hourly: int) -> Sql:
        """Matches no row where MailWizz's own plan came to it in the meantime."""
        guard = f"{PLAN} IS NULL" if self.plans else "1 = 1"
        return self._update(
            "daily_quota = %s, hourly_quota = %s", guard, (daily, hourly), server_id
        )

    def _update(self, what: str, guard: str, values: tuple[int, ...], server_id: ServerId) -> Sql:
        touched = f", {TOUCHED} = NOW()" if TOUCHED in self.writable else ""
        text = f"UPDATE `{self.name}` SET {what}{touched} WHERE server_id = %s AND {guard}"
        return text, (*values, server_id)


def table_of(name: str, columns: Iterable[tuple[str, str]]) -> Table:
    """From INFORMATION_SCHEMA's names and privileges; columns hidden from the user are absent."""
    rights = {column: privileges.split(",") for column, privileges in columns}
    return Table(
        name,
        frozenset(column for column, can in rights.items() if "select" in can),
        frozenset(column for column, can in rights.items() if "update" in can),
    )


def row_of(found: tuple[object, ...]) -> ServerRow:
    """One row of ``Table.select``; people type host names in their own way."""
    server_id, hostname, status, daily, hourly, own_plan = found
    return ServerRow(
        server_id=ServerId(int(str(server_id))),
        hostname=str(hostname or "").strip().rstrip(".").lower(),
        status=str(status),
        daily=int(str(daily or 0)),
        hourly=int(str(hourly or 0)),
        own_plan=bool(own_plan),
    )
