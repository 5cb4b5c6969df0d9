"""An engine in the modelled world: its own parts, put together without those that have no place.

MailWizz, domains, people, accounting files and name servers are not in the model, and so the
reactors that care for them are left out; any other is taken, also one that comes later.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from typing import Any, NamedTuple, cast

from engine.app.whatif.clock import VirtualClock
from engine.app.whatif.fleet import Fleet
from engine.app.whatif.listings import Listed
from engine.app.whatif.log import UnwrittenLog
from engine.app.whatif.world import ModelledDns, ModelledLists, ModelledNode
from engine.effects import (
    Deploy,
    Dispatch,
    Effect,
    HoldQueues,
    LookAtNode,
    LookAtPtr,
    LookUp,
    NoteRate,
    PauseQueues,
    ReadBack,
    Restore,
    ResumeQueues,
)
from engine.ids import EventId, NodeId
from engine.ports import Fence, Ids, Log
from engine.projections import PROJECTIONS
from engine.reactors import reactors
from engine.reactors.reactor import Reactor
from engine.rules.dnsbl_catalogue import DEFAULT
from engine.runtime.command_handler import CommandHandler
from engine.runtime.gate import Gate
from engine.runtime.notes import Notes
from engine.runtime.perform import command, dns, node, node_look, rate
from engine.runtime.perform.rollout import Rollouts
from engine.runtime.performer import Perform, Performer
from engine.runtime.views import Views
from engine.values.traffic import Source
from engine.values.tuning import Tuning

LEFT_OUT = frozenset({"accounting", "alerts", "domains", "mailwizz", "resolver"})
NODE = NodeId("mta-1")
_TUNING = Tuning(
    node_look_every=timedelta(days=1),  # nobody else has a hand on it
    accounting={NODE: Source(directory="the model")},
    watch=timedelta(0),  # and nothing goes wrong there
)


class Engine(NamedTuple):
    clock: VirtualClock
    log: UnwrittenLog
    ids: Ids
    handler: CommandHandler
    views: Views
    reactors: Sequence[Reactor[Any]]
    performer: Performer


def engine_of(fleet: Fleet, listings: Sequence[Listed], start: datetime) -> Engine:
    clock, ids = VirtualClock(start), _ids()
    kept = UnwrittenLog(clock)
    log = cast(Log, kept)  # nobody here asks it for more than it has
    handler = CommandHandler(log=log, clock=clock, ids=ids)
    taken = [one for one in reactors(_TUNING, DEFAULT) if one.name not in LEFT_OUT]
    views, notes = Views(PROJECTIONS), Notes(log, ids)
    lists = ModelledLists(listings, start, clock, notes)
    performer = Performer(
        log=log,
        clock=clock,
        notes=notes,
        gate=Gate(views),
        perform=_performs(fleet, handler, views, notes, lists),
    )
    return Engine(clock, kept, ids, handler, views, taken, performer)


def _performs(
    fleet: Fleet,
    handler: CommandHandler,
    views: Views,
    notes: Notes,
    lists: ModelledLists,
) -> Mapping[type[Effect], Perform]:
    resolver, pmta = ModelledDns({one.ip: one.hostname for one in fleet.ips}), ModelledNode()
    rollouts = Rollouts(
        pmta=pmta,
        handler=handler,
        views=views,
        fence=lambda: Fence(1, "what-if"),
        tuning=_TUNING,
    )
    return {
        Deploy: rollouts.deploy,
        Dispatch: partial(command.dispatch, handler=handler, views=views),
        LookAtNode: partial(node_look.look, pmta=pmta, notes=notes, views=views),
        LookAtPtr: partial(dns.look_at_ptr, resolver=resolver, notes=notes),
        LookUp: lists.look_up,
        NoteRate: partial(rate.note, notes=notes),
        PauseQueues: partial(node.pause, pmta=pmta, notes=notes),
        HoldQueues: partial(node.hold, pmta=pmta, notes=notes),
        ReadBack: rollouts.read_back,
        Restore: rollouts.restore,
        ResumeQueues: partial(node.resume, pmta=pmta, notes=notes),
    }


def _ids() -> Ids:
    """In order, and the same in every run."""
    numbers = count(1)
    return lambda: EventId(f"00000000-0000-7000-8000-{next(numbers):012x}")
