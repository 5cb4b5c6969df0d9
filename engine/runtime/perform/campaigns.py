"""A look at what MailWizz counted of its campaigns; only what changed is written down."""

import asyncio
from collections.abc import Iterable, Mapping
from itertools import islice

from engine.effects import LookAtCampaigns
from engine.events.mailwizz import MAILWIZZ, CampaignsCounted
from engine.ids import InstanceId, TenantId
from engine.ports import Campaigns, MailwizzRefused, MailwizzSilent
from engine.projections.campaigns import CAMPAIGNS
from engine.projections.campaigns import Campaigns as Known
from engine.projections.quotas import QUOTAS
from engine.projections.traffic import TRAFFIC_VIEW, merged
from engine.rules.rates.campaigns import disagreements
from engine.rules.redaction import fragment
from engine.runtime.notes import Notes
from engine.runtime.views import Views
from engine.values.campaign import Campaign
from engine.values.traffic import Counts

LOOK_S = 120
DIFFER_MAX = 10  # sentences of one look


class NoApi:
    """Where no API of MailWizz is configured."""

    async def campaigns(self, instance: InstanceId) -> tuple[Campaign, ...]:
        raise MailwizzRefused(f"MailWizz {instance} has no API in the configuration")


async def look(effect: LookAtCampaigns, *, api: Campaigns, views: Views, notes: Notes) -> None:
    instance, why = effect.instance, ""
    changed: dict[str, Campaign] = {}
    beside: dict[str, Counts] = {}
    differ: tuple[str, ...] = ()
    known = views.get(CAMPAIGNS, f"{effect.tenant}/{instance}")
    try:
        async with asyncio.timeout(LOOK_S):
            found = await api.campaigns(instance)
        changed = {one.uid: one for one in found if known.counted.get(one.uid) != one}
        jobs = _jobs(views, effect.tenant)
        beside = _beside({*known.counted, *changed}, known, jobs)
        differ = _differ(known.counted | changed, known.beside | beside, jobs)
    except (MailwizzRefused, MailwizzSilent, TimeoutError) as failure:
        why = fragment(str(failure)) or "no answer in time"
    counted = CampaignsCounted(
        instance=instance, changed=changed, beside=beside, differ=differ, why=why
    )
    await notes.add(effect, MAILWIZZ.stream(instance), counted)


def _jobs(views: Views, tenant: TenantId | None) -> Mapping[str, Counts]:
    """What accounting counted of each job of the tenant in the days that it keeps of them."""
    found: dict[str, Counts] = {}
    for ip, _ in views.get(QUOTAS, tenant or "").shares():
        for jobs in views.get(TRAFFIC_VIEW, f"{tenant}/{ip}").jobs.values():
            found = merged(found, jobs)
    return found


def _beside(uids: Iterable[str], known: Known, jobs: Mapping[str, Counts]) -> dict[str, Counts]:
    """Those that grew.  Days that are not kept any more take nothing away."""
    counted = ((uid, jobs[uid]) for uid in sorted(uids) if uid in jobs)
    return {
        uid: one for uid, one in counted if one.attempts > known.beside.get(uid, Counts()).attempts
    }


def _differ(
    campaigns: Mapping[str, Campaign], beside: Mapping[str, Counts], lately: Iterable[str]
) -> tuple[str, ...]:
    """Of those that were sent lately: of older ones it was told."""
    found = (
        one
        for uid in sorted(lately)
        if uid in campaigns and uid in beside
        for one in disagreements(campaigns[uid], beside[uid])
    )
    return tuple(islice(found, DIFFER_MAX))
