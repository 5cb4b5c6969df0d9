"""Looks each morning whether a tenant's capacity carries its demand, and moves what was chosen."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from engine.commands.ip import RequestWarmup, RetireIp
from engine.commands.tenant import JudgeCapacity
from engine.effects import Dispatch
from engine.ids import IpAddr
from engine.projections.capacity import CAPACITY, Capacity, Judged
from engine.reactors.reactor import Agenda, Reactor, Want, agenda
from engine.rules import days
from engine.rules.capacity import balance, pools, said
from engine.rules.capacity.pools import Standing, standing
from engine.rules.capacity.rotation import MORNING, Choice, choice
from engine.rules.capacity.supply import Address
from engine.rules.capacity.tired import Tired
from engine.values.phase import Phase


def react(view: Capacity, now: datetime) -> Agenda:
    """Only what was sent or is planned can be held against capacity, and nothing of a tenant that
    is suspended.
    """
    idle = view.suspended or view.rotation == "off" or not (view.mail or view.planned)
    if not view.created or idle:
        return Agenda()
    wants = [_look(view, now)]
    if view.judged is not None and not view.review and view.rotation == "act":
        wants += _moves(view, view.judged)
    return agenda(wants, now)


def _look(view: Capacity, now: datetime) -> Want:
    today = days.day_of(now, view.day_tz)
    before = view.judged
    day = today if before is None else max(today, before.day + timedelta(days=1))
    look = JudgeCapacity(slug=view.tenant, day=day, rotation=view.rotation)
    cycle = before.at if before else view.created
    at = datetime.combine(day, MORNING, ZoneInfo(view.day_tz)).astimezone(UTC)
    return Want(Dispatch(tenant=view.tenant, command=look, cycle=cycle), at)


def _moves(view: Capacity, judged: Judged) -> list[Want]:
    """As long as they are still to be done; an address that is gone meanwhile is no more."""
    why = "; ".join(judged.why)
    wants: list[Want] = []
    for ip, one in _chosen(view, judged.starts, judged.retires):
        if ip == judged.starts and one.reserve:
            wants.append(_want(view, judged, RequestWarmup(ip=ip, why=why)))
        if ip == judged.retires and one.phase is Phase.ACTIVE:
            wants.append(_want(view, judged, RetireIp(ip=ip, how="steps", why=why)))
    return wants


def _chosen(view: Capacity, *ips: IpAddr | None) -> Iterator[tuple[IpAddr, Address]]:
    for ip in ips:
        if ip is not None and (one := view.address(ip)) is not None:
            yield ip, one


def _want(view: Capacity, judged: Judged, command: RequestWarmup | RetireIp) -> Want:
    return Want(Dispatch(tenant=view.tenant, command=command, cycle=judged.at))


def found(view: Capacity, today: date, number: int = balance.DAYS) -> Standing:
    """Demand and capacity of ``number`` days from ``today`` on; what waits is of today."""
    return standing(
        dict(view.by_pool(today)),
        today,
        number,
        planned=view.planned,
        quota=view.quota,
        frozen=view.review,
    )


def judged(command: JudgeCapacity, view: Capacity, tired: Mapping[IpAddr, Tired]) -> JudgeCapacity:
    """The look itself.  ``tired``: of its addresses, those whose results say so."""
    addresses = dict(view.addresses())
    stands = found(view, command.day)
    acts = view.rotation == "act" and not view.review
    chosen = Choice()
    if acts:
        chosen = choice(stands.pools, addresses, tired, retired_on=view.retired_on)
    return JudgeCapacity(
        slug=command.slug,
        day=command.day,
        rotation=view.rotation,
        short=pools.short(stands),
        starts=chosen.starts,
        retires=chosen.retires,
        why=tuple(said.reasons(stands, view.quota, addresses, tired, chosen, acts=acts)),
    )


ROTATION_REACTOR = Reactor(name="rotation", reads=CAPACITY, react=react)
