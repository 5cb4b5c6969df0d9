"""What a round of looks brings to the log: one event an address, and what it says of the zones."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import NamedTuple

from msgspec.structs import replace

from engine.events import Event
from engine.events.dnsbl import DNSBL, DnsblLooked
from engine.events.zone import (
    ZONE,
    SuspicionEnded,
    ZoneAsked,
    ZoneHealthChanged,
    ZoneSuspected,
)
from engine.ids import EventId, IpAddr, TenantId, Zone
from engine.ports import Ids, New, Slice
from engine.projections.zones import gone, stopped_lately, trusted
from engine.rules import dnsbl, suspicion
from engine.rules.dnsbl_catalogue import CATALOGUE_VERSION
from engine.rules.suspicion import Judged
from engine.runtime.perform import dnsbl_plan
from engine.runtime.perform.dnsbl_plan import Known, Plan
from engine.runtime.perform.dnsbl_round import Outcome
from engine.values.verdict import Answer, Verdict

Outcomes = Mapping[Zone, Outcome]


class Weighed(NamedTuple):
    """One list's hits in one round."""

    judged: Judged | None  # None: nothing was to be confirmed, or an admin vouched for it
    spared: frozenset[IpAddr]

    @property
    def suspected(self) -> bool:
        return self.judged is not None and self.judged.suspected


NOTHING = Weighed(None, frozenset())


def slices(
    known: Known, plan: Plan, outcomes: Outcomes, number: EventId, ids: Ids, least: timedelta
) -> list[Slice]:
    weighed = {
        name: _weigh(known, plan, zone, name, outcome)
        for zone, outcome in outcomes.items()
        for name in (zone, *dnsbl.parts(zone, known.catalogue))
    }
    sooner = dnsbl_plan.sooner_s(known, plan, least)
    looks = [
        _slice(DNSBL.stream(ip), plan.tenant(ip), event, ids)
        for ip, event in _looked(known, plan, outcomes, weighed, number, sooner)
    ]
    zones = [
        _slice(ZONE.stream(zone), None, event, ids)
        for zone, event in _zones(known, plan, outcomes, weighed, number)
    ]
    return [*looks, *zones]


def _slice(stream: str, tenant: TenantId | None, event: Event, ids: Ids) -> Slice:
    return Slice(stream=stream, tenant=tenant, events=[New(ids(), event)])


# --- addresses -----------------------------------------------------------------------------------


def _looked(
    known: Known,
    plan: Plan,
    outcomes: Outcomes,
    weighed: Mapping[Zone, Weighed],
    number: EventId,
    sooner: int,
) -> Iterator[tuple[IpAddr, DnsblLooked]]:
    said = _said(known, plan, outcomes)
    for ip, answers in said.items():
        look = plan.looks.get(ip)
        yield (
            ip,
            DnsblLooked(
                ip=ip,
                round=number,
                answers={
                    zone: _proved(one, weighed.get(zone, NOTHING)) for zone, one in answers.items()
                },
                catalogue=CATALOGUE_VERSION,
                whole=look is not None and not look.zones,
                spared=tuple(
                    sorted(zone for zone in answers if ip in weighed.get(zone, NOTHING).spared)
                ),
                gone=_gone(known, plan, ip, answers),
                skipped=tuple(dnsbl_plan.skipped_of(plan, ip, known.catalogue)),
                sooner_s=sooner,
            ),
        )


def _gone(known: Known, plan: Plan, ip: IpAddr, answers: Mapping[Zone, Answer]) -> tuple[Zone, ...]:
    """The lists by which it was listed when they died, and that nobody revived."""
    named = known.of(plan.tenant(ip), ip).standing
    return tuple(
        sorted(
            zone
            for zone, answer in answers.items()
            if answer == dnsbl.DEAD
            and zone in named
            and named[zone].last == "listed"
            and gone(known.zone(zone), plan.now)
        )
    )


def _said(known: Known, plan: Plan, outcomes: Outcomes) -> dict[IpAddr, dict[Zone, Answer]]:
    said: dict[IpAddr, dict[Zone, Answer]] = {ip: {} for ip in (*plan.looks, *plan.beside)}
    for outcome in outcomes.values():
        for ip, answers in outcome.said.items():
            said[ip].update(answers)
    for zone, ips in plan.resting.items():
        dead = dnsbl.unasked(zone, "dead", known.catalogue)
        for ip in ips:
            said[ip].update(dead)
    return said


def _proved(answer: Answer, weighed: Weighed) -> Answer:
    return replace(answer, proof="suspected") if weighed.suspected and answer.counts else answer


# --- zones ---------------------------------------------------------------------------------------


def _weigh(known: Known, plan: Plan, zone: Zone, name: Zone, outcome: Outcome) -> Weighed:
    """By all who answered: those whose hit was to be confirmed, and those beside them that the lot
    chose.
    """
    confirming = plan.confirming.get(zone, frozenset())
    view = known.zone(name)
    if trusted(view, plan.now) or not (confirming or view.suspected_since):
        return NOTHING
    heard = {ip: one[name] for ip, one in outcome.said.items() if name in one and one[name].counts}
    hits = {
        ip: plan.tenant(ip)
        for ip, answer in heard.items()
        if answer.verdict == "listed" and known.fresh(known.of(plan.tenant(ip), ip), name)
    }
    kin = plan.kin.get(zone, frozenset())
    judged = suspicion.judge(len(confirming), len(heard.keys() - kin), len(hits.keys() - kin))
    if not judged.suspected:
        return Weighed(judged, frozenset())
    return Weighed(judged, suspicion.spared(hits, _hit_before(known, plan, name)))


def _hit_before(known: Known, plan: Plan, name: Zone) -> dict[IpAddr, TenantId]:
    """Whom this list stopped of late, and who is spared what it says."""
    stopped = {one.ip: one.tenant for one in stopped_lately(known.zone(name), plan.now)}
    return stopped | {one.ip: one.tenant for one in known.fleet() if name in one.words.spared}


def _zones(
    known: Known,
    plan: Plan,
    outcomes: Outcomes,
    weighed: Mapping[Zone, Weighed],
    number: EventId,
) -> Iterator[tuple[Zone, Event]]:
    """News of the zones, and of the parts that are read from their answers."""
    for zone, outcome in outcomes.items():
        for name in (zone, *dnsbl.parts(zone, known.catalogue)):
            yield name, _asked(plan, zone, name, outcome, number)
            finding = outcome.finding
            if finding is not None and known.zone(name).health != finding.health:
                yield name, ZoneHealthChanged(zone=name, health=finding.health, why=finding.why)
            if news := _suspicion(known, plan, name, weighed[name], number):
                yield name, news


def _asked(plan: Plan, zone: Zone, name: Zone, outcome: Outcome, number: EventId) -> ZoneAsked:
    """Only what is asked itself costs questions."""
    count: dict[Verdict, int] = {"clean": 0, "listed": 0, "refused": 0, "unanswered": 0}
    for answers in outcome.said.values():
        if name in answers:
            count[answers[name].verdict] += 1
    own = name == zone
    return ZoneAsked(
        zone=name,
        round=number,
        questions=outcome.questions if own else 0,
        clean=count["clean"],
        listed=count["listed"],
        refused=count["refused"],
        unanswered=count["unanswered"],
        skipped=len(plan.skipped.get(zone, ())) if own else 0,
    )


def _suspicion(
    known: Known, plan: Plan, name: Zone, weighed: Weighed, number: EventId
) -> Event | None:
    view, judged = known.zone(name), weighed.judged
    if judged is None:
        return _vouched(known, plan, name, number)
    if judged.suspected and view.suspected_since is None:
        stops: dict[TenantId, tuple[IpAddr, ...]] = {}
        for one in stopped_lately(view, plan.now):
            stops[one.tenant] = (*stops.get(one.tenant, ()), one.ip)
        return ZoneSuspected(
            zone=name, round=number, asked=judged.asked, hits=judged.hits, stopped=stops
        )
    over = view.suspected_since is not None and not judged.suspected
    if over and not _spared_elsewhere(known, plan, name):
        return SuspicionEnded(zone=name, round=number, asked=judged.asked, hits=judged.hits)
    return None


def _vouched(known: Known, plan: Plan, name: Zone, number: EventId) -> Event | None:
    view = known.zone(name)
    if view.suspected_since is None or not trusted(view, plan.now):
        return None
    return SuspicionEnded(zone=name, round=number, asked=0, hits=0, why="trusted")


def _spared_elsewhere(known: Known, plan: Plan, name: Zone) -> bool:
    """Whether addresses outside this round are still spared what the list says of them."""
    rest = (one for one in known.fleet() if one.ip not in plan.looks and one.ip not in plan.beside)
    return any(name in one.words.spared for one in rest)
