"""A domain that a tenant sends from.  What its DNS says is in ``dns-<domain>``."""

from engine.events.base import Category, Fact
from engine.events.domain_key import DomainKeyEvent
from engine.ids import Position
from engine.values.sending_domain import Setup


class DomainRegistered(Fact, frozen=True, kw_only=True, tag="domain.registered"):
    domain: str  # lower case, A-labels
    setup: Setup


class DomainChanged(Fact, frozen=True, kw_only=True, tag="domain.changed"):
    """Everything that may change, as it is from now on."""

    domain: str
    setup: Setup


class DomainCheckAsked(Fact, frozen=True, kw_only=True, tag="domain.check_asked"):
    """Its DNS is looked at now, and not when the time has come."""

    domain: str
    after: Position  # the last look that whoever asks has seen; 0: none


class DomainRemoved(Fact, frozen=True, kw_only=True, tag="domain.removed"):
    domain: str


DomainEvent = DomainRegistered | DomainChanged | DomainCheckAsked | DomainRemoved | DomainKeyEvent
DOMAIN: Category[DomainEvent] = Category("domain", DomainEvent)
