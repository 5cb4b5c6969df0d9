"""Judgements of DMARC over zones that are written down in a line."""

from engine.rules.dmarc.judge import judge
from engine.values.dmarc_report import DmarcReport
from engine.values.dns import Outcome
from tests.support.zones import Zone

Dns = dict[str, str | list[str]]


def looked(dns: Dns, author: str, spf: str | None = None, *dkim: str) -> DmarcReport:
    return zone_of(dns).run(judge(author, spf, dkim))


def zone_of(dns: Dns, failing: dict[str, Outcome] | None = None) -> Zone:
    """Each name to its DMARC record or records; "name TYPE" to anything else."""
    records = {
        key if " " in key else f"_dmarc.{key} TXT": [text] if isinstance(text, str) else text
        for key, text in dns.items()
    }
    return Zone(records, failing)
