"""What MailWizz counted of one campaign."""

from msgspec import Struct


class Campaign(Struct, frozen=True, gc=False, kw_only=True):
    """Counts of messages; nothing here says who they were for, or what they said."""

    uid: str  # MailWizz's, 13 characters; also in the X-Job of its mail
    status: str  # "sending", "sent", "paused" … open
    processed: int = 0
    delivered: int = 0  # handed to PowerMTA
    hard: int = 0  # bounces
    soft: int = 0
    internal: int = 0
    unsubscribes: int = 0
    complaints: int = 0
