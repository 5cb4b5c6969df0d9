"""What may be asked of a MailWizz delivery server; only effects ask."""

from typing import ClassVar

from engine.commands.base import Ask
from engine.ids import IpAddr
from engine.values.server import ServerName, ServerRow, ServerWish


class ClaimServer(Ask, frozen=True, kw_only=True, tag="server.claim"):
    stranger: ClassVar[str] = "this delivery server is another address's"  # whoever has it
    stranger_code: ClassVar[str] = "taken"

    server: ServerName
    ip: IpAddr


class PlanServer(Ask, frozen=True, kw_only=True, tag="server.plan"):
    server: ServerName
    ip: IpAddr
    wish: ServerWish


class ReportServer(Ask, frozen=True, kw_only=True, tag="server.report"):
    """What came of telling it: ``row`` as read back, or why not."""

    server: ServerName
    ip: IpAddr
    row: ServerRow | None = None
    failed: str = ""
    unknown: str = ""
    attempt: int = 1


class JudgeServer(Ask, frozen=True, kw_only=True, tag="server.judge"):
    """What a look found; None: the row is gone."""

    server: ServerName
    ip: IpAddr
    row: ServerRow | None


class ReleaseServer(Ask, frozen=True, kw_only=True, tag="server.release"):
    """The address is gone, and MailWizz was told that nothing goes there; or the row itself is."""

    server: ServerName
    ip: IpAddr
    ours: bool = False  # it was we who switched it off


ServerCommand = ClaimServer | PlanServer | ReportServer | JudgeServer | ReleaseServer
