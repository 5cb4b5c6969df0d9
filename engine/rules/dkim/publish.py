"""The record that a domain's DKIM key needs."""

from engine.rules.dkim.keys import PublicKey, RsaKey, deployed, record_of
from engine.rules.zone_text import txt_line


def key_record(kind: str, data: bytes) -> str:
    """For a public key in any form (SubjectPublicKeyInfo, PKCS#1, the 32 octets of ed25519).
    Raises ValueError if it is none, or none of that kind ("rsa" or "ed25519").
    """
    key = deployed(data)
    if kind != kind_of(key):
        raise ValueError(f"this is a key of the kind {kind_of(key)}, not {kind}")
    return record_of(key)


def zone_line(selector: str, domain: str, key: PublicKey) -> str:
    return txt_line(key_name(selector, domain), record_of(key))


def key_name(selector: str, domain: str) -> str:
    return f"{selector}._domainkey.{domain}"


def kind_of(key: PublicKey) -> str:
    return "rsa" if isinstance(key, RsaKey) else "ed25519"
