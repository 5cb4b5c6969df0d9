"""command -> read -> fold -> decide -> one append; again if somebody else was faster."""

from collections.abc import Sequence
from typing import Any, NamedTuple, TypeVar, get_args

import msgspec

from engine.commands import By, Command
from engine.commands.alert import AlertCommand
from engine.commands.authority import AuthorityCommand
from engine.commands.chat import ChatCommand
from engine.commands.domain import DomainCommand
from engine.commands.host import HostCommand
from engine.commands.ip import IpCommand
from engine.commands.key import KeyCommand
from engine.commands.rollout import RolloutCommand
from engine.commands.server import ServerCommand
from engine.commands.tenant import TenantCommand
from engine.deciders import alert, authority, chat, domain, host, ip, key, rollout, server, tenant
from engine.deciders.decider import Decider
from engine.errors import KeyReused, Rejected, UnknownEvent, VersionConflict
from engine.events import Category, Event, Recorded
from engine.events.command import COMMAND, CommandCompleted, Outcome
from engine.events.tenant import TENANT
from engine.ids import CommandId, Position, TenantId, Version
from engine.ports import Clock, Ids, Log, New, Slice

ATTEMPTS_MAX = 5
E = TypeVar("E", bound=Event)

_FAMILIES: tuple[tuple[object, Decider[Any, Any, Any]], ...] = (
    (AlertCommand, alert.DECIDER),
    (AuthorityCommand, authority.DECIDER),
    (ChatCommand, chat.DECIDER),
    (DomainCommand, domain.DECIDER),
    (HostCommand, host.DECIDER),
    (IpCommand, ip.DECIDER),
    (KeyCommand, key.DECIDER),
    (RolloutCommand, rollout.DECIDER),
    (ServerCommand, server.DECIDER),
    (TenantCommand, tenant.DECIDER),
)
DECIDERS: dict[type[Command], Decider[Any, Any, Any]] = {
    kind: decider for family, decider in _FAMILIES for kind in (get_args(family) or (family,))
}


class Asked(NamedTuple):
    """A command, and the tenant whose stream it may open; None: the platform's."""

    command: Command
    tenant: TenantId | None
    since: Position | None = None  # only if its stream is as it was there; None: however it is


class Handled(NamedTuple):
    completed: CommandCompleted
    position: Position  # of its last event: what a reader waits for who wants to see it


class CommandHandler:
    def __init__(self, *, log: Log, clock: Clock, ids: Ids) -> None:
        self._log = log
        self._clock = clock
        self._ids = ids
        self._free: dict[TenantId, Version] = {}  # where nothing barred the tenant from rising

    def new_id(self) -> CommandId:
        return CommandId(self._ids())

    async def handle(self, asked: Sequence[Asked], by: By) -> Handled:
        """All of them in one append, or none.  Safe to repeat by ``by.id``: the recorded outcome
        answers.  A refusal is recorded and returned; without an id, where nothing is recorded,
        Rejected is raised.  Raises KeyReused, and VersionConflict after ATTEMPTS_MAX lost races.
        """
        return (await self._handle(asked, by))[0]

    async def decided(self, asked: Sequence[Asked], by: By) -> tuple[Event, ...]:
        """As ``handle``; what came into the log by it."""
        return (await self._handle(asked, by))[1]

    async def _handle(self, asked: Sequence[Asked], by: By) -> tuple[Handled, tuple[Event, ...]]:
        for attempt in range(1, ATTEMPTS_MAX + 1):
            if before := await self._answered(asked, by):
                return before, ()
            slices, completed = await self._judge(asked, by)
            if by.id:
                slices = [
                    *slices,
                    self._slice(COMMAND.stream(by.id), [completed], Version(0), by.tenant),
                ]
            try:
                position = await self._log.append(slices, actor=by.actor, cause=by.cause)
            except VersionConflict:
                self._free.clear()
                if attempt == ATTEMPTS_MAX:
                    raise
            else:
                new = tuple(one.event for each in slices for one in each.events)
                return Handled(completed, position), new
        raise AssertionError("the last attempt returns or raises")

    async def _answered(self, asked: Sequence[Asked], by: By) -> Handled | None:
        if not by.id or not (recorded := await self._log.read(COMMAND, by.id)):
            return None
        before = recorded[-1]
        if before.tenant != by.tenant or not _is_same(before.event, asked, by):
            raise KeyReused(by.id)
        return Handled(before.event, before.position)

    async def _judge(self, asked: Sequence[Asked], by: By) -> tuple[list[Slice], CommandCompleted]:
        try:
            keep_together(asked, by)
            slices = await self._decide(asked)
        except Rejected as refused:
            if not by.id:
                raise
            return [], self._completed(asked, by, "rejected", refused)
        changed = any(one.events for one in slices)
        return slices, self._completed(asked, by, "accepted" if changed else "unchanged")

    async def _decide(self, asked: Sequence[Asked]) -> list[Slice]:
        slices: list[Slice] = []
        written: dict[str, list[Event]] = {}
        seen: dict[str, Slice] = {}
        for index, (command, whose, since) in enumerate(asked):
            decider = DECIDERS[type(command)]
            name = decider.key(command)
            stream = decider.category.stream(name)
            fresh = written.setdefault(stream, [])
            try:
                history, expected = await self._history(decider, command, name)
                keep_apart(decider.owner(command, history, whose), command, whose)
                _is_as_seen(history, since)
                state = decider.fold(history)
                for event in fresh:
                    state = decider.evolve(state, event)
                events = decider.decide(state, command, self._clock.now())
                rises = (events and command.rises) or decider.lifts(state, events)
                if rises and whose is not None and whose not in seen:
                    seen[whose] = await self._unbarred(whose)
            except Rejected as refused:
                raise Rejected(refused.reason, code=refused.code, index=index) from refused
            if expected is not None:
                expected = Version(expected + len(fresh))
            slices.append(self._slice(stream, events, expected, whose))
            fresh.extend(events)
        return [*seen.values(), *slices]

    async def _unbarred(self, whose: TenantId) -> Slice:
        """An empty one: the append fails, and all is decided anew, if a review or a suspension (or
        anything else of the tenant) came in between.  So what is remembered need not be read again.
        """
        expected = self._free.get(whose)
        if expected is None:
            expected = self._free[whose] = await self._bar_starts(whose)
        return self._slice(TENANT.stream(whose), [], expected, whose)

    async def _bar_starts(self, whose: TenantId) -> Version:
        """By the tenant's own stream, so nobody gets round it by asking before a view has heard."""
        history, version = await self._all_of(TENANT, whose)
        stands = tenant.DECIDER.fold(history)
        if stands.suspended:
            raise Rejected(
                f"{whose} is suspended: none of its addresses starts or goes on until an admin"
                f" resumes it (POST /api/v2/tenants/{whose}/resume)"
            )
        if stands.review:
            raise Rejected(
                f"{whose} is in review: none of its addresses starts or goes on until an admin"
                f" ends it (POST /api/v2/tenants/{whose}/review/end)"
            )
        return version

    async def _history(
        self, decider: Decider[Any, Any, Any], command: Command, name: str
    ) -> tuple[list[Recorded[Any]], Version | None]:
        """A stream, and the version to expect of it.  One that holds what a newer engine wrote
        refuses every command but a stop, which is decided on what is known.
        """
        if not command.stop:
            return await self._all_of(decider.category, name)
        try:
            history = await self._log.read(decider.category, name)
        except UnknownEvent:
            return await self._log.read(decider.category, name, known_only=True), None
        return history, Version(len(history))

    async def _all_of(self, category: Category[E], name: str) -> tuple[list[Recorded[E]], Version]:
        try:
            history = await self._log.read(category, name)
        except UnknownEvent as unknown:
            raise Rejected(str(unknown)) from unknown
        return history, Version(len(history))

    def _completed(
        self, asked: Sequence[Asked], by: By, outcome: Outcome, why: Rejected | None = None
    ) -> CommandCompleted:
        return CommandCompleted(
            request=by.id or CommandId(""),  # "": a dispatch, whose outcome is kept nowhere
            commands=msgspec.Raw(_bytes(asked)),
            actor=by.actor,
            asked=by.asked,
            outcome=outcome,
            why=why.reason if why else "",
            code=why.code if why else "",
            index=(why.index or 0) if why else 0,
        )

    def _slice(
        self,
        stream: str,
        events: Sequence[Event],
        expected: Version | None,
        tenant: TenantId | None,
    ) -> Slice:
        return Slice(
            stream=stream,
            tenant=tenant,
            events=[New(self._ids(), event) for event in events],
            expected=expected,
        )


def _bytes(asked: Sequence[Asked]) -> bytes:
    return msgspec.json.encode([one.command for one in asked])


def _is_same(before: CommandCompleted, asked: Sequence[Asked], by: By) -> bool:
    """A command holds what views said, and moments that are counted from now; so the same request
    may be another command when it comes again.
    """
    return bytes(before.commands) == _bytes(asked) or by.asked == before.asked != ""


def _is_as_seen(history: Sequence[Recorded[Any]], since: Position | None) -> None:
    """What is not there is for the decider to refuse: it says the same of what is a stranger's."""
    if since is not None and history and history[-1].position > since:
        why = "it was changed since you read it, or was never read by you; nothing was done"
        raise Rejected(why, code="changed")


def keep_together(asked: Sequence[Asked], by: By) -> None:
    """A tenant's request writes nothing of another's, nor of the platform's, whoever put it there;
    the platform's own may hold commands of several tenants.
    """
    for index, (command, whose, _) in enumerate(asked):
        if by.tenant not in (None, whose):
            raise Rejected(command.stranger, code=command.stranger_code, index=index)


def keep_apart(owner: TenantId | None, command: Command, asker: TenantId | None) -> None:
    """The one place that keeps tenants apart when they ask."""
    if owner != asker:
        raise Rejected(command.stranger, code=command.stranger_code)
