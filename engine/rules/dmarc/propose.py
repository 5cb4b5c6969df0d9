"""The records that DMARC needs."""

import re

from engine.rules.dmarc.record import parse
from engine.rules.dmarc.walk import place
from engine.rules.zone_text import txt_line

_VERSION = re.compile(r"v\s?=\s?[\"']?dmarc ?\d*[\"']?", re.IGNORECASE)


def start_record(reports_to: str = "") -> str:
    """To begin with: nothing is asked of receivers but reports.  ``reports_to``: a mail address."""
    return f"v=DMARC1; p=none; rua=mailto:{reports_to}" if reports_to else "v=DMARC1; p=none"


def start_line(domain: str, reports_to: str = "") -> str:
    return txt_line(place(domain), start_record(reports_to))


def meant_line(domain: str, text: str) -> str:
    """In place of a text that is meant as a record: what it says as one, if that can be told."""
    return txt_line(place(domain), _meant(text) or start_record())


def _meant(text: str) -> str | None:
    """Its tags behind the version, p= the first of them; nothing where a tag is lost by that."""
    tags = _VERSION.sub("", text.strip("\"' \t\r\n\ufeff"))
    words = (word.strip() for word in (tags.split(";") if ";" in tags else tags.split()))
    ordered = sorted(filter(None, words), key=lambda word: not word.lower().startswith("p"))
    record = "; ".join(("v=DMARC1", *ordered))
    read = parse(record)
    return record if read.p and not read.faults else None


def agreement_place(policy_domain: str, destination: str) -> str:
    """Where a destination says that it takes reports about a domain (RFC 9990 4)."""
    return f"{policy_domain}._report._dmarc.{destination}"


def agreement_line(policy_domain: str, destination: str) -> str:
    return txt_line(agreement_place(policy_domain, destination), "v=DMARC1")
