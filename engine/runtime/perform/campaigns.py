"""A look at what MailWizz counted of its campaigns; only what changed is written down."""

import asyncio

from engine.effects import LookAtCampaigns
from engine.events.mailwizz import MAILWIZZ, CampaignsCounted
from engine.ids import InstanceId
from engine.ports import Campaigns, MailwizzRefused, MailwizzSilent
from engine.projections.campaigns import CAMPAIGNS
from engine.rules.redaction import fragment
from engine.runtime.notes import Notes
from engine.runtime.views import Views
from engine.values.campaign import Campaign

LOOK_S = 120


class NoApi:
    """Where no API of MailWizz is configured."""

    async def campaigns(self, instance: InstanceId) -> tuple[Campaign, ...]:
        raise MailwizzRefused(f"MailWizz {instance} has no API in the configuration")


async def look(effect: LookAtCampaigns, *, api: Campaigns, views: Views, notes: Notes) -> None:
    instance, why = effect.instance, ""
    changed: dict[str, Campaign] = {}
    known = views.get(CAMPAIGNS, f"{effect.tenant}/{instance}").counted
    try:
        async with asyncio.timeout(LOOK_S):
            found = await api.campaigns(instance)
        changed = {one.uid: one for one in found if known.get(one.uid) != one}
    except (MailwizzRefused, MailwizzSilent, TimeoutError) as failure:
        why = fragment(str(failure)) or "no answer in time"
    counted = CampaignsCounted(instance=instance, changed=changed, why=why)
    await notes.add(effect, MAILWIZZ.stream(instance), counted)
