"""What the log holds of one address under its present owner, up to one position."""

from collections.abc import Sequence
from contextlib import aclosing
from typing import Any, NamedTuple

from engine.api import event_filters, places
from engine.api.call import Call
from engine.events import Event, Recorded
from engine.events.command import COMMAND
from engine.events.dns import DNS
from engine.events.ip import IP, IpRegistered, LeverEvent, StageEntered
from engine.events.server import SERVER
from engine.ids import IpAddr, Position, TenantId
from engine.ports import Log, Wanted
from engine.projections.ip_row import IpRow
from engine.projections.ips import IPS
from engine.projections.projection import first
from engine.projections.servers import SERVERS
from engine.runtime.notes import ENGINE
from engine.values.evidence import Guards

Line = Sequence[Recorded[Event]]


class Story(NamedTuple):
    ip: IpAddr
    owner: TenantId
    row: IpRow  # as these events make it
    decisions: Line  # about the address, from its registration on
    others: Line  # looks, wishes, outcomes
    asked: dict[str, Recorded[Event]]  # commands by their id: what people wanted


async def told(call: Call, ip: IpAddr, upto: Position) -> Story | None:
    """Read as the owner alone reads it, whoever asks; None: nobody here has registered it."""
    log = _Reading(call.deps.log, upto)
    life = await log.all(Wanted(tenant=call.caller.tenant, streams=(IP.stream(ip),)))
    decisions = _of_last_owner(life)
    if not decisions or (owner := decisions[0].tenant) is None:
        return None
    streams = _streams(call, ip, owner, decisions)
    others = await log.all(Wanted(tenant=owner, streams=streams), decisions[0].position)
    asked = await log.all(Wanted(tenant=owner, streams=_commands(decisions)))
    by_id = {one.stream.removeprefix(COMMAND.stream("")): one for one in asked}
    return Story(ip, owner, _row(ip, owner, [*decisions, *others]), decisions, others, by_id)


class _Reading(NamedTuple):
    log: Log
    upto: Position

    async def all(self, wanted: Wanted, after: Position = places.START) -> Line:
        """Without streams it is nothing, not everything."""
        found: list[Recorded[Event]] = []
        if wanted.streams:
            async with aclosing(self.log.pages(after, self.upto, wanted)) as pages:
                async for page in pages:
                    found += page.events
        return found


def _of_last_owner(life: Line) -> Line:
    starts = [n for n, one in enumerate(life) if isinstance(one.event, IpRegistered)]
    return life[starts[-1] :] if starts else ()


def _streams(call: Call, ip: IpAddr, owner: TenantId, decisions: Line) -> tuple[str, ...]:
    own = tuple(one for one in event_filters.of_ip(ip) if one != IP.stream(ip))
    moved = (one.event for one in decisions)
    nodes = dict.fromkeys(event.node for event in moved if isinstance(event, LeverEvent))
    theirs = [stream for node in nodes for stream in event_filters.of_node(node, (owner,))]
    claimed = call.deps.views.get(SERVERS, f"{owner}/{ip}").claimed
    known = call.deps.views.get(IPS, f"{owner}/{ip}").spf
    domains = [DNS.stream(name) for name in sorted({*known, *_domains(decisions)})]
    return (*own, *theirs, *([SERVER.stream(str(claimed))] if claimed else []), *domains)


def _domains(decisions: Line) -> set[str]:
    """That it was to send for, and whose SPF let it start."""
    events = [one.event for one in decisions]
    told = [one.domains for one in events if isinstance(one, IpRegistered)]
    held = [one.evidence for one in events if isinstance(one, StageEntered)]
    by_spf = [one.spf_looks for one in held if isinstance(one, Guards)]
    return {domain for names in (*told, *by_spf) for domain in names}


def _commands(decisions: Line) -> tuple[str, ...]:
    return tuple(COMMAND.stream(one.cause) for one in decisions if one.actor != ENGINE)


def _row(ip: IpAddr, owner: TenantId, events: Line) -> IpRow:
    """The view of the address, folded anew: state and events are of one moment."""
    key = f"{owner}/{ip}"
    row = first(IPS, key)
    for one in sorted(events, key=_position):
        if isinstance(one.event, IPS.folds) and key in IPS.keys(one):
            row = IPS.evolve(row, one)
    return row


def _position(one: Recorded[Any]) -> int:
    return one.position
