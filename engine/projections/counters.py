"""What was counted for each tenant since its first event: these totals only grow, so a restart or
a rebuild gives the same ones again.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Literal, TypeVar, get_args

from msgspec import Struct
from msgspec.structs import replace

from engine.events import Event, Recorded
from engine.events.dns import DomainValidated, FcrdnsLooked
from engine.events.dnsbl import DnsblLooked
from engine.events.ip import IpStopped, WarmupFinished
from engine.events.ip_listing import ListingNoted
from engine.events.rollout import RolloutEnded
from engine.events.traffic import TrafficCounted
from engine.ids import TenantId, Zone
from engine.projections.projection import Projection
from engine.projections.traffic import merged
from engine.values.rollout import Ending
from engine.values.status import Status
from engine.values.traffic import Counts
from engine.values.verdict import Answer, Verdict

PLATFORM = "-"  # key of what belongs to no tenant

Heard = Verdict | Literal["unproved"]  # clean or listed by a zone that did not prove itself
Looked = Literal["domain", "ptr"]

HEARD: tuple[Heard, ...] = (*get_args(Verdict), "unproved")

Name = TypeVar("Name")


class Counters(Struct, frozen=True, gc=False):
    tenant: TenantId | None = None  # None: the platform's own
    checks: dict[Heard, dict[Zone, int]] = {}  # answers of the lists about addresses
    listings: dict[Zone, int] = {}  # confirmed ones, whether they stopped anybody or not
    validations: dict[Looked, dict[Status, int]] = {}  # looks at DNS
    messages: dict[str, Counts] = {}  # rows of accounting, by mailbox provider
    rollouts: dict[Ending, int] = {}
    finished: int = 0  # warm-ups


def keys(recorded: Recorded[Any]) -> tuple[str, ...]:
    return (recorded.tenant or PLATFORM,)


def named(view: Counters, key: str) -> Counters:
    return view if key == PLATFORM else replace(view, tenant=TenantId(key))


def evolve(view: Counters, recorded: Recorded[Event]) -> Counters:
    match recorded.event:
        case DnsblLooked(answers=answers):  # most of all events, so it comes first
            return replace(view, checks=_checked(view.checks, answers))
        case TrafficCounted() as counted:
            return replace(view, messages=_sent(view.messages, counted))
        case IpStopped(zones=zones) | ListingNoted(zones=zones):
            return replace(view, listings=_more(view.listings, zones))
        case DomainValidated(validation=validation):
            return _looked(view, "domain", validation.report.status)
        case FcrdnsLooked(confirmed=confirmed):
            return _looked(view, "ptr", _status(confirmed))
        case RolloutEnded(ending=ending):
            return replace(view, rollouts=_more(view.rollouts, (ending,)))
        case WarmupFinished():
            return replace(view, finished=view.finished + 1)
        case _:
            return view


def _checked(
    checks: Mapping[Heard, dict[Zone, int]], answers: Mapping[Zone, Answer]
) -> dict[Heard, dict[Zone, int]]:
    by_word: dict[Heard, list[Zone]] = {}
    for zone, answer in answers.items():
        by_word.setdefault(_heard(answer), []).append(zone)
    return {**checks, **{word: _more(checks.get(word, {}), by_word[word]) for word in by_word}}


def _heard(answer: Answer) -> Heard:
    """A word that counts for nothing is not counted as clean or listed either."""
    believed = answer.counts or answer.verdict in ("refused", "unanswered")
    return answer.verdict if believed else "unproved"


def _sent(messages: Mapping[str, Counts], event: TrafficCounted) -> dict[str, Counts]:
    sums = dict(messages)
    for of_hour in event.hours.values():
        for by_provider in of_hour.values():
            sums = merged(sums, by_provider)
    return sums


def _looked(view: Counters, what: Looked, status: Status) -> Counters:
    found = _more(view.validations.get(what, {}), (status,))
    return replace(view, validations={**view.validations, what: found})


def _status(confirmed: tuple[str, ...] | None) -> Status:
    if confirmed is None:
        return "unknown"
    return "ok" if confirmed else "error"


def _more(sums: Mapping[Name, int], found: Iterable[Name]) -> dict[Name, int]:
    after = dict(sums)
    for one in found:
        after[one] = after.get(one, 0) + 1
    return after


COUNTERS = Projection(
    name="counters",
    folds=(
        *(DnsblLooked, TrafficCounted, IpStopped, ListingNoted, DomainValidated, FcrdnsLooked),
        *(RolloutEnded, WarmupFinished),
    ),
    keys=keys,
    initial=Counters(),
    evolve=evolve,
    named=named,
    tenant=lambda view: view.tenant,
)
