"""What may be asked of an alert."""

from datetime import datetime

from engine.commands.base import Ask
from engine.ids import AlertId, TenantId
from engine.values.alert import Severity


class FireAlert(Ask, frozen=True, kw_only=True, tag="alert.fire"):
    alert: AlertId
    tenant: TenantId | None
    severity: Severity


class ResolveAlert(Ask, frozen=True, kw_only=True, tag="alert.resolve"):
    """What it fired for is over."""

    alert: AlertId


class ReportTelling(Ask, frozen=True, kw_only=True, tag="alert.report_telling"):
    """``text`` is the digest of what was told; ``failed`` says what kept it from some chats."""

    alert: AlertId
    tenant: TenantId | None
    text: str
    messages: dict[str, int]
    failed: str = ""
    round: str = "fired"
    shared: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    retry_after_s: int = 0
    mailed: bool = False
    under: dict[str, int] = {}
    named: tuple[str, ...] = ()


class AcknowledgeAlert(Ask, frozen=True, kw_only=True, tag="alert.acknowledge"):
    alert: AlertId


class SilenceAlert(Ask, frozen=True, kw_only=True, tag="alert.silence"):
    """``until`` None: it is heard again."""

    alert: AlertId
    until: datetime | None


AlertCommand = FireAlert | ResolveAlert | ReportTelling | AcknowledgeAlert | SilenceAlert
