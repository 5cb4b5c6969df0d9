"""What a tenant chose, laid over what the engine wants: it narrows and never widens."""

from engine.ids import parse_slug
from engine.values.levers import Levers, Output, Paused, PerDay
from engine.values.overlay import Chosen, Quota
from engine.values.vmta import Vmta


def laid_over(wanted: Vmta, chosen: Chosen | None, *, drains: bool, hostname: str = "") -> Vmta:
    """``drains``: intake is closed, whatever the engine wants.  ``hostname``: what it was defined
    with before; a VMTA that has a name never loses it, for PowerMTA bounces the mail of one that
    is gone."""
    quota = chosen.quota if chosen else None
    return Vmta(
        wanted.purpose,
        (chosen.hostname if chosen else "") or wanted.hostname or hostname,
        narrowed(wanted.levers, quota, drains=drains),
        chosen,
    )


def narrowed(levers: Levers, quota: Quota | None, *, drains: bool) -> Levers:
    return Levers("closed" if drains else levers.intake, _lower(levers.output, quota))


def _lower(output: Output, quota: Quota | None) -> Output:
    if quota is None or output == Paused():
        return output
    if isinstance(output, PerDay) and output.cap <= quota.a_day:
        return output
    return PerDay(quota.a_day)


def parse_name(text: str) -> str:
    """Of a VirtualMTA, as people give it; raises ValueError.  It begins with a letter, so that it
    is never what another address's VMTA is called."""
    if not (text[:1].isascii() and text[:1].isalpha()):
        raise ValueError(f"{text[:40]!r} is no name of a VirtualMTA: it begins with a letter")
    return parse_slug(text)


def inside(path: str, folders: tuple[str, ...]) -> bool:
    return any(path.startswith(f"{folder.rstrip('/')}/") for folder in folders)
