"""Keys of DKIM, by the cryptography library."""

import asyncio

from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from engine.ports.keys import KeyPair
from engine.values.dkim_key import Algorithm

BITS, EXPONENT = 2048, 65537  # RFC 8301 3.2; more does not fit into one DNS answer everywhere


class NewKeys:
    """ports.KeyMaker"""

    async def make(self, algorithm: Algorithm) -> KeyPair:
        """A tenth of a second of computing, beside the loop."""
        return await asyncio.to_thread(_make, algorithm)


def _make(algorithm: Algorithm) -> KeyPair:
    """RSA as PKCS#1, which every PowerMTA reads; ed25519 has PKCS#8 alone (RFC 8410 7)."""
    key: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey
    if algorithm == "rsa":
        key, form = rsa.generate_private_key(EXPONENT, BITS), PrivateFormat.TraditionalOpenSSL
    else:
        key, form = ed25519.Ed25519PrivateKey.generate(), PrivateFormat.PKCS8
    return KeyPair(
        key.private_bytes(Encoding.PEM, form, NoEncryption()),
        key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
    )
