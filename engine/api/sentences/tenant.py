"""Customers of the platform."""

from typing import assert_never

from engine.events import Recorded
from engine.events.tenant import TenantChanged, TenantCreated, TenantEvent


def say(told: Recorded[TenantEvent]) -> str:
    event = told.event
    match event:
        case TenantCreated():
            what = f"was created; its days begin at midnight {event.day_tz}"
        case TenantChanged():
            what = "was changed"
        case _:
            assert_never(event)
    mailwizz = f"MailWizz {event.mailwizz}" if event.mailwizz else "no MailWizz"
    return (
        f"tenant {event.slug} ({event.name}) {what}; brand {event.brand_domain},"
        f" sends from {event.sending_domain_base}, {mailwizz}"
    )
