"""The demo's customers and addresses.  All of them are reserved for documentation."""

from datetime import UTC, datetime
from typing import NamedTuple

from engine.ids import EngineId, InstanceId, IpAddr, NodeId, TenantId, Zone

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)  # a Monday
ENGINE = EngineId("main")
NODE = NodeId("mta-1")
INSTANCE = InstanceId("main")
CHAT = "-1001"
TOKEN = "4242:demo-token"  # of the bot that is none


class DemoIp(NamedTuple):
    ip: IpAddr
    tenant: TenantId
    purpose: str
    hostname: str


class DemoTenant(NamedTuple):
    slug: TenantId
    name: str
    brand_domain: str
    sending_domain_base: str


TENANTS = (
    DemoTenant(TenantId("sos-expat"), "SOS Expat", "sos-expat.example", "sos-mail.example"),
    DemoTenant(TenantId("ulixai"), "Ulixai", "ulixai.example", "ulixai-mail.example"),
)
IPS = (
    DemoIp(IpAddr("192.0.2.11"), TENANTS[0].slug, "marketing", "mail1.sos-mail.example"),
    DemoIp(IpAddr("192.0.2.12"), TENANTS[0].slug, "marketing", "mail2.sos-mail.example"),
    DemoIp(IpAddr("198.51.100.21"), TENANTS[1].slug, "news", "mail1.ulixai-mail.example"),
    DemoIp(IpAddr("198.51.100.22"), TENANTS[1].slug, "news", "mail2.ulixai-mail.example"),
)
UNLUCKY, SIBLING = IPS[0], IPS[1]
LISTING = Zone("psbl.surriel.com")
LISTED_DAY, CLEARED_DAY, LAST_DAY = 17, 20, 44
SPF_DAY = 25  # somebody edits the record of the first domain, and forgets an address
MX_ADDRESS = IpAddr("203.0.113.25")
SORBS = Zone("dnsbl.sorbs.net")


def senders(tenant: DemoTenant) -> tuple[DemoIp, ...]:
    return tuple(one for one in IPS if one.tenant == tenant.slug)


def spf(*ips: IpAddr) -> str:
    return " ".join(["v=spf1", *(f"ip4:{ip}" for ip in ips), "-all"])
