"""Who asks, and what they may."""

import hmac
import ipaddress
from datetime import datetime

from engine.api import source
from engine.api.call import Caller
from engine.api.keys import digest, parse_key
from engine.api.meant import meant
from engine.api.problems import Problem
from engine.ids import TenantId
from engine.projections.keys import KEYS, Key
from engine.projections.tenants import TENANTS
from engine.runtime.views import Views
from engine.values.scope import Scope

_NOBODYS = digest("")  # compared with for an unknown id too, so that timing tells nothing


def caller(views: Views, header: str | None, now: datetime, address: str = "") -> Caller:
    """The owner of the key in a header Authorization that came from ``address``; raises Problem."""
    scheme, _, text = (header or "").partition(" ")
    if scheme.lower() != "bearer" or not text:
        raise _unauthorized("send the header `Authorization: Bearer ee_live_…`")
    try:
        given = parse_key(text.strip())
    except ValueError as wrong:
        raise _unauthorized(str(wrong)) from wrong
    known = views.get(KEYS, given.id)
    expected = (known.digest or _NOBODYS).encode()
    right = hmac.compare_digest(digest(given.secret).encode(), expected)
    if not right or not known.digest:
        raise _unauthorized("this key is not known here; ask the operator for one")
    if known.revoked:
        raise _unauthorized("this key was revoked; ask the operator for a new one")
    if known.expired(now):
        when = f"{known.expires_at:%Y-%m-%d %H:%M}Z"
        raise _unauthorized(f"this key expired at {when}; ask the operator for a new one")
    if not _from_here(known, address):
        why = f"this key may not be used from {address or 'here'}; the operator knows from where"
        raise Problem("forbidden", why)
    return Caller(known.key, known.owner, known.scopes)


def _from_here(key: Key, address: str) -> bool:
    if not key.networks:
        return True
    one = source.address(address)
    return one is not None and source.within(one, map(ipaddress.ip_network, key.networks))


def still(views: Views, who: Caller, scope: Scope, now: datetime) -> bool:
    """Whether a key that was let in would be let in now."""
    known = views.get(KEYS, who.key)
    good = not known.revoked and not known.expired(now)
    return good and _may(Caller(known.key, known.owner, known.scopes), scope)


def _may(who: Caller, scope: Scope) -> bool:
    """``admin`` is the platform's alone, and allows everything."""
    admin = "admin" in who.scopes and who.tenant is None
    return admin or (scope != "admin" and scope in who.scopes)


def permit(who: Caller, scope: Scope) -> None:
    if _may(who, scope):
        return
    has = ", ".join(who.scopes) or "nothing"
    owner = "a tenant's key" if who.tenant else "this key"
    raise Problem("forbidden", f"this needs the scope `{scope}`; {owner} has {has}")


def whose(views: Views, who: Caller, named: TenantId | None) -> TenantId:
    """The tenant a write is for."""
    if who.tenant is not None:
        _own(who, named)
        return who.tenant
    if named is None:
        why = "a key of the platform must say for which tenant: add `tenant`, its slug"
        raise Problem("invalid", why, field="$.tenant")
    return _existing(views, named)


def reads_as(views: Views, who: Caller, named: TenantId | None) -> TenantId | None:
    """Whose rows a read sees; None: everybody's."""
    if who.tenant is None:
        return None if named is None else _existing(views, named)
    _own(who, named)
    return who.tenant


def _existing(views: Views, named: TenantId) -> TenantId:
    """For the platform, which may hear who is there."""
    if not views.get(TENANTS, named).slug:
        near = meant(named, [one.slug for one in views.of(TENANTS).values()])
        said = near if near.startswith("; did") else ""
        why = f"there is no tenant {named!r}{said}; GET /api/v2/tenants lists them"
        raise Problem("invalid", why, field="$.tenant")
    return named


def _own(who: Caller, named: TenantId | None) -> None:
    if named not in (None, who.tenant):
        raise Problem("forbidden", f"this key is {who.tenant}'s and may not name another tenant")


def _unauthorized(why: str) -> Problem:
    return Problem("unauthorized", why, headers={"WWW-Authenticate": 'Bearer realm="email-engine"'})
