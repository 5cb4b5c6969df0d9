"""Decisions about what a tenant chose for its VirtualMTAs: replaced whole, restored in part."""

from collections.abc import Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from engine.commands.tenant import RestoreOverlay, SetOverlay
from engine.errors import Rejected
from engine.events.tenant import OverlaySet
from engine.ids import IpAddr, NodeId
from engine.rules import overlay
from engine.values.overlay import Chosen

Choices = dict[IpAddr, Chosen]


class Overlays(Struct, frozen=True):
    """All versions that there were; the last one holds."""

    versions: dict[int, Choices] = {}
    drained: tuple[IpAddr, ...] = ()
    nodes: dict[IpAddr, NodeId] = {}  # of all that were ever named
    names: dict[str, IpAddr] = {}  # given ones, for ever

    @property
    def version(self) -> int:
        return len(self.versions)

    @property
    def now(self) -> Choices:
        return self.of(self.version)

    def of(self, version: int) -> Choices:
        return self.versions.get(version, {})


def evolve(state: Overlays, event: OverlaySet) -> Overlays:
    names = {one.name: ip for ip, one in event.virtual_mtas.items() if one.name}
    return Overlays(
        versions=state.versions | {event.version: event.virtual_mtas},
        drained=event.drained,
        nodes=event.nodes,
        names=state.names | names,
    )


def set_whole(
    state: Overlays, command: SetOverlay, *, review: bool = False
) -> Sequence[OverlaySet]:
    if review:
        _nothing_more(state, command)
    for ip, one in command.virtual_mtas.items():
        _never_anothers(state.names, one.name, ip)
    left_out = {*state.now, *state.drained} - command.virtual_mtas.keys()
    wanted = OverlaySet(
        slug=command.slug,
        version=state.version + 1,
        virtual_mtas=command.virtual_mtas,
        drained=tuple(sorted(left_out)),
        nodes=state.nodes | command.nodes,
        confirmed=command.confirmed,
    )
    canary, waits = _canary(state, wanted, command.ready)
    return _set(state, replace(wanted, canary=canary, waits=waits))


def _nothing_more(state: Overlays, command: SetOverlay) -> None:
    """In a review no cap rises and no intake opens, by whoever's choice.  Raises Rejected."""
    more = sorted(
        ip
        for ip, one in command.virtual_mtas.items()
        if ip in state.drained or overlay.raises(state.now.get(ip), one)
    )
    if more:
        slug = command.slug
        raise Rejected(
            f"{slug} is in review: until an admin ends it (POST /api/v2/tenants/{slug}/review/end)"
            " no quota is raised, and nothing that was left out is named again; it would be for"
            f" {', '.join(more)}"
        )


def _canary(
    state: Overlays, wanted: OverlaySet, ready: Sequence[NodeId]
) -> tuple[NodeId, tuple[NodeId, ...]]:
    """The node whose file goes first, and those that wait for it; none, where the change is one
    node's affair, or only lowers.  Always the same, as long as it is ready."""
    drains = set(state.drained) ^ set(wanted.drained)
    changed = {
        node
        for ip, node in wanted.nodes.items()
        if ip in drains or not overlay.only_lowers(state.now.get(ip), wanted.virtual_mtas.get(ip))
    }
    first = min(changed.intersection(ready), default=NodeId(""))
    if not first or len(changed) < 2:
        return NodeId(""), ()
    return first, tuple(sorted(changed - {first}))


def restore(state: Overlays, command: RestoreOverlay) -> Sequence[OverlaySet]:
    """A rollback never raises a cap and opens no intake: today's quotas, and what drains, stay."""
    if command.version > state.version:
        raise Rejected(f"there is no version {command.version} of what was chosen")
    if command.over not in (None, state.version):
        return []  # somebody has chosen anew meanwhile
    now, then = state.now, state.of(command.version)
    choices = {ip: overlay.restored(now.get(ip), then.get(ip)) for ip in sorted({*now, *then})}
    return _set(
        state,
        OverlaySet(
            slug=command.slug,
            version=state.version + 1,
            virtual_mtas={ip: one for ip, one in choices.items() if ip in now or one != Chosen()},
            drained=state.drained,
            nodes=state.nodes,
            restored=command.version,
            reason=command.reason,
            confirmed=command.confirmed,
        ),
    )


def _set(state: Overlays, wanted: OverlaySet) -> Sequence[OverlaySet]:
    same = wanted.virtual_mtas == state.now and wanted.drained == state.drained
    return [] if same else [wanted]


def _never_anothers(names: Mapping[str, IpAddr], name: str, ip: IpAddr) -> None:
    """Mail, logs and statistics of before would be taken for the new one's."""
    owner = names.get(name, ip)
    if owner != ip:
        raise Rejected(
            f"the name {name!r} was given to {owner} once, and a name is never used again;"
            f" choose another for {ip}"
        )
