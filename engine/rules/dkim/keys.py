"""Public keys of DKIM, from what is published or deployed: compared as keys, not as text."""

import base64
import binascii
import re

from msgspec import Struct

from engine.rules.dkim.der import (
    BIT_STRING,
    NULL,
    OID,
    SEQUENCE,
    Value,
    encoded,
    integer,
    number,
    only,
    values,
)
from engine.rules.dkim.key_record import KeyRecord, text_of

_RSA = bytes.fromhex("2a864886f70d010101")  # 1.2.840.113549.1.1.1, rsaEncryption
_ED25519 = bytes.fromhex("2b6570")  # 1.3.101.112 (RFC 8410 3)
_FOREIGN = re.compile(r"[^A-Za-z0-9+/=]")
RAW = 32  # octets of an ed25519 key


class RsaKey(Struct, frozen=True):
    modulus: int
    exponent: int

    @property
    def bits(self) -> int:
        return self.modulus.bit_length()


class Ed25519Key(Struct, frozen=True):
    raw: bytes


PublicKey = RsaKey | Ed25519Key


def published(kind: str, public: str) -> PublicKey:
    """The key in a record's p=.  Raises ValueError, in words for who wrote it."""
    try:
        data = base64.b64decode(public, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("p= is not whole base64: a part of it was lost or changed") from None
    if kind == "rsa":
        return _rsa(data)
    if len(data) != RAW:
        raise ValueError(
            f"an ed25519 key is {RAW} octets as they are, and p= holds {len(data)}"
            f"{_wrapped(data)} (RFC 8463 4.2)"
        )
    return Ed25519Key(data)


def salvaged(public: str) -> PublicKey | None:
    """The key that is meant by a p= that holds more than its base64 (quotes of a zone file, a
    backslash) or a key of another kind than k= says, as it stands or in DER.
    """
    try:
        return deployed(base64.b64decode(_FOREIGN.sub("", public), validate=True))
    except ValueError:
        return None


def deployed(data: bytes) -> PublicKey:
    """A public key in any form that it is kept in: SubjectPublicKeyInfo, PKCS#1 or the 32 octets of
    ed25519.  Raises ValueError.
    """
    if len(data) == RAW:
        return Ed25519Key(data)
    try:
        algorithm, bits = _info(data)
    except ValueError:
        return _rsa(data)
    if algorithm == _ED25519 and len(bits) == RAW:
        return Ed25519Key(bits)
    return _rsa(data)


def spki(key: PublicKey) -> bytes:
    """As SubjectPublicKeyInfo (RFC 5280 4.1.2.7)."""
    if isinstance(key, Ed25519Key):
        algorithm, bits = encoded(OID, _ED25519), key.raw
    else:
        algorithm = encoded(OID, _RSA) + encoded(NULL, b"")
        bits = encoded(SEQUENCE, integer(key.modulus) + integer(key.exponent))
    return encoded(SEQUENCE, encoded(SEQUENCE, algorithm) + encoded(BIT_STRING, b"\0" + bits))


def record_of(key: PublicKey) -> str:
    """The TXT record that publishes it."""
    rsa = isinstance(key, RsaKey)
    data = key.raw if isinstance(key, Ed25519Key) else spki(key)
    kind = "rsa" if rsa else "ed25519"
    return text_of(KeyRecord(kind=kind, public=base64.b64encode(data).decode()))


def _rsa(data: bytes) -> RsaKey:
    """SubjectPublicKeyInfo, or the bare RSAPublicKey that RFC 6376 3.6.1 calls for and few use."""
    inner = values(only(data, SEQUENCE))
    if inner and inner[0].tag == SEQUENCE:
        algorithm, bits = _info(data)
        if algorithm != _RSA:
            raise ValueError("it holds a key of another kind than RSA")
        inner = values(only(bits, SEQUENCE))
    if len(inner) != 2:
        raise ValueError("it holds no RSA key")
    return RsaKey(number(inner[0]), number(inner[1]))


def _info(data: bytes) -> tuple[bytes, bytes]:
    """The algorithm of a SubjectPublicKeyInfo and its bits; raises ValueError."""
    inner = values(only(data, SEQUENCE))
    if [one.tag for one in inner] != [SEQUENCE, BIT_STRING] or inner[1].content[:1] != b"\0":
        raise ValueError("it holds no public key")
    algorithm = values(inner[0].content)
    if not algorithm or algorithm[0].tag != OID or not _plain(algorithm[1:]):
        raise ValueError("it does not say of what kind its key is")
    return algorithm[0].content, inner[1].content[1:]


def _plain(parameters: list[Value]) -> bool:
    return parameters in ([], [Value(NULL, b"")])


def _wrapped(data: bytes) -> str:
    try:
        inside = _info(data)[0] == _ED25519
    except ValueError:
        return ""
    return ", the key wrapped in DER" if inside else ""
