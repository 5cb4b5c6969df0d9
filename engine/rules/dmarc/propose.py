"""The records that DMARC needs."""

from engine.rules.dmarc.walk import place
from engine.rules.zone_text import txt_line


def start_record(reports_to: str = "") -> str:
    """To begin with: nothing is asked of receivers but reports.  ``reports_to``: a mail address."""
    return f"v=DMARC1; p=none; rua=mailto:{reports_to}" if reports_to else "v=DMARC1; p=none"


def start_line(domain: str, reports_to: str = "") -> str:
    return txt_line(place(domain), start_record(reports_to))


def agreement_place(policy_domain: str, destination: str) -> str:
    """Where a destination says that it takes reports about a domain (RFC 9990 4)."""
    return f"{policy_domain}._report._dmarc.{destination}"


def agreement_line(policy_domain: str, destination: str) -> str:
    return txt_line(agreement_place(policy_domain, destination), "v=DMARC1")
