"""What a tenant chose, laid over what the engine wants: it narrows and never widens."""

from msgspec.structs import replace

from engine.ids import parse_slug
from engine.values.levers import Levers, Output, Paused, PerDay
from engine.values.overlay import Chosen, Key, Quota
from engine.values.vmta import Vmta


def laid_over(
    wanted: Vmta,
    chosen: Chosen | None,
    *,
    drains: bool,
    hostname: str = "",
    login: str = "",
    keys: tuple[Key, ...] = (),
) -> Vmta:
    """``drains``: intake is closed, whatever the engine wants.  ``hostname``: what it was defined
    with before; a VMTA that has a name never loses it, for PowerMTA bounces the mail of one that
    is gone.  ``login``: the secret with its SMTP user's password.  ``keys``: of DKIM, that the
    engine made; one that was chosen for the same domain goes before."""
    quota = chosen.quota if chosen else None
    theirs = chosen.key.domain if chosen and chosen.key else ""
    return Vmta(
        wanted.purpose,
        (chosen.hostname if chosen else "") or wanted.hostname or hostname,
        narrowed(wanted.levers, quota, drains=drains),
        chosen,
        keys=tuple(one for one in keys if one.domain != theirs),
        login=login,
    )


def narrowed(levers: Levers, quota: Quota | None, *, drains: bool) -> Levers:
    return Levers("closed" if drains else levers.intake, _lower(levers.output, quota))


def _lower(output: Output, quota: Quota | None) -> Output:
    if quota is None or output == Paused():
        return output
    if isinstance(output, PerDay) and output.cap <= quota.a_day:
        return output
    return PerDay(quota.a_day)


def restored(now: Chosen | None, then: Chosen | None) -> Chosen:
    """Names, host names and keys of then, with today's quota and limits: it never raises a cap."""
    today = now or Chosen()
    return replace(then or Chosen(), quota=today.quota, limits=today.limits)


def meanwhile(then: Chosen | None, now: Chosen | None) -> Chosen | None:
    """What holds while a new choice waits: the old one, with the lower of both quotas."""
    quotas = [one.quota for one in (then, now) if one and one.quota]
    quota = min(quotas, key=lambda one: one.a_day, default=None)
    if then is None and quota is None:
        return None
    return replace(then or Chosen(), quota=quota)


def only_lowers(then: Chosen | None, now: Chosen | None) -> bool:
    """Nothing is new but perhaps a lower quota."""
    return (now or Chosen()) == (meanwhile(then, now) or Chosen())


def raises(then: Chosen | None, now: Chosen | None) -> bool:
    """More may go out than before, as far as the engine's own cap lets it."""
    before, after = (one.quota if one else None for one in (then, now))
    return before is not None and (after is None or after.a_day > before.a_day)


def parse_name(text: str) -> str:
    """Of a VirtualMTA, as people give it; raises ValueError.  It begins with a letter, so that it
    is never what another address's VMTA is called."""
    if not (text[:1].isascii() and text[:1].isalpha()):
        raise ValueError(f"{text[:40]!r} is no name of a VirtualMTA: it begins with a letter")
    return parse_slug(text)


def inside(path: str, folders: tuple[str, ...]) -> bool:
    return any(path.startswith(f"{folder.rstrip('/')}/") for folder in folders)
