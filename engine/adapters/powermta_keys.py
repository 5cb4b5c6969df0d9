"""The public part of the keys that lie on a node.  It is made there; the private part stays."""

import base64
import binascii
import re

from engine.adapters.ssh import Ssh
from engine.ids import NodeId
from engine.ports import NodeRefused
from engine.rules.key_path import parse_key_path

READ_S = 10
_PUBLIC = re.compile(r"-----BEGIN PUBLIC KEY-----(.*?)-----END PUBLIC KEY-----", re.S)


async def dkim_public(ssh: Ssh, node: NodeId, path: str) -> bytes:
    """Why it could not be read is not told: whoever names a path shall not learn what lies there.
    Raises NodeRefused.
    """
    try:
        parse_key_path(path)
    except ValueError as wrong:
        raise NodeRefused(f"{node}: {wrong}") from wrong
    words = ["openssl", "pkey", "-in", path, "-pubout"]
    rc, out, _ = await ssh.run(node, words, limit=READ_S)
    found = _PUBLIC.search(out)
    if rc or not found:
        raise NodeRefused(
            f"{node}: no private key can be read at {path} (by openssl, as the engine's user there)"
        )
    try:
        return base64.b64decode("".join(found[1].split()), validate=True)
    except binascii.Error as bad:
        raise NodeRefused(f"{node}: openssl wrote no key for {path}") from bad
