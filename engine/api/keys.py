"""API keys: ``ee_live_<public id, 12 letters>_<secret, 43><check, 6>``, of base62 throughout.

The secret has 256 random bits, so one SHA-256 is enough to keep it by.  The check letters let a
mistyped key be refused before anything is looked up.
"""

import hashlib
import re
import string
import zlib
from typing import NamedTuple

from engine.ids import KeyId

PREFIX = "ee_live_"
ID_LETTERS, SECRET_LETTERS, CHECK_LETTERS = 12, 43, 6
ID_BITS, SECRET_BITS = 72, 256
BITS = ID_BITS + SECRET_BITS  # of randomness for one key
_ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
_KEY = re.compile(
    rf"(?P<body>(?P<name>[0-9A-Za-z]{{{ID_LETTERS}}})_(?P<secret>[0-9A-Za-z]{{{SECRET_LETTERS}}}))"
    rf"(?P<check>[0-9A-Za-z]{{{CHECK_LETTERS}}})"
)
_LENGTH = len(PREFIX) + ID_LETTERS + 1 + SECRET_LETTERS + CHECK_LETTERS


class NewKey(NamedTuple):
    id: KeyId
    text: str  # shown once, and kept nowhere
    digest: str


class GivenKey(NamedTuple):
    id: KeyId
    secret: str


def make_key(random: bytes) -> NewKey:
    """From BITS of randomness."""
    if len(random) * 8 != BITS:
        raise ValueError(f"a key is made of {BITS} random bits, not {len(random) * 8}")
    name = _letters(int.from_bytes(random[: ID_BITS // 8]), ID_LETTERS)
    secret = _letters(int.from_bytes(random[ID_BITS // 8 :]), SECRET_LETTERS)
    body = f"{name}_{secret}"
    return NewKey(KeyId(name), f"{PREFIX}{body}{_check(body)}", digest(secret))


def parse_key(text: str) -> GivenKey:
    """Raises ValueError that says what is wrong, and repeats nothing of the key."""
    if not text.startswith(PREFIX):
        raise ValueError(f"a key begins with {PREFIX}")
    if len(text) != _LENGTH:
        raise ValueError(f"a key has {_LENGTH} letters, this one {len(text)}; was it cut off?")
    found = _KEY.fullmatch(text, len(PREFIX))
    if found is None or found["check"] != _check(found["body"]):
        raise ValueError("the key is mistyped: its check letters do not fit")
    return GivenKey(KeyId(found["name"]), found["secret"])


def digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _check(body: str) -> str:
    return _letters(zlib.crc32(body.encode()), CHECK_LETTERS)


def _letters(number: int, length: int) -> str:
    """The last ``length`` base62 digits of a number."""
    found = ""
    for _ in range(length):
        number, digit = divmod(number, len(_ALPHABET))
        found = _ALPHABET[digit] + found
    return found
