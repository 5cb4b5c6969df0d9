"""How a PowerMTA host is reached, as people may write it."""

import re

from engine.ids import parse_ip
from engine.rules import egress

PORT_MAX = 65_535
HOST_MAX = 253  # letters
_LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HOST = re.compile(rf"{_LABEL}(\.{_LABEL})*")
_NUMBER = re.compile(r"[0-9]+|0[xX][0-9A-Fa-f]*")
_USER = re.compile(r"[a-z_][a-z0-9_-]{0,31}")
_KEY = re.compile(r"[a-z0-9@.-]+ [A-Za-z0-9+/]+={0,2}")
_PATH = re.compile(r"/[A-Za-z0-9._/-]*")


def parse_host(text: str) -> str:
    """A name, or an address in the one form that everybody reads alike.  Raises ValueError, as all
    of these do.
    """
    host = _address(text) if ":" in text or egress.address(text) else _name(text)
    where = egress.address(host)
    if where is not None and (why := egress.astray(where)):
        raise ValueError(f"no PowerMTA host is reached at {text}: {why}")
    return host


def _address(text: str) -> str:
    try:
        return parse_ip(text)
    except ValueError as wrong:
        why = "; give the host alone, without brackets, port or interface"
        raise ValueError(f"{text!r} is not an address{why}") from wrong


def _name(text: str) -> str:
    """Without the dot at its end.  Sockets read ``127.1``, ``0x7f.1`` and ``2130706433`` as an
    address (inet_aton(3)), so what ends in a number is none (WHATWG URL, "ends in a number").
    """
    name = text.removesuffix(".")
    if not name.isascii():
        raise ValueError(f"{text!r} is not ASCII; write the name as DNS has it: xn--…")
    if len(name) > HOST_MAX or not _HOST.fullmatch(name):
        raise ValueError(f"{text!r} is not a host name or an address")
    if _NUMBER.fullmatch(name.rpartition(".")[2]):
        raise ValueError(
            f"{text!r} ends in a number, and would be read as some address or other;"
            " write an address as 192.0.2.1"
        )
    return name


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
