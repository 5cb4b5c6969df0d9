"""What may be asked of an alert."""

from engine.commands.base import Ask
from engine.ids import AlertId, TenantId
from engine.values.alert import Severity


class FireAlert(Ask, frozen=True, kw_only=True, tag="alert.fire"):
    alert: AlertId
    tenant: TenantId | None
    severity: Severity


class ReportTelling(Ask, frozen=True, kw_only=True, tag="alert.report_telling"):
    """``text`` is the digest of what was told; ``failed`` says what kept it from some chats."""

    alert: AlertId
    tenant: TenantId | None
    text: str
    messages: dict[str, int]
    failed: str = ""


class AcknowledgeAlert(Ask, frozen=True, kw_only=True, tag="alert.acknowledge"):
    alert: AlertId


AlertCommand = FireAlert | ReportTelling | AcknowledgeAlert
