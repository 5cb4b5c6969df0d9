"""What a receiver applies to mail that fails, From a domain (RFC 9989 4.7, 4.10.1)."""

from engine.values.dmarc_report import DmarcEffective, Policy

_WEAKER: dict[Policy, Policy] = {"reject": "quarantine", "quarantine": "none", "none": "none"}


def applied(published: DmarcEffective, *, own: bool, exists: bool | None) -> Policy | None:
    """A domain's own record counts by p=, one from above by sp= or np=.  ``exists``: whether there
    is such a name at all, None if it was not answered; then None, where it makes a difference.
    """
    policy = _asked(published, own, exists)
    return _WEAKER[policy] if policy and published.t else policy


def _asked(published: DmarcEffective, own: bool, exists: bool | None) -> Policy | None:
    if own:
        return published.p
    if published.sp == published.np:
        return published.sp
    if exists is None:
        return None
    return published.sp if exists else published.np
