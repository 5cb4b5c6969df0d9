"""How a domain's DNS stands for sending mail, part by part."""

from msgspec import Struct

from engine.values.dkim_report import DkimReport
from engine.values.dmarc_report import DmarcReport
from engine.values.finding import Finding
from engine.values.mx_report import MxReport
from engine.values.ptr_report import PtrReport
from engine.values.readiness import Readiness
from engine.values.spf import SpfReport
from engine.values.status import Status
from engine.values.transport_report import TransportReport


class DomainReport(Struct, frozen=True, kw_only=True, gc=False):
    """The same check and the same answers always make the same report."""

    domain: str
    status: Status  # of all parts; ``transport`` is information, and bears on nothing
    spf: SpfReport
    dkim: DkimReport
    dmarc: DmarcReport
    ptr: PtrReport
    mx: MxReport
    transport: TransportReport
    readiness: dict[str, Readiness]  # by mailbox provider
    findings: tuple[Finding, ...] = ()  # that are in no part: of the domain that bounces go to
