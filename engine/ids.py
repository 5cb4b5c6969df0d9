"""Typed names for the things the engine talks about, and one parser for each that people write."""

import ipaddress
import re
from typing import NewType

IpAddr = NewType("IpAddr", str)  # canonical text form, e.g. "203.0.113.7"
NodeId = NewType("NodeId", str)  # one PowerMTA host
TenantId = NewType("TenantId", str)  # its slug
Zone = NewType("Zone", str)  # one DNSBL, e.g. "zen.spamhaus.org"
InstanceId = NewType("InstanceId", str)  # one MailWizz installation
ServerId = NewType("ServerId", int)  # MailWizz's number of a delivery server, within its instance
KeyId = NewType("KeyId", str)  # the public part of an API key
AlertId = NewType("AlertId", str)  # "<tenant or ->/<alert name>/<subject>"
EngineId = NewType("EngineId", str)  # from the configuration; names files on nodes
Actor = NewType("Actor", str)  # "key:<id>", "telegram:<id>" or "engine"; never a name
CommandId = NewType("CommandId", str)  # equal ids are the same request
EventId = NewType("EventId", str)  # a UUID in text form, chosen by the writer, time-ordered
EffectKey = NewType("EffectKey", str)  # equal keys are the same piece of work
Position = NewType("Position", int)  # place in the whole log, from 1; 0 = before it
Version = NewType("Version", int)  # events in one stream so far; 0 = no stream yet

SLUG = r"[a-z0-9]+(-[a-z0-9]+)*"
SLUG_MAX = 40  # letters; what is rendered from it must stay short enough for PowerMTA's names
_SLUG = re.compile(SLUG)
_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_NUMBER = re.compile(r"\.[0-9]+\Z")
_HOSTNAME = re.compile(rf"({_LABEL}\.)+(?![0-9]+$){_LABEL}")


def without_cycle(key: EffectKey) -> str:
    """Kind and subject: the same work, whatever made it necessary, however often it was tried."""
    return key.rsplit("/", 2)[0]


def parse_ip(text: str) -> IpAddr:
    """Canonical form of an IPv4 or IPv6 address without zone; raises ValueError if it is none.

    An IPv4 address in IPv6's clothes (``::ffff:192.0.2.1``) is the IPv4 address: otherwise one
    address could belong to two tenants.
    """
    try:
        found = ipaddress.ip_address(text)
    except ValueError as wrong:
        alone = "alone: no brackets, port, prefix length, spaces or leading zeros"
        raise ValueError(
            f"{text!r} is not an address; write 192.0.2.1 or 2001:db8::1 {alone}"
        ) from wrong
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    if getattr(found, "scope_id", None) is not None:
        raise ValueError(f"{text!r} names an interface; give the address alone")
    return IpAddr(found.compressed)


def is_reserved(ip: IpAddr) -> bool:
    """Private, loopback, documentation, multicast or otherwise not a public sending address."""
    found = ipaddress.ip_address(ip)
    return not found.is_global or found.is_multicast


def parse_slug(text: str) -> str:
    """``[a-z0-9]+(-[a-z0-9]+)*`` of at most SLUG_MAX letters; raises ValueError."""
    if not _SLUG.fullmatch(text) or len(text) > SLUG_MAX:
        raise ValueError(
            f"{text!r} is not a slug: lower-case letters, digits and single dashes between them,"
            f" at most {SLUG_MAX}"
        )
    return text


def parse_purpose(text: str) -> str:
    """A slug that begins with a letter, so that no pool's name is a VMTA's; raises ValueError."""
    if not text[:1].isascii() or not text[:1].isalpha():
        raise ValueError(f"{text!r} is not a purpose: it begins with a letter")
    return parse_slug(text)


def parse_hostname(text: str) -> str:
    """A fully qualified host name in lower case, without the last dot; raises ValueError.  Its last
    label is not all digits (RFC 3696, section 2): what ends so is read as an address by many.
    """
    name = text.rstrip(".").lower()
    if not _HOSTNAME.fullmatch(name) or len(name) > 253:
        number = "; it ends in a number, as an address does" if _NUMBER.search(name) else ""
        raise ValueError(f"{text!r} is not a fully qualified host name{number}")
    return name
