"""What each MailWizz installation counted of its campaigns, as last read."""

from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from engine.events import Event, Recorded
from engine.events.mailwizz import CampaignsCounted, MailwizzLooked
from engine.ids import InstanceId, Position, TenantId
from engine.projections.projection import Projection, of_tenant
from engine.values.campaign import Campaign
from engine.values.retry import Work
from engine.values.traffic import Counts

KEPT = 200  # campaigns: those whose counts changed last


class Campaigns(Struct, frozen=True, gc=False):
    tenant: TenantId = TenantId("")
    instance: InstanceId = InstanceId("")
    counted: dict[str, Campaign] = {}  # by MailWizz's number; the last that changed comes last
    beside: dict[str, Counts] = {}  # of these: what accounting counted of their mail
    looked_at: datetime | None = None  # answered
    work: Work = Work()
    why: str = ""  # the last look was not answered


def keys(recorded: Recorded[Any]) -> tuple[str, ...]:
    return of_tenant(recorded, recorded.event.instance)


def named(view: Campaigns, key: str) -> Campaigns:
    tenant, _, instance = key.partition("/")
    return replace(view, tenant=TenantId(tenant), instance=InstanceId(instance))


def evolve(view: Campaigns, recorded: Recorded[Event]) -> Campaigns:
    """A look at delivery servers tells that the tenant has this MailWizz.  What could not be read
    leaves the last counts standing.
    """
    match recorded.event:
        case MailwizzLooked():
            known = view.work.since > 0
            return view if known else replace(view, work=Work(recorded.position))
        case CampaignsCounted(why="", changed=changed, beside=beside):
            others = {uid: one for uid, one in view.counted.items() if uid not in changed}
            counted = dict(list({**others, **changed}.items())[-KEPT:])
            both = {**view.beside, **beside}
            kept = {uid: both[uid] for uid in counted if uid in both}
            view = replace(view, counted=counted, beside=kept, looked_at=recorded.at, why="")
            return replace(view, work=Work(Position(recorded.position)))
        case CampaignsCounted(why=why):
            return replace(view, work=view.work.failed(recorded.at), why=why)
        case _:
            return view


CAMPAIGNS = Projection(
    name="campaigns",
    folds=(MailwizzLooked, CampaignsCounted),
    keys=keys,
    initial=Campaigns(),
    evolve=evolve,
    named=named,
    tenant=lambda view: view.tenant,
    version=2,
)
