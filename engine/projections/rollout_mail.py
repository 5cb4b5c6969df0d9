"""What became of one tenant's mail on one node, before and after its last rollout there."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from engine.events import Event, Recorded
from engine.events.rollout import RolloutEnded
from engine.events.traffic import TrafficCounted
from engine.ids import IpAddr, TenantId
from engine.projections.projection import Projection
from engine.projections.traffic import since
from engine.values.traffic import Counts

BEFORE = timedelta(hours=24)  # of mail that a rollout is compared with


class RolloutMail(Struct, frozen=True, gc=False):
    tenant: TenantId = TenantId("")
    version: int = 0  # how many rollouts of this file were done
    hours: dict[datetime, Counts] = {}  # by their beginning, in UTC; as far back as is compared
    before: Counts = Counts()  # of these hours, when it was done
    after: Counts = Counts()  # rather too many deliveries, and never a refusal too many


def keys(recorded: Recorded[Any]) -> tuple[str, ...]:
    return (f"{recorded.event.node}/{recorded.tenant}",) if recorded.tenant else ()


def evolve(view: RolloutMail, recorded: Recorded[Event]) -> RolloutMail:
    match recorded.event:
        case RolloutEnded(ending="done"):
            kept = since(view.hours, recorded.at - BEFORE)
            before = sum(kept.values(), Counts())
            return RolloutMail(view.tenant, view.version + 1, kept, before)
        case TrafficCounted() as counted:
            return _counted(view, counted, recorded.at)
        case _:
            return view


def named(view: RolloutMail, key: str) -> RolloutMail:
    return replace(view, tenant=TenantId(key.rpartition("/")[2]))


def _counted(view: RolloutMail, event: TrafficCounted, at: datetime) -> RolloutMail:
    """Only refusals are told apart by their time.  A piece's deliveries are all taken for later
    ones and its older refusals for earlier ones, so that neither makes the rollout look worse."""
    found = {hour: _sum(of_hour) for hour, of_hour in event.hours.items()}
    more = {hour: view.hours.get(hour, Counts()) + one for hour, one in found.items()}
    view = replace(view, hours=since(view.hours | more, at - BEFORE))
    refused = event.refused
    if refused is None or refused.version != view.version:
        return view
    whole, later = sum(found.values(), Counts()), refused.counts
    older = Counts(
        deferred=whole.deferred - later.deferred,
        hard=whole.hard - later.hard,
        block=whole.block - later.block,
        soft=whole.soft - later.soft,
        other=whole.other - later.other,
    )
    after = view.after + later + Counts(delivered=whole.delivered)
    return replace(view, before=view.before + older, after=after)


def _sum(of_hour: Mapping[IpAddr, Mapping[str, Counts]]) -> Counts:
    every = (counts for by_provider in of_hour.values() for counts in by_provider.values())
    return sum(every, Counts())


ROLLOUT_MAIL = Projection(
    name="rollout_mail",
    folds=(RolloutEnded, TrafficCounted),
    keys=keys,
    initial=RolloutMail(),
    evolve=evolve,
    named=named,
    tenant=lambda view: view.tenant,
)
