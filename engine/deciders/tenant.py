"""Decisions about a tenant."""

from collections.abc import Sequence
from datetime import datetime
from typing import assert_never

from engine.commands.tenant import ChangeTenant, CreateTenant, TenantCommand
from engine.deciders.decider import Decider
from engine.errors import Rejected
from engine.events.tenant import TENANT, TenantChanged, TenantCreated, TenantEvent


def evolve(state: TenantChanged | None, event: TenantEvent) -> TenantChanged | None:
    return TenantChanged(
        slug=event.slug,
        name=event.name,
        brand_domain=event.brand_domain,
        sending_domain_base=event.sending_domain_base,
        mailwizz=event.mailwizz,
    )


def decide(
    state: TenantChanged | None, command: TenantCommand, now: datetime
) -> Sequence[TenantEvent]:
    match command:
        case CreateTenant():
            return _create(state, command)
        case ChangeTenant():
            if state is None:
                raise Rejected(ChangeTenant.stranger, code="not_found")
            changed = _changed(state, command)
            return [] if changed == state else [changed]
        case _:
            assert_never(command)


def _create(state: TenantChanged | None, command: CreateTenant) -> Sequence[TenantEvent]:
    if state is not None:
        raise Rejected(CreateTenant.stranger, code=CreateTenant.stranger_code)
    return [
        TenantCreated(
            slug=command.slug,
            name=command.name,
            brand_domain=command.brand_domain,
            sending_domain_base=command.sending_domain_base,
            day_tz=command.day_tz,
            mailwizz=command.mailwizz,
        )
    ]


def _changed(state: TenantChanged, command: ChangeTenant) -> TenantChanged:
    base = command.sending_domain_base
    return TenantChanged(
        slug=state.slug,
        name=state.name if command.name is None else command.name,
        brand_domain=state.brand_domain if command.brand_domain is None else command.brand_domain,
        sending_domain_base=state.sending_domain_base if base is None else base,
        mailwizz=state.mailwizz if command.mailwizz is None else command.mailwizz,
    )


DECIDER: Decider[TenantCommand, TenantEvent, TenantChanged | None] = Decider(
    category=TENANT,
    key=lambda command: command.slug,
    owner=lambda command, history, asker: command.slug,
    initial=None,
    evolve=evolve,
    decide=decide,
)
