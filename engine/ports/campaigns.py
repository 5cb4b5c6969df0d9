"""What MailWizz installations count of their campaigns."""

from typing import Protocol

from engine.ids import InstanceId
from engine.values.campaign import Campaign


class Campaigns(Protocol):
    async def campaigns(self, instance: InstanceId) -> tuple[Campaign, ...]:
        """Those that send or have sent, as many as may be asked about at once.  Raises
        MailwizzSilent or MailwizzRefused.
        """
