"""Reads what MailWizz counted of its campaigns, every hour, where its API is configured."""

from collections.abc import Mapping
from datetime import datetime

from engine.effects import LookAtCampaigns
from engine.ids import InstanceId, TenantId
from engine.projections.campaigns import CAMPAIGNS, Campaigns
from engine.reactors.reactor import Agenda, Reactor, Want, agenda
from engine.rules.timing import MAILWIZZ_EVERY


def campaigns(whose: Mapping[InstanceId, TenantId]) -> Reactor[Campaigns]:
    """``whose``: the tenant that is the customer whose key the engine has."""

    def react(view: Campaigns, now: datetime) -> Agenda:
        if whose.get(view.instance) != view.tenant:
            return Agenda()
        retry, since = view.work.retry, view.work.since
        look = LookAtCampaigns(
            tenant=view.tenant, instance=view.instance, cycle=since, attempt=retry.attempt
        )
        regular = view.looked_at + MAILWIZZ_EVERY if view.looked_at else None
        return agenda([Want(look, retry.at or regular)], now)

    return Reactor(name="campaigns", reads=CAMPAIGNS, react=react)
