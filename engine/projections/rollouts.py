"""One tenant's file on one node: what is wanted of it, and what the node was told."""

from datetime import datetime
from typing import Any, get_args

from msgspec import Struct
from msgspec.structs import replace

from engine.events import Event, Recorded
from engine.events.domain_key import KeyDropped, KeyPlaced, KeyPublished
from engine.events.effect import EffectRefused
from engine.events.engine import LoginsLooked
from engine.events.ip import LeverEvent
from engine.events.ip_removal import IpRemoved, IpWithdrawn
from engine.events.rollout import (
    CanaryPassed,
    ConflictEnded,
    RolloutApproved,
    RolloutBreached,
    RolloutEnded,
    RolloutPlanned,
    RolloutTorn,
    RolloutUnknown,
    RolloutWatched,
    VersionCommitted,
)
from engine.events.tenant import OverlaySet
from engine.ids import IpAddr, NodeId, TenantId
from engine.projections import rollout_after, rollout_choices, rollout_keys
from engine.projections.projection import Projection
from engine.projections.rollout_after import AFTER
from engine.projections.rollout_choices import Standing
from engine.projections.rollout_keys import Signing
from engine.rules import overlay, timing
from engine.values.login import Login
from engine.values.overlay import Chosen
from engine.values.retry import Work
from engine.values.rollout import Choices, Ending, Kind, Waiting, Watch
from engine.values.vmta import Vmta

LEVERS = get_args(LeverEvent)
Vmtas = dict[IpAddr, Vmta]
PlanEvent = RolloutPlanned | RolloutUnknown | RolloutTorn | RolloutEnded


class Rollout(Struct, frozen=True, gc=False):
    node: NodeId = NodeId("")
    tenant: TenantId = TenantId("")
    wanted: Vmtas = {}  # bounded: the addresses of one tenant on one node
    told: Vmtas = {}  # as the node runs it
    planned: Vmtas | None = None  # begun, and its end not known
    torn: bool = False  # the plan's bytes and what runs do not belong together
    conflict: bool = False  # somebody edited the file
    ready_at: datetime | None = None  # company is waited for until then; None: nobody waits
    deploy: Work = Work()
    look: Work = Work()  # at what became of the plan
    ending: Ending | None = None  # of the last rollout
    kind: Kind = ""
    why: str = ""
    ended_at: datetime | None = None
    lives: Vmtas = {}  # what the engine wants of the addresses, before anybody's choices
    choices: Choices = Choices()  # of the tenant, for addresses on this node, as they hold
    planned_choices: Choices = Choices()
    told_choices: Choices = Choices()
    waiting: Waiting | None = None  # choices that do not hold yet
    followers: tuple[NodeId, ...] = ()  # whose files wait for this one
    digest: str = ""  # of the file that lies there; "" = there is none
    planned_digest: str = ""
    version: int = 0  # how many rollouts of this file were done
    committed: int = 0  # the last version that lies in git
    commit: Work = Work()
    adopted: Vmtas | None = None  # what was wanted when a person let somebody's edit stay
    keys: dict[str, Signing] = {}  # of DKIM, by domain; those that the engine made
    logins: dict[IpAddr, Login] = {}  # their SMTP users' passwords, as far as they were looked for
    overwrite: bool = False  # a person wants the engine's file there, whatever was told
    planned_watch_s: int = 0
    watch: Watch | None = None  # of what the node was told last
    still: tuple[IpAddr, ...] = ()  # stand still until a rollout is done
    withdrawn: tuple[IpAddr, ...] = ()  # to be removed once no file here holds them
    breach: str = ""  # what was seen on the node, and speaks against what it was told last
    back_to: int | None = None  # version of the choices that shall be brought back for it
    back: Work = Work()

    @property
    def chosen(self) -> dict[IpAddr, Chosen]:
        return self.choices.chosen

    @property
    def drained(self) -> tuple[IpAddr, ...]:
        return self.choices.drained

    @property
    def overlay(self) -> int:
        return self.choices.overlay

    @property
    def due(self) -> bool:
        """Another file shall lie there."""
        if self.overwrite or self.still:
            return True
        return self.wanted not in (self.told, self.adopted)

    @property
    def untried(self) -> bool:
        """Others wait for this file, which is neither watched nor held back by anybody; so once
        nothing is to be written, nothing will tell them."""
        held = self.conflict or self.waiting or self.breach
        return bool(self.followers) and not (self.planned is not None or self.watch or held)

    @property
    def state(self) -> str:
        if self.planned is not None:
            return "torn" if self.torn else "open"
        if self.conflict:
            return "conflict"
        if self.due:
            return "wanted"
        if self.waiting:
            return "waits"
        return "watched" if self.watch else "told"


def keys(recorded: Recorded[Any]) -> tuple[str, ...]:
    event = recorded.event
    if recorded.tenant is None:
        return ()
    if isinstance(event, EffectRefused):
        node = event.target.name
        ours = event.effect.startswith("rollout.")
        return (f"{node}/{recorded.tenant}",) if ours else ()
    if isinstance(event, KeyPublished | KeyPlaced | KeyDropped):
        return tuple(f"{node}/{recorded.tenant}" for node in rollout_keys.nodes(event))
    if isinstance(event, OverlaySet | LoginsLooked):
        return tuple(f"{node}/{recorded.tenant}" for node in sorted(set(event.nodes.values())))
    heard = isinstance(event, RolloutWatched | RolloutBreached | CanaryPassed)
    beside = event.followers if heard else ()
    return tuple(f"{node}/{recorded.tenant}" for node in (event.node, *beside))


def evolve(view: Rollout, recorded: Recorded[Event]) -> Rollout:
    event, here = recorded.event, Work(recorded.position)
    if isinstance(event, LEVERS):
        return _lives(view, event, recorded)
    if isinstance(event, LoginsLooked | KeyPublished | KeyPlaced | KeyDropped):
        return _given(view, event, recorded)
    if isinstance(event, AFTER):
        return _after(view, event, recorded)
    match event:
        case OverlaySet():
            return _chosen(view, event, recorded)
        case IpRemoved(ip=ip):
            return replace(view, withdrawn=tuple(one for one in view.withdrawn if one != ip))
        case RolloutPlanned() | RolloutUnknown() | RolloutTorn() | RolloutEnded():
            return _plan(view, event, recorded)
        case ConflictEnded(end=end, found=found):
            adopted, overwrite = (view.wanted, False) if end == "adopt" else (None, True)
            view = replace(view, conflict=False, digest=found, deploy=here)
            return replace(view, adopted=adopted, overwrite=overwrite, ready_at=None)
        case VersionCommitted(version=version):
            return replace(view, committed=version, commit=here)
        case EffectRefused(effect="rollout.commit"):
            return replace(view, commit=view.commit.failed(recorded.at))
        case EffectRefused():
            return replace(view, deploy=view.deploy.failed(recorded.at))
        case _:
            return view


def _plan(view: Rollout, event: PlanEvent, recorded: Recorded[Event]) -> Rollout:
    here = Work(recorded.position)
    match event:
        case RolloutPlanned(vmtas=vmtas, digest=digest):
            view = replace(view, planned=vmtas, planned_digest=digest)
            choices = rollout_choices.planned(event, view.choices)
            view = replace(view, planned_choices=choices, planned_watch_s=event.watch_s)
            return replace(view, torn=False, look=here, ready_at=None)
        case RolloutUnknown(why=why):
            return replace(view, look=view.look.failed(recorded.at), why=why)
        case RolloutTorn(why=why):
            return replace(view, torn=True, look=here, why=why)
        case RolloutEnded():
            return _ended(view, event, recorded)


def _lives(view: Rollout, event: Any, recorded: Recorded[Event]) -> Rollout:
    """A stop waits for nobody; the rest waits a little for company of the same file."""
    if isinstance(event, IpWithdrawn):
        return _withdrawn(view, event.ip, recorded)
    view = replace(
        view,
        node=event.node,
        tenant=recorded.tenant or view.tenant,
        lives=view.lives | {event.ip: event.vmta},
    )
    wanted = view.wanted | {event.ip: _laid_over(view, event.ip)}
    return _wanted(view, wanted, recorded, stop=event.stop)


def _withdrawn(view: Rollout, ip: IpAddr, recorded: Recorded[Event]) -> Rollout:
    """The next file does without it."""
    lives = {other: one for other, one in view.lives.items() if other != ip}
    wanted = {other: one for other, one in view.wanted.items() if other != ip}
    logins = {other: one for other, one in view.logins.items() if other != ip}
    view = replace(view, lives=lives, logins=logins)
    view = replace(view, withdrawn=tuple(sorted({*view.withdrawn, ip})))
    return _wanted(view, wanted, recorded, stop=False)


def _chosen(view: Rollout, event: OverlaySet, recorded: Recorded[Event]) -> Rollout:
    standing = rollout_choices.asked(view.choices, event, view.node, view.lives)
    return _stands(replace(view, back_to=None), standing, recorded)


def _stands(view: Rollout, standing: Standing, recorded: Recorded[Event]) -> Rollout:
    choices, waiting, followers = standing
    view = replace(view, choices=choices, waiting=waiting, followers=followers)
    wanted = {ip: _laid_over(view, ip) for ip in view.lives}
    return view if wanted == view.wanted else _wanted(view, wanted, recorded, stop=False)


def _after(view: Rollout, event: Any, recorded: Recorded[Event]) -> Rollout:
    """Of this file, or of the one that it waits for."""
    if isinstance(event, CanaryPassed):
        return _passed(view, event, recorded)
    if event.node == view.node and not isinstance(event, RolloutApproved):
        left = rollout_after.unheard(view.followers, event)
        view = replace(view, watch=rollout_after.looked(view.watch, recorded), followers=left)
        if isinstance(event, RolloutBreached):
            said, here = rollout_after.said(event), Work(recorded.position)
            view = replace(view, breach=said, back_to=event.back_to, back=here)
        return view
    if isinstance(event, RolloutBreached):
        return replace(view, waiting=rollout_after.stopped(view.waiting, event))
    if view.waiting is None or not rollout_after.released(view.waiting, event):
        return view
    confirmed = view.waiting.choices.confirmed or isinstance(event, RolloutApproved)
    choices = replace(view.waiting.choices, confirmed=confirmed)
    return _stands(view, Standing(choices, None, view.followers), recorded)


def _passed(view: Rollout, event: CanaryPassed, recorded: Recorded[Event]) -> Rollout:
    """The first of those that waited goes now, and the rest waits for it.  One that was let go by
    hand meanwhile has them behind it all the same."""
    waiting, heir = view.waiting, view.node in event.followers[:1]
    rest = event.followers[1:] if heir else ()
    if waiting is None:
        return replace(view, followers=rest) if view.overlay == event.overlay else view
    if waiting.why != "canary" or waiting.choices.overlay != event.overlay:
        return view
    if heir:
        return _stands(view, Standing(waiting.choices, None, rest), recorded)
    return replace(view, waiting=replace(waiting, canary=event.followers[0]))


def _given(
    view: Rollout,
    event: LoginsLooked | KeyPublished | KeyPlaced | KeyDropped,
    recorded: Recorded[Event],
) -> Rollout:
    """Passwords and keys, for addresses that this file has or will have."""
    if isinstance(event, LoginsLooked):
        ours = {ip: one for ip, one in event.changed.items() if ip in view.lives}
        view = replace(view, logins=view.logins | ours)
    else:
        view = replace(view, keys=rollout_keys.changed(view.keys, event, view.node))
    wanted = {ip: _laid_over(view, ip) for ip in view.lives}
    return view if wanted == view.wanted else _wanted(view, wanted, recorded, stop=False)


def _laid_over(view: Rollout, ip: IpAddr) -> Vmta:
    before = view.wanted.get(ip)
    return overlay.laid_over(
        view.lives[ip],
        view.chosen.get(ip),
        drains=ip in view.drained,
        hostname=before.hostname if before else "",
        login=view.logins.get(ip, Login()).secret,
        keys=rollout_keys.of(view.keys, view.lives[ip].purpose),
    )


def _wanted(view: Rollout, wanted: Vmtas, recorded: Recorded[Event], *, stop: bool) -> Rollout:
    company = recorded.at if stop else recorded.at + timing.COMPANY
    return replace(
        view,
        wanted=wanted,
        deploy=Work(recorded.position),
        ready_at=min(view.ready_at or company, company),
    )


def _ended(view: Rollout, event: RolloutEnded, recorded: Recorded[Event]) -> Rollout:
    planned = view.planned or {}
    view = replace(
        view,
        planned=None,
        torn=False,
        conflict=event.ending == "conflict",
        ending=event.ending,
        kind=event.kind,
        why=event.why,
        ended_at=recorded.at,
    )
    if event.ending == "conflict":
        view = replace(view, watch=None, still=())
    if event.ending != "done":
        view = replace(view, still=event.still or view.still)
        view = replace(view, deploy=view.deploy.failed(recorded.at))
        return _held(view, event, recorded) if event.kind == "too_large" else view
    version, seconds = view.version + 1, view.planned_watch_s
    return replace(
        view,
        told=planned,
        told_choices=view.planned_choices,
        watch=rollout_after.begun(recorded, seconds, version, view.planned_choices.overlay),
        still=(),
        breach="",
        back_to=None,
        digest=view.planned_digest,
        version=version,
        commit=Work(recorded.position),
        deploy=Work(recorded.position),
        adopted=None,
        overwrite=False,
    )


def _held(view: Rollout, event: RolloutEnded, recorded: Recorded[Event]) -> Rollout:
    standing = rollout_choices.held(view.told_choices, view.choices, event.why)
    return _stands(view, standing._replace(followers=view.followers), recorded)


ROLLOUTS = Projection(
    name="rollouts",
    folds=(
        *(*LEVERS, RolloutPlanned, RolloutUnknown, RolloutTorn, RolloutEnded, EffectRefused),
        *(
            OverlaySet,
            LoginsLooked,
            KeyPublished,
            KeyPlaced,
            KeyDropped,
            ConflictEnded,
            VersionCommitted,
            IpRemoved,
        ),
        *AFTER,
    ),
    keys=keys,
    initial=Rollout(),
    evolve=evolve,
    tenant=lambda view: view.tenant,
    columns=lambda view: {"node": view.node, "state": view.state},
    version=3,
)
