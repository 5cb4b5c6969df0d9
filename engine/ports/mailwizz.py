"""MailWizz installations."""

from typing import Protocol

from engine.ids import InstanceId, ServerId
from engine.values.server import ServerRow, ServerWish


class Mailwizz(Protocol):
    """Delivery servers of MailWizz installations.  Rows are never made, 0 is never written."""

    async def rows(self, instance: InstanceId) -> tuple[ServerRow, ...]:
        """All delivery servers; raises MailwizzSilent or MailwizzRefused."""

    async def clock(self, instance: InstanceId) -> str:
        """Of its database, by which it counts days: hours from UTC, as "+02:00"; raises
        MailwizzSilent or MailwizzRefused.
        """

    async def tell(
        self, instance: InstanceId, server_id: ServerId, wish: ServerWish, *, ours: bool
    ) -> ServerRow:
        """Write quotas and status where they differ, and read back.  ``ours``: it was we who
        switched the server off, so that it may be switched on again.  Raises MailwizzRefused
        (nothing was written) or MailwizzSilent (unknown).
        """

    async def row(self, instance: InstanceId, server_id: ServerId) -> ServerRow | None:
        """One delivery server; raises MailwizzSilent or MailwizzRefused."""


class MailwizzRefused(Exception):
    """MailWizz's database said no: a missing row, column or right, or a warm-up plan of its own."""


class MailwizzSilent(Exception):
    """MailWizz's database did not answer."""
