"""What may be asked of a sending domain."""

from typing import ClassVar

from engine.commands.base import Ask
from engine.commands.domain_key import DomainKeyCommand
from engine.ids import Position
from engine.values.sending_domain import Setup


class RegisterDomain(Ask, frozen=True, kw_only=True, tag="domain.register"):
    stranger: ClassVar[str] = "this domain is taken"  # the same, whoever has it
    stranger_code: ClassVar[str] = "taken"

    domain: str
    setup: Setup = Setup()


class ChangeDomain(Ask, frozen=True, kw_only=True, tag="domain.change"):
    """What is None stays."""

    domain: str
    selectors: tuple[str, ...] | None = None
    dkim_keys: dict[str, str] | None = None
    mail_from: str | None = None
    helo: str | None = None
    purposes: tuple[str, ...] | None = None


class CheckDomain(Ask, frozen=True, kw_only=True, tag="domain.check"):
    """Look at its DNS now; asked again before the next look, it is the same request."""

    domain: str
    after: Position = Position(0)


class RemoveDomain(Ask, frozen=True, kw_only=True, tag="domain.remove"):
    domain: str


DomainCommand = RegisterDomain | ChangeDomain | CheckDomain | RemoveDomain | DomainKeyCommand
