"""How the DNS stands to one key that is to be published, or to be published no longer."""

from typing import NamedTuple

from engine.ids import TenantId
from engine.rules.dkim.key_record import parse
from engine.rules.dkim.keys import PublicKey
from engine.rules.dkim.keys import published as key_of
from engine.values.dkim_key import Standing
from engine.values.dns import DnsAnswer


class Stands(NamedTuple):
    standing: Standing
    why: str = ""  # for whoever publishes it


def standing(record: str, answer: DnsAnswer) -> Stands:
    """``record``: as it shall be.  Another text with the same key in it is the same."""
    if not answer.answered:
        return Stands("unanswered", f"the DNS did not answer ({answer.outcome})")
    if not answer.records:
        return Stands("absent", "there is no TXT record of this name")
    if len(answer.records) > 1:
        return Stands("differs", f"there are {len(answer.records)} TXT records of this name")
    try:
        found = parse(answer.records[0])
        if not found.public:
            return Stands("revoked", "its p= is empty")
        if key_of(found.kind, found.public) == _key(record):
            return Stands("published")
    except ValueError as wrong:
        return Stands("differs", f"the record is no key: {wrong}")
    return Stands("differs", "another key is published there")


def _key(record: str) -> PublicKey:
    ours = parse(record)
    return key_of(ours.kind, ours.public)


def revoking(record: str) -> str:
    """The record that says the key is revoked (RFC 6376 3.6.1): its p= is empty."""
    return f"v=DKIM1; k={parse(record).kind}; p="


def file_name(tenant: TenantId, domain: str, selector: str) -> str:
    """Of the private part on a node.  No slug and no domain holds what stands between."""
    return f"{tenant}--{domain}--{selector}.pem"
