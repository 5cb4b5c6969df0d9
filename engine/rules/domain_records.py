"""The records that a new domain needs: what a check of it would look for, written out."""

import base64
from collections.abc import Iterator

from engine.rules.dkim.keys import deployed, record_of
from engine.rules.dkim.publish import key_name
from engine.rules.dmarc.propose import agreement_place, start_record
from engine.rules.dmarc.walk import place
from engine.rules.ptr.address import address_type, reverse_name
from engine.rules.spf.propose import proposed
from engine.values.domain_check import DomainCheck
from engine.values.proposal import Proposal
from engine.values.zone_record import ZoneRecord

PREFERENCE = 10  # of the one MX record

_Made = Iterator[ZoneRecord | str]  # a record, or what is missing for it


def records(check: DomainCheck, *, mx: str = "", reports_to: str = "") -> Proposal:
    """``mx``: the host that takes mail to the domain.  ``reports_to``: the address that DMARC
    reports go to.  Raises ValueError for what is no key.
    """
    made = [*_spf(check), *_dkim(check), *_dmarc(check, reports_to), *_mx(check, mx), *_ptr(check)]
    return Proposal(
        domain=check.domain,
        records=tuple(dict.fromkeys(one for one in made if isinstance(one, ZoneRecord))),
        missing=tuple(one for one in made if isinstance(one, str)),
    )


def _spf(check: DomainCheck) -> _Made:
    """Where bounces go: that is the domain whose SPF counts."""
    if check.ips:
        yield ZoneRecord(check.mail_from or check.domain, "TXT", proposed(check.ips))
    else:
        yield "SPF: no sending address is known; name them as `ips`"


def _dkim(check: DomainCheck) -> _Made:
    for selector in check.selectors:
        if text := check.keys.get(selector):
            record = record_of(deployed(base64.b64decode(text, validate=True)))
            yield ZoneRecord(key_name(selector, check.domain), "TXT", record)
        else:
            yield f"DKIM: the public key of the selector {selector} is not known; give it in `keys`"


def _dmarc(check: DomainCheck, reports_to: str) -> _Made:
    yield ZoneRecord(place(check.domain), "TXT", start_record(reports_to))
    host = reports_to.rpartition("@")[2].lower()
    if not host:
        yield "DMARC: nobody gets its reports; give a mail address as `reports_to`"
    elif host != check.domain and not host.endswith(f".{check.domain}"):
        yield ZoneRecord(agreement_place(check.domain, host), "TXT", "v=DMARC1")


def _mx(check: DomainCheck, mx: str) -> _Made:
    """Replies come to the one, bounces to the other."""
    for domain in dict.fromkeys((check.domain, check.mail_from or check.domain)):
        if mx:
            yield ZoneRecord(domain, "MX", f"{PREFERENCE} {mx}")
        else:
            yield f"MX: what host takes mail to {domain} is not known here; name it as `mx`"


def _ptr(check: DomainCheck) -> _Made:
    """Each address's name, and the way back from it."""
    for ip in check.ips:
        if name := check.names.get(ip):
            yield ZoneRecord(reverse_name(ip), "PTR", name)
            yield ZoneRecord(name, address_type(ip), ip)
        else:
            yield f"PTR: {ip} has no host name yet"
