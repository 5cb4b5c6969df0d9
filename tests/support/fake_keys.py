"""Keys that cost no time, and sign nothing: the private part is a word."""

import hashlib

from engine.ports import KeyPair
from engine.rules.dkim.keys import RsaKey, spki
from engine.values.dkim_key import Algorithm

MODULUS = (1 << 2047) | 1


class FakeKeys:
    """ports.KeyMaker; no two keys are the same."""

    def __init__(self) -> None:
        self.made = 0

    async def make(self, algorithm: Algorithm) -> KeyPair:
        self.made += 1
        private = f"private part {self.made}".encode()
        if algorithm == "ed25519":
            return KeyPair(private, hashlib.sha256(private).digest())
        return KeyPair(private, public_of(private))


def public_of(private: bytes) -> bytes:
    """Of an RSA key that was made here."""
    exponent = 2 * int(private.split()[-1]) + 65535  # odd, and never the same
    return spki(RsaKey(MODULUS, exponent))
