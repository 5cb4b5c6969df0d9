"""Customers of the platform."""

from typing import assert_never

from engine.api.sentences import tenant_capacity, tenant_jobs
from engine.api.sentences.words import because, names
from engine.events import Recorded
from engine.events.tenant import (
    CapacityJudged,
    CapacitySet,
    OverlaySet,
    PoolExhausted,
    PoolRefilled,
    ReviewBegan,
    ReviewEnded,
    TenantChanged,
    TenantCreated,
    TenantEvent,
    ZoneActionsSet,
)
from engine.events.tenant_jobs import JobPauseAsked, JobResumeAsked
from engine.events.tenant_suspension import TenantResumed, TenantSuspended
from engine.ids import IpAddr
from engine.rules.quota import written
from engine.rules.review import IN_WORDS
from engine.values.overlay import Chosen


def say(told: Recorded[TenantEvent]) -> str:
    event = told.event
    match event:
        case ZoneActionsSet():
            return _actions(event)
        case OverlaySet():
            return _overlay(event)
        case ReviewBegan() | ReviewEnded():
            return _review(event)
        case JobPauseAsked() | JobResumeAsked():
            return tenant_jobs.say(event)
        case CapacitySet() | CapacityJudged():
            return tenant_capacity.say(event)
        case TenantSuspended(slug=slug, reason=reason):
            return f"tenant {slug} was suspended, and sends nothing until it is resumed: {reason}"
        case TenantResumed(slug=slug, reason=reason):
            return f"tenant {slug} was resumed, and goes on where it stood: {reason}"
        case PoolExhausted(slug=slug, purpose=purpose):
            return f"no address of {slug} takes mail for {purpose} any more: the pool is exhausted"
        case PoolRefilled(slug=slug, purpose=purpose):
            return f"mail of {slug} for {purpose} is taken again: the pool has an address"
        case TenantCreated():
            what = f"was created; its days begin at midnight {event.day_tz}"
        case TenantChanged():
            what = "was changed"
        case _:
            assert_never(event)
    quota = "no quota" if event.quota is None else f"at most {event.quota:,} messages a day"
    mailwizz = f"MailWizz {event.mailwizz}" if event.mailwizz else "no MailWizz"
    return (
        f"tenant {event.slug} ({event.name}) {what}; brand {event.brand_domain},"
        f" sends from {event.sending_domain_base}, {mailwizz}, {quota}"
    )


def _review(event: ReviewBegan | ReviewEnded) -> str:
    if isinstance(event, ReviewEnded):
        return f"the review of tenant {event.slug} was ended: {event.reason}"
    return (
        f"tenant {event.slug} is in review: {IN_WORDS[event.why]} ({names(event.ips)}); its caps"
        " stay, and none of its addresses starts or goes on until an admin ends it"
    )


def _actions(event: ZoneActionsSet) -> str:
    own = [f"{zone}: {action}" for zone, action in sorted(event.actions.items())]
    return (
        f"what a confirmed listing does to the addresses of tenant {event.slug}:"
        f" {names(own, none='for every list what the catalogue says')}"
    )


def _overlay(event: OverlaySet) -> str:
    chosen = [_chosen(ip, one) for ip, one in sorted(event.virtual_mtas.items())]
    drained = f"; drained: {names(event.drained)}" if event.drained else ""
    back = "" if event.restored is None else f", as of version {event.restored} but for the quotas"
    return (
        f"version {event.version} of what is chosen for the VirtualMTAs of {event.slug}{back}:"
        f" {names(chosen, 'nothing', '; ')}{drained}{because(event.reason)}"
    )


def _chosen(ip: IpAddr, one: Chosen) -> str:
    words = [
        ip,
        f"named {one.name}" if one.name else "",
        f"as {one.hostname}" if one.hostname else "",
        f"at most {written(one.quota)}" if one.quota else "",
        f"signing for {one.key.domain} with {one.key.selector}" if one.key else "",
    ]
    return " ".join(word for word in words if word)
