"""Looks at every address in time, and stops one whose listing a second look confirmed."""

from datetime import datetime

from engine.commands.ip import StopIp
from engine.effects import Dispatch, LookUp
from engine.projections.listings import LISTINGS, Listings
from engine.reactors.reactor import Agenda, Reactor, Want, agenda
from engine.rules import dnsbl, listing


def react(view: Listings, now: datetime) -> Agenda:
    if not view.ip:
        return Agenda()
    wants = [_look(view)]
    zones = listing.confirmed(view.standing)
    if zones and view.stoppable:
        codes = {zone: view.standing[zone].codes for zone in zones}
        stop = StopIp(ip=view.ip, zones=codes, looked=view.since)
        wants.append(Want(Dispatch(tenant=view.tenant, command=stop, cycle=view.since)))
    return agenda(wants, now)


def _look(view: Listings) -> Want:
    """All lists every four hours; sooner only those in doubt, or those that did not answer."""
    tenant, ip, cycle = view.tenant, view.ip, view.since
    everything = Want(LookUp(tenant=tenant, ip=ip, cycle=cycle), None)
    if view.full_at is None:
        return everything
    regular = view.full_at + dnsbl.EVERY
    doubtful = listing.doubtful(view.standing)
    if doubtful and view.looked_at:
        confirm = view.looked_at + dnsbl.CONFIRM_AFTER
        if confirm < regular:
            look = LookUp(tenant=tenant, ip=ip, zones=doubtful, cycle=cycle)
            return Want(look, confirm)
    if view.silent and view.retry.at and view.retry.at < regular:
        n = view.retry.attempt
        return Want(
            LookUp(tenant=tenant, ip=ip, zones=view.silent, cycle=cycle, attempt=n), view.retry.at
        )
    return Want(everything.effect, regular)


DNSBL_WATCH = Reactor(name="dnsbl_watch", reads=LISTINGS, react=react)
