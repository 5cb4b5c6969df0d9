"""One MailWizz delivery server: as it stands in the database, and as it is wanted."""

from msgspec import Struct

from engine.ids import InstanceId, ServerId

HOURLY_PERCENT = 20  # of the daily quota (DESIGN §4)


class ServerRow(Struct, frozen=True, gc=False):
    """A row of MailWizz's delivery-server table.  0 means unlimited in every quota."""

    server_id: ServerId
    hostname: str
    status: str  # "active", "in-use", "disabled", … open, extensions add more
    daily: int
    hourly: int
    own_plan: bool = False  # MailWizz's own warm-up plan writes this row's quota each hour

    @property
    def on(self) -> bool:
        return self.status in ("active", "in-use")


class ServerWish(Struct, frozen=True, gc=False):
    """What MailWizz is to be told.  ``daily`` is at least 1: a stop is ``on=False``, never 0."""

    on: bool
    daily: int | None  # None: leave the quotas as they are

    @property
    def hourly(self) -> int | None:
        return None if self.daily is None else hourly(self.daily)


class ServerName(Struct, frozen=True, gc=False):
    instance: InstanceId
    server_id: ServerId

    def __str__(self) -> str:
        return f"{self.instance}/{self.server_id}"


def hourly(daily: int) -> int:
    """The share of a day that one hour may take, rounded up and never 0."""
    return max(1, -(-daily * HOURLY_PERCENT // 100))
