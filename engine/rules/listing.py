"""What the lists say of one address, look after look.

Only definite answers of proved zones move it: refusal, silence and what a zone said that could not
prove itself leave standing what was known.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

from engine.ids import Zone
from engine.rules.dnsbl import CLEAR_APART, HITS_MIN
from engine.rules.dnsbl_catalogue import DEFAULT, PBL, Catalogue
from engine.values.verdict import Action, Answer


class Standing(Struct, frozen=True, gc=False, kw_only=True):
    """One zone's word on one address, as of the last definite answer."""

    hits: int = 0  # in a row
    first_hit_at: datetime | None = None  # of that row
    codes: tuple[str, ...] = ()  # of the last hit of that row
    clean_since: datetime | None = None  # the first look of the present run of clean ones
    last_at: datetime | None = None
    last: Literal["clean", "listed"] | None = None


NEW = Standing()

Standings = Mapping[Zone, Standing]


def heard(before: Standings, answers: Mapping[Zone, Answer], at: datetime) -> dict[Zone, Standing]:
    """The standings after one look.  Zones that have been clean for equally long share one: it is
    most of what a fleet's views consist of.
    """
    after, clean = dict(before), dict[datetime, Standing]()
    for zone, answer in answers.items():
        if not answer.counts:
            continue
        known = before.get(zone, NEW)
        if answer.verdict == "clean":
            since = known.clean_since or at
            if since not in clean:
                clean[since] = Standing(clean_since=since, last_at=at, last="clean")
            after[zone] = clean[since]
        else:
            after[zone] = _hit(known, answer, at)
    return after


def _hit(before: Standing, answer: Answer, at: datetime) -> Standing:
    return Standing(
        hits=before.hits + 1,
        first_hit_at=before.first_hit_at or at,
        codes=answer.codes,
        last_at=at,
        last="listed",
    )


def confirmed(standings: Standings) -> tuple[Zone, ...]:
    """Zones whose listing a second look found too."""
    return _zones(standings, lambda one: one.hits >= HITS_MIN)


def doubtful(standings: Standings) -> tuple[Zone, ...]:
    """Zones with a hit that no second look has confirmed or denied yet."""
    return _zones(standings, lambda one: 0 < one.hits < HITS_MIN)


def listed_now(standings: Standings) -> tuple[Zone, ...]:
    """Zones whose last definite answer was a listing, confirmed or not."""
    return _zones(standings, lambda one: one.last == "listed")


def stands(standing: Standing, span: timedelta) -> bool:
    """Look after look has found it for so long."""
    first, last = standing.first_hit_at, standing.last_at
    return first is not None and last is not None and last - first >= span


def actions(
    zones: Collection[Zone], own: Mapping[Zone, Action], catalogue: Catalogue = DEFAULT
) -> dict[Zone, Action]:
    """What a confirmed listing by each does to an address: its tenant's word, else the
    catalogue's.  A zone that the catalogue holds no more can only be told about.
    """
    return {zone: own.get(zone) or _of(catalogue, zone) for zone in zones}


def _of(catalogue: Catalogue, zone: Zone) -> Action:
    return catalogue[zone].action if zone in catalogue else "alert"


def bars(zone: Zone, action: Action) -> bool:
    """Whether its listing keeps an address from warming up: a range that must not send at all
    does, whatever else is to happen.
    """
    return action in ("standby", "retire") or zone == PBL


def cleared(standing: Standing) -> bool:
    """Clean in two looks at least 24 h apart, and none between contradicts."""
    since, last = standing.clean_since, standing.last_at
    return since is not None and last is not None and last - since >= CLEAR_APART


def _zones(standings: Standings, wanted: Callable[[Standing], bool]) -> tuple[Zone, ...]:
    return tuple(sorted(zone for zone, one in standings.items() if wanted(one)))
