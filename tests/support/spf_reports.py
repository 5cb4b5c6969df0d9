"""Reports on example.com, in zones written down in a line or two."""

from engine.ids import IpAddr
from engine.rules.asking import answered
from engine.rules.spf.judge import judge
from engine.values.finding import Finding
from engine.values.spf import SpfReport
from tests.support.spf_zones import SpfZones, ZoneData

IP, OTHER, V6_IP = IpAddr("192.0.2.1"), IpAddr("198.51.100.7"), IpAddr("2001:db8::1")
HERE = [{"A": "192.0.2.1"}]


def spf(text: str) -> list[dict[str, str]]:
    return [{"TXT": f"v=spf1 {text}"}]


B = {"b.example.com": spf("-all")}


def report(
    zone: ZoneData, *ips: IpAddr, mail_from: str | None = None, helo: str | None = None
) -> SpfReport:
    return answered(judge("example.com", ips, mail_from, helo), SpfZones(zone).answer)


def found(zone: ZoneData, code: str, *ips: IpAddr) -> list[Finding]:
    return [one for one in report(zone, *ips).findings if one.code == code]


def codes(made: SpfReport, severity: str) -> set[str]:
    return {one.code for one in made.findings if one.severity == severity}


def written_out(made: SpfReport) -> str | None:
    """The record that the report says to publish; all its findings name the same."""
    head = "Publish at example.com as its one SPF record: "
    texts = {one.fix.partition(head)[2].partition("\n")[0] for one in made.findings}
    found = [text for text in texts if text]
    assert len(found) < 2, found
    return found[0] if found else None
