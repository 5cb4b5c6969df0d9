"""A tenant's MailWizz campaigns, with the counts and rates that MailWizz itself has of them."""

from datetime import datetime

from msgspec import Struct

from engine.api import as_of, reading, stats, tenants
from engine.api.call import Answer, AsOf, Call
from engine.api.stats import CountsShown
from engine.ids import InstanceId, TenantId
from engine.projections.campaigns import CAMPAIGNS, Campaigns
from engine.rules.rates.campaigns import disagreements
from engine.values.campaign import Campaign
from engine.values.traffic import Counts


class CampaignShown(Struct, frozen=True, kw_only=True):
    """Counts of messages; rates in percent of what was delivered, null where nothing was."""

    uid: str  # as MailWizz names it, and in the X-Job of its mail
    status: str
    processed: int
    delivered: int
    bounces: int
    hard_bounces: int
    unsubscribes: int
    complaints: int
    bounce_percent: float | None
    complaint_percent: float | None
    unsubscribe_percent: float | None
    accounting: CountsShown | None  # the same mail as PowerMTA counted it; null: not seen lately
    disagreements: tuple[str, ...]  # rates that one of both proves to be bad, and the other not


class CampaignsShown(Struct, frozen=True, kw_only=True):
    tenant: TenantId
    mailwizz: InstanceId | None  # null: the tenant has none
    read_at: datetime | None  # the last look that was answered
    why: str  # the look after that was not
    campaigns: tuple[CampaignShown, ...]  # those whose counts changed last come first


async def show(call: Call, query: AsOf) -> Answer:
    then = await as_of.stood(call, query.as_of)
    tenant = await tenants.known(call, then)
    reader = await as_of.reader(call, then, CAMPAIGNS, tenant.slug)
    key = f"{tenant.slug}/{tenant.mailwizz}"
    view = await reading.one(reader, CAMPAIGNS, key, tenant.slug) or Campaigns()
    shown = CampaignsShown(
        tenant=tenant.slug,
        mailwizz=tenant.mailwizz,
        read_at=view.looked_at,
        why=view.why,
        campaigns=tuple(
            present(one, view.beside.get(uid)) for uid, one in reversed(view.counted.items())
        ),
    )
    return reading.as_then(call, then, Answer(shown))


def present(one: Campaign, beside: Counts | None = None) -> CampaignShown:
    """MailWizz sends a message once, so what bounced was delivered to PowerMTA before."""
    bounces = one.hard + one.soft + one.internal
    return CampaignShown(
        uid=one.uid,
        status=one.status,
        processed=one.processed,
        delivered=one.delivered,
        bounces=bounces,
        hard_bounces=one.hard,
        unsubscribes=one.unsubscribes,
        complaints=one.complaints,
        bounce_percent=_percent(bounces, one.delivered),
        complaint_percent=_percent(one.complaints, one.delivered),
        unsubscribe_percent=_percent(one.unsubscribes, one.delivered),
        accounting=stats.shown(beside) if beside else None,
        disagreements=tuple(disagreements(one, beside or Counts())),
    )


def _percent(part: int, whole: int) -> float | None:
    return round(part * 100 / whole, 3) if whole else None
