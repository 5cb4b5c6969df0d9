"""Who performs which effect, one family of effects after the other."""

from collections.abc import Mapping
from functools import partial
from typing import NamedTuple

from engine.app.parts import Parts
from engine.effects import (
    CheckResolver,
    CommitVersion,
    Deploy,
    DeployOwn,
    Dispatch,
    Effect,
    FindServer,
    HoldQueues,
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
from engine.runtime.command_handler import CommandHandler
from engine.runtime.notes import Notes
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
    resolver,
)
from engine.runtime.perform.alert import Teller, Ways
from engine.runtime.perform.dnsbl import Rounds
from engine.runtime.perform.dnsbl_plan import Known
from engine.runtime.perform.domain import Domains, World
from engine.runtime.perform.domain_key import DomainKeys
from engine.runtime.perform.node_file import OwnFiles
from engine.runtime.perform.rollout import Rollouts
from engine.runtime.perform.server import Servers
from engine.runtime.perform.standing_down import StandingDown
from engine.runtime.performer import Perform
from engine.runtime.views import Views
from engine.values.tuning import Tuning

Performs = Mapping[type[Effect], Perform]


class Means(NamedTuple):
    """What performers work with."""

    parts: Parts
    handler: CommandHandler
    views: Views
    notes: Notes
    tuning: Tuning


def performs(of: Means) -> Performs:
    """One performer for each effect; a test counts that none is missing."""
    return {
        **_of_the_log(of),
        **_of_people(of),
        **_of_dns(of),
        **_of_block_lists(of),
        **_of_nodes(of),
        **_of_tenants_files(of),
        **_of_own_files(of),
        **_of_dkim_keys(of),
        **_of_traffic(of),
        **_of_mailwizz(of),
    }


def _of_the_log(of: Means) -> Performs:
    parts = of.parts
    versions = config_history.Versions(
        parts.history or config_history.NothingKept(),
        log=parts.log,
        handler=of.handler,
        engine=parts.engine_id,
    )
    dispatch = partial(
        command.dispatch,
        handler=of.handler,
        jobs=command.behind(of.views, parts.clock.now),
        views=of.views,
        stepped=parts.stepped,
    )
    return {CommitVersion: versions.commit, Dispatch: dispatch}


def _of_people(of: Means) -> Performs:
    parts = of.parts
    teller = Teller(
        Ways(parts.messenger, parts.chats, parts.mailer, parts.mail),
        handler=of.handler,
        views=of.views,
        notes=of.notes,
        now=parts.clock.now,
        tuning=of.tuning,
    )
    return {TellPeople: teller.tell}


def _of_dns(of: Means) -> Performs:
    parts, notes = of.parts, of.notes
    domains = Domains(_world(parts, of.tuning), views=of.views, notes=notes)
    return {
        CheckResolver: partial(
            resolver.check, checks=parts.checks, notes=notes, engine=parts.engine_id
        ),
        LookAtPtr: partial(dns.look_at_ptr, resolver=parts.resolver, notes=notes),
        ValidateDomain: domains.validate,
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


def _of_block_lists(of: Means) -> Performs:
    parts = of.parts
    rounds = Rounds(
        resolver=parts.resolver,
        log=parts.log,
        ids=parts.ids,
        known=Known(of.views, parts.catalogue),
        clock=parts.clock,
        random_ip=parts.unused_ip,
        sooner=of.tuning.list_look_sooner,
        bulk=parts.bulk,
    )
    return {LookUp: rounds.look_up}


def _of_nodes(of: Means) -> Performs:
    pmta, notes, views = of.parts.pmta, of.notes, of.views
    down = StandingDown(pmta=pmta, views=views, fence=of.parts.fence, handler=of.handler)
    return {
        LookAtNode: partial(node_look.look, pmta=pmta, notes=notes, views=views, heed=down.heed),
        LookForLogins: partial(
            logins.look,
            secrets=of.parts.secrets,
            views=views,
            notes=notes,
            engine=of.parts.engine_id,
        ),
        PauseJob: partial(node.pause_job, pmta=pmta, notes=notes),
        PauseQueues: partial(node.pause, pmta=pmta, notes=notes),
        HoldQueues: partial(node.hold, pmta=pmta, notes=notes),
        ResumeJob: partial(node.resume_job, pmta=pmta, notes=notes),
        ResumeQueues: partial(node.resume, pmta=pmta, notes=notes),
    }


def _of_tenants_files(of: Means) -> Performs:
    rollouts = Rollouts(
        pmta=of.parts.pmta,
        handler=of.handler,
        views=of.views,
        fence=of.parts.fence,
        tuning=of.tuning,
    )
    return {
        Deploy: rollouts.deploy,
        ReadBack: rollouts.read_back,
        Restore: rollouts.restore,
        WatchFile: rollouts.watch,
    }


def _of_own_files(of: Means) -> Performs:
    own = OwnFiles(pmta=of.parts.pmta, handler=of.handler, views=of.views, fence=of.parts.fence)
    return {DeployOwn: own.deploy, ReadOwn: own.read_back, RestoreOwn: own.restore}


def _of_dkim_keys(of: Means) -> Performs:
    parts = of.parts
    keys = DomainKeys(
        maker=parts.keys,
        pmta=parts.pmta,
        resolver=parts.resolver,
        handler=of.handler,
        fence=parts.fence,
    )
    return {
        LayKey: keys.lay,
        LookAtKey: keys.look,
        PlaceKey: keys.place,
        TakeKeyAway: keys.take_away,
    }


def _of_traffic(of: Means) -> Performs:
    parts = of.parts
    world = accounting.World(
        parts.accounting, parts.log, parts.clock, parts.ids, of.tuning.accounting
    )
    return {
        NoteRate: partial(rate.note, notes=of.notes),
        ReadAccounting: accounting.Accounts(world, of.views).read,
    }


def _of_mailwizz(of: Means) -> Performs:
    parts = of.parts
    servers = Servers(
        mailwizz=parts.mailwizz,
        handler=of.handler,
        views=of.views,
        log=parts.log,
        ids=parts.ids,
    )
    return {
        FindServer: servers.find,
        LookAtCampaigns: partial(
            campaigns.look, api=parts.campaigns, views=of.views, notes=of.notes
        ),
        ReadServer: servers.read,
        TellServer: servers.tell,
    }
