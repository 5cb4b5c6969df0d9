"""Entity tags (RFC 9110 8.8.3): what somebody read, and since when he knows it.

A tag is ``"<digest of the body>.<since>"``.  ``If-None-Match`` compares the digest: the same bytes
need not be sent again.  ``If-Match`` asks what a change must know, whether its stream is as it was
read: nothing may have been appended to it after ``since``, a place in the log.  A tenant's is
sealed together with a nonce, so that two of its tags do not tell whether others' events came
between them.
"""

import hashlib
import re

from engine.api import places
from engine.api.call import Caller
from engine.api.deps import Deps
from engine.ids import Position

ANY = Position(2**63 - 1)  # ``*``: as long as there is something
NEVER = Position(-1)
NONCE_BITS = 64
_TAG = re.compile(r'(?P<weak>W/)?"(?P<opaque>[\x21\x23-\x7e]*)"')


def made(deps: Deps, caller: Caller, body: bytes, since: Position | None) -> str:
    """``since``: read before the body was; None where the body is about another time."""
    digest = hashlib.sha256(body).hexdigest()[:32]
    return f'"{digest}.{_since(deps, caller, since)}"' if since is not None else f'"{digest}"'


def same(if_none_match: str, tag: str) -> bool:
    """Whether the client has these bytes already (weak comparison, RFC 9110 13.1.2)."""
    if not if_none_match:
        return False
    if if_none_match.strip() == "*":
        return True
    digest = tag.strip('"').partition(".")[0]
    return any(one["opaque"].partition(".")[0] == digest for one in _TAG.finditer(if_none_match))


def unchanged_since(deps: Deps, caller: Caller, if_match: str) -> Position:
    """The last place at which somebody who sends this header read what he changes.  Nobody read it
    who was not given the tag; a weak one proves nothing (strong comparison, RFC 9110 13.1.1).
    """
    if if_match.strip() == "*":
        return ANY
    tags = [one for one in _TAG.finditer(if_match) if not one["weak"]]
    known = [_read(deps, caller, one["opaque"].partition(".")[2]) for one in tags]
    return max((one for one in known if one is not None), default=NEVER)


def _since(deps: Deps, caller: Caller, since: Position) -> str:
    if caller.tenant is None:
        return str(since)
    nonce = deps.token(NONCE_BITS).hex()
    return deps.seal.closed(caller.tenant, "etag", f"{since} {nonce}")


def _read(deps: Deps, caller: Caller, text: str) -> Position | None:
    if caller.tenant is None:
        return places.number(text)
    try:
        return Position(int(deps.seal.opened(caller.tenant, "etag", text).partition(" ")[0]))
    except ValueError:
        return None
