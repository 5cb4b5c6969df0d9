"""The engine from its parts."""

from datetime import timedelta
from typing import Any, NamedTuple

from engine.app.parts import Parts
from engine.app.performs import Means, performs
from engine.projections import PROJECTIONS
from engine.reactors import reactors
from engine.reactors.config_history import CONFIG_HISTORY, OWN_HISTORY
from engine.reactors.reactor import Reactor
from engine.runtime.command_handler import CommandHandler
from engine.runtime.gate import Gate
from engine.runtime.imaging import Imaging
from engine.runtime.mend import Mender
from engine.runtime.notes import Notes
from engine.runtime.past import Past
from engine.runtime.performer import Performer, Watch, nobody
from engine.runtime.pump import BATCH_MAX, NAP_MAX, Pace, Pump
from engine.runtime.rebuild import Rebuilds
from engine.runtime.views import Views
from engine.values.tuning import Tuning


class Engine(NamedTuple):
    handler: CommandHandler
    views: Views
    performer: Performer
    pump: Pump
    rebuilds: Rebuilds
    imaging: Imaging
    past: Past


def assemble(
    parts: Parts,
    *,
    tuning: Tuning,
    batch_max: int = BATCH_MAX,
    nap_max: timedelta = NAP_MAX,
    watch: Watch = nobody,
) -> Engine:
    handler = CommandHandler(log=parts.log, clock=parts.clock, ids=parts.ids)
    views = Views(PROJECTIONS)
    notes = Notes(parts.log, parts.ids)
    performer = Performer(
        log=parts.log,
        clock=parts.clock,
        notes=notes,
        gate=Gate(views),
        perform=performs(Means(parts, handler, views, notes, tuning)),
        watch=watch,
    )
    imaging = Imaging(
        log=parts.log,
        images=parts.images,
        views=views,
        projections=PROJECTIONS,
        every=tuning.image_every,
    )
    pump = Pump(
        log=parts.log,
        clock=parts.clock,
        views=views,
        models=parts.models,
        reactors=_reactors(parts, tuning),
        performer=performer,
        mend=Mender(models=parts.models, clock=parts.clock, projections=PROJECTIONS).mend,
        imaging=imaging,
        pace=Pace(batch_max, nap_max),
    )
    rebuilds = Rebuilds(
        log=parts.log,
        models=parts.models,
        clock=parts.clock,
        pump=pump,
        views=views,
        projections=PROJECTIONS,
        forget_images=imaging.forget,
    )
    past = Past(parts.log, parts.images, PROJECTIONS)
    return Engine(handler, views, performer, pump, rebuilds, imaging, past)


def _reactors(parts: Parts, tuning: Tuning) -> tuple[Reactor[Any], ...]:
    kept = () if parts.history is None else (CONFIG_HISTORY, OWN_HISTORY)
    return (*reactors(tuning, parts.catalogue), *kept)
