"""The engine from its parts."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import Any, NamedTuple

from engine.effects import (
    CheckResolver,
    CommitVersion,
    Deploy,
    DeployOwn,
    Dispatch,
    Effect,
    FindServer,
    LayKey,
    LookAtCampaigns,
    LookAtKey,
    LookAtNode,
    LookAtPtr,
    LookForLogins,
    LookUp,
    NoteRate,
    PauseJob,
    PauseQueues,
    PlaceKey,
    ReadAccounting,
    ReadBack,
    ReadOwn,
    ReadServer,
    Restore,
    RestoreOwn,
    ResumeJob,
    ResumeQueues,
    TakeKeyAway,
    TellPeople,
    TellServer,
    ValidateDomain,
    WatchFile,
)
from engine.ids import EngineId, IpAddr
from engine.ports import (
    AccountingFiles,
    Campaigns,
    Clock,
    ConfigHistory,
    Fence,
    Greeter,
    Ids,
    Images,
    KeyMaker,
    Log,
    Mailer,
    Mailwizz,
    Messenger,
    NoKeys,
    NoSecrets,
    PmtaNode,
    ReadModels,
    Resolver,
    Secrets,
)
from engine.projections import PROJECTIONS
from engine.reactors import reactors
from engine.reactors.config_history import CONFIG_HISTORY, OWN_HISTORY
from engine.reactors.reactor import Reactor
from engine.rules.dnsbl_catalogue import DEFAULT, Catalogue
from engine.runtime.command_handler import CommandHandler
from engine.runtime.gate import Gate
from engine.runtime.imaging import Imaging
from engine.runtime.mend import Mender
from engine.runtime.notes import Notes
from engine.runtime.past import Past
from engine.runtime.perform import (
    accounting,
    campaigns,
    command,
    config_history,
    dns,
    logins,
    node,
    node_look,
    rate,
)
from engine.runtime.perform import resolver as perform_resolver
from engine.runtime.perform.alert import Nobody, Routes, Teller, Ways, nowhere
from engine.runtime.perform.dnsbl import Rounds
from engine.runtime.perform.dnsbl_plan import Known
from engine.runtime.perform.dnsbl_round import Bulk
from engine.runtime.perform.domain import Domains, NobodyGreets, World
from engine.runtime.perform.domain_key import DomainKeys
from engine.runtime.perform.node_file import OwnFiles
from engine.runtime.perform.raising import Stepped, never
from engine.runtime.perform.resolver import Checks, nothing_wrong
from engine.runtime.perform.rollout import Rollouts
from engine.runtime.perform.server import Servers
from engine.runtime.performer import Perform, Performer, Watch, nobody
from engine.runtime.pump import BATCH_MAX, NAP_MAX, Pace, Pump
from engine.runtime.rebuild import Rebuilds
from engine.runtime.views import Views
from engine.values.tuning import Tuning


class Parts(NamedTuple):
    """The world, as ports."""

    log: Log
    models: ReadModels
    images: Images
    clock: Clock
    ids: Ids
    resolver: Resolver
    pmta: PmtaNode
    mailwizz: Mailwizz
    messenger: Messenger
    chats: Routes
    fence: Callable[[], Fence]
    unused_ip: Callable[[], IpAddr]  # a public address that nobody ever sent from
    greeter: Greeter = NobodyGreets()
    mailer: Mailer = Nobody()
    mail: Routes = nowhere
    accounting: AccountingFiles = accounting.NoFiles()
    campaigns: Campaigns = campaigns.NoApi()
    history: ConfigHistory | None = None  # None: versions are kept in the log alone
    catalogue: Catalogue = DEFAULT  # of block lists
    bulk: Bulk | None = None  # many questions to the resolver's name server at once
    secrets: Secrets = NoSecrets()
    keys: KeyMaker = NoKeys()
    checks: Checks = nothing_wrong  # of the name servers that are asked
    stepped: Stepped = never  # the last time the clock was set
    engine_id: EngineId = EngineId("main")
    allow_reserved: bool = False  # documentation and private addresses are as good as others


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
        notes=notes,
        gate=Gate(views),
        perform=_performs(parts, handler, views, notes, tuning),
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


def _performs(
    parts: Parts, handler: CommandHandler, views: Views, notes: Notes, tuning: Tuning
) -> Mapping[type[Effect], Perform]:
    """One performer for each effect; a test counts that none is missing."""
    rounds = Rounds(
        resolver=parts.resolver,
        log=parts.log,
        ids=parts.ids,
        known=Known(views, parts.catalogue),
        clock=parts.clock,
        random_ip=parts.unused_ip,
        sooner=tuning.list_look_sooner,
        bulk=parts.bulk,
    )
    rollouts = Rollouts(
        pmta=parts.pmta,
        handler=handler,
        views=views,
        fence=parts.fence,
        tuning=tuning,
    )
    own = OwnFiles(pmta=parts.pmta, handler=handler, views=views, fence=parts.fence)
    keys = DomainKeys(
        maker=parts.keys,
        pmta=parts.pmta,
        resolver=parts.resolver,
        handler=handler,
        fence=parts.fence,
    )
    servers = Servers(
        mailwizz=parts.mailwizz, handler=handler, views=views, log=parts.log, ids=parts.ids
    )
    domains = Domains(_world(parts, tuning), views=views, notes=notes)
    counted = accounting.World(
        parts.accounting, parts.log, parts.clock, parts.ids, tuning.accounting
    )
    versions = config_history.Versions(
        parts.history or config_history.NothingKept(),
        log=parts.log,
        handler=handler,
        engine=parts.engine_id,
    )
    teller = Teller(
        Ways(parts.messenger, parts.chats, parts.mailer, parts.mail),
        handler=handler,
        views=views,
        notes=notes,
        now=parts.clock.now,
        tuning=tuning,
    )
    return {
        CheckResolver: partial(
            perform_resolver.check, checks=parts.checks, notes=notes, engine=parts.engine_id
        ),
        CommitVersion: versions.commit,
        Deploy: rollouts.deploy,
        DeployOwn: own.deploy,
        Dispatch: partial(
            command.dispatch,
            handler=handler,
            jobs=command.behind(views, parts.clock.now),
            views=views,
            stepped=parts.stepped,
        ),
        FindServer: servers.find,
        LayKey: keys.lay,
        LookAtKey: keys.look,
        LookAtNode: partial(node_look.look, pmta=parts.pmta, notes=notes, views=views),
        LookAtPtr: partial(dns.look_at_ptr, resolver=parts.resolver, notes=notes),
        LookAtCampaigns: partial(campaigns.look, api=parts.campaigns, views=views, notes=notes),
        LookForLogins: partial(
            logins.look, secrets=parts.secrets, views=views, notes=notes, engine=parts.engine_id
        ),
        LookUp: rounds.look_up,
        NoteRate: partial(rate.note, notes=notes),
        PauseJob: partial(node.pause_job, pmta=parts.pmta, notes=notes),
        PauseQueues: partial(node.pause, pmta=parts.pmta, notes=notes),
        PlaceKey: keys.place,
        ReadAccounting: accounting.Accounts(counted, views).read,
        ReadBack: rollouts.read_back,
        ReadOwn: own.read_back,
        ReadServer: servers.read,
        Restore: rollouts.restore,
        RestoreOwn: own.restore,
        ResumeJob: partial(node.resume_job, pmta=parts.pmta, notes=notes),
        ResumeQueues: partial(node.resume, pmta=parts.pmta, notes=notes),
        TakeKeyAway: keys.take_away,
        TellPeople: teller.tell,
        TellServer: servers.tell,
        ValidateDomain: domains.validate,
        WatchFile: rollouts.watch,
    }


def _world(parts: Parts, tuning: Tuning) -> World:
    return World(
        resolver=parts.resolver,
        pmta=parts.pmta,
        greeter=parts.greeter,
        clock=parts.clock,
        ids=parts.ids,
        smtp_port=tuning.smtp_port,
        allow_reserved=parts.allow_reserved,
        catalogue=parts.catalogue,
    )
