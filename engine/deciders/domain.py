"""Decisions about a sending domain: one tenant's at a time."""

from collections.abc import Sequence
from datetime import datetime
from typing import assert_never

from msgspec import Struct
from msgspec.structs import replace

from engine.commands.domain import (
    ChangeDomain,
    CheckDomain,
    DomainCommand,
    RegisterDomain,
    RemoveDomain,
)
from engine.commands.domain_key import (
    AskKey,
    DomainKeyCommand,
    DropKey,
    ReportKey,
    ReportKeyGone,
    ReportKeyLook,
    ReportKeyPlaced,
    RevokeKey,
    UseKey,
)
from engine.deciders import domain_key, domain_key_place
from engine.deciders.decider import Decider
from engine.errors import Rejected
from engine.events import Recorded
from engine.events.domain import (
    DOMAIN,
    DomainChanged,
    DomainCheckAsked,
    DomainEvent,
    DomainRegistered,
    DomainRemoved,
)
from engine.ids import Position, TenantId
from engine.values.sending_domain import Setup


class State(Struct, frozen=True):
    setup: Setup | None = None  # None: nobody has it
    asked: Position | None = None  # the look after which another one was asked for
    keys: domain_key.Keys = {}  # of DKIM, that the engine made; also for earlier registrations


def evolve(state: State, event: DomainEvent) -> State:
    match event:
        case DomainRegistered(setup=setup):
            return State(setup=setup, keys=state.keys)
        case DomainChanged(setup=setup):
            return replace(state, setup=setup)
        case DomainCheckAsked(after=after):
            return replace(state, asked=after)
        case DomainRemoved():
            return State(keys=state.keys)
        case _:
            return replace(state, keys=domain_key.evolve(state.keys, event))


def decide(state: State, command: DomainCommand, now: datetime) -> Sequence[DomainEvent]:
    if isinstance(command, RegisterDomain):
        return _register(state, command)
    if isinstance(command, ReportKeyGone | ReportKeyPlaced):
        return _of_key(state.keys, state.setup or Setup(), command, now)
    if state.setup is None:
        raise Rejected(command.stranger, code=command.stranger_code)
    domain = command.domain
    match command:
        case ChangeDomain():
            setup = _changed(state.setup, command)
            return [] if setup == state.setup else [DomainChanged(domain=domain, setup=setup)]
        case CheckDomain(after=after):
            pending = state.asked is not None and after <= state.asked
            return [] if pending else [DomainCheckAsked(domain=domain, after=after)]
        case RemoveDomain():
            return [*domain_key.all_dropped(domain, state.keys), DomainRemoved(domain=domain)]
        case _:
            return _of_key(state.keys, state.setup, command, now)


def _of_key(
    keys: domain_key.Keys, setup: Setup, command: DomainKeyCommand, now: datetime
) -> Sequence[DomainEvent]:
    match command:
        case AskKey():
            return domain_key.ask(keys, setup, command, now)
        case ReportKeyLook(selector=selector):
            looked = domain_key.report(keys, command)
            seen = domain_key.published(keys[selector], command, setup) if looked else None
            named = domain_key.with_selector(setup, selector)
            return [*looked, seen, *_setup(command.domain, setup, named)] if seen else looked
        case ReportKeyPlaced():
            return domain_key_place.report(keys, setup, command)
        case ReportKey() | ReportKeyGone():
            return domain_key.report(keys, command)
        case UseKey():
            return domain_key.use(keys, command)
        case RevokeKey(selector=selector):
            return _without(setup, selector, domain_key.revoke(keys, command))
        case DropKey(selector=selector):
            return _without(setup, selector, domain_key.drop(keys, command))
        case _:
            assert_never(command)


def _without(setup: Setup, selector: str, events: Sequence[DomainEvent]) -> Sequence[DomainEvent]:
    """What is no key any more is not looked for."""
    left = domain_key.without_selector(setup, selector)
    return [*events, *(one for event in events for one in _setup(event.domain, setup, left))]


def _setup(domain: str, before: Setup, after: Setup) -> Sequence[DomainEvent]:
    return [] if after == before else [DomainChanged(domain=domain, setup=after)]


def _register(state: State, command: RegisterDomain) -> Sequence[DomainEvent]:
    if state.setup is not None:
        raise Rejected(RegisterDomain.stranger, code=RegisterDomain.stranger_code)
    return [DomainRegistered(domain=command.domain, setup=command.setup)]


def _changed(setup: Setup, command: ChangeDomain) -> Setup:
    """A key whose selector is gone is gone with it."""
    new = Setup(
        selectors=setup.selectors if command.selectors is None else command.selectors,
        dkim_keys=setup.dkim_keys if command.dkim_keys is None else command.dkim_keys,
        mail_from=setup.mail_from if command.mail_from is None else command.mail_from,
        helo=setup.helo if command.helo is None else command.helo,
        purposes=setup.purposes if command.purposes is None else command.purposes,
    )
    keys = {name: path for name, path in new.dkim_keys.items() if name in new.selectors}
    return replace(new, dkim_keys=keys)


def owner(
    command: DomainCommand, history: Sequence[Recorded[DomainEvent]], asker: TenantId | None
) -> TenantId | None:
    """The last registration's tenant; one that nobody has is open to whoever registers it."""
    if not history:
        return asker
    if isinstance(history[-1].event, DomainRemoved) and isinstance(command, RegisterDomain):
        return asker
    return history[-1].tenant


DECIDER: Decider[DomainCommand, DomainEvent, State] = Decider(
    category=DOMAIN,
    key=lambda command: command.domain,
    owner=owner,
    initial=State(),
    evolve=evolve,
    decide=decide,
)
