"""What may be asked of a MailWizz delivery server; only effects ask."""

from engine.commands.base import Ask
from engine.ids import IpAddr
from engine.values.server import ServerName, ServerRow, ServerWish


class ClaimServer(Ask, frozen=True, kw_only=True, tag="server.claim"):
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


ServerCommand = ClaimServer | PlanServer | ReportServer | JudgeServer
