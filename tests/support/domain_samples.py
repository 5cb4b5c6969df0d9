"""A look at a sending domain, word for word: what a judge says may change, what was written once
may not.
"""

from datetime import UTC, datetime

from engine.events.dns import DomainDropped, DomainValidated
from engine.ids import IpAddr, NodeId, Position
from engine.values.dkim_report import DkimReport, DkimSelector
from engine.values.dmarc_report import DmarcReport
from engine.values.dns import DnsAnswer
from engine.values.domain_check import DomainCheck
from engine.values.domain_report import DomainReport
from engine.values.finding import Finding
from engine.values.mx_report import MxHost, MxReport
from engine.values.ptr_report import PtrIp, PtrReport
from engine.values.readiness import Readiness
from engine.values.sending_domain import Beside, DeployedKey, Greeting, Setup
from engine.values.spf import IpResult, SpfReport
from engine.values.transport_report import TransportReport
from engine.values.validation import Heard, Validation

DOMAIN, IP, NODE = "acme.example", IpAddr("203.0.113.7"), NodeId("pmta-1")
SINCE = datetime(2026, 1, 5, 8, 45, tzinfo=UTC)
SETUP = Setup(
    selectors=("default", "2026"),
    dkim_keys={"default": "/etc/pmta/dkim/default.pem"},
    mail_from="bounces.acme.example",
    purposes=("marketing",),
)
SPF = "v=spf1 ip4:192.0.2.1 -all"
REPORT = DomainReport(
    domain=DOMAIN,
    status="error",
    spf=SpfReport(
        valid=False,
        record=SPF,
        records=(SPF,),
        policy="fail",
        ips=(IpResult(IP, "fail", "-all"),),
        findings=(
            Finding(
                code="spf.ip_not_authorised",
                severity="error",
                message="203.0.113.7 is not among the senders.",
                ref="RFC 7208 8.4",
                fix="Publish: acme.example. IN TXT v=spf1 ip4:192.0.2.1 ip4:203.0.113.7 -all",
                subject=IP,
            ),
        ),
    ),
    dkim=DkimReport(
        domain=DOMAIN,
        valid=True,
        status="ok",
        selector="default",
        record="v=DKIM1; p=AAAA",
        selectors=(
            DkimSelector(selector="default", valid=True, record="v=DKIM1; p=AAAA", key="rsa"),
        ),
    ),
    dmarc=DmarcReport(
        domain=DOMAIN,
        valid=True,
        status="ok",
        policy="none",
        record="v=DMARC1; p=none",
        found_at="_dmarc.acme.example",
    ),
    ptr=PtrReport(
        valid=None,
        status="unknown",
        scope="ips",
        ips=(PtrIp(ip=IP, result="temperror"),),
    ),
    mx=MxReport(
        domain=DOMAIN,
        valid=True,
        status="ok",
        record="10 mx.acme.example",
        records=("10 mx.acme.example",),
        exists=True,
        hosts=(MxHost(host="mx.acme.example", preference=10, addresses=(IpAddr("203.0.113.25"),)),),
    ),
    transport=TransportReport(),
    readiness={"gmail_bulk": Readiness(ok=False, missing=("spf.ip_not_authorised",))},
)
VALIDATION = Validation(
    check=DomainCheck(
        domain=DOMAIN,
        ips=(IP,),
        names={IP: "mail1.acme.example"},
        selectors=("default",),
        keys={"default": "AAAA"},
        mail_from="bounces.acme.example",
    ),
    nonce="ee-1",
    report=REPORT,
    heard=(
        Heard(DOMAIN, "TXT", DnsAnswer("ok", (SPF,), 300)),
        Heard("7.113.0.203.in-addr.arpa", "PTR", DnsAnswer("servfail")),
    ),
    took_ms=812,
    resolver="192.0.2.53:53",
)
VALIDATED = DomainValidated(
    domain=DOMAIN,
    validation=VALIDATION,
    cycle=Position(7),
    beside=Beside(
        keys=(DeployedKey(node=NODE, selector="default", key="AAAA"),),
        greetings=(Greeting(node=NODE, ips=(IP,), name="mta1.acme.example"),),
    ),
    failing={"spf": SINCE},
    silent_since=SINCE,
    dropped=(IpAddr("203.0.113.9"),),
)
DROPPED = DomainDropped(domain=DOMAIN, ips=(IP,))
