"""What a tenant is given to hold and must not be able to read: a place in everybody's log, or the
key of a row with such a place in it.

A deterministic cipher that also proves itself (SIV, Rogaway and Shrimpton, "A Provable-Security
Treatment of the Key-Wrap Problem", 2006), of HMAC-SHA-256: the mark is a MAC of the tenant, of
what it is for and of the text, and what masks the text comes from the mark.  So a token is the same
each time, fits nobody else and nothing else, and one that was made up or changed does not open.
"""

import base64
import hashlib
import hmac

from engine.ids import Position, TenantId

KEY_BITS = 256
_MARK = 16  # bytes: a token that was made up opens once in 2**128
_BLOCK = 32  # bytes that texts are filled up to, so that a token does not tell how long a number is


class Seal:
    def __init__(self, key: bytes) -> None:
        if len(key) * 8 != KEY_BITS:
            raise ValueError(f"a seal's key has {KEY_BITS} bits, not {len(key) * 8}")
        self._marking, self._masking = _mac(key, b"mark"), _mac(key, b"mask")

    def position(self, tenant: TenantId, position: Position) -> str:
        return self.closed(tenant, "position", str(position))

    def position_of(self, tenant: TenantId, token: str) -> Position:
        """Raises ValueError for what this tenant was not given."""
        return Position(int(self.opened(tenant, "position", token)))

    def closed(self, tenant: TenantId, what: str, text: str) -> str:
        """Letters that are safe in a URL."""
        plain = _filled(text.encode())
        mark = self._mark(tenant, what, plain)
        return base64.urlsafe_b64encode(mark + self._masked(mark, plain)).decode().rstrip("=")

    def opened(self, tenant: TenantId, what: str, token: str) -> str:
        """Raises ValueError for what this tenant was not given for this."""
        data = base64.b64decode(token + "=" * (-len(token) % 4), b"-_", validate=True)
        mark, masked = data[:_MARK], data[_MARK:]
        plain = self._masked(mark, masked)
        if not hmac.compare_digest(mark, self._mark(tenant, what, plain)):
            raise ValueError("this was not given out here")
        return plain[: plain.rindex(b"\x80")].decode()

    def _mark(self, tenant: TenantId, what: str, plain: bytes) -> bytes:
        return _mac(self._marking, b"\0".join([tenant.encode(), what.encode(), plain]))[:_MARK]

    def _masked(self, mark: bytes, text: bytes) -> bytes:
        blocks = range(0, len(text), hashlib.sha256().digest_size)
        mask = b"".join(_mac(self._masking, mark + at.to_bytes(4)) for at in blocks)
        both = int.from_bytes(text) ^ int.from_bytes(mask[: len(text)])
        return both.to_bytes(len(text))


def _mac(key: bytes, text: bytes) -> bytes:
    return hmac.digest(key, text, "sha256")


def _filled(text: bytes) -> bytes:
    """To whole blocks, as ISO/IEC 9797-1 method 2 does it: a one bit, then zeros."""
    return text + b"\x80" + b"\0" * (-(len(text) + 1) % _BLOCK)
