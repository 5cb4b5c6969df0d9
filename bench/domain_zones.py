"""A fleet's domains as zones, each with a few things wrong that a validator should see."""

from engine.ids import IpAddr
from engine.rules import zone_file
from engine.rules.dkim.keys import RsaKey, spki
from engine.rules.dkim.publish import key_record
from engine.values.domain_check import DomainCheck
from engine.values.zone_record import ZoneRecord

IPS = tuple(IpAddr(f"192.0.2.{number}") for number in range(1, 11))
SELECTORS = ("s1", "s2", "s3")
HOSTS = "hosts.test"
_KEY = key_record("rsa", spki(RsaKey((1 << 2047) + 1, 65537)))
_WEAK = key_record("rsa", spki(RsaKey((1 << 1023) + 1, 65537)))


def names(number: int) -> list[str]:
    return [f"d{one:03d}.test" for one in range(number)]


def check(domain: str) -> DomainCheck:
    return DomainCheck(
        domain=domain,
        ips=IPS,
        names={ip: _host(at) for at, ip in enumerate(IPS, 1)},
        selectors=SELECTORS,
        allow_reserved=True,
    )


def zones(number: int) -> dict[str, str]:
    """By name, what each holds beside its SOA and NS."""
    return {
        **{domain: zone_file.written(_records(domain)) for domain in names(number)},
        HOSTS: zone_file.written(_hosts()),
        "test": "",  # what stands above them has no policy, and says so
        "2.0.192.in-addr.arpa": zone_file.written(_pointers()),
    }


def _records(domain: str) -> list[ZoneRecord]:
    """Wrong: an address that SPF does not name, `?all`, a weak key, one that leads nowhere, an
    obsolete tag, and reports that go where nobody agreed.
    """
    return [
        ZoneRecord(domain, "TXT", f"v=spf1 include:_a.{domain} include:_b.{domain} mx ?all"),
        ZoneRecord(f"_a.{domain}", "TXT", f"v=spf1 ip4:192.0.2.0/29 include:_c.{domain} -all"),
        ZoneRecord(f"_b.{domain}", "TXT", "v=spf1 ip4:192.0.2.8 ip4:192.0.2.8 -all"),
        ZoneRecord(f"_c.{domain}", "TXT", f"v=spf1 a:mx1.{domain} -all"),
        ZoneRecord(domain, "MX", f"10 mx1.{domain}"),
        ZoneRecord(domain, "MX", f"20 mx2.{domain}"),
        ZoneRecord(f"mx1.{domain}", "A", "192.0.2.101"),
        ZoneRecord(f"mx2.{domain}", "CNAME", f"mx1.{domain}"),
        ZoneRecord(f"_dmarc.{domain}", "TXT", f"v=DMARC1; p=none; pct=50; rua=mailto:d@{HOSTS}"),
        ZoneRecord(f"s1._domainkey.{domain}", "TXT", _KEY),
        ZoneRecord(f"s2._domainkey.{domain}", "TXT", _WEAK),
        ZoneRecord(f"s3._domainkey.{domain}", "CNAME", f"gone.{domain}"),
    ]


def _hosts() -> list[ZoneRecord]:
    """One of them does not lead back."""
    found = [ZoneRecord(_host(at), "A", ip) for at, ip in enumerate(IPS[:-1], 1)]
    return [*found, ZoneRecord(HOSTS, "MX", f"10 {_host(1)}")]


def _pointers() -> list[ZoneRecord]:
    return [
        ZoneRecord(f"{at}.2.0.192.in-addr.arpa", "PTR", _host(at)) for at, _ in enumerate(IPS, 1)
    ]


def _host(at: int) -> str:
    return f"mail{at}.{HOSTS}"
