"""Making keys, which takes chance and time."""

from typing import NamedTuple, Protocol

from engine.values.dkim_key import Algorithm


class KeyPair(NamedTuple):
    private: bytes  # PEM; it goes onto nodes and nowhere else
    public: bytes  # SubjectPublicKeyInfo, DER

    def __repr__(self) -> str:
        return "KeyPair(...)"


class KeyMaker(Protocol):
    async def make(self, algorithm: Algorithm) -> KeyPair:
        """A new pair each time; RSA of 2048 bits."""


class NoKeys:
    """Where no keys are made."""

    async def make(self, algorithm: Algorithm) -> KeyPair:
        raise LookupError(f"no {algorithm} keys are made here")
