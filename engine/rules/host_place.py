"""How a PowerMTA host is reached, as people may write it."""

import re

from engine.rules import egress

PORT_MAX = 65_535
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.:-]{0,251}[A-Za-z0-9])?")
_USER = re.compile(r"[a-z_][a-z0-9_-]{0,31}")
_KEY = re.compile(r"[a-z0-9@.-]+ [A-Za-z0-9+/]+={0,2}")
_PATH = re.compile(r"/[A-Za-z0-9._/-]*")


def parse_host(text: str) -> str:
    """Raises ValueError, as all of these do."""
    host = _fits(_HOST, text, "a host name or an address")
    where = egress.address(host)
    if where is not None and (why := egress.astray(where)):
        raise ValueError(f"no PowerMTA host is reached at {host}: {why}")
    return host


def parse_user(text: str) -> str:
    return _fits(_USER, text, "a login name")


def parse_host_key(text: str) -> str:
    return _fits(_KEY, text, "a public key: `ssh-ed25519 AAAA…`")


def parse_path(text: str) -> str:
    return _fits(_PATH, text, "an absolute path")


def _fits(pattern: re.Pattern[str], text: str, what: str) -> str:
    if not pattern.fullmatch(text):
        raise ValueError(f"{text!r} is not {what}")
    return text
