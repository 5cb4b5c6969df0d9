"""A sending domain whose records are all as they should be, in a resolver that holds literals."""

import base64

from engine.ids import IpAddr
from tests.support.fake_resolver import FakeResolver
from tests.support.spec import HOSTNAME, IP

DOMAIN = "acme.example"
SPF = f"v=spf1 ip4:{IP} -all"
DMARC = "v=DMARC1; p=none; rua=mailto:reports@acme.example"


def rsa(seed: int, bits: int = 2048) -> bytes:
    """A SubjectPublicKeyInfo as DNS has it; nobody has the other part of it."""
    modulus = b"\0" + bytes([0x80 | seed]) + bytes([seed]) * (bits // 8 - 2) + b"\x01"
    numbers = _der(0x30, _der(0x02, modulus) + _der(0x02, b"\x01\x00\x01"))
    algorithm = bytes.fromhex("300d06092a864886f70d0101010500")
    return _der(0x30, algorithm + _der(0x03, b"\0" + numbers))


def _der(tag: int, data: bytes) -> bytes:
    length = len(data)
    if length < 128:
        return bytes([tag, length]) + data
    octets = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(octets)]) + octets + data


KEY = rsa(7)


def key_record(key: bytes = KEY) -> str:
    return f"v=DKIM1; k=rsa; p={base64.b64encode(key).decode()}"


def publish(
    resolver: FakeResolver, domain: str = DOMAIN, *, spf: str = SPF, selector: str = "default"
) -> None:
    """The address's reverse DNS is its own affair."""
    mail = f"mx.{domain}"
    resolver.records |= {
        f"{domain} TXT": (spf,),
        f"{domain} MX": (f"10 {mail}",),
        f"{domain} SOA": (f"ns.{domain} hostmaster.{domain} 1 3600 600 86400 60",),
        f"_dmarc.{domain} TXT": (DMARC.replace(DOMAIN, domain),),
        f"{selector}._domainkey.{domain} TXT": (key_record(),),
    }
    resolver.v4[mail] = ("203.0.113.25",)


def point(resolver: FakeResolver, ip: IpAddr = IP, name: str = HOSTNAME) -> None:
    resolver.names[ip] = (name,)
    resolver.v4[name] = (ip,)
