"""Domains that tenants send from."""

from engine.api.sentences import domain_key
from engine.api.sentences.words import names
from engine.events import Recorded
from engine.events.domain import (
    DomainChanged,
    DomainCheckAsked,
    DomainEvent,
    DomainRegistered,
    DomainRemoved,
)
from engine.values.sending_domain import Setup


def say(told: Recorded[DomainEvent]) -> str:
    event = told.event
    match event:
        case DomainRegistered(domain=domain, setup=setup):
            return f"{domain} was registered as a sending domain: {_setup(setup)}"
        case DomainChanged(domain=domain, setup=setup):
            return f"the sending domain {domain} was changed: {_setup(setup)}"
        case DomainCheckAsked(domain=domain):
            return f"{told.actor} wants the DNS of {domain} looked at now"
        case DomainRemoved(domain=domain):
            return f"{domain} is a sending domain no longer"
        case _:
            return domain_key.say(event)


def _setup(setup: Setup) -> str:
    bounces = f", bounces to {setup.mail_from}" if setup.mail_from else ""
    pools = f"the pools {names(setup.purposes)}" if setup.purposes else "every pool"
    return f"selectors {names(setup.selectors)}{bounces}, {pools} may send for it"
