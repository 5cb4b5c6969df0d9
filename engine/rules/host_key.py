"""The key that an SSH host is known by, and the short form that people compare."""

import base64
import binascii
import hashlib


def fingerprint(key: str) -> str:
    """Of ``ssh-ed25519 AAAA…``, as `ssh-keygen -l` prints it: "SHA256:…".  Raises ValueError."""
    _, _, blob = key.partition(" ")
    try:
        data = base64.b64decode(blob, validate=True)
    except binascii.Error as bad:
        raise ValueError(f"{key[:40]!r} is no public key: {bad}") from bad
    if not data:
        raise ValueError(f"{key[:40]!r} is no public key")
    return f"SHA256:{base64.b64encode(hashlib.sha256(data).digest()).decode().rstrip('=')}"


def bare(key: str) -> str:
    """Without the comment behind it, which is often somebody's address."""
    return " ".join(key.split()[:2])


def same(one: str, other: str) -> bool:
    """People leave out ``SHA256:``, or copy the padding too."""
    return _bare(one) == _bare(other)


def _bare(text: str) -> str:
    return text.strip().removeprefix("SHA256:").rstrip("=")
