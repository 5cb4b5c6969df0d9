"""What the lists say of each address, and when it is to be looked at again."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, get_args

from msgspec import Struct
from msgspec.structs import replace

from engine.events import Event, Recorded
from engine.events.dnsbl import DnsblLooked
from engine.events.ip import (
    IpQuarantined,
    IpRegistered,
    IpRested,
    IpStopped,
    MonitoringBegan,
    RetirementBegan,
    StageEntered,
    WarmupFinished,
)
from engine.events.ip_listing import (
    IpListingEvent,
    ListingCleared,
    ListingNoted,
    ListsCheckAsked,
    StopReleased,
    SuspicionLifted,
)
from engine.events.ip_removal import IpRemoved
from engine.events.tenant import ZoneActionsSet
from engine.events.traffic import TrafficCounted
from engine.ids import IpAddr, Position, TenantId, Zone
from engine.projections import ip_lists
from engine.projections.ip_lists import Words, without
from engine.projections.projection import Projection, of_tenant
from engine.rules import listing
from engine.rules.looking import HINT_PAUSE, HINT_TIMES, HINTS_KEPT, LISTED_FOR, NEW_FOR
from engine.values.levers import STOPPED
from engine.values.phase import Phase
from engine.values.retry import Retry
from engine.values.traffic import Said
from engine.values.verdict import Answer


class Check(Struct, frozen=True, gc=False):
    """A look that somebody asked for, and that has not been made yet."""

    at: Position
    zones: tuple[Zone, ...]  # (): all
    due: datetime | None = None  # None: at once


class Hint(Struct, frozen=True, gc=False):
    """A refusal by a receiver that speaks of a list, or of a block of its own."""

    at: datetime
    by: str  # the list by name, or whose block it is
    receiver: str
    text: str


class Listings(Struct, frozen=True, gc=False):
    ip: IpAddr = IpAddr("")
    tenant: TenantId = TenantId("")
    stoppable: bool = False
    answers: dict[Zone, Answer] = {}  # the last one of each zone, believed or not
    words: Words = Words()
    known: dict[Zone, str] = {}  # confirmed listings acted on: "stopped", or why they stop nobody
    since: Position = Position(0)  # the last look
    looked_at: datetime | None = None
    full_at: datetime | None = None  # the last look at all lists
    silent: tuple[Zone, ...] = ()  # living zones that did not answer at the last look
    retry: Retry = Retry()  # of the silent ones
    skipped: tuple[Zone, ...] = ()  # for want of questions, at the last look
    check: Check | None = None
    hints: tuple[Hint, ...] = ()  # the last few
    registered_at: datetime | None = None
    warming: bool = False
    listed_at: datetime | None = None  # the last hit that counts, or the end of a listing
    sooner_s: int = 0  # how soon budgets allow to look again, where that is deserved; 0: they don't

    @property
    def standing(self) -> dict[Zone, listing.Standing]:
        return self.words.standing


def keys(recorded: Recorded[Any]) -> tuple[str, ...]:
    if isinstance(recorded.event, ZoneActionsSet):
        return ip_lists.keys(recorded)
    if isinstance(recorded.event, TrafficCounted):
        ips = dict.fromkeys(one.ip for one in recorded.event.said if _tells(one))
        return tuple(key for ip in ips for key in of_tenant(recorded, ip))
    return of_tenant(recorded, recorded.event.ip)


def evolve(view: Listings, recorded: Recorded[Event]) -> Listings:
    if isinstance(recorded.event, DnsblLooked):  # most of all events, so it comes first
        gone = view.tenant and not view.ip  # while the look was under way
        return view if gone else _looked(view, recorded.event, recorded)
    return _moved(replace(view, words=ip_lists.said(view.words, recorded)), recorded)


def _moved(view: Listings, recorded: Recorded[Event]) -> Listings:
    match recorded.event:
        case IpRegistered(ip=ip):
            tenant = recorded.tenant or view.tenant
            return replace(view, ip=ip, tenant=tenant, registered_at=recorded.at)
        case StageEntered():
            return replace(view, stoppable=True, warming=True)
        case MonitoringBegan():
            return replace(view, stoppable=True, warming=False)
        case WarmupFinished():
            return replace(view, warming=False)
        case RetirementBegan(vmta=vmta):  # what results had stopped before has nothing to stop
            stoppable = view.stoppable and vmta.levers != STOPPED
            return replace(view, warming=False, stoppable=stoppable)
        case IpStopped(zones=zones):
            known = view.known | dict.fromkeys(zones, "stopped")
            return replace(view, stoppable=False, warming=False, known=known)
        case TrafficCounted(said=said):
            return _hinted(view, [one for one in said if one.ip == view.ip], recorded)
        case IpQuarantined() | IpRested():
            return replace(view, stoppable=False, warming=False)
        case IpRemoved():
            return Listings(tenant=view.tenant)  # it is asked about no more
        case _:
            return _listed(view, recorded)


def _listed(view: Listings, recorded: Recorded[Event]) -> Listings:
    match recorded.event:
        case ListingNoted(zones=zones, why=why):
            return replace(view, known=view.known | dict.fromkeys(zones, why))
        case ListingCleared(zones=zones):
            return replace(view, known=without(view.known, *zones), listed_at=recorded.at)
        case SuspicionLifted(zone=zone):
            return replace(view, known=without(view.known, zone))
        case StopReleased(zones=zones, phase=phase):
            known = view.known | dict.fromkeys(zones, "suspected")
            return replace(view, stoppable=True, warming=phase is Phase.WARMING, known=known)
        case ListsCheckAsked(zones=zones):
            hinted = view.check is not None and not view.check.zones  # else that would be lost
            return replace(view, check=Check(recorded.position, () if hinted else zones))
        case _:
            return view


def _tells(said: Said) -> bool:
    """Whether it speaks of us: the receiver's own trouble with a list does not, and whoever names
    none must say it several times.
    """
    return said.kind == "named" or (said.kind == "unnamed" and said.times >= HINT_TIMES)


def _hinted(view: Listings, said: Sequence[Said], recorded: Recorded[Event]) -> Listings:
    """The lists are asked at once, or a little later if they were just now; whichever is named may
    be one that cannot be asked, and others may hold the same.
    """
    at = recorded.at
    told = [Hint(at, one.by, one.receiver, one.text) for one in said if _tells(one)]
    if not told or not view.ip:
        return view
    hints = (*view.hints, *told)[-HINTS_KEPT:]
    again = view.looked_at + HINT_PAUSE if view.looked_at else at
    check = view.check or Check(recorded.position, (), again if again > at else None)
    return replace(view, hints=hints, check=check)


def _looked(view: Listings, looked: DnsblLooked, recorded: Recorded[Event]) -> Listings:
    words = ip_lists.heard(view.words, looked, recorded.at)
    silent = tuple(sorted(zone for zone, answer in looked.answers.items() if _nothing(answer)))
    full = ip_lists.full(looked)
    hit = any(one.counts and one.verdict == "listed" for one in looked.answers.values())
    return replace(
        view,
        answers=view.answers | looked.answers,
        words=words,
        since=recorded.position,
        looked_at=recorded.at,
        full_at=recorded.at if full or view.full_at is None else view.full_at,
        silent=silent,
        retry=view.retry.failed(recorded.at) if silent else Retry(),
        skipped=looked.skipped,
        check=None if _answers(view.check, looked) else view.check,
        listed_at=recorded.at if hit else view.listed_at,
        sooner_s=looked.sooner_s if full else view.sooner_s,
    )


def _answers(check: Check | None, looked: DnsblLooked) -> bool:
    """Whether this look is the one that was asked for."""
    if check is None or looked.whole:
        return True
    asked = {*looked.answers, *looked.skipped}
    return bool(check.zones) and set(check.zones) <= asked


def _nothing(answer: Answer) -> bool:
    """Of a living list nothing was learned: it was silent, or failed its closing test."""
    heard = answer.verdict in ("clean", "listed")
    return heard != (answer.proof != "unproved") and answer.verdict != "refused"


def deserving(view: Listings, at: datetime) -> bool:
    """To be looked at sooner than every four hours, as far as budgets allow."""
    new = view.registered_at is not None and at - view.registered_at < NEW_FOR
    lately = view.listed_at is not None and at - view.listed_at < LISTED_FOR
    return view.warming or new or lately


LISTINGS = Projection(
    name="listings",
    folds=(
        *(DnsblLooked, IpRegistered, StageEntered, MonitoringBegan, WarmupFinished),
        *(
            RetirementBegan,
            IpStopped,
            IpQuarantined,
            IpRested,
            IpRemoved,
            ZoneActionsSet,
            TrafficCounted,
        ),
        *get_args(IpListingEvent),
    ),
    keys=keys,
    initial=Listings(),
    evolve=evolve,
    tenant=lambda view: view.tenant,
    columns=lambda view: {"listed": "yes" if listing.listed_now(view.standing) else "no"},
    version=5,
)
