"""Passwords stand in the engine's files as ``{secret:name}``; only a node's copy holds them.

A file is filled in while it is laid on a node, and emptied again when it is read there, so that
digests, backups, log, git and answers are of the text without passwords.
"""

import re
from collections.abc import Callable, Mapping
from functools import partial

from engine.ids import IpAddr, TenantId
from engine.rules.pmta_config import tenant_file

PASSWORD_MIN, PASSWORD_MAX = 8, 128  # letters
UNKNOWN = "{secret:?}"  # no name of a secret: what holds it is no file of ours
_PASSWORD = re.compile(r"[A-Za-z0-9._~!@%^&*+=:,?/-]+")
_USER = re.compile(r"<smtp-user (\S+)>")
_LINE = re.compile(r"^(\s*password[ \t]+)(\S.*?)([ \t\r]*)$", re.I)
_PLACEHOLDER = re.compile(r"\{secret:([a-z0-9][a-z0-9._-]*)\}")


def login(tenant: TenantId, ip: IpAddr) -> str:
    """The SMTP user's name, which is its VMTA's.  The file of its password is called the same in
    ``secrets_dir``; that of a changed password has ``.2`` behind it, then ``.3`` and so on."""
    return tenant_file.vmta(tenant, ip)


def parse_password(text: str) -> str:
    """Raises ValueError, which does not show it."""
    if not PASSWORD_MIN <= len(text) <= PASSWORD_MAX or not _PASSWORD.fullmatch(text):
        raise ValueError(
            f"a password has {PASSWORD_MIN} to {PASSWORD_MAX} letters, digits and ._~!@%^&*+=:,?/-"
            " in one line"
        )
    return text


def filled(text: str, password: Callable[[str], str]) -> str:
    """With each secret in its place.  ``password`` gives one by its name, or raises."""
    return _PLACEHOLDER.sub(lambda found: password(found[1]), text)


def emptied(data: bytes, kept: Callable[[str], Mapping[str, str]]) -> bytes:
    """With the name of each password in its place; one that is not ours becomes UNKNOWN.

    ``kept``: by login, the texts of its secrets.  No other byte is changed.
    """
    if b"<smtp-user " not in data:
        return data
    lines, user = data.decode(errors="surrogateescape").split("\n"), ""
    for n, line in enumerate(lines):
        found = _USER.search(line)
        user = found[1] if found else ("" if "</smtp-user>" in line else user)
        lines[n] = _LINE.sub(partial(_named, known=kept(user) if user else {}), line)
    return "\n".join(lines).encode(errors="surrogateescape")


def _named(found: re.Match[str], known: Mapping[str, str]) -> str:
    name = next((name for name, text in known.items() if text == found[2]), "")
    return f"{found[1]}{f'{{secret:{name}}}' if name else UNKNOWN}{found[3]}"
