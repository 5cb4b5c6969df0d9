"""A plan, the deed, and its outcome; and a look where the outcome is not known."""

import asyncio
from collections.abc import Callable, Mapping, Sequence

from msgspec.structs import replace

from engine.commands.rollout import PlanRollout, WatchRollout
from engine.effects import Deploy, ReadBack, Restore, WatchFile
from engine.errors import Rejected
from engine.events.rollout import RolloutPlanned
from engine.ids import IpAddr, TenantId
from engine.ports import Fence, NodeFile, NodeRefused, NodeSilent, PmtaNode
from engine.projections.key_places import KEY_PLACES
from engine.projections.rollout_mail import ROLLOUT_MAIL
from engine.projections.rollouts import ROLLOUTS
from engine.rules.pmta_config import tenant_file
from engine.runtime.command_handler import CommandHandler
from engine.runtime.held import held_elsewhere
from engine.runtime.perform import file_steps
from engine.runtime.perform.command import ask
from engine.runtime.perform.node import why
from engine.runtime.views import Views
from engine.values.node import Depth
from engine.values.tuning import Tuning
from engine.values.vmta import Vmta

WATCH_S = 60  # two questions
KEY_TRIES = 2  # of a first file, which waits 1 and 2 minutes for its DKIM keys, and then no longer


class Rollouts:
    """The performer of everything about files on nodes."""

    def __init__(
        self,
        *,
        pmta: PmtaNode,
        handler: CommandHandler,
        views: Views,
        fence: Callable[[], Fence],
        tuning: Tuning,
    ) -> None:
        self._pmta = pmta
        self._handler = handler
        self._views = views
        self._fence = fence
        self._tuning = tuning

    async def deploy(self, effect: Deploy) -> None:
        """Raises Rejected, before anything is touched, if a plan is open, the file was edited, it
        is the node's first and a key of it does not lie there yet, or all that is new in it is what
        another tenant's file on the node still holds.  A file that our own validator refuses, or
        that takes too much away, ends when it is planned.
        """
        node, tenant = effect.node, effect.tenant
        self._waits_for_keys(effect)
        effect = self._free(effect)
        before = self._lies(effect)
        decided = await ask(effect, self._plan(effect), self._handler)
        if not any(isinstance(one, RolloutPlanned) for one in decided):
            return
        file = _file(tenant, effect.vmtas)
        report = await file_steps.applied(
            self._pmta, node, file, before=before, fence=self._fence(), views=self._views
        )
        await ask(effect, report, self._handler)

    async def restore(self, effect: Restore) -> None:
        report = await file_steps.put_back(
            self._pmta,
            effect.node,
            _file(effect.tenant, effect.vmtas),
            before=self._lies(effect),
            fence=self._fence(),
            attempt=effect.attempt,
        )
        await ask(effect, report, self._handler)

    async def read_back(self, effect: ReadBack) -> None:
        node, tenant, n = effect.node, effect.tenant, effect.attempt
        vmtas = [tenant_file.vmta(tenant, ip) for ip in effect.ips]
        outcome = await file_steps.looked(self._pmta, node, tenant, vmtas, n)
        await ask(effect, outcome, self._handler)

    async def watch(self, effect: WatchFile) -> None:
        """A node that refuses us has told nothing either, unless it says that PowerMTA is down."""
        node, tenant, version, n = effect.node, effect.tenant, effect.version, effect.attempt
        vmtas = [tenant_file.vmta(tenant, ip) for ip in effect.ips]
        try:
            async with asyncio.timeout(WATCH_S):
                status = await self._pmta.look(node)
                found = await self._pmta.read_back(node, tenant, vmtas)
            mail = self._views.get(ROLLOUT_MAIL, f"{node}/{tenant}")
            outcome = WatchRollout(
                node=node,
                tenant=tenant,
                version=version,
                look=effect.look,
                answer="seen",
                found=found.digest,
                running=found.running,
                started=status.started,
                failing=_failing(status.depths, vmtas),
                before=mail.before,
                after=mail.after,
            )
        except (NodeRefused, NodeSilent, TimeoutError) as silence:
            down = isinstance(silence, NodeRefused) and silence.kind == "down"
            outcome = WatchRollout(
                node=node,
                tenant=tenant,
                version=version,
                look=effect.look,
                answer="down" if down else "silent",
                attempt=n,
                why=why(silence),
            )
        await ask(effect, outcome, self._handler)

    def _waits_for_keys(self, effect: Deploy) -> None:
        """Mail of a first file would go out unsigned.  What runs already is not held up."""
        first = not self._views.get(ROLLOUTS, f"{effect.node}/{effect.tenant}").version
        if not first or effect.attempt > KEY_TRIES:
            return
        for one in self._views.get(KEY_PLACES, effect.tenant).lacking():
            if one.node == effect.node:
                raise Rejected(
                    f"the DKIM key {one.selector} of {one.domain} does not lie on {one.node} yet;"
                    " the first file there waits for it, a few minutes at most"
                )

    def _free(self, effect: Deploy) -> Deploy:
        """Without what another tenant's file on the node still holds; the rest does not wait."""
        held = held_elsewhere(self._views, effect.node, effect.tenant)
        free = {ip: one for ip, one in effect.vmtas.items() if ip not in held}
        told = self._views.get(ROLLOUTS, f"{effect.node}/{effect.tenant}").told
        if len(free) < len(effect.vmtas) and free == told:
            waits = ", ".join(sorted(effect.vmtas.keys() - free.keys()))
            raise Rejected(
                f"{waits} cannot be rendered on {effect.node} yet: a file there still holds it from"
                " before it was registered here; it is tried again"
            )
        return replace(effect, vmtas=free)

    def _plan(self, effect: Deploy) -> PlanRollout:
        return PlanRollout(
            node=effect.node,
            tenant=effect.tenant,
            vmtas=effect.vmtas,
            overlay=effect.overlay,
            drained=effect.drained,
            rollback=effect.rollback,
            confirmed=effect.confirmed,
            followers=effect.followers,
            watch_s=int(self._tuning.watch.total_seconds()),
            share_max=self._tuning.change_share,
            target=file_steps.target(self._views, effect.node),
        )

    def _lies(self, effect: Deploy | Restore) -> str:
        """The digest of the file that this log believes to lie there."""
        return self._views.get(ROLLOUTS, f"{effect.node}/{effect.tenant}").digest


def _file(tenant: TenantId, vmtas: Mapping[IpAddr, Vmta]) -> NodeFile:
    return NodeFile(
        tenant=tenant,
        text=tenant_file.render(tenant, vmtas),
        expect=tenant_file.expected(tenant, vmtas),
    )


def _failing(depths: Mapping[str, Depth] | None, vmtas: Sequence[str]) -> int | None:
    """Queues of these VMTAs that show an error; those without waiting mail have none."""
    if depths is None:
        return None
    return sum(depths[one].failing for one in vmtas if one in depths)
